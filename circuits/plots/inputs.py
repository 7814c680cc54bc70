"""Read what a figure is given, and refuse in one sentence what it cannot show."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def as_numbers(values: ArrayLike, where: str) -> Floats:
    """Return `values` as float64.

    Raises:
        ValueError: they are ragged, not real numbers, NaN or infinite.
    """
    try:
        array = np.asarray(values)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"{where}: expected an array of numbers, got rows of unequal length."
        ) from error
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{where}: expected real numbers, got an array of type {array.dtype}.")
    numbers = array.astype(np.float64)
    if not np.isfinite(numbers).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(numbers))[0])
        raise ValueError(f"{where}: entry {place} is {numbers[place]}; every entry must be finite.")
    return numbers


def as_matrix(values: ArrayLike, where: str) -> Floats:
    """Return a (rows, columns) array with at least one entry, or raise ValueError."""
    matrix = as_numbers(values, where)
    if matrix.ndim != 2 or matrix.size == 0:
        raise ValueError(f"{where}: expected shape (rows, columns), got shape {matrix.shape}.")
    return _drop_rounding(matrix)


def as_pattern(values: ArrayLike, where: str) -> Floats:
    """Return (n_tokens, n_tokens) weights between 0 and 1, or raise ValueError."""
    pattern = as_numbers(values, where)
    if pattern.ndim != 2 or pattern.shape[0] != pattern.shape[1] or pattern.size == 0:
        raise ValueError(
            f"{where}: expected shape (n_tokens, n_tokens), one sequence, "
            f"got shape {pattern.shape}."
        )
    low, high = float(pattern.min()), float(pattern.max())
    if low < -1e-9 or high > 1 + 1e-6:
        raise ValueError(
            f"{where}: expected weights between 0 and 1, got {low:.3g} to {high:.3g}; "
            "softmax the scores first, or draw them with plot_matrix."
        )
    return pattern


def as_vector(values: ArrayLike, where: str, length: int | None = None) -> Floats:
    """Return a 1-D array with at least one entry, of the given length, or raise ValueError."""
    vector = as_numbers(values, where)
    wanted = "(length,)" if length is None else f"({length},)"
    if vector.ndim != 1 or vector.size == 0 or (length is not None and len(vector) != length):
        raise ValueError(f"{where}: expected shape {wanted}, got shape {vector.shape}.")
    return vector


def as_series(values: Mapping[str, ArrayLike] | ArrayLike, where: str) -> dict[str, Floats]:
    """Return named vectors; one vector alone gets the name ""."""
    if isinstance(values, Mapping):
        if not values:
            raise ValueError(f"{where}: expected at least one named series, got none.")
        rows = {str(name): as_vector(row, f"{where}[{name!r}]") for name, row in values.items()}
    else:
        rows = {"": as_vector(values, where)}
    return {name: _drop_rounding(row) for name, row in rows.items()}


def _drop_rounding(values: Floats) -> Floats:
    """Return the values with what rounding leaves of a zero as zero, to be drawn and told so."""
    return np.where(np.abs(values) < 1e-12 * np.abs(values).max(), 0.0, values)


def as_labels(labels: Sequence[object] | None, length: int, where: str) -> list[str] | None:
    """Return one string for each of `length` things, or None for none, or raise ValueError."""
    if labels is None:
        return None
    if isinstance(labels, str) or len(labels) != length:
        got = "one string" if isinstance(labels, str) else f"shape ({len(labels)},)"
        raise ValueError(f"{where}: expected labels of shape ({length},), got {got}.")
    return [str(label) for label in labels]


def as_tokens(tokens: Sequence[object], where: str) -> list[str]:
    """Return one string for each token, at least one, or raise ValueError."""
    if isinstance(tokens, str) or not len(tokens):
        raise ValueError(f"{where}: expected a list of token labels, got {tokens!r}.")
    return [str(token) for token in tokens]


def as_groups(
    groups: Mapping[str, object] | None, length: int, where: str
) -> list[tuple[str, range]]:
    """Return the named ranges in order, or raise ValueError where one is not inside `length`."""
    named = []
    for name, span in (groups or {}).items():
        if not isinstance(span, range) or span.step != 1 or not len(span):
            raise ValueError(
                f"{where}: {name!r} must be a range such as range(0, 4), got {span!r}."
            )
        if span.start < 0 or span.stop > length:
            raise ValueError(
                f"{where}: {name!r} is {span!r}, which leaves the {length} indices 0..{length - 1}."
            )
        named.append((str(name), span))
    return sorted(named, key=lambda item: item[1].start)


def as_index(value: object, length: int, where: str) -> int:
    """Return an index into `length` things, or raise ValueError."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ValueError(f"{where}: expected an integer from 0 to {length - 1}, got {value!r}.")
    if not 0 <= int(value) < length:
        raise ValueError(f"{where}: expected an index from 0 to {length - 1}, got {int(value)}.")
    return int(value)
