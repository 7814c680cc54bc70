"""Show what a model loses, and where."""

from __future__ import annotations

from collections.abc import Sequence

from circuits.behaviours.lines import REST, LineLosses
from circuits.reports.comparison import Comparison, LabelledTable

_WHAT_IS_SHOWN = (
    "Mean losses in nats, by the number of words before the repetition. A model that knows "
    f"nothing, and knows that, has {REST:.2f}."
)


_WORST = (", the hardest lines", ", each the least expected")
"""What to call the worst lines, in the order in which they are drawn."""


def show_losses(measured: Sequence[LineLosses]) -> Comparison:
    """Return a table of losses, a row for each number of words before the repetition."""
    worst = iter(_WORST)
    table = LabelledTable(
        title="mean loss",
        rows=tuple(f"{line.half} words" + (next(worst) if line.worst else "") for line in measured),
        columns=("first half", "its last token", "second half"),
        values=tuple((line.first, line.join, line.second) for line in measured),
    )
    return Comparison(_WHAT_IS_SHOWN, (table,), title="What the model loses, and where")
