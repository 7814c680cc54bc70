"""Examine the parts about copying: all of exercise 1, and part 2e."""

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
from circuits.exercises import Part
from circuits.exercises.exercise_1 import D_MODEL, READ_BY_HEAD_1, WRITTEN_BY_HEAD_1
from circuits.judging.answers import Problem
from circuits.judging.examination import Examination, Given, Verdict
from circuits.judging.tables import compare_block, compare_products, list_dimensions
from circuits.shapes import FloatArray
from circuits.trials import Trials


def head_1_net() -> FloatArray:
    """Return what part 1a asks for: dimensions 0-3 to 8-11, shape ``(16, 16)``."""
    net = np.zeros((D_MODEL, D_MODEL))
    net[list(WRITTEN_BY_HEAD_1), list(READ_BY_HEAD_1)] = 1.0
    return net


def _net(given: Given, suffix: str, *, earlier: bool = False) -> FloatArray | None:
    source = given.earlier if earlier else given.own
    W_V, W_out = source.get(f"W_V_{suffix}"), source.get(f"W_out_{suffix}")
    if isinstance(W_V, np.ndarray) and isinstance(W_out, np.ndarray):
        net: FloatArray = W_out @ W_V
        return net
    return None


def examine_ex1a(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge head 1 by what it moves on random streams."""
    net = _net(given, "1")
    assert net is not None
    wanted = head_1_net()
    x = trials.rng("ex1a").standard_normal((16, 12, D_MODEL))
    seen, right = move_from_previous(x, net), move_from_previous(x, wanted)
    read, written = read_dimensions(net), written_dimensions(net)
    return Examination(
        {
            "reads": Verdict(
                read == set(READ_BY_HEAD_1),
                f"The head reads dimensions {list_dimensions(read)}; wanted 0-3.",
            ),
            "writes": Verdict(
                written == set(WRITTEN_BY_HEAD_1),
                f"The head writes to dimensions {list_dimensions(written)}; wanted 8-11.",
            ),
            "copies": Verdict(greatest_error(seen, right) <= TOLERANCE, _say_copy(net, wanted)),
        },
        next_step="Multiply W_out_1 @ W_V_1 and read it: columns are read, rows are written.",
        comparison=compare_products("W_out_1 @ W_V_1", wanted, net),
    )


def _say_copy(net: FloatArray, wanted: FloatArray) -> str:
    """Say what arrives where in the most wrong entry, or that all is well."""
    row, column = np.unravel_index(np.abs(net - wanted).argmax(), net.shape)
    if abs(net[row, column] - wanted[row, column]) <= TOLERANCE:
        return "Dimensions 0-3 of the previous token arrive at 8-11, each with gain 1."
    return (
        f"Dimension {column} of the previous token arrives at dimension {row} with gain "
        f"{net[row, column]:.3g}; wanted {wanted[row, column]:.0f}."
    )


def examine_ex1b(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge head 2 behind the head 1 that part 1a asks for, or behind the learner's own."""
    net = _net(given, "2")
    assert net is not None
    own = _net(given, "1", earlier=True)
    candidates = [_examine_behind(net, head_1_net(), "the head 1 of part (a)")]
    if own is not None and own.any():
        candidates.append(_examine_behind(net, own, "your own head 1"))
    return max(candidates, key=lambda examination: examination.passed)


def _examine_behind(net: FloatArray, net_1: FloatArray, behind: str) -> Examination:
    columns = sort_columns(net)
    written = written_dimensions(net_1)
    untouched = set(range(D_MODEL)) - written - read_dimensions(net_1)
    two_back, one_back = columns.read & written, columns.read & untouched
    strange = columns.read - columns.clean
    if strange:
        k = min(strange)
        gain_says = (
            f"Dimension {k} does not arrive as it is: column {k} of the product is not one lone 1."
        )
    elif columns.collide:
        gain_says = "Two dimensions arrive at the same place and cannot be told apart there."
    else:
        gain_says = "Each dimension that is read arrives at a place of its own, with gain 1."
    return Examination(
        {
            "four": Verdict(
                len(columns.read) == 4,
                f"The head reads dimensions {list_dimensions(columns.read)}, "
                f"{len(columns.read)} in all; wanted 4.",
            ),
            "gain": Verdict(bool(columns.read) and not strange and not columns.collide, gain_says),
            "two-back": Verdict(
                len(two_back) == 1,
                f"Of the dimensions that {behind} writes ({list_dimensions(written)}), it reads "
                f"{list_dimensions(two_back)}; wanted exactly one.",
            ),
            "one-back": Verdict(
                len(one_back) == 3,
                f"Of the dimensions that {behind} does not touch ({list_dimensions(untouched)}), "
                f"it reads {list_dimensions(one_back)}; wanted exactly three.",
            ),
        },
        next_step="List the columns of W_out_2 @ W_V_2 that are not zero: what does each of "
        "these dimensions hold after layer 1?",
        comparison=compare_products("W_out_2 @ W_V_2", None, net),
    )


def examine_products(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge parts 1c and 1d against the products of the learner's own heads."""
    nets = {suffix: _net(given, suffix, earlier=True) for suffix in ("1", "2")}
    verdicts: dict[str, Verdict] = {}
    comparison = None
    for answer, prop in zip(part.answers, part.properties, strict=True):
        value = given.own[answer.name]
        if isinstance(value, Problem):
            verdicts[prop.slug] = Verdict(False, value.sentence)
            continue
        assert isinstance(value, np.ndarray)
        wanted = _expand(answer.name, nets)
        if wanted is None:
            verdicts[prop.slug] = Verdict(False, _say_missing(answer.name, nets))
            continue
        row, column = np.unravel_index(np.abs(value - wanted).argmax(), wanted.shape)
        passed = greatest_error(value, wanted) <= TOLERANCE
        verdicts[prop.slug] = Verdict(
            passed,
            f"{answer.name} is what your matrices give."
            if passed
            else f"{answer.name}[{row}, {column}] is {value[row, column]:.3g}; "
            f"your matrices give {wanted[row, column]:.3g}.",
        )
        if not passed and comparison is None:
            comparison = compare_products(answer.name, wanted, value)
    return Examination(
        verdicts,
        next_step="Work out one entry by hand: which path carries that dimension there?",
        diagnosis=given.problems[0].slug if given.problems else None,
        comparison=comparison,
    )


def _expand(name: str, nets: dict[str, FloatArray | None]) -> FloatArray | None:
    one, two = nets["1"], nets["2"]
    if name == "W_net_1":
        return one
    if name == "W_net_2":
        return two
    if one is None or two is None:
        return None
    return two @ one if name == "two_token_copy" else two + one


def _say_missing(name: str, nets: dict[str, FloatArray | None]) -> str:
    needed = {"W_net_1": "1", "W_net_2": "2"}.get(name, "12")
    gone = " and ".join(
        f"W_V_{suffix} and W_out_{suffix}" for suffix in needed if nets[suffix] is None
    )
    return f"{name} expands {gone}, which cannot be read yet; hand those in first."


def examine_ex2e(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge the copy of the position by the product of its two matrices."""
    stream = trials.stream
    net = _net(given, "same")
    assert net is not None
    block = stream.v @ net @ stream.position_rows.T
    wanted = np.eye(*block.shape)
    wanted[8:] = 0.0
    wanted[:, 8:] = 0.0
    pointer = np.abs(block - wanted)[:8, :8]
    k, m = (int(i) for i in np.unravel_index(pointer.argmax(), pointer.shape))
    inside = stream.v[:8].T @ block[:8, :8] @ stream.position_rows[:8]
    rest = float(np.abs(net - inside).max())
    names = [f"{wave}{i}" for i in range(4) for wave in ("cos", "sin")]
    return Examination(
        {
            "pointer": Verdict(
                float(pointer.max()) <= TOLERANCE,
                "All eight position numbers arrive where they should, with gain 1."
                if pointer.max() <= TOLERANCE
                else f"{names[m]} arrives at v_{k} with gain {block[k, m]:.3g}; "
                f"wanted {wanted[k, m]:.0f}.",
            ),
            "clean": Verdict(
                rest <= TOLERANCE and bool(np.abs(block).max() > TOLERANCE),
                "Nothing but the position is read, and nothing outside v_0 to v_7 is written."
                if rest <= TOLERANCE
                else f"Something else is read or written: up to {rest:.2g} of the product lies "
                "outside the eight position directions and v_0 to v_7.",
            ),
        },
        next_step="Look at v @ W_out_same @ W_V_same @ u_cos.T: row k says what arrives at v_k.",
        comparison=compare_block(
            "what arrives at v_k (rows) from each position number (columns)",
            [f"v_{k}" for k in range(8)],
            names,
            wanted[:8, :8],
            block[:8, :8],
        ),
    )
