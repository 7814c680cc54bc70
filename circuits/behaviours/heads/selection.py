"""Measure what an attention head selects against what it should select.

All measurements but the masses are free of scale: twice the scores give the same margin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from circuits.attention import softmax_scores
from circuits.behaviours.heads.targets import Rule, Wanted, recall_wanted
from circuits.shapes import BoolArray, FloatArray, IntArray
from circuits.trials import Batch, Trials

MARGIN = 1e-6
LEAST_MASS = 0.80  # at every query: four times as much as all other positions together
MEAN_MASS = 0.95  # over the sequences: the worst query is then an exception
SPREAD = 0.05


@dataclass(frozen=True, eq=False)
class Place:
    """One query of one sequence, with all that is to be said about it.

    Attributes:
        tokens: The sequence, shape ``(n_tokens,)``.
        query: The position that looks.
        causal: Whether the causal mask is on.
        scores: All scores of the sequence, shape ``(n_tokens, n_tokens)``.
        targets: Where each query should look, of the same shape.
    """

    tokens: IntArray
    query: int
    causal: bool
    scores: FloatArray
    targets: BoolArray

    @property
    def pattern(self) -> FloatArray:
        """The attention pattern of the sequence, shape ``(n_tokens, n_tokens)``."""
        return softmax_scores(self.scores, self.causal)

    @property
    def wanted(self) -> FloatArray:
        """The wanted pattern: each query's targets share alike; rows without one are zero."""
        total = self.targets.sum(axis=-1, keepdims=True)
        shares: FloatArray = self.targets / np.maximum(total, 1)
        return shares

    @property
    def looks_at(self) -> int:
        """The visible position with the highest score."""
        row = self.scores[self.query]
        return int(row[: self.query + 1].argmax() if self.causal else row.argmax())


@dataclass(frozen=True, eq=False)
class Selection:
    """What was measured over all trials.

    Attributes:
        least_margin: Over all queries, the least of (least target score - greatest other
            score) / (greatest - least visible score); from -1 to 1, and right above 0.
        least_mass: The least attention that a query gives to its targets, 0 to 1.
        mean_mass: The mean of it, each query with the weight of its batch.
        greatest_spread: The most by which targets of one query differ in score, as a share
            of the margin to the others; infinite where there is no such margin.
        finite: Whether all scores are finite.
        failing: The share of graded queries whose margin is not above ``MARGIN``.
        worst: The graded query of least margin in the shortest batch that has a failing one;
            if none fails, the one of least mass.
    """

    least_margin: float
    least_mass: float
    mean_mass: float
    greatest_spread: float
    finite: bool
    failing: float
    worst: Place

    @property
    def ranks(self) -> bool:
        """Whether every target outscores every other visible token."""
        return self.finite and self.least_margin > MARGIN

    @property
    def sharp(self) -> bool:
        """Whether the targets get nearly all of the attention."""
        return self.finite and self.least_mass >= LEAST_MASS and self.mean_mass >= MEAN_MASS

    @property
    def alike(self) -> bool:
        """Whether the targets of a query score alike."""
        return self.ranks and self.greatest_spread <= SPREAD


def measure_selection(
    score: Callable[[Batch], FloatArray],
    rule: Rule,
    trials: Trials,
    *,
    kinds: Iterable[str] = ("pairs", "iid"),
    masks: Iterable[bool] = (True, False),
) -> Selection:
    """Measure what a head selects on all trials of the named kinds.

    Args:
        score: Gives the head's scores on a batch, shape ``(count, n_tokens, n_tokens)``.
        rule: What the head should select.
        trials: The random sequences.
        kinds: Which kinds of sequences.
        masks: Whether the causal mask is on; several are tried in turn.
    """
    masks = tuple(masks)
    rows: list[Rows] = []
    for batch in trials.of_kind(*kinds):
        scores = score(batch)
        rows += [
            measure_rows(scores, recall_wanted(rule, batch, causal), batch) for causal in masks
        ]
    return _summarise(rows)


@dataclass(frozen=True, eq=False)
class Rows:
    """The graded queries of one batch, one entry each.

    Attributes:
        batch: Where the queries stand.
        wanted: Where they should look.
        scores: Of all queries, shape ``(count, n_tokens, n_tokens)``.
        margin: (least target score - greatest other score) / (greatest - least), ``(queries,)``.
        mass: Attention on the targets, ``(queries,)``.
        spread: Range of the targets' scores as a share of their lead, ``(queries,)``.
    """

    batch: Batch
    wanted: Wanted
    scores: FloatArray
    margin: FloatArray
    mass: FloatArray
    spread: FloatArray


def measure_rows(scores: FloatArray, wanted: Wanted, batch: Batch) -> Rows:
    """Return what is measured at each graded query of one batch.

    Args:
        scores: Shape ``(count, n_tokens, n_tokens)``.
        wanted: Where each query should look.
        batch: The sequences.
    """
    others = wanted.visible & ~wanted.targets
    weights = softmax_scores(scores, wanted.causal)
    graded = wanted.graded
    least = np.min(scores, axis=-1, where=wanted.targets, initial=np.inf)[graded]
    most = np.max(scores, axis=-1, where=wanted.targets, initial=-np.inf)[graded]
    rival = np.max(scores, axis=-1, where=others, initial=-np.inf)[graded]
    high = np.max(scores, axis=-1, where=wanted.visible, initial=-np.inf)[graded]
    low = np.min(scores, axis=-1, where=wanted.visible, initial=np.inf)[graded]
    # With no rival every ranking is right; with all scores equal none is.
    lead = least - rival
    extent = high - low
    margin = np.divide(lead, extent, out=np.zeros_like(lead), where=extent > 0)
    margin[np.isneginf(rival)] = 1.0
    spread = np.divide(most - least, lead, out=np.full_like(lead, np.inf), where=lead > 0)
    spread[np.isneginf(rival)] = 0.0
    mass = np.sum(weights, axis=-1, where=wanted.targets)[graded]
    return Rows(batch, wanted, scores, margin, mass, spread)


def _summarise(rows: list[Rows]) -> Selection:
    rows = [row for row in rows if row.margin.size]
    failing = [row for row in rows if not (row.margin > MARGIN).all()]
    if failing:
        chosen, measure = failing[0], failing[0].margin
    else:
        chosen = min(rows, key=lambda row: float(row.mass.min()))
        measure = chosen.mass
    margins = np.concatenate([row.margin for row in rows])
    masses = np.concatenate([row.mass for row in rows])
    weights = np.concatenate([np.full_like(row.mass, row.batch.weight) for row in rows])
    return Selection(
        least_margin=float(margins.min()),
        least_mass=float(masses.min()),
        mean_mass=float(np.average(masses, weights=weights)),
        greatest_spread=float(max(row.spread.max() for row in rows)),
        finite=bool(all(np.isfinite(row.scores).all() for row in rows)),
        failing=float((~(margins > MARGIN)).mean()),
        worst=_locate(chosen, int(np.nan_to_num(measure, nan=-np.inf).argmin())),
    )


def _locate(rows: Rows, index: int) -> Place:
    sequence, query = (int(axis[index]) for axis in np.nonzero(rows.wanted.graded))
    return Place(
        tokens=rows.batch.tokens[sequence],
        query=query,
        causal=rows.wanted.causal,
        scores=rows.scores[sequence],
        targets=rows.wanted.targets[sequence],
    )
