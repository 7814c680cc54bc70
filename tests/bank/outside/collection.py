"""Collect one chapter's answers, each wrong one with the slugs that are acceptable."""

from __future__ import annotations

import numpy as np

from tests.bank.case import Answers, Case, right, wrong

HEADS = {
    "ex1a": (("W_V_1", "W_out_1"),),
    "ex1b": (("W_V_2", "W_out_2"),),
    "ex2a": (("W_Q_content", "W_K_content"),),
    "ex2b": (("W_Q_self", "W_K_self"),),
    "ex2c": (("W_Q_prev", "W_K_prev"),),
    "ex2d": (("W_Q_same", "W_K_same"),),
    "ex2e": (("W_V_same", "W_out_same"),),
    "ex2f": (("W_Q_next", "W_K_next"),),
    "ex3a": (("W_Q_1", "W_K_1"), ("W_V_1", "W_out_1")),
    "ex3b": (("W_Q_2", "W_K_2"),),
}
"""The pairs of matrices that share a basis inside the head."""


def share_a_basis(answers: Answers, first: str, second: str) -> bool:
    """Whether two matrices are numbers of fitting shapes, so that their basis can be changed."""
    one, two = answers[first], answers[second]
    for matrix in (one, two):
        if (
            not isinstance(matrix, np.ndarray)
            or matrix.dtype.kind != "f"
            or not np.isfinite(matrix).all()
        ):
            return False
    inner = two.shape[1] if first.startswith("W_V") else two.shape[0]
    return one.shape[0] == inner and one.shape[0] <= 8 and one.shape[1] >= 16


class Collection:
    """The answers to one chapter.

    Attributes:
        wrong: Wrong answers, each with the slugs that a fair teacher would give it.
        right: Right answers.
    """

    def __init__(self) -> None:
        self.wrong: list[tuple[Case, frozenset[str | None]]] = []
        self.right: list[Case] = []

    def add_wrong(self, part: str, name: str, answers: Answers, *slugs: str | None) -> None:
        """Add a wrong answer with its acceptable slugs, the likeliest first."""
        heads = tuple(pair for pair in HEADS.get(part, ()) if share_a_basis(answers, *pair))
        case = wrong(part, name, answers, slugs[0], *heads, holds=None)
        self.wrong.append((case, frozenset(slugs)))

    def add_right(self, name: str, part: str, **answers: object) -> None:
        """Add a right answer."""
        self.right.append(right(part, name, answers))
