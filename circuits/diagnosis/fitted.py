"""Recognise a head that was fitted to sequences instead of built from directions."""

from __future__ import annotations

import numpy as np

from circuits.behaviours.selection import MARGIN, measure_rows
from circuits.behaviours.targets import find_wanted
from circuits.diagnosis.failing_head import FailingHead
from circuits.sample import draw_sample
from circuits.trials import Batch, draw_trials

MOSTLY_WRONG = 0.5


def is_fitted(head: FailingHead, failing: float) -> bool:
    """Whether a head without any structure is right on what learners can see.

    Args:
        head: The head.
        failing: The share of the queries of all trials at which it is wrong.
    """
    if _right_on_sample(head, head.causal) or _right_in_public(head):
        return True
    # The pages show causal patterns, so a head may be made for those alone. They have few
    # graded queries; a head that is right elsewhere, too, is right there by no fitting.
    return failing > MOSTLY_WRONG and _right_on_sample(head, causal=True)


def _right_on_sample(head: FailingHead, causal: bool) -> bool:
    tokens, x = draw_sample()
    return _right_on(head, Batch("sample", tokens[None], x[None]), causal)


def _right_in_public(head: FailingHead) -> bool:
    batches = draw_trials().of_kind(*head.kinds)[:4]
    return all(_right_on(head, batch, head.causal) for batch in batches)


def _right_on(head: FailingHead, batch: Batch, causal: bool) -> bool:
    wanted = find_wanted(head.rule, batch, causal)
    if not wanted.graded.any():
        return False
    scores = head.score(batch)
    return bool(np.all(measure_rows(scores, wanted, batch).margin > MARGIN))
