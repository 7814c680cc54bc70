"""Compute what a class's points say about its parts: difficulty, discrimination, alpha.

Points are an array of shape (learners, parts); NaN where a part has none that count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

SHARE = 0.27
"""Of the class, in the upper and in the lower group (Kelley, J. Educ. Psychol. 30:17, 1939)."""

ENOUGH = 0.5
"""Of the learners, who need points in a part for it to be compared with the others."""


def keep_complete(points: Points) -> tuple[Points, NDArray[np.bool_]]:
    """Return the learners who have points in every part that half of them have points in.

    Returns:
        Their points, shape (complete learners, compared parts), and which parts these are.
    """
    given = ~np.isnan(points)
    parts = given.mean(axis=0) >= ENOUGH if len(points) else np.zeros(points.shape[1], bool)
    return points[given[:, parts].all(axis=1)][:, parts], parts


def find_difficulty(points: Points, most: float) -> float | None:
    """Return the mean share of the points that was earned, from 0 (hard) to 1 (easy).

    Args:
        points: Of one part, shape (learners,).
        most: What there is to earn.
    """
    given = points[~np.isnan(points)]
    return float(given.mean() / most) if len(given) and most > 0 else None


def find_discrimination(points: Points, totals: Points, most: float) -> float | None:
    """Return how much more the best 27 % of a class earn than the weakest, from -1 to 1.

    Learners with the same total at the edge of a group count in parts, so that their order does
    not matter.

    Args:
        points: Of one part, shape (learners,).
        totals: Of all parts, shape (learners,).
        most: What there is to earn in the part.
    """
    size = SHARE * len(points)
    if size < 1 or most <= 0:
        return None
    upper, lower = _weigh(-totals, size), _weigh(totals, size)
    return float((upper - lower) @ points / (size * most))


def _weigh(totals: Points, size: float) -> Points:
    """Return how much of each learner is among the ``size`` with the smallest totals."""
    edge = np.sort(totals)[int(np.ceil(size)) - 1]
    inside, on = totals < edge, totals == edge
    weights: Points = inside + on * (size - inside.sum()) / on.sum()
    return weights


def correlate_with_rest(points: Points, totals: Points) -> float | None:
    """Return Pearson's r of a part with all others; None where one of them does not vary.

    Args:
        points: Of one part, shape (learners,).
        totals: Of all parts, shape (learners,).
    """
    rest = totals - points
    if len(points) < 3 or np.ptp(points) == 0 or np.ptp(rest) == 0:
        return None
    return float(np.corrcoef(points, rest)[0, 1])


def find_alpha(points: Points) -> float | None:
    r"""Return Cronbach's alpha, :math:`\frac{k}{k-1}(1 - \sum_i \sigma_i^2 / \sigma^2)`.

    Args:
        points: Complete, shape (learners, parts).

    Returns:
        At most 1; None for fewer than two parts or three learners, or equal totals.
    """
    learners, parts = points.shape
    whole = points.sum(axis=1)
    if parts < 2 or learners < 3 or np.ptp(whole) == 0:
        return None
    shares = points.var(axis=0, ddof=1).sum() / whole.var(ddof=1)
    return float(parts / (parts - 1) * (1 - shares))
