"""Recognise a head that was fitted to sequences instead of built from directions."""

from __future__ import annotations

import numpy as np

from circuits.attention import attention_scores
from circuits.behaviours.selection import MARGIN, measure_rows
from circuits.behaviours.targets import find_wanted
from circuits.diagnosis.case import Case
from circuits.sample import draw_sample
from circuits.trials import Batch, draw_trials

MOSTLY_WRONG = 0.5


def is_fitted(case: Case, failing: float) -> bool:
    """Whether a head without any structure is right on what learners can see.

    Args:
        case: The head.
        failing: The share of the queries of all trials at which it is wrong.
    """
    if _right_on_sample(case, case.causal) or _right_in_public(case):
        return True
    # The pages show causal patterns, so a head may be made for those alone. They have few
    # graded queries; a head that is right elsewhere, too, is right there by no fitting.
    return failing > MOSTLY_WRONG and _right_on_sample(case, causal=True)


def _right_on_sample(case: Case, causal: bool) -> bool:
    tokens, x = draw_sample()
    return _right_on(case, Batch("sample", tokens[None], x[None]), causal)


def _right_in_public(case: Case) -> bool:
    batches = draw_trials().of_kind(*case.kinds)[:4]
    return all(_right_on(case, batch, case.causal) for batch in batches)


def _right_on(case: Case, batch: Batch, causal: bool) -> bool:
    wanted = find_wanted(case.rule, batch, causal)
    if not wanted.graded.any():
        return False
    scores = attention_scores(case.stream_of(batch), case.W_Q, case.W_K)
    return bool(np.all(measure_rows(scores, wanted, batch).margin > MARGIN))
