"""Name the mistake of a product of matrices that moves the wrong dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from circuits.behaviours.copying import (
    NOTHING,
    TOLERANCE,
    greatest_error,
    read_dimensions,
    sort_columns,
    written_dimensions,
)
from circuits.shapes import BoolArray, FloatArray


def equals(seen: FloatArray, wanted: FloatArray) -> bool:
    """Whether two matrices agree to the course's tolerance."""
    return seen.shape == wanted.shape and greatest_error(seen, wanted) <= TOLERANCE


def is_multiple(seen: FloatArray, wanted: FloatArray) -> bool:
    """Whether ``seen`` is ``wanted`` times a number other than one and zero."""
    if not wanted.any():
        return False
    wanted = wanted / np.abs(wanted).max()
    gain = float((seen * wanted).sum() / (wanted**2).sum())
    return abs(gain) > TOLERANCE and equals(seen / gain, wanted)


def has_other_gains(seen: FloatArray, wanted: FloatArray) -> bool:
    """Whether the same entries are nonzero, but some have another size or sign."""
    support = np.abs(wanted) > TOLERANCE
    return bool(np.array_equal(np.abs(seen) > TOLERANCE, support)) and not equals(seen, wanted)


def is_rearranged(block: FloatArray) -> bool:
    """Whether each row and each column has one entry, of any size, and zeros elsewhere."""
    landing = np.abs(block) > TOLERANCE
    return bool((landing.sum(axis=0) == 1).all() and (landing.sum(axis=1) == 1).all())


def diagnose_copy(net: FloatArray, wanted: FloatArray) -> str | None:
    """Return what is wrong with a product that should copy some dimensions to others.

    Args:
        net: ``W_out W_V``, square.
        wanted: A matrix of zeros and ones with at most a single one in each row and column.
    """
    if float(np.abs(net).max()) <= NOTHING:
        return "all-zero"
    if equals(net, wanted) or is_multiple(net, wanted) or has_other_gains(net, wanted):
        return None if equals(net, wanted) else "gain"
    if equals(net, wanted.T) or has_other_gains(net, wanted.T):
        return "roles-swapped"
    rows, columns = sorted(written_dimensions(wanted)), sorted(read_dimensions(wanted))
    read, written = read_dimensions(net), written_dimensions(net)
    block, target = net[np.ix_(rows, columns)], wanted[np.ix_(rows, columns)]
    if read <= set(columns) and written <= set(rows):
        return _diagnose_inside(block)
    if equals(block, target):
        return "leak"
    return "wrong-dimensions" if is_sparse(net) else None


def _diagnose_inside(block: FloatArray) -> str | None:
    """Name what is wrong between the right places."""
    if not (np.abs(block) > TOLERANCE).any():
        return None
    if is_rearranged(block):
        return "wrong-order"
    return "too-few-dimensions" if is_sparse(block) else "not-one-to-one"


def is_sparse(net: FloatArray) -> bool:
    """Whether every dimension arrives in one place at most, and at most one in each place."""
    landing = np.abs(net) > TOLERANCE
    return bool((landing.sum(axis=0) <= 1).all() and (landing.sum(axis=1) <= 1).all())


def diagnose_second_copy(net: FloatArray, net_1: FloatArray) -> str | None:
    """Return what is wrong with head 2 of exercise 1 behind a given head 1."""
    columns = sort_columns(net)
    written, touched = written_dimensions(net_1), read_dimensions(net_1)
    if not columns.read:
        return "all-zero"
    if len(columns.read) > 2 * len(net) // 3:
        return None
    if not columns.read & written:
        exchanged = sort_columns(net.T).read
        back = len(exchanged & written) == 1 and not exchanged & touched
        return "roles-swapped" if back else "no-two-token-path"
    if columns.read & (touched - written):
        return "rereads-copied"
    return _diagnose_landing(net) or (
        "too-few-dimensions" if len(columns.read) < 4 else "wrong-dimensions"
    )


def _diagnose_landing(net: FloatArray) -> str | None:
    """Name what is wrong with how the dimensions that are read arrive."""
    columns = sort_columns(net)
    landing = np.abs(net) > TOLERANCE
    strange = sorted(columns.read - columns.clean)
    if columns.collide or any(landing[:, k].sum() > 1 for k in strange):
        return "not-one-to-one"
    if strange and len(columns.clean) < 4:
        return "not-one-to-one" if (landing.sum(axis=1) > 1).any() else "gain"
    return "leak" if strange or len(columns.read) > 4 else None


@dataclass(frozen=True)
class Expansion:
    """What heads do together, as one map from stream to stream.

    Attributes:
        kind: "net" is one head alone, "chain" one head after the other, "sum" each of them on its
            own, added up.
        heads: Which heads, in the order in which they act.
        described: What they do, in the learner's terms and without the formula: "your head 1 from
            (a) moves".
    """

    kind: Literal["net", "chain", "sum"]
    heads: tuple[str, ...]
    described: str


def diagnose_net(
    expansion: Expansion, seen: FloatArray, nets: Mapping[str, FloatArray], d_head: int
) -> str | None:
    """Return what is wrong with an expanded product, of part 1c or 1d.

    Args:
        expansion: What the product should be.
        seen: The learner's matrix.
        nets: The learner's own products that there are, by head.
        d_head: How many numbers pass through each head.
    """
    wanted, others = expand(expansion, nets), expand_otherwise(expansion, nets)
    # In units of what is wanted, however much or little the heads move.
    unit = float(np.abs(wanted).max()) or 1.0
    seen, wanted = seen / unit, wanted / unit
    others = [(slug, other / unit) for slug, other in others]
    for slug, other in [*others, ("transposed", wanted.T)]:
        if equals(seen, other) and not equals(other, wanted):
            return slug
    if is_multiple(seen, wanted) or (is_sparse(wanted) and has_other_gains(seen, wanted)):
        return "gain"
    for slug, other in others:
        # Beside heads that move next to nothing, the stream that was added is all there is.
        if slug != "residual-added" and is_multiple(seen, other):
            return slug
    kept, there = np.abs(wanted) > TOLERANCE, np.abs(seen) > TOLERANCE
    wrong = np.abs(seen - wanted) > TOLERANCE
    if not wrong[kept].any():
        return "leak"
    if there.any() and not wrong[there].any():
        return "too-few-dimensions"
    if expansion.kind == "net" and _is_misplaced(there, kept):
        return "wrong-dimensions"
    limit = len(expansion.heads) * d_head if expansion.kind == "sum" else d_head
    return "rank-too-high" if np.linalg.matrix_rank(seen, tol=TOLERANCE) > limit else None


def _is_misplaced(there: BoolArray, kept: BoolArray) -> bool:
    """Whether one head moves as many dimensions as it should, each to one place, but others."""
    one_to_one = all(
        (landing.sum(axis=axis) <= 1).all() for landing in (there, kept) for axis in (0, 1)
    )
    return one_to_one and bool(there.sum() == kept.sum())


def name_zero(one: FloatArray, two: FloatArray) -> str:
    """Return what a two-token copy of zeros is called, where it should not be zero.

    Heads that do not read what they write give zero when they act twice. If the product in the
    wrong order is zero as well, nobody can tell which of the two it was.

    Args:
        one: What the head moves that acts first.
        two: What the other moves.
    """
    rounding = NOTHING * float(np.abs(one).max()) * float(np.abs(two).max())
    exchanged = float(np.abs(one @ two).max()) <= rounding
    twice = any(
        float(np.abs(net @ net).max()) <= NOTHING * float(np.abs(net).max()) ** 2
        for net in (one, two)
    )
    return "same-head-twice" if twice and not exchanged else "all-zero"


def expand(expansion: Expansion, nets: Mapping[str, FloatArray]) -> FloatArray:
    """Return what heads do together, as one matrix from stream to stream."""
    if expansion.kind == "net":
        (head,) = expansion.heads
        return nets[head]
    one, two = (nets[head] for head in expansion.heads)
    product: FloatArray = two @ one
    return product if expansion.kind == "chain" else two + one


def expand_otherwise(
    expansion: Expansion, nets: Mapping[str, FloatArray]
) -> list[tuple[str, FloatArray]]:
    """Return other expansions of the same heads, each with what taking it for the right one is."""
    if expansion.kind == "net":
        (head,) = expansion.heads
        others = [("wrong-order", net) for other, net in nets.items() if other != head]
        return [("residual-added", nets[head] + np.eye(len(nets[head]))), *others]
    one, two = (nets[head] for head in expansion.heads)
    product, total = two @ one, two + one
    identity = np.eye(len(one))
    if expansion.kind == "chain":
        return [
            ("wrong-order", one @ two),
            ("sum-not-product", total),
            ("same-head-twice", one @ one),
            ("same-head-twice", two @ two),
            ("path-missing", one),
            ("path-missing", two),
            *(("transposed", other) for other in (two.T @ one, two @ one.T, (one @ two).T)),
            ("leak", total + product),
            ("residual-added", product + identity),
            ("residual-added", total + product + identity),
        ]
    return [
        ("sum-not-product", product),
        ("sum-not-product", one @ two),
        ("path-missing", one),
        ("path-missing", two),
        *(("transposed", other) for other in (two.T + one, two + one.T)),
        ("leak", total + product),
        ("residual-added", total + identity),
        ("residual-added", total + product + identity),
        ("residual-added", total + 2 * identity),
    ]
