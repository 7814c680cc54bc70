"""What is said about a head's attention: a number, a place, and what was wanted."""

from __future__ import annotations

import numpy as np

from circuits.behaviours.selection import LEAST_MASS, MEAN_MASS, SPREAD, Place, Selection
from circuits.judging.examination import Verdict
from circuits.judging.tables import list_dimensions


def judge_ranks(selection: Selection, place: Place, behind: str) -> Verdict:
    """Return whether the wanted tokens score highest, and where they do not."""
    tried = f" ({behind})" if behind else ""
    if not selection.finite:
        return Verdict(False, f"The scores overflow{tried}; wanted finite ones.")
    if selection.ranks:
        return Verdict(
            True,
            f"At every query the wanted tokens score highest{tried}, by at least "
            f"{selection.least_margin:.1%} of the row's range.",
        )
    return Verdict(
        False, f"{_say_place(place, tried)} {selection.failing:.0%} of all queries fail."
    )


def _say_place(place: Place, tried: str) -> str:
    query, n_tokens = place.query, len(place.tokens)
    mask = "with" if place.causal else "without"
    wanted = list_dimensions({int(j) for j in np.flatnonzero(place.targets[query])})
    where = f"In a sequence of {n_tokens} tokens ({mask} the causal mask){tried}, position {query}"
    seen = place.scores[query][: query + 1] if place.causal else place.scores[query]
    if np.ptp(seen) == 0:
        return f"{where} scores all tokens alike; wanted position {wanted} to stand out."
    looks = place.looks_at
    return (
        f"{where} gives position {looks} its highest score and weight "
        f"{place.pattern[query, looks]:.2f}; wanted position {wanted}."
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
