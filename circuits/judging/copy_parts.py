"""Examine the two heads of exercise 1: parts 1a and 1b."""

from __future__ import annotations

import numpy as np

from circuits.behaviours.copying import (
    TOLERANCE,
    greatest_error,
    move_from_previous,
    read_dimensions,
    sort_columns,
    written_dimensions,
)
from circuits.diagnosis.values import diagnose_copy, diagnose_second_copy
from circuits.exercises import Part
from circuits.exercises.exercise_1 import D_MODEL, READ_BY_HEAD_1, WRITTEN_BY_HEAD_1
from circuits.judging.examination import Examination, Given, Verdict, postpone
from circuits.judging.tables import (
    count_dimensions,
    find_worst,
    list_dimensions,
    show_product,
    show_unlike,
)
from circuits.shapes import FloatArray
from circuits.trials import Trials

_SEED = 1


def head_1_net() -> FloatArray:
    """Return what part 1a asks for: dimensions 0-3 to 8-11, shape ``(16, 16)``."""
    net = np.zeros((D_MODEL, D_MODEL))
    net[list(WRITTEN_BY_HEAD_1), list(READ_BY_HEAD_1)] = 1.0
    return net


def multiply_own(given: Given, suffix: str) -> FloatArray:
    """Return ``W_out W_V`` of the part's own answers, which have been read."""
    net: FloatArray = given.matrix(f"W_out_{suffix}") @ given.matrix(f"W_V_{suffix}")
    return net


def multiply_earlier(given: Given, suffix: str) -> FloatArray | None:
    """Return ``W_out W_V`` of earlier answers, or None if they cannot be used."""
    W_V, W_out = given.earlier.get(f"W_V_{suffix}"), given.earlier.get(f"W_out_{suffix}")
    if isinstance(W_V, np.ndarray) and isinstance(W_out, np.ndarray):
        net: FloatArray = W_out @ W_V
        return net
    return None


def examine_ex1a(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge head 1 by what it moves on random streams."""
    net = multiply_own(given, "1")
    wanted = head_1_net()
    # A product is the same for every seed, so the streams that it is tried on are, too.
    x = np.random.default_rng(_SEED).standard_normal((16, 12, D_MODEL))
    seen, right = move_from_previous(x, net), move_from_previous(x, wanted)
    # Of the streams, those that hold one dimension alone are the worst: nothing hides an error.
    off = max(greatest_error(seen, right), greatest_error(net, wanted))
    read, written = read_dimensions(net), written_dimensions(net)
    return Examination(
        {
            "reads": Verdict(
                read == set(READ_BY_HEAD_1),
                "The head reads dimensions 0-3 and no others."
                if read == set(READ_BY_HEAD_1)
                else f"The head reads {count_dimensions(read)}; wanted 0-3 and no others.",
            ),
            "writes": Verdict(
                written == set(WRITTEN_BY_HEAD_1),
                "The head writes to dimensions 8-11 and no others."
                if written == set(WRITTEN_BY_HEAD_1)
                else f"The head writes to {count_dimensions(written)}; wanted 8-11 and no others.",
            ),
            "copies": Verdict(off <= TOLERANCE, _say_copy(net, wanted)),
        },
        next_step="Read the table: which dimensions does the head bring where, and which of them "
        "does the part ask for?",
        diagnosis=diagnose_copy(net, wanted),
        comparison=show_product("What your head 1 moves", net, wanted),
    )


def _say_arrival(net: FloatArray, k: int) -> str:
    """Say where and how dimension ``k`` arrives, which is not in one place with gain 1."""
    rows = np.flatnonzero(np.abs(net[:, k]) > TOLERANCE)
    if len(rows) == 1:
        gain = show_unlike(net[rows[0], k], 1.0)
        return f"Dimension {k} arrives at dimension {rows[0]} with gain {gain}; wanted 1."
    landing = list_dimensions({int(row) for row in rows})
    return f"Dimension {k} arrives at dimensions {landing}; wanted one of them."


def _say_copy(net: FloatArray, wanted: FloatArray) -> str:
    """Say what arrives where in the most wrong entry, or that all is well."""
    row, column = find_worst(np.abs(net - wanted))
    if abs(net[row, column] - wanted[row, column]) <= TOLERANCE:
        return "Dimensions 0-3 of the previous token arrive at 8-11, each with gain 1."
    return (
        f"Dimension {column} of the previous token arrives at dimension {row} with gain "
        f"{show_unlike(net[row, column], wanted[row, column])}; wanted {wanted[row, column]:.0f}."
    )


def examine_ex1b(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge head 2 behind the head 1 that part 1a asks for, or behind the learner's own."""
    net = multiply_own(given, "2")
    own = multiply_earlier(given, "1")
    candidates = [_examine_behind(net, head_1_net(), "the head 1 of part (a)")]
    if own is not None and own.any():
        candidates.append(_examine_behind(net, own, "your own head 1"))
    return max(candidates, key=lambda examination: examination.passed)


def _examine_behind(net: FloatArray, net_1: FloatArray, behind: str) -> Examination:
    columns = sort_columns(net)
    written = written_dimensions(net_1)
    untouched = set(range(D_MODEL)) - written - read_dimensions(net_1)
    two_back, one_back = columns.read & written, columns.read & untouched
    return Examination(
        {
            "four": Verdict(
                len(columns.read) == 4,
                f"The head reads {count_dimensions(columns.read)}"
                + ("." if len(columns.read) == 4 else "; wanted exactly four."),
            ),
            "gain": _judge_gain(net),
            "two-back": Verdict(
                len(two_back) == 1,
                f"Of the dimensions that {behind} writes ({list_dimensions(written)}), it reads "
                f"{list_dimensions(two_back)}"
                + ("." if len(two_back) == 1 else "; wanted exactly one."),
            ),
            "one-back": Verdict(
                len(one_back) == 3,
                f"Of the dimensions that {behind} does not touch ({list_dimensions(untouched)}), "
                f"it reads {list_dimensions(one_back)}"
                + ("." if len(one_back) == 3 else "; wanted exactly three."),
            ),
        },
        next_step="List the columns of the table that are not zero: what does each of these "
        "dimensions hold after layer 1?",
        diagnosis=diagnose_second_copy(net, net_1),
        comparison=show_product("What your head 2 moves", net),
    )


def _judge_gain(net: FloatArray) -> Verdict:
    """Return whether each dimension that is read arrives as it is, in a place of its own."""
    columns = sort_columns(net)
    strange = columns.read - columns.clean
    if not columns.read:
        return postpone("The head reads nothing, so nothing arrives.")
    if strange:
        return Verdict(False, _say_arrival(net, min(strange)))
    if columns.collide:
        return Verdict(
            False, "Two dimensions arrive at the same place and cannot be told apart there."
        )
    return Verdict(True, "Each dimension that is read arrives at a place of its own, with gain 1.")
