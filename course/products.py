"""Compute fingerprints of answers from the products of their heads: equal ones are noticed.

A head's ``W_QK`` and ``W_OV`` do not depend on the basis inside it. Two learners whose products
are equal up to scale may have written one head down in two bases, or have come to the same head
independently. What many come to has no mark: the products of the bank of right and wrong answers,
answers whose mistake has a name, and plain ones (:func:`is_plain`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np

from circuits.exercises import get_part
from circuits.judging.answers import read_matrix
from circuits.reports.examination import Problem
from circuits.shapes import FloatArray
from circuits.stream import toy_stream
from grader.plugin import Report

COMMON = Path(__file__).with_name("common_products.npz")
"""Marks of the bank's products by part and circuit; ``python -m tests.bank.products`` writes it."""

LENGTH = 8
"""Numbers in a mark. Each has variance 1 for a product drawn at random."""

CLOSE = 0.02
"""Up to which each number of a mark may differ from a common one: a common answer that was rounded
to two or three digits is as common."""

_PAIRS = {"W_Q_": ("W_K_", "QK"), "W_V_": ("W_out_", "OV")}
_NOTHING = 1e-9  # beside factors whose largest entry is 1
_FAINT = 1e-2  # of the largest block: what rounding leaves


def mark_answers(
    part_id: str, answers: Mapping[str, object], report: Report
) -> dict[str, tuple[float, ...]]:
    """Return a mark for each head's product that is not common.

    Args:
        part_id: The part.
        answers: What the learner defined, by name.
        report: What the judge said of them.

    Returns:
        :data:`LENGTH` numbers for each product, under names such as "QK same".
    """
    if report.status not in ("right", "wrong") or report.diagnosis is not None:
        return {}
    common = _load_common()
    marks = {}
    for name, product in list_products(part_id, answers):
        mark = project(product)
        known = common.get(f"{part_id} {name}")
        seen = known is not None and (np.abs(known - mark).max(axis=1) <= CLOSE).any()
        if not seen and not is_plain(product):
            marks[name] = tuple(round(float(number), 7) for number in mark)
    return marks


def list_products(part_id: str, answers: Mapping[str, object]) -> Iterator[tuple[str, FloatArray]]:
    """Yield ``W_Q^T W_K`` and ``W_out W_V`` of each head of a part, with Frobenius norm 1.

    Names are such as "QK same". Answers that are no matrices of the shapes asked for, or whose
    product is zero, are passed over.
    """
    read = {
        answer.name: value
        for answer in get_part(part_id).answers
        if answer.kind == "matrix"
        and answer.name in answers
        and not isinstance(value := read_matrix(answer, answers[answer.name]), Problem)
    }
    for name, first in read.items():
        for prefix, (other, circuit) in _PAIRS.items():
            head = name.removeprefix(prefix)
            second = read.get(other + head)
            if head == name or second is None:
                continue
            if circuit == "OV":
                first, second = second.T, first
            if len(first) != len(second):
                continue
            # Sizes first: entries may be as large as 1e100.
            product = (first / np.abs(first).max()).T @ (second / np.abs(second).max())
            size = float(np.linalg.norm(product))
            if size > _NOTHING:
                yield f"{circuit} {head}", product / size


def project(product: FloatArray) -> FloatArray:
    """Return the mark of a product of norm 1: ``u_i^T W v_i`` for fixed random vectors."""
    left, right = _draw_directions(product.shape)
    mark: FloatArray = np.einsum("ir,rc,ic->i", left, product, right)
    return mark


def is_plain(product: FloatArray) -> bool:
    """Whether a product matches directions that have a name, one to one, with whatever weights.

    A direction is a dimension of the stream of Exercise 1, and a row of ``u_cont``, ``v`` or
    ``spare`` or a pair of ``u_cos`` and ``u_sin`` of the toy stream; a pair may match two rows.
    The trained model's stream has no directions with a name, so nothing there is plain.
    """
    directions = _name_directions(len(product))
    if directions is None:
        return False
    basis, groups = directions
    blocks = np.sqrt(groups.T @ (basis @ product @ basis.T) ** 2 @ groups)
    there = blocks > _FAINT * blocks.max()
    sizes = groups.sum(axis=0)
    return bool((there.sum(axis=0) <= sizes).all() and (there.sum(axis=1) <= sizes).all())


@cache
def _name_directions(size: int) -> tuple[FloatArray, FloatArray] | None:
    """Return an orthonormal basis, rows, and which rows belong to one direction, columns."""
    stream = toy_stream()
    if size == 16:
        return np.eye(size), np.eye(size)
    if size != stream.d_model:
        return None
    single = np.vstack([stream.u_cont, stream.v, stream.spare])
    pairs = np.kron(np.eye(len(stream.u_cos)), np.ones((2, 1)))
    groups = np.zeros((size, len(single) + pairs.shape[1]))
    groups[: len(single), : len(single)] = np.eye(len(single))
    groups[len(single) :, len(single) :] = pairs
    return np.vstack([single, stream.position_rows]), groups


@cache
def _draw_directions(shape: tuple[int, int]) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(shape)
    return rng.standard_normal((LENGTH, shape[0])), rng.standard_normal((LENGTH, shape[1]))


@cache
def _load_common() -> Mapping[str, FloatArray]:
    with np.load(COMMON) as file:
        return {name: file[name].astype(float) for name in file.files}
