"""Judge what a head selects, and say it in words: a number, a place, and what was wanted."""

from __future__ import annotations

import numpy as np

from circuits.behaviours.heads.selection import (
    LEAST_MASS,
    MARGIN,
    MEAN_MASS,
    SPREAD,
    Place,
    Selection,
)
from circuits.reports.examination import Judgement, postpone
from circuits.shapes import BoolArray
from circuits.tasks.tables import list_dimensions, show_share, show_share_unlike

ALIKE = 1e-9
"""Scores that differ by less than this are equal to the softmax, and to anyone who looks."""


def judge_ranks(selection: Selection, place: Place, behind: str) -> Judgement:
    """Return whether the wanted tokens score highest, and where they do not."""
    tried = f" ({behind})" if behind else ""
    if not selection.finite:
        return Judgement(False, f"The scores overflow{tried}; wanted finite ones.")
    if selection.ranks:
        return Judgement(
            True,
            f"At every query the wanted tokens score highest{tried}; where it is closest, by "
            f"{show_share(selection.least_margin, 1)} of the row's range.",
        )
    failing = show_share(selection.failing).capitalize()
    return Judgement(False, f"{_say_place(place, behind)} {failing} of all queries fail.")


def _say_place(place: Place, behind: str) -> str:
    query, n_tokens = place.query, len(place.tokens)
    mask = "with" if place.causal else "without"
    setting = f"{mask} the causal mask" + (f", {behind}" if behind else "")
    where = f"In a sequence of {n_tokens} tokens ({setting}), position {query}"
    end = query + 1 if place.causal else n_tokens
    seen, targets = place.scores[query][:end], place.targets[query][:end]
    wanted = _list_positions(targets)
    if np.ptp(seen) < ALIKE:
        return f"{where} scores all tokens alike; wanted {wanted} to stand out."
    looks, weights = place.looks_at, place.pattern[query]
    rival = int(np.where(targets, -np.inf, seen).argmax())
    missed = int(np.where(targets, seen, np.inf).argmin())
    lead = float(seen[rival] - seen[missed])
    if abs(lead) <= MARGIN * float(np.ptp(seen)):
        return (
            f"{where} scores position {rival} as high as position {missed}; wanted {wanted} to "
            "stand out."
        )
    if targets[looks] and lead > 0:
        return (
            f"{where} scores position {rival} above position {missed}, by {lead:.3g}; "
            f"wanted {wanted} on top."
        )
    return (
        f"{where} gives position {looks} its highest score and "
        f"{show_share(weights[looks])} of the attention; wanted {wanted}."
    )


def _list_positions(targets: BoolArray) -> str:
    """Write positions as a person would, for instance "positions 1 and 3"."""
    noun = "positions" if targets.sum() > 1 else "position"
    return f"{noun} {list_dimensions({int(j) for j in np.flatnonzero(targets)})}"


def judge_sharp(selection: Selection) -> Judgement:
    """Return whether the wanted tokens get nearly all of the attention."""
    if not selection.finite:
        return postpone("Scores that overflow divide no attention.")
    least = show_share_unlike(selection.least_mass, LEAST_MASS)
    mean = show_share_unlike(selection.mean_mass, MEAN_MASS)
    where = (
        "at every query"
        if least == mean
        else f"on average, and {least} at the query where they get least"
    )
    seen = f"The wanted tokens get {mean} of the attention {where}"
    if selection.sharp:
        return Judgement(True, f"{seen}.")
    return Judgement(
        False,
        f"{seen}; wanted at least {MEAN_MASS:.0%} on average and {LEAST_MASS:.0%} everywhere.",
    )


def judge_alike(selection: Selection) -> Judgement:
    """Return whether copies of a token score alike."""
    if selection.alike:
        return Judgement(True, "All copies of a token score alike.")
    if not selection.ranks:
        return postpone("Whether copies score alike can be told once they score highest.")
    return Judgement(
        False,
        "Copies of the same token differ by up to "
        f"{show_share_unlike(selection.greatest_spread, SPREAD)} of their lead "
        f"over the others; wanted at most {SPREAD:.0%}.",
    )
