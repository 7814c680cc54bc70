"""What a case of the bank is, and how the same head is written down in another basis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from circuits.shapes import FloatArray

Answers = Mapping[str, object]


@dataclass(frozen=True, eq=False)
class Case:
    """One answer to one part, with what a fair judge says about it.

    Attributes:
        part: The part's id.
        name: What was done, in a few words; unique within the part.
        right: Whether it does what the part asks for.
        answers: What the learner defined, by name; earlier answers included.
        diagnosis: Of a wrong answer, the mistake's slug; None if it has no name. A wrong turn
            that sends the head to no place with a name of its own is ``wrong-angle``.
        holds: Of a wrong answer, the properties that hold all the same; None if that
            depends on the sequences.
        heads: Of an answer that stays what it is when the basis inside a head changes, the
            names of each pair of matrices that share a basis: query and key, or value and out.
        fitted: Whether it was made to pass on the public sequences, so that only others show
            that it is wrong.
    """

    part: str
    name: str
    right: bool
    answers: Answers
    diagnosis: str | None = None
    holds: frozenset[str] | None = None
    heads: tuple[tuple[str, str], ...] = ()
    fitted: bool = False

    @property
    def id(self) -> str:
        """The part and the name, for messages and for pytest."""
        return f"{self.part}: {self.name}"

    def __str__(self) -> str:
        return self.id


def right(part: str, name: str, answers: Answers, *heads: tuple[str, str]) -> Case:
    """Return a right case; shorthand for the table."""
    return Case(part, name, True, answers, heads=heads)


def wrong(
    part: str,
    name: str,
    answers: Answers,
    diagnosis: str | None,
    *heads: tuple[str, str],
    holds: tuple[str, ...] | None = (),
    fitted: bool = False,
) -> Case:
    """Return a wrong case, of which nothing holds unless ``holds`` says so."""
    kept = None if holds is None else frozenset(holds)
    return Case(part, name, False, answers, diagnosis, kept, heads, fitted)


def rewrite(case: Case, rng: np.random.Generator, kind: str = "general") -> Case:
    """Return the same head in another basis inside it.

    For a pair of query and key, ``W_Q -> A W_Q`` and ``W_K -> A^-T W_K`` leave ``W_Q^T W_K``
    as it is; for value and out, ``W_V -> A W_V`` and ``W_out -> W_out A^-1``.

    Args:
        case: A case with ``heads``.
        rng: Draws the matrix A for each head.
        kind: "rotation", "general" (condition number at most 9), or "scale".
    """
    answers = dict(case.answers)
    for first, second in case.heads:
        one, two = np.asarray(answers[first]), np.asarray(answers[second])
        A = draw_basis(one.shape[0], rng, kind)
        answers[first] = A @ one
        inverse = np.linalg.inv(A)
        answers[second] = two @ inverse if first.startswith("W_V") else inverse.T @ two
    return replace(case, name=f"{case.name}, in another basis ({kind})", answers=answers)


def draw_basis(size: int, rng: np.random.Generator, kind: str = "general") -> FloatArray:
    """Return an invertible matrix: a rotation, one with gains from 1/3 to 3, or a gain alone."""
    if kind == "scale":
        return float(np.exp(rng.uniform(-3, 3))) * np.eye(size)
    turned: FloatArray = np.linalg.qr(rng.standard_normal((size, size)))[0]
    if kind == "rotation":
        return turned
    other: FloatArray = np.linalg.qr(rng.standard_normal((size, size)))[0]
    return turned @ (np.exp(rng.uniform(-np.log(3), np.log(3), size))[:, None] * other)
