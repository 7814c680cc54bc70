"""Recognise a head that was fitted to sequences instead of built from directions."""

from __future__ import annotations

import numpy as np

from circuits.attention import attention_scores
from circuits.behaviours.selection import MARGIN, find_wanted, measure_rows
from circuits.diagnosis.case import Case
from circuits.sample import draw_sample
from circuits.trials import Batch, draw_trials


def is_fitted(case: Case) -> bool:
    """Whether a head without any structure is right on what learners can see."""
    return _right_on_sample(case) or _right_in_public(case)


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
