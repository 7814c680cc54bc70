"""Read what a figure is given, and refuse in one sentence what it cannot show."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from circuits.shapes import FloatArray

T = TypeVar("T")


def as_array(values: ArrayLike, what: str, *shape: str | int) -> FloatArray:
    """Return real, finite numbers of a shape as float64, or raise ValueError.

    A side of the shape is a number, or a name: none is empty, and those of one name are equal.
    """
    try:
        array = np.asarray(values)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"{what}: expected an array of numbers, got rows of unequal length."
        ) from error
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{what}: expected real numbers, got an array of type {array.dtype}.")
    sizes = dict(zip(shape, array.shape, strict=False))
    fitting = tuple(side if isinstance(side, int) else sizes.get(side) for side in shape)
    if not array.size or array.shape != fitting:
        wanted = f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"
        raise ValueError(f"{what}: expected shape {wanted}, got shape {array.shape}.")
    numbers = array.astype(np.float64)
    if not np.isfinite(numbers).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(numbers))[0])
        raise ValueError(f"{what}: entry {place} is {numbers[place]}; every entry must be finite.")
    return numbers


def as_named(
    series: Mapping[str, ArrayLike], what: str, *shape: str | int
) -> dict[str, FloatArray]:
    """Return named arrays of a shape, at least one, or raise ValueError."""
    if not series:
        raise ValueError(f"{what}: expected at least one with a name, got none.")
    return {str(n): as_array(row, f"{what}[{n!r}]", *shape) for n, row in series.items()}


def drop_rounding(values: FloatArray) -> FloatArray:
    """Return the values with what rounding leaves of a zero as zero, to be drawn and told so."""
    return np.where(np.abs(values) < 1e-12 * np.abs(values).max(), 0.0, values)


def as_each(given: Sequence[T] | None, length: int, what: str) -> list[T] | list[None]:
    """Return what is given for each of `length` things, or None for each, or raise ValueError."""
    if given is None:
        return [None] * length
    if isinstance(given, str) or len(given) != length:
        got = "one string" if isinstance(given, str) else f"shape ({len(given)},)"
        raise ValueError(f"{what}: expected a list of shape ({length},), got {got}.")
    return list(given)


def as_labels(labels: Sequence[object] | None, length: int, what: str) -> list[str] | None:
    """Return one string for each of `length` things, or None for none, or raise ValueError."""
    return None if labels is None else [str(label) for label in as_each(labels, length, what)]


def as_token_names(tokens: Sequence[object]) -> list[str]:
    """Return one string for each token, at least one, or raise ValueError."""
    if isinstance(tokens, str) or not len(tokens):
        raise ValueError(f"expected a list of token labels, got {tokens!r}.")
    return [str(token) for token in tokens]


def as_groups(groups: Mapping[str, object] | None, length: int, what: str) -> dict[str, range]:
    """Return the named ranges in order, or raise ValueError where one is not inside `length`."""
    named = dict[str, range]()
    for name, span in (groups or {}).items():
        if not isinstance(span, range) or span.step != 1 or not len(span):
            raise ValueError(f"{what}: {name!r} must be a range such as range(0, 4), got {span!r}.")
        if span.start < 0 or span.stop > length:
            raise ValueError(
                f"{what}: {name!r} is {span!r}, which leaves the {length} indices 0..{length - 1}."
            )
        named[str(name)] = span
    return dict(sorted(named.items(), key=lambda item: item[1].start))


def as_index(value: object, length: int, what: str) -> int:
    """Return an index into `length` things, or raise ValueError."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ValueError(f"{what}: expected an integer from 0 to {length - 1}, got {value!r}.")
    if not 0 <= int(value) < length:
        raise ValueError(f"{what}: expected an index from 0 to {length - 1}, got {int(value)}.")
    return int(value)
