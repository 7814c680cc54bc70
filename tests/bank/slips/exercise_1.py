"""Slips of a tired student in exercise 1, and right answers of odd forms."""

from __future__ import annotations

import numpy as np

from tests.bank.case import Case, right, wrong
from tests.bank.directions import HADAMARD
from tests.bank.exercise_1 import (
    HEAD_1,
    HEAD_2,
    MIXED,
    ONE,
    RANDOM,
    TWO,
    E,
    behind,
    expand,
    head,
    nets,
    paths,
)

R = expand(RANDOM)
R1, R2 = R["W_net_1"], R["W_net_2"]
T = expand(TWO)
T1, T2 = T["W_net_1"], T["W_net_2"]

SEEN: tuple[Case, ...] = (
    wrong(
        "ex1d",
        "the second head alone for the one-token copy",
        paths(TWO, one_token_copy=T2),
        "path-missing",
        holds=("two-token",),
    ),
    wrong(
        "ex1d",
        "head 1 twice, behind right heads",
        paths(TWO, two_token_copy=T1 @ T1),
        "same-head-twice",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "a product of transposes",
        paths(RANDOM, two_token_copy=R2.T @ R1.T),
        "transposed",
        holds=("one-token",),
    ),
)

INVENTED: tuple[Case, ...] = (
    wrong(
        "ex1a",
        "every fourth dimension",
        head("1", (0, 4, 8, 12), range(8, 12)),
        "wrong-dimensions",
        HEAD_1,
        holds=("writes",),
    ),
    wrong(
        "ex1a",
        "ones everywhere",
        {"W_V_1": np.ones((4, 16)), "W_out_1": np.ones((16, 4))},
        None,
        HEAD_1,
    ),
    wrong(
        "ex1a",
        "the identity off by one",
        {"W_V_1": np.eye(4, 16), "W_out_1": np.eye(16, 4, k=-7)},
        "wrong-dimensions",
        HEAD_1,
        holds=("reads",),
    ),
    wrong(
        "ex1a",
        "the identity off the edge",
        {"W_V_1": np.eye(4, 16), "W_out_1": np.eye(16, 4, k=8)},
        "all-zero",
    ),
    wrong(
        "ex1a",
        "reads all four blocks",
        {"W_V_1": np.tile(np.eye(4), 4), "W_out_1": ONE["W_out_1"]},
        "leak",
        HEAD_1,
        holds=("writes",),
    ),
    wrong(
        "ex1a",
        "writes to all four blocks",
        {"W_V_1": ONE["W_V_1"], "W_out_1": np.tile(np.eye(4), 4).T},
        "leak",
        HEAD_1,
        holds=("reads",),
    ),
    wrong(
        "ex1a",
        "a block of ones",
        {"W_V_1": np.ones((4, 4)) @ E[:4], "W_out_1": E[8:12].T},
        "not-one-to-one",
        HEAD_1,
        holds=("reads", "writes"),
    ),
    wrong(
        "ex1a",
        "read from the end",
        head("1", (15, 14, 13, 12), range(8, 12)),
        "wrong-dimensions",
        HEAD_1,
        holds=("writes",),
    ),
    wrong("ex1a", "None", {**ONE, "W_out_1": None}, "returned-none"),
    wrong(
        "ex1b",
        "one of head 1's twice",
        behind(ONE, (8, 8, 4, 5), range(4)),
        "not-one-to-one",
        HEAD_2,
        holds=None,
    ),
    wrong(
        "ex1b",
        "0 for two tokens back",
        behind(ONE, (0, 4, 5, 6), range(12, 16)),
        "no-two-token-path",
        HEAD_2,
        holds=None,
    ),
    wrong(
        "ex1b",
        "the mean of what head 1 writes",
        {**ONE, "W_V_2": np.vstack([E[8:12].mean(0), E[4:7]]), "W_out_2": E[:4].T},
        "not-one-to-one",
        HEAD_2,
        holds=None,
    ),
    wrong(
        "ex1b",
        "written to all four blocks",
        {**TWO, "W_out_2": np.tile(np.eye(4), 4).T},
        "not-one-to-one",
        HEAD_2,
        holds=None,
    ),
    wrong(
        "ex1b",
        "gains that differ",
        {**TWO, "W_V_2": TWO["W_V_2"] * [[1], [2], [3], [4]]},
        "gain",
        HEAD_2,
        holds=None,
    ),
    wrong("ex1b", "None", {**TWO, "W_V_2": None}, "returned-none"),
    wrong(
        "ex1c",
        "head 1 in the second product as well",
        nets(MIXED, W_net_2=expand(MIXED)["W_net_2"] @ (E + expand(MIXED)["W_net_1"])),
        "leak",
        holds=("net-1",),
    ),
    wrong(
        "ex1c",
        "typed one column too far",
        nets(TWO, W_net_1=np.roll(T1, 1, axis=1)),
        "wrong-dimensions",
        holds=("net-2",),
    ),
    wrong(
        "ex1c",
        "a projection on what is read",
        nets(TWO, W_net_1=TWO["W_V_1"].T @ TWO["W_V_1"]),
        "wrong-dimensions",
        holds=("net-2",),
    ),
    wrong(
        "ex1c",
        "a projection on what is written, of random heads",
        nets(RANDOM, W_net_2=RANDOM["W_out_2"] @ RANDOM["W_out_2"].T),
        None,
        holds=("net-1",),
    ),
    wrong(
        "ex1c",
        "signs left out",
        nets(RANDOM, W_net_1=np.abs(R1)),
        "rank-too-high",
        holds=("net-2",),
    ),
    wrong(
        "ex1d",
        "the first head alone for the one-token copy",
        paths(TWO, one_token_copy=T1),
        "path-missing",
        holds=("two-token",),
    ),
    wrong(
        "ex1d",
        "head 1 twice, of random heads",
        paths(RANDOM, two_token_copy=R1 @ R1),
        "same-head-twice",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "head 2 twice, with a minus",
        paths(RANDOM, two_token_copy=-R2 @ R2),
        "same-head-twice",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "one factor transposed",
        paths(RANDOM, two_token_copy=R2 @ R1.T),
        "transposed",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "one path transposed",
        paths(RANDOM, one_token_copy=R1 + R2.T),
        "transposed",
        holds=("two-token",),
    ),
    wrong(
        "ex1d",
        "both orders added",
        paths(RANDOM, two_token_copy=R1 @ R2 + R2 @ R1),
        "rank-too-high",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "all paths for the two-token copy",
        paths(RANDOM, two_token_copy=R1 + R2 + R2 @ R1),
        "leak",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "the stream and all paths for the two-token copy",
        paths(RANDOM, two_token_copy=(E + R2) @ (E + R1)),
        "residual-added",
        holds=("one-token",),
    ),
    wrong(
        "ex1d",
        "head 2 alone, in place of the product",
        paths(TWO, two_token_copy=T2),
        "path-missing",
        holds=("one-token",),
    ),
)


# Right answers of odd forms.


ODD: tuple[Case, ...] = (
    right(
        "ex1a",
        "shifted identities",
        {"W_V_1": np.eye(4, 16), "W_out_1": np.eye(16, 4, k=-8)},
        HEAD_1,
    ),
    right(
        "ex1a",
        "Hadamard inside",
        {"W_V_1": HADAMARD @ E[:4], "W_out_1": E[8:12].T @ HADAMARD},
        HEAD_1,
    ),
    right(
        "ex1a",
        "a triangle inside",
        {
            "W_V_1": np.tril(np.ones((4, 4))) @ E[:4],
            "W_out_1": E[8:12].T @ np.linalg.inv(np.tril(np.ones((4, 4)))),
        },
        HEAD_1,
    ),
    right(
        "ex1b",
        "12 to 15 less one, Hadamard inside",
        {**ONE, "W_V_2": HADAMARD @ E[[12, 9, 14, 15]], "W_out_2": E[[1, 3, 5, 7]].T @ HADAMARD},
        HEAD_2,
    ),
    right("ex1b", "written where head 1 read", behind(ONE, (11, 4, 7, 13), (3, 2, 1, 0)), HEAD_2),
    right(
        "ex1c",
        "by einsum",
        nets(RANDOM, W_net_1=np.einsum("ik,kj->ij", RANDOM["W_out_1"], RANDOM["W_V_1"])),
    ),
    right(
        "ex1d",
        "all paths less the others",
        paths(RANDOM, two_token_copy=(E + R2) @ (E + R1) - E - R1 - R2),
    ),
    right(
        "ex1d",
        "from the right, factor by factor",
        paths(
            MIXED,
            two_token_copy=MIXED["W_out_2"] @ (MIXED["W_V_2"] @ MIXED["W_out_1"]) @ MIXED["W_V_1"],
        ),
    ),
)

CASES: tuple[Case, ...] = (*SEEN, *INVENTED, *ODD)
