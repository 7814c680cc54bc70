"""Recognise a head that was fitted to sequences instead of built from directions."""

from __future__ import annotations

import numpy as np

from circuits.attention import attention_scores
from circuits.behaviours.selection import MARGIN, find_wanted, measure_rows
from circuits.diagnosis.case import Case
from circuits.diagnosis.named import CONTENT, POSITION, SCRATCH, NamedCircuit
from circuits.sample import draw_sample
from circuits.trials import Batch, draw_trials

STRAY = 0.25
"""A circuit built from directions keeps more than three quarters of itself in clean blocks."""


def is_fitted(case: Case, circuit: NamedCircuit) -> bool:
    """Whether the head is right on what learners can see, without any structure behind it.

    Args:
        case: The head that fails.
        circuit: Its QK circuit in named directions.
    """
    return _stray(circuit) > STRAY and (_right_on_sample(case) or _right_in_public(case))


def _stray(circuit: NamedCircuit) -> float:
    """Return the share of the circuit that couples directions of different kinds, 0 to 1."""
    energy = circuit.entries**2
    blocks = ((CONTENT, CONTENT), (POSITION, POSITION), (SCRATCH, POSITION), (POSITION, SCRATCH))
    notes = ((CONTENT, SCRATCH), (SCRATCH, CONTENT))
    clean = sum(float(energy[rows, columns].sum()) for rows, columns in (*blocks, *notes))
    return 1.0 - clean / float(energy.sum())


def _right_on_sample(case: Case) -> bool:
    tokens, x = draw_sample()
    return _right_on(case, Batch("sample", tokens[None], x[None]))


def _right_in_public(case: Case) -> bool:
    return all(_right_on(case, batch) for batch in draw_trials().of_kind(*case.kinds)[:4])


def _right_on(case: Case, batch: Batch) -> bool:
    wanted = find_wanted(case.rule, batch, case.causal)
    if not wanted.graded.any():
        return False
    scores = attention_scores(case.stream_of(batch), case.W_Q, case.W_K)
    return bool(np.all(measure_rows(scores, wanted, batch).margin > MARGIN))
