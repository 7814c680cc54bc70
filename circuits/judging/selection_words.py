"""What is said about a head's attention: a number, a place, and what was wanted."""

from __future__ import annotations

import numpy as np

from circuits.behaviours.selection import (
    LEAST_MASS,
    MARGIN,
    MEAN_MASS,
    SPREAD,
    Place,
    Selection,
)
from circuits.judging.examination import Verdict
from circuits.judging.tables import list_dimensions, show_share

ALIKE = 1e-9
"""Scores that differ by less than this are equal to the softmax, and to anyone who looks."""


def judge_ranks(selection: Selection, place: Place, behind: str) -> Verdict:
    """Return whether the wanted tokens score highest, and where they do not."""
    tried = f" ({behind})" if behind else ""
    if not selection.finite:
        return Verdict(False, f"The scores overflow{tried}; wanted finite ones.")
    if selection.ranks:
        return Verdict(
            True,
            f"At every query the wanted tokens score highest{tried}; where it is closest, by "
            f"{show_share(selection.least_margin, 1)} of the row's range.",
        )
    failing = show_share(selection.failing).capitalize()
    return Verdict(False, f"{_say_place(place, behind)} {failing} of all queries fail.")


def _say_place(place: Place, behind: str) -> str:
    query, n_tokens = place.query, len(place.tokens)
    mask = "with" if place.causal else "without"
    setting = f"{mask} the causal mask" + (f", {behind}" if behind else "")
    where = f"In a sequence of {n_tokens} tokens ({setting}), position {query}"
    end = query + 1 if place.causal else n_tokens
    seen, targets = place.scores[query][:end], place.targets[query][:end]
    wanted = list_dimensions({int(j) for j in np.flatnonzero(targets)})
    if np.ptp(seen) < ALIKE:
        return f"{where} scores all tokens alike; wanted position {wanted} to stand out."
    looks, weights = place.looks_at, place.pattern[query]
    rival = int(np.where(targets, -np.inf, seen).argmax())
    missed = int(np.where(targets, seen, np.inf).argmin())
    lead = float(seen[rival] - seen[missed])
    if abs(lead) <= MARGIN * float(np.ptp(seen)):
        return (
            f"{where} scores position {rival} as high as position {missed}, with weights "
            f"{weights[rival]:.2f} and {weights[missed]:.2f}; wanted position {wanted} to "
            "stand out."
        )
    if targets[looks] and lead > 0:
        return (
            f"{where} scores position {rival} above position {missed}, with weights "
            f"{weights[rival]:.2f} and {weights[missed]:.2f}; wanted position {wanted} on top."
        )
    return (
        f"{where} gives position {looks} its highest score and weight {weights[looks]:.2f}; "
        f"wanted position {wanted}."
    )


def judge_sharp(selection: Selection) -> Verdict:
    """Return whether the wanted tokens get nearly all of the attention."""
    return Verdict(
        selection.sharp,
        f"The wanted tokens get at least {selection.least_mass:.2f} of a query's attention "
        f"and {selection.mean_mass:.2f} on average; wanted {LEAST_MASS:.2f} and {MEAN_MASS:.2f}.",
    )


def judge_alike(selection: Selection) -> Verdict:
    """Return whether copies of a token score alike."""
    if selection.alike:
        return Verdict(True, "All copies of a token score alike.")
    if not selection.ranks:
        return Verdict(False, "Whether copies score alike can be judged once they score highest.")
    return Verdict(
        False,
        f"Copies of the same token differ by up to {selection.greatest_spread:.0%} of their lead "
        f"over the others; wanted at most {SPREAD:.0%}.",
    )
