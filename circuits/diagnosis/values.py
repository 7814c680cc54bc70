"""Name the mistake of a head that moves the wrong things: exercise 1."""

from __future__ import annotations

import numpy as np

from circuits.behaviours.copying import (
    TOLERANCE,
    greatest_error,
    read_dimensions,
    sort_columns,
    written_dimensions,
)
from circuits.shapes import FloatArray


def equals(seen: FloatArray, wanted: FloatArray) -> bool:
    """Whether two matrices agree to the course's tolerance."""
    return seen.shape == wanted.shape and greatest_error(seen, wanted) <= TOLERANCE


def is_multiple(seen: FloatArray, wanted: FloatArray) -> bool:
    """Whether ``seen`` is ``wanted`` times a number other than one and zero."""
    if not wanted.any():
        return False
    gain = float((seen * wanted).sum() / (wanted**2).sum())
    return abs(gain) > TOLERANCE and equals(seen / gain, wanted)


def has_other_gains(seen: FloatArray, wanted: FloatArray) -> bool:
    """Whether the same entries are nonzero, but some have another size or sign."""
    support = np.abs(wanted) > TOLERANCE
    return bool(np.array_equal(np.abs(seen) > TOLERANCE, support)) and not equals(seen, wanted)


def is_permutation(block: FloatArray) -> bool:
    """Whether a square block has a single one in every row and column and zeros elsewhere."""
    ones = np.abs(block - 1.0) <= TOLERANCE
    zeros = np.abs(block) <= TOLERANCE
    return bool(
        (ones | zeros).all() and (ones.sum(axis=0) == 1).all() and (ones.sum(axis=1) == 1).all()
    )


def diagnose_copy(net: FloatArray, wanted: FloatArray) -> str | None:
    """Return what is wrong with a product that should copy some dimensions to others.

    Args:
        net: ``W_out W_V``, square.
        wanted: A matrix of zeros and ones with at most a single one in each row and column.
    """
    if float(np.abs(net).max()) <= TOLERANCE:
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
    return "leak" if equals(block, target) else "wrong-dimensions"


def _diagnose_inside(block: FloatArray) -> str:
    """Name what is wrong between the right places."""
    if is_permutation(block):
        return "wrong-order"
    if np.linalg.matrix_rank(block, tol=TOLERANCE) < len(block):
        return "too-few-dimensions"
    return "not-one-to-one"


def diagnose_second_copy(net: FloatArray, net_1: FloatArray) -> str | None:
    """Return what is wrong with head 2 of exercise 1 behind a given head 1."""
    columns = sort_columns(net)
    written, reread = written_dimensions(net_1), read_dimensions(net_1)
    if not columns.read:
        return "all-zero"
    if columns.read & (reread - written):
        return "rereads-copied"
    if not columns.read & written:
        return "no-two-token-path"
    landing = np.abs(net) > TOLERANCE
    strange = sorted(columns.read - columns.clean)
    if columns.collide or any(landing[:, k].sum() > 1 for k in strange):
        return "not-one-to-one"
    if strange:
        return "gain"
    if len(columns.read) < 4:
        return "too-few-dimensions"
    return "wrong-dimensions"


def diagnose_net(name: str, seen: FloatArray, nets: dict[str, FloatArray]) -> str | None:
    """Return what is wrong with an expanded product, of part 1c or 1d.

    Args:
        name: The answer's name.
        seen: The learner's matrix.
        nets: The learner's own products that there are, by "1" and "2".
    """
    wanted, others = expand_alternatives(name, nets)
    for slug, other in others:
        if equals(seen, other) and not equals(other, wanted):
            return slug
    if equals(seen, wanted.T):
        return "transposed"
    if not name.startswith("one") and np.linalg.matrix_rank(seen, tol=TOLERANCE) > 4:
        return "rank-too-high"
    if is_multiple(seen, wanted) or has_other_gains(seen, wanted):
        return "gain"
    kept = np.abs(wanted) > TOLERANCE
    if kept.any() and np.abs((seen - wanted)[kept]).max() <= TOLERANCE:
        return "leak"
    return None


def expand_alternatives(
    name: str, nets: dict[str, FloatArray]
) -> tuple[FloatArray, list[tuple[str, FloatArray]]]:
    """Return an expansion, and what other expansions of the same heads are called."""
    if name.startswith("W_net"):
        suffix = name[-1]
        other = nets.get("2" if suffix == "1" else "1")
        return nets[suffix], [] if other is None else [("roles-swapped", other)]
    one, two = nets["1"], nets["2"]
    product, total = two @ one, two + one
    identity = np.eye(len(one))
    if name == "two_token_copy":
        return product, [
            ("wrong-order", one @ two),
            ("sum-not-product", total),
            ("too-few-dimensions", one),
            ("too-few-dimensions", two),
        ]
    return total, [
        ("sum-not-product", product),
        ("sum-not-product", one @ two),
        ("too-few-dimensions", one),
        ("too-few-dimensions", two),
        ("leak", total + product),
        ("leak", total + identity),
        ("leak", total + product + identity),
        ("leak", total + 2 * identity),
    ]
