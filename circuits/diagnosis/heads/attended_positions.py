"""Find the positions that a head attends to when nothing hides the keys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from circuits.behaviours.heads.selection import MARGIN, measure_rows
from circuits.behaviours.heads.targets import Rule, find_wanted
from circuits.shapes import FloatArray
from circuits.trials import Batch

MOSTLY = 0.8
"""A head does a thing if it does it at this share of the graded queries."""


@dataclass(frozen=True)
class AttendedPositions:
    """Shares of the graded queries, each from 0 to 1.

    Attributes:
        itself: The highest score is at the query's own position.
        following: It is one position later.
        copy: It is at another copy of the query's token.
        upside_down: The ranking is right if every score changes its sign.
    """

    itself: float
    following: float
    copy: float
    upside_down: float


def find_attended(scores: FloatArray, rule: Rule, batch: Batch, causal: bool) -> AttendedPositions:
    """Return where the queries that a rule grades look.

    The causal mask hides where a head turned the wrong way wants to look, so the places are
    found without it; only ``upside_down`` is judged as the part is.

    Args:
        scores: Shape ``(count, n_tokens, n_tokens)``.
        rule: What the head should select.
        batch: The sequences.
        causal: Whether the part is judged under the causal mask.
    """
    wanted = find_wanted(rule, batch, causal)
    sequence, query = np.nonzero(wanted.graded)
    n_tokens = batch.tokens.shape[1]
    rows = scores[sequence, query]
    looks = rows.argmax(axis=-1)
    same = batch.same[sequence, query]
    # A head that compares contents scores a copy and the token itself alike, but for rounding.
    others = same & (np.arange(n_tokens) != query[:, None])
    best_copy = np.max(rows, axis=-1, where=others, initial=-np.inf)
    near = rows.max(axis=-1) - 1e-9 * np.ptp(rows, axis=-1)
    inside = (query + 1 < n_tokens) & (query >= 2)
    chosen = inside if inside.any() else np.ones_like(inside)
    negated = measure_rows(-scores, wanted, batch)
    return AttendedPositions(
        itself=float((looks == query).mean()),
        following=float((looks == query + 1)[chosen].mean()),
        copy=float((best_copy >= near).mean()),
        upside_down=float((negated.margin > MARGIN).mean()),
    )
