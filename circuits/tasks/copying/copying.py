"""Judge what a head copies from the previous token, by the product of its two matrices."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from circuits.behaviours.copying import (
    TOLERANCE,
    greatest_error,
    move_from_previous,
    read_dimensions,
    sort_columns,
    written_dimensions,
)
from circuits.diagnosis.directions.values import diagnose_copy, diagnose_second_copy
from circuits.parts import Part, Task
from circuits.reports.examination import Examination, GivenAnswers, Judgement, postpone
from circuits.shapes import FloatArray
from circuits.tasks.tables import (
    count_dimensions,
    find_worst,
    list_dimensions,
    show_product,
    show_unlike,
)
from circuits.trials import Trials

_SEED = 1


def multiply(W_V: FloatArray, W_out: FloatArray) -> FloatArray:
    """Return ``W_out W_V``, what a head moves from stream to stream."""
    net: FloatArray = W_out @ W_V
    return net


@dataclass(frozen=True)
class Copying(Task):
    """Copy dimensions of the previous token to others. The answers are ``W_V`` and ``W_out``.

    Attributes:
        head: What to call the head.
        read: The dimensions that are read.
        written: Where each of them arrives.
        d_model: How many dimensions there are.
    """

    head: str
    read: tuple[int, ...]
    written: tuple[int, ...]
    d_model: int

    def list_properties(self, part: Part) -> Collection[str]:
        return "reads", "writes", "copies"

    @property
    def net(self) -> FloatArray:
        """The product ``W_out W_V`` of a right answer, shape ``(d_model, d_model)``."""
        net = np.zeros((self.d_model, self.d_model))
        net[list(self.written), list(self.read)] = 1.0
        return net

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        net, wanted = multiply(*given.matrices), self.net
        # A product is the same for every seed, so the streams that it is tried on are, too.
        x = np.random.default_rng(_SEED).standard_normal((16, 12, self.d_model))
        seen, right = move_from_previous(x, net), move_from_previous(x, wanted)
        # Of the streams, those that hold one dimension alone are the worst: nothing hides an error.
        off = max(greatest_error(seen, right), greatest_error(net, wanted))
        return Examination(
            {
                "reads": _judge_dimensions("reads", read_dimensions(net), self.read),
                "writes": _judge_dimensions("writes to", written_dimensions(net), self.written),
                "copies": Judgement(off <= TOLERANCE, self._say_copy(net)),
            },
            next_step="Read the table: which dimensions does the head bring where, and which of "
            "them does the part ask for?",
            diagnosis=diagnose_copy(net, wanted),
            comparison=show_product(f"What your {self.head} moves", net, wanted),
        )

    def _say_copy(self, net: FloatArray) -> str:
        """Say what arrives where in the most wrong entry, or that all is well."""
        wanted = self.net
        row, column = find_worst(np.abs(net - wanted))
        if abs(net[row, column] - wanted[row, column]) <= TOLERANCE:
            return (
                f"Dimensions {list_dimensions(self.read)} of the previous token arrive at "
                f"{list_dimensions(self.written)}, each with gain 1."
            )
        return (
            f"Dimension {column} of the previous token arrives at dimension {row} with gain "
            f"{show_unlike(net[row, column], wanted[row, column])}; "
            f"wanted {wanted[row, column]:.0f}."
        )


def _judge_dimensions(does: str, seen: Collection[int], wanted: Collection[int]) -> Judgement:
    """Return whether a head reads, or writes to, exactly the wanted dimensions."""
    which = f"{list_dimensions(wanted)} and no others."
    if set(seen) == set(wanted):
        return Judgement(True, f"The head {does} dimensions {which}")
    return Judgement(False, f"The head {does} {count_dimensions(seen)}; wanted {which}")


@dataclass(frozen=True)
class CopyingBehind(Task):
    """Copy three dimensions from one token back and one from two, behind a head that copies.

    The answers are ``W_V`` and ``W_out``; the part builds on those of head 1.

    Attributes:
        head: What to call the head.
        first: What head 1 should do. The learner's own does as well, if the head works behind it.
        right: What to call a right head 1.
        own: What to call the learner's own.
    """

    head: str
    first: Copying
    right: str
    own: str

    def list_properties(self, part: Part) -> Collection[str]:
        return "four", "gain", "two-back", "one-back"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        net = multiply(*given.matrices)
        earlier = given.read_earlier(*part.builds_on)
        own = None if earlier is None else multiply(*earlier)
        candidates = [self._examine_behind(net, self.first.net, self.right)]
        if own is not None and own.any():
            candidates.append(self._examine_behind(net, own, self.own))
        return max(candidates, key=lambda examination: examination.passed)

    def _examine_behind(self, net: FloatArray, net_1: FloatArray, behind: str) -> Examination:
        columns = sort_columns(net)
        written = written_dimensions(net_1)
        untouched = set(range(self.first.d_model)) - written - read_dimensions(net_1)
        two_back, one_back = columns.read & written, columns.read & untouched
        return Examination(
            {
                "four": Judgement(
                    len(columns.read) == 4,
                    f"The head reads {count_dimensions(columns.read)}"
                    + ("." if len(columns.read) == 4 else "; wanted exactly four."),
                ),
                "gain": _judge_gain(net),
                "two-back": Judgement(
                    len(two_back) == 1,
                    f"Of the dimensions that {behind} writes ({list_dimensions(written)}), it "
                    f"reads {list_dimensions(two_back)}"
                    + ("." if len(two_back) == 1 else "; wanted exactly one."),
                ),
                "one-back": Judgement(
                    len(one_back) == 3,
                    f"Of the dimensions that {behind} does not touch "
                    f"({list_dimensions(untouched)}), it reads {list_dimensions(one_back)}"
                    + ("." if len(one_back) == 3 else "; wanted exactly three."),
                ),
            },
            next_step="List the columns of the table that are not zero: what does each of these "
            "dimensions hold after layer 1?",
            diagnosis=diagnose_second_copy(net, net_1),
            comparison=show_product(f"What your {self.head} moves", net),
        )


def _say_arrival(net: FloatArray, k: int) -> str:
    """Say where and how dimension ``k`` arrives, which is not in one place with gain 1."""
    rows = np.flatnonzero(np.abs(net[:, k]) > TOLERANCE)
    if len(rows) == 1:
        gain = show_unlike(net[rows[0], k], 1.0)
        return f"Dimension {k} arrives at dimension {rows[0]} with gain {gain}; wanted 1."
    landing = list_dimensions({int(row) for row in rows})
    return f"Dimension {k} arrives at dimensions {landing}; wanted one of them."


def _judge_gain(net: FloatArray) -> Judgement:
    """Return whether each dimension that is read arrives as it is, in a place of its own."""
    columns = sort_columns(net)
    strange = columns.read - columns.clean
    if not columns.read:
        return postpone("The head reads nothing, so nothing arrives.")
    if strange:
        return Judgement(False, _say_arrival(net, min(strange)))
    if columns.collide:
        return Judgement(
            False, "Two dimensions arrive at the same place and cannot be told apart there."
        )
    return Judgement(
        True, "Each dimension that is read arrives at a place of its own, with gain 1."
    )
