"""Answers to exercise 1, the virtual head. Rows of the 16 by 16 identity name dimensions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from circuits.shapes import FloatArray
from tests.bank.case import Answers, Case, draw_basis, right, wrong
from tests.bank.tables import dress, spoil

E = np.eye(16)
_rng = np.random.default_rng(1)
TURN = draw_basis(4, _rng, "rotation")
MIX = draw_basis(4, _rng, "general")

HEAD_1 = ("W_V_1", "W_out_1")
HEAD_2 = ("W_V_2", "W_out_2")


def head(suffix: str, read: Sequence[int], write: Sequence[int]) -> dict[str, FloatArray]:
    """Return a head that moves dimension ``read[k]`` to ``write[k]``, at most four of them."""
    W_V, W_out = np.zeros((4, 16)), np.zeros((16, 4))
    for k, (source, target) in enumerate(zip(read, write, strict=True)):
        W_V[k, source] = W_out[target, k] = 1.0
    return {f"W_V_{suffix}": W_V, f"W_out_{suffix}": W_out}


def change(answers: dict[str, FloatArray], **factors: object) -> dict[str, FloatArray]:
    """Return the answers with some multiplied, each by a number or a row of numbers."""
    scaled = {name: answers[name] * np.asarray(factor) for name, factor in factors.items()}
    return {**answers, **scaled}


def add(answers: dict[str, FloatArray], name: str, row: int, column: int, value: float = 1.0):
    """Return the answers with a number added to one entry of one matrix."""
    changed = answers[name].copy()
    changed[row, column] += value
    return {**answers, name: changed}


# 1a: dimensions 0-3 of the previous token to 8-11.
ONE = head("1", range(4), range(8, 12))

EX1A = [
    right("ex1a", "rows of the identity", ONE, HEAD_1),
    right("ex1a", "the four in another order inside", head("1", (2, 0, 3, 1), (10, 8, 11, 9))),
    right("ex1a", "turned inside", {"W_V_1": TURN @ E[:4], "W_out_1": E[8:12].T @ TURN.T}, HEAD_1),
    right(
        "ex1a",
        "a general basis inside",
        {"W_V_1": MIX @ E[:4], "W_out_1": E[8:12].T @ np.linalg.inv(MIX)},
        HEAD_1,
    ),
    right("ex1a", "read twice as large, written half", change(ONE, W_V_1=2, W_out_1=0.5), HEAD_1),
    right("ex1a", "both with a minus", change(ONE, W_V_1=-1, W_out_1=-1), HEAD_1),
    right("ex1a", "a million times, and back", change(ONE, W_V_1=1e6, W_out_1=1e-6), HEAD_1),
    right("ex1a", "whole numbers", {name: value.astype(int) for name, value in ONE.items()}),
    right("ex1a", "true and false", {name: value.astype(bool) for name, value in ONE.items()}),
    *dress("ex1a", ONE, HEAD_1),
    wrong(
        "ex1a",
        "reads 8-11 and writes 0-3",
        head("1", range(8, 12), range(4)),
        "roles-swapped",
        HEAD_1,
    ),
    wrong("ex1a", "gain 2", change(ONE, W_out_1=2), "gain", HEAD_1, holds=("reads", "writes")),
    wrong("ex1a", "gain 1/2", change(ONE, W_V_1=0.5), "gain", HEAD_1, holds=("reads", "writes")),
    wrong("ex1a", "gain -1", change(ONE, W_V_1=-1), "gain", HEAD_1, holds=("reads", "writes")),
    wrong(
        "ex1a",
        "one of the four with a minus",
        change(ONE, W_out_1=[1, 1, -1, 1]),
        "gain",
        HEAD_1,
        holds=("reads", "writes"),
    ),
    wrong(
        "ex1a",
        "gain 1.001, a rounding too coarse",
        change(ONE, W_out_1=1.001),
        "gain",
        HEAD_1,
        holds=("reads", "writes"),
    ),
    wrong(
        "ex1a",
        "gain 1.0001",
        change(ONE, W_out_1=1.0001),
        "gain",
        HEAD_1,
        holds=("reads", "writes"),
    ),
    wrong(
        "ex1a",
        "back to front",
        head("1", range(4), (11, 10, 9, 8)),
        "wrong-order",
        HEAD_1,
        holds=("reads", "writes"),
    ),
    wrong(
        "ex1a",
        "back to front, at half the size",
        change(head("1", range(4), (11, 10, 9, 8)), W_V_1=0.5),
        "wrong-order",
        HEAD_1,
        holds=("reads", "writes"),
    ),
    wrong(
        "ex1a",
        "two of the four exchanged",
        head("1", range(4), (9, 8, 10, 11)),
        "wrong-order",
        HEAD_1,
        holds=("reads", "writes"),
    ),
    wrong(
        "ex1a", "counted from 1", head("1", range(1, 5), range(9, 13)), "wrong-dimensions", HEAD_1
    ),
    wrong(
        "ex1a",
        "reads 4-7",
        head("1", range(4, 8), range(8, 12)),
        "wrong-dimensions",
        HEAD_1,
        holds=("writes",),
    ),
    wrong(
        "ex1a",
        "writes to 12-15",
        head("1", range(4), range(12, 16)),
        "wrong-dimensions",
        HEAD_1,
        holds=("reads",),
    ),
    wrong(
        "ex1a",
        "writes where it reads",
        head("1", range(4), range(4)),
        "wrong-dimensions",
        HEAD_1,
        holds=("reads",),
    ),
    wrong(
        "ex1a", "three of the four", head("1", range(3), range(8, 11)), "too-few-dimensions", HEAD_1
    ),
    wrong("ex1a", "one of the four", head("1", (0,), (8,)), "too-few-dimensions", HEAD_1),
    wrong("ex1a", "reads 12 as well", add(ONE, "W_V_1", 0, 12), "leak", HEAD_1, holds=("writes",)),
    wrong(
        "ex1a", "writes to 15 as well", add(ONE, "W_out_1", 15, 2), "leak", HEAD_1, holds=("reads",)
    ),
    wrong(
        "ex1a",
        "reads a thousandth of 6",
        add(ONE, "W_V_1", 1, 6, 1e-3),
        "leak",
        HEAD_1,
        holds=("writes",),
    ),
    wrong(
        "ex1a",
        "turned inside, and not turned back",
        {"W_V_1": TURN @ E[:4], "W_out_1": E[8:12].T},
        "not-one-to-one",
        HEAD_1,
        holds=("reads", "writes"),
    ),
    wrong(
        "ex1a",
        "turned twice for there and back",
        {"W_V_1": TURN @ E[:4], "W_out_1": E[8:12].T @ TURN},
        "not-one-to-one",
        HEAD_1,
        holds=("reads", "writes"),
    ),
    wrong(
        "ex1a",
        "the sum of the four to each",
        {"W_V_1": np.ones((4, 1)) * E[:4].sum(0), "W_out_1": E[8:12].T},
        "not-one-to-one",
        HEAD_1,
        holds=("reads", "writes"),
    ),
    wrong(
        "ex1a",
        "reads with two rows and writes with the other two",
        {"W_V_1": E[:4] * [[1], [1], [0], [0]], "W_out_1": E[8:12].T * [0, 0, 1, 1]},
        "all-zero",
        HEAD_1,
    ),
    wrong(
        "ex1a",
        "random numbers",
        {"W_V_1": _rng.standard_normal((4, 16)), "W_out_1": _rng.standard_normal((16, 4))},
        None,
        HEAD_1,
    ),
    wrong("ex1a", "both transposed", {name: value.T for name, value in ONE.items()}, "transposed"),
    wrong(
        "ex1a",
        "the two names exchanged",
        {"W_V_1": ONE["W_out_1"], "W_out_1": ONE["W_V_1"]},
        "transposed",
    ),
    *spoil("ex1a", ONE, HEAD_1),
]

# 1b: one of 8-11 and three that head 1 does not touch.
TWO = {**ONE, **head("2", (8, 4, 5, 6), range(4))}
OTHER_ONE = head("1", range(4), range(12, 16))
CROOKED_ONE = head("1", range(4), (9, 8, 10, 11))
# Its two matrices are not zero, and yet it moves nothing.
_idle = head("1", range(2), range(8, 10))
IDLE_ONE = {**_idle, "W_out_1": _idle["W_out_1"][:, ::-1]}
EMPTY_ONE: Answers = {"W_V_1": ..., "W_out_1": ...}


def behind(one: Answers, read: Sequence[int], write: Sequence[int]) -> dict[str, object]:
    """Return a head 2 behind a head 1."""
    return {**one, **head("2", read, write)}


EX1B = [
    right("ex1b", "8, 4, 5, 6 to 0-3", TWO, HEAD_2),
    right("ex1b", "11, 12, 13, 14 to 4-7", behind(ONE, (11, 12, 13, 14), range(4, 8)), HEAD_2),
    right("ex1b", "overwrites 8-11", behind(ONE, (9, 4, 7, 15), range(8, 12)), HEAD_2),
    right("ex1b", "writes where it reads", behind(ONE, (10, 5, 6, 7), (10, 5, 6, 7)), HEAD_2),
    right("ex1b", "no head 1 yet", behind(EMPTY_ONE, (8, 4, 5, 6), range(4)), HEAD_2),
    right("ex1b", "the earlier names not defined", head("2", (8, 4, 5, 6), range(4)), HEAD_2),
    right(
        "ex1b",
        "behind a head 1 that writes to 12-15, with 12",
        behind(OTHER_ONE, (12, 4, 5, 6), range(4)),
        HEAD_2,
    ),
    right(
        "ex1b",
        "behind a head 1 that writes to 12-15, as if it were right",
        behind(OTHER_ONE, (8, 4, 5, 12), range(4)),
        HEAD_2,
    ),
    right(
        "ex1b",
        "behind a head 1 in the wrong order",
        behind(CROOKED_ONE, (8, 4, 5, 6), range(4)),
        HEAD_2,
    ),
    right(
        "ex1b",
        "turned inside",
        {**ONE, "W_V_2": TURN @ E[[8, 4, 5, 6]], "W_out_2": E[:4].T @ TURN.T},
        HEAD_2,
    ),
    right(
        "ex1b",
        "a general basis inside",
        {**ONE, "W_V_2": MIX @ E[[8, 13, 14, 15]], "W_out_2": E[4:8].T @ np.linalg.inv(MIX)},
        HEAD_2,
    ),
    right("ex1b", "thrice and a third", change(TWO, W_V_2=3, W_out_2=1 / 3), HEAD_2),
    right("ex1b", "whole numbers", {name: value.astype(int) for name, value in TWO.items()}),
    *dress("ex1b", TWO, HEAD_2),
    wrong(
        "ex1b",
        "two of head 1's and two untouched",
        behind(ONE, (8, 9, 4, 5), range(4)),
        "wrong-dimensions",
        HEAD_2,
        holds=("four", "gain"),
    ),
    wrong(
        "ex1b",
        "all four of head 1's",
        behind(ONE, (8, 9, 10, 11), range(4)),
        "wrong-dimensions",
        HEAD_2,
        holds=("four", "gain"),
    ),
    wrong(
        "ex1b",
        "three of those that head 1 copied",
        behind(ONE, (8, 0, 1, 2), range(12, 16)),
        "rereads-copied",
        HEAD_2,
        holds=("four", "gain", "two-back"),
    ),
    wrong(
        "ex1b",
        "three of those that head 1 should copy, behind a head 1 that moves nothing",
        behind(IDLE_ONE, (0, 1, 2), range(12, 15)),
        "no-two-token-path",
        HEAD_2,
        holds=("gain",),
    ),
    wrong(
        "ex1b",
        "one of those that head 1 copied",
        behind(ONE, (8, 4, 5, 3), range(4)),
        "rereads-copied",
        HEAD_2,
        holds=("four", "gain", "two-back"),
    ),
    wrong(
        "ex1b",
        "nothing of head 1's",
        behind(ONE, (4, 5, 6, 7), range(4)),
        "no-two-token-path",
        HEAD_2,
        holds=("four", "gain"),
    ),
    wrong(
        "ex1b",
        "three untouched and nothing else",
        behind(ONE, (4, 5, 6), range(3)),
        "no-two-token-path",
        HEAD_2,
        holds=("gain", "one-back"),
    ),
    wrong(
        "ex1b",
        "head 1 once more",
        {**ONE, "W_V_2": ONE["W_V_1"], "W_out_2": ONE["W_out_1"]},
        "no-two-token-path",
        HEAD_2,
        holds=("four", "gain"),
    ),
    wrong(
        "ex1b",
        "one of head 1's and two untouched",
        behind(ONE, (8, 4, 5), range(3)),
        "too-few-dimensions",
        HEAD_2,
        holds=("gain", "two-back"),
    ),
    wrong(
        "ex1b",
        "one of head 1's and nothing else",
        behind(ONE, (8,), (0,)),
        "too-few-dimensions",
        HEAD_2,
        holds=("gain", "two-back"),
    ),
    wrong(
        "ex1b",
        "gain 2",
        change(TWO, W_out_2=2),
        "gain",
        HEAD_2,
        holds=("four", "two-back", "one-back"),
    ),
    wrong(
        "ex1b",
        "one of the four with a minus",
        change(TWO, W_out_2=[-1, 1, 1, 1]),
        "gain",
        HEAD_2,
        holds=("four", "two-back", "one-back"),
    ),
    wrong(
        "ex1b",
        "gain 1.001",
        change(TWO, W_out_2=1.001),
        "gain",
        HEAD_2,
        holds=("four", "two-back", "one-back"),
    ),
    wrong(
        "ex1b",
        "two arrive in the same place",
        behind(ONE, (8, 4, 5, 6), (0, 1, 2, 2)),
        "not-one-to-one",
        HEAD_2,
        holds=("four", "two-back", "one-back"),
    ),
    wrong(
        "ex1b",
        "two arrive in the same place, twice as large",
        change(behind(ONE, (8, 4, 5, 6), (0, 1, 2, 2)), W_V_2=2),
        "not-one-to-one",
        HEAD_2,
        holds=("four", "two-back", "one-back"),
    ),
    wrong(
        "ex1b",
        "one arrives in two places",
        add(TWO, "W_out_2", 9, 0),
        "not-one-to-one",
        HEAD_2,
        holds=("four", "two-back", "one-back"),
    ),
    wrong(
        "ex1b",
        "reads the sum of 8 and 9 for the one",
        add(TWO, "W_V_2", 0, 9),
        "not-one-to-one",
        HEAD_2,
        holds=("one-back",),
    ),
    wrong(
        "ex1b",
        "one untouched dimension too many, a little",
        add(TWO, "W_V_2", 1, 15, 1e-3),
        "leak",
        HEAD_2,
        holds=("two-back",),
    ),
    wrong(
        "ex1b",
        "turned inside, and not turned back",
        {**TWO, "W_V_2": TURN @ E[[8, 4, 5, 6]]},
        "not-one-to-one",
        HEAD_2,
        holds=("four", "two-back", "one-back"),
    ),
    wrong(
        "ex1b",
        "turned twice for there and back",
        {**ONE, "W_V_2": TURN @ E[[8, 4, 5, 6]], "W_out_2": E[:4].T @ TURN},
        "not-one-to-one",
        HEAD_2,
        holds=("four", "two-back", "one-back"),
    ),
    wrong(
        "ex1b",
        "reads 0-3 and writes to 8, 4, 5, 6",
        behind(ONE, range(4), (8, 4, 5, 6)),
        "roles-swapped",
        HEAD_2,
        holds=("four", "gain"),
    ),
    wrong(
        "ex1b",
        "three of those that head 1 does not touch, all of what it writes, as sums",
        {**ONE, "W_V_2": np.vstack([E[8:12].sum(0), E[4:7]]), "W_out_2": E[:4].T},
        "not-one-to-one",
        HEAD_2,
        holds=("one-back",),
    ),
    wrong(
        "ex1b",
        "reads with two rows and writes with the other two",
        {**ONE, "W_V_2": E[[8, 4, 0, 0]] * [[1], [1], [0], [0]], "W_out_2": E[:4].T * [0, 0, 1, 1]},
        "all-zero",
        HEAD_2,
    ),
    wrong(
        "ex1b",
        "random numbers",
        {
            **ONE,
            "W_V_2": _rng.standard_normal((4, 16)),
            "W_out_2": _rng.standard_normal((16, 4)),
        },
        None,
        HEAD_2,
    ),
    wrong(
        "ex1b",
        "both transposed",
        {**ONE, "W_V_2": TWO["W_V_2"].T, "W_out_2": TWO["W_out_2"].T},
        "transposed",
    ),
    *spoil("ex1b", TWO, HEAD_2),
]


def expand(values: Answers) -> dict[str, FloatArray]:
    """Return both net matrices of two heads."""
    return {
        f"W_net_{k}": np.asarray(values[f"W_out_{k}"]) @ np.asarray(values[f"W_V_{k}"])
        for k in (1, 2)
    }


NETS = ("W_net_1", "W_net_2")
PATHS = ("two_token_copy", "one_token_copy")

MIXED: dict[str, FloatArray] = {
    "W_V_1": MIX @ E[:4],
    "W_out_1": E[8:12].T @ np.linalg.inv(MIX),
    "W_V_2": TURN @ E[[11, 12, 13, 14]],
    "W_out_2": E[4:8].T @ TURN.T,
}
RANDOM = {
    name: _rng.standard_normal(shape)
    for k in (1, 2)
    for name, shape in ((f"W_V_{k}", (4, 16)), (f"W_out_{k}", (16, 4)))
}
SMALL = {name: 1e-3 * value for name, value in RANDOM.items()}
LARGE = {name: 1e4 * value for name, value in RANDOM.items()}
IDLE: dict[str, FloatArray] = {**TWO, **IDLE_ONE}
TINY = {name: 1e-5 * value for name, value in RANDOM.items()}


def nets(values: Answers, **changed: object) -> dict[str, object]:
    """Return the answer to 1c for two heads, with some of it changed."""
    return {**values, **expand(values), **changed}


_net = expand(TWO)
N1, N2 = _net["W_net_1"], _net["W_net_2"]
_plain: dict[str, FloatArray] = {**TWO, **_net}

EX1C = [
    right("ex1c", "the products", _plain),
    right("ex1c", "of heads in other bases", nets(MIXED)),
    right("ex1c", "of random heads", nets(RANDOM)),
    right("ex1c", "of small heads", nets(SMALL)),
    right("ex1c", "of large heads", nets(LARGE)),
    right("ex1c", "of a wrong head 1", nets(behind(CROOKED_ONE, (8, 9, 10, 11), range(4)))),
    right(
        "ex1c", "off by a hundred-thousandth", nets(TWO, W_net_1=N1 + 1e-5 * np.outer(E[3], E[5]))
    ),
    right("ex1c", "of heads given as lists", nets({k: v.tolist() for k, v in MIXED.items()})),
    right("ex1c", "whole numbers", {name: value.astype(int) for name, value in _plain.items()}),
    *dress("ex1c", _plain, NETS),
    wrong(
        "ex1c",
        "W_V W_out, 4 by 4",
        nets(TWO, W_net_1=TWO["W_V_1"] @ TWO["W_out_1"], W_net_2=TWO["W_V_2"] @ TWO["W_out_2"]),
        "factors-swapped",
    ),
    wrong(
        "ex1c",
        "W_V W_out of random heads, 4 by 4",
        nets(
            RANDOM,
            W_net_1=RANDOM["W_V_1"] @ RANDOM["W_out_1"],
            W_net_2=RANDOM["W_V_2"] @ RANDOM["W_out_2"],
        ),
        "factors-swapped",
    ),
    wrong("ex1c", "both transposed", nets(TWO, W_net_1=N1.T, W_net_2=N2.T), "transposed"),
    wrong("ex1c", "the second transposed", nets(TWO, W_net_2=N2.T), "transposed", holds=("net-1",)),
    wrong("ex1c", "the two exchanged", nets(TWO, W_net_1=N2, W_net_2=N1), "wrong-order"),
    wrong("ex1c", "both doubled", nets(TWO, W_net_1=2 * N1, W_net_2=2 * N2), "gain"),
    wrong("ex1c", "both with a minus", nets(MIXED, W_net_1=-N1, W_net_2=-N2), "gain"),
    wrong(
        "ex1c",
        "the identity added",
        nets(TWO, W_net_1=N1 + E, W_net_2=N2 + E),
        "residual-added",
    ),
    wrong("ex1c", "the identity", nets(TWO, W_net_1=E, W_net_2=E), "rank-too-high"),
    wrong(
        "ex1c",
        "one head's V with the other's out",
        nets(
            RANDOM,
            W_net_1=RANDOM["W_out_2"] @ RANDOM["W_V_1"],
            W_net_2=RANDOM["W_out_1"] @ RANDOM["W_V_2"],
        ),
        None,
    ),
    wrong(
        "ex1c",
        "one entry forgotten",
        nets(TWO, W_net_1=N1 * (E[8] == 0)[:, None]),
        "too-few-dimensions",
        holds=("net-2",),
    ),
    wrong(
        "ex1c",
        "one entry too many",
        nets(TWO, W_net_1=N1 + np.outer(E[3], E[5])),
        "leak",
        holds=("net-2",),
    ),
    wrong(
        "ex1c",
        "rounded to whole numbers",
        nets(MIXED, W_net_1=np.round(RANDOM["W_out_1"] @ RANDOM["W_V_1"])),
        "rank-too-high",
        holds=("net-2",),
    ),
    wrong(
        "ex1c",
        "the products of small heads, a little off",
        nets(SMALL, W_net_1=1.001 * expand(SMALL)["W_net_1"]),
        "gain",
        holds=("net-2",),
    ),
    wrong(
        "ex1c",
        "next to nothing, for heads that move next to nothing",
        nets(TINY, W_net_1=1e-9 * E, W_net_2=-1e-9 * E),
        "rank-too-high",
    ),
    wrong(
        "ex1c",
        "next to nothing, for a head that moves nothing",
        nets(IDLE, W_net_1=1e-9 * E),
        None,
        holds=("net-2",),
    ),
    wrong(
        "ex1c",
        "the product of a head 1 that moves a rounding error",
        nets(change(TWO, W_V_1=1e-13)),
        None,
        holds=("net-2",),
    ),
    wrong(
        "ex1c", "of a head 2 that is not there", {**_plain, "W_V_2": ...}, None, holds=("net-1",)
    ),
    wrong("ex1c", "of heads that are not there", {**_plain, "W_V_1": ..., "W_out_2": None}, None),
    wrong(
        "ex1c",
        "zeros, of a head of zeros",
        {**_plain, "W_V_1": 0 * TWO["W_V_1"], "W_net_1": 0 * N1},
        "all-zero",
        holds=("net-2",),
    ),
    wrong(
        "ex1c",
        "products in full, but only the first",
        {**_plain, "W_net_2": ...},
        "missing",
        holds=("net-1",),
    ),
    *spoil("ex1c", _plain, NETS, holds=("net-2",)),
]


def paths(values: Answers, **changed: object) -> dict[str, object]:
    """Return the answer to 1d for two heads, with some of it changed."""
    net = expand(values)
    one, two = net["W_net_1"], net["W_net_2"]
    return {**values, "two_token_copy": two @ one, "one_token_copy": two + one, **changed}


CLOSED = behind(ONE, (4, 5, 6, 7), range(4))
ROUNDED = add(CLOSED, "W_V_2", 0, 8, 1e-13)
UNDONE = {**ONE, "W_V_2": ONE["W_V_1"], "W_out_2": -ONE["W_out_1"]}
# What head 2 reads is orthogonal to what head 1 writes, but for rounding.
_unseen = np.eye(16) - RANDOM["W_out_1"] @ np.linalg.pinv(RANDOM["W_out_1"])
CLOSED_MIXED = {**RANDOM, "W_V_2": RANDOM["W_V_2"] @ _unseen}
DEAD = {"W_V_1": 1e-9 * RANDOM["W_V_1"], "W_out_1": 1e-9 * ONE["W_out_1"]}
_path: dict[str, FloatArray] = {**TWO, "two_token_copy": N2 @ N1, "one_token_copy": N2 + N1}
_random = expand(RANDOM)
R1, R2 = _random["W_net_1"], _random["W_net_2"]

EX1D = [
    right("ex1d", "the products", _path),
    right("ex1d", "of heads in other bases", paths(MIXED)),
    right("ex1d", "of random heads", paths(RANDOM)),
    right("ex1d", "of small heads", paths(SMALL)),
    right("ex1d", "of large heads", paths(LARGE)),
    right("ex1d", "of a wrong head 1", paths(behind(OTHER_ONE, (12, 13, 4, 5), range(4)))),
    right("ex1d", "of heads given as lists", paths({k: v.tolist() for k, v in MIXED.items()})),
    right("ex1d", "whole numbers", {name: value.astype(int) for name, value in _path.items()}),
    right(
        "ex1d",
        "added up column by column",
        paths(TWO, one_token_copy=np.column_stack([N1[:, k] + N2[:, k] for k in range(16)])),
    ),
    right("ex1d", "zeros, where no path leads through both heads", paths(CLOSED)),
    right("ex1d", "zeros for both, of heads that undo each other", paths(UNDONE)),
    right(
        "ex1d",
        "a rounding error, where no path leads through both heads",
        paths(CLOSED, two_token_copy=1e-13 * E),
    ),
    right(
        "ex1d",
        "zeros, where a rounding error leads through both heads",
        paths(ROUNDED, two_token_copy=np.zeros((16, 16))),
    ),
    right("ex1d", "zeros but for rounding, where no path leads through", paths(CLOSED_MIXED)),
    *(
        right(
            "ex1d",
            f"zeros but for rounding, of heads of size {size} and {1 / size}",
            paths(change(CLOSED_MIXED, W_V_1=size, W_V_2=1 / size)),
        )
        for size in (1e6, 1e-6)
    ),
    *dress("ex1d", _path, PATHS),
    wrong(
        "ex1d",
        "head 2 first, then head 1",
        paths(RANDOM, two_token_copy=R1 @ R2),
        "wrong-order",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "a sum for both",
        paths(RANDOM, two_token_copy=R1 + R2),
        "sum-not-product",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "the two exchanged",
        paths(RANDOM, two_token_copy=R1 + R2, one_token_copy=R2 @ R1),
        "sum-not-product",
    ),
    wrong(
        "ex1d",
        "the identity in the one-token copy",
        paths(RANDOM, one_token_copy=R1 + R2 + E),
        "residual-added",
        holds=("two-token",),
    ),
    wrong(
        "ex1d",
        "the two-token path in the one-token copy",
        paths(RANDOM, one_token_copy=R1 + R2 + R2 @ R1),
        "leak",
        holds=("two-token",),
    ),
    wrong(
        "ex1d",
        "head 2 alone for the one-token copy",
        paths(RANDOM, one_token_copy=R2),
        "path-missing",
        holds=("two-token",),
    ),
    wrong(
        "ex1d",
        "head 1 alone for the one-token copy",
        paths(RANDOM, one_token_copy=R1),
        "path-missing",
        holds=("two-token",),
    ),
    wrong(
        "ex1d",
        "the difference for the one-token copy",
        paths(RANDOM, one_token_copy=R2 - R1),
        None,
        holds=("two-token",),
    ),
    wrong(
        "ex1d",
        "entry by entry",
        paths(RANDOM, two_token_copy=R2 * R1),
        "rank-too-high",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "head 2 twice",
        paths(RANDOM, two_token_copy=R2 @ R2),
        "same-head-twice",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "both transposed",
        paths(RANDOM, two_token_copy=(R2 @ R1).T, one_token_copy=(R2 + R1).T),
        "transposed",
    ),
    wrong(
        "ex1d",
        "head 2 transposed, in the product",
        paths(RANDOM, two_token_copy=R2.T @ R1),
        "transposed",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "all paths and the stream, for the one-token copy",
        paths(RANDOM, one_token_copy=R2 @ R1 + R2 + R1 + np.eye(16)),
        "residual-added",
        holds=("two-token",),
    ),
    wrong(
        "ex1d",
        "both doubled",
        paths(RANDOM, two_token_copy=2 * R2 @ R1, one_token_copy=2 * (R2 + R1)),
        "gain",
    ),
    wrong(
        "ex1d",
        "the mean of the two heads",
        paths(TWO, one_token_copy=(N1 + N2) / 2),
        "gain",
        holds=("two-token",),
    ),
    wrong(
        "ex1d",
        "the extra direct copy left out",
        paths(TWO, one_token_copy=N1 + N2 * (np.arange(16) != 8)),
        "too-few-dimensions",
        holds=("two-token",),
    ),
    wrong(
        "ex1d",
        "of the reference heads instead of one's own",
        {**paths(TWO), **MIXED, **head("2", (11, 12, 13, 14), range(4))},
        None,
    ),
    wrong(
        "ex1d",
        "4 by 4: the middle of the product",
        paths(TWO, two_token_copy=TWO["W_V_2"] @ TWO["W_out_1"]),
        "wrong-shape",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "next to nothing, for heads that move next to nothing",
        paths(TINY, two_token_copy=1e-9 * E, one_token_copy=1e-9 * E),
        "rank-too-high",
    ),
    wrong(
        "ex1d",
        "the products of heads that move next to nothing",
        paths(TINY),
        None,
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "next to nothing, where no path leads through both heads",
        paths(CLOSED, two_token_copy=1e-9 * E),
        None,
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "NaN, where no path leads through both heads",
        paths(CLOSED, two_token_copy=np.full((16, 16), np.nan)),
        "not-finite",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "zeros, behind a head that moves rounding errors",
        paths({**CLOSED, **DEAD}, two_token_copy=np.zeros((16, 16))),
        "same-head-twice",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "zeros, behind a head that moves one rounding error exactly",
        paths(change(CLOSED, W_V_1=1e-13), two_token_copy=np.zeros((16, 16))),
        "same-head-twice",
        holds=("one-token",),
    ),
    *(
        wrong(
            "ex1d",
            f"next to nothing, through a closed path, of heads of size {size} and {1 / size}",
            paths(change(CLOSED_MIXED, W_V_1=size, W_V_2=1 / size), two_token_copy=1e-9 * E),
            None,
            holds=("one-token",),
        )
        for size in (1e6, 1e-6)
    ),
    wrong("ex1d", "head 2 alone, behind a head 1 that moves nothing", paths(IDLE), "all-zero"),
    wrong("ex1d", "of a head 2 that is not there", {**_path, "W_out_2": ...}, None),
    wrong("ex1d", "of heads that are not there", {**_path, "W_V_1": ..., "W_out_1": None}, None),
    # Zeros are what head 1 gives when it acts twice.
    *spoil("ex1d", _path, PATHS, holds=("one-token",), zeros="same-head-twice"),
]

CASES: tuple[Case, ...] = (*EX1A, *EX1B, *EX1C, *EX1D)
