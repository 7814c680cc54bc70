"""Refuse arrays of the wrong shape, with both shapes in the message."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

Shape = tuple[int | str | None, ...]


def as_floats(name: str, value: ArrayLike, shape: Shape) -> FloatArray:
    """Return ``value`` as float64, or refuse it.

    Args:
        name: What the caller calls the array; it appears in the message.
        value: Anything that NumPy reads as real numbers.
        shape: The wanted shape. An ``int`` is exact, a string names an axis of any
            length, and a leading ``None`` stands for any number of batch axes.

    Raises:
        ValueError: If the shape differs; the message names both shapes. Or if it has none, since
            its rows are not equally long.
        TypeError: If the entries are not real numbers.

    Example:
        >>> as_floats("W_Q", [[1, 2]], (1, "d_model"))
        array([[1., 2.]])
        >>> as_floats("W_Q", [[1, 2]], (4, "d_model"))
        Traceback (most recent call last):
            ...
        ValueError: W_Q has shape (1, 2); wanted (4, d_model)
    """
    array = _as_array(name, value, show_shape(shape))
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} holds {array.dtype} entries; wanted real numbers")
    fixed = shape[1:] if shape and shape[0] is None else shape
    found = array.shape[array.ndim - len(fixed) :] if len(fixed) <= array.ndim else None
    batched = len(fixed) != len(shape)
    fits = (
        found is not None
        and (batched or array.ndim == len(shape))
        and all(
            not isinstance(want, int) or want == have
            for want, have in zip(fixed, found, strict=True)
        )
    )
    if not fits:
        raise ValueError(f"{name} has shape {array.shape}; wanted {show_shape(shape)}")
    return array.astype(np.float64, copy=False)


def as_tokens(tokens: ArrayLike, highest: int) -> IntArray:
    """Return the numbers of tokens as int64, or refuse them.

    Args:
        tokens: Whole numbers from 0 to ``highest``, shape ``(..., n_tokens)``.
        highest: The last of the vocabulary.

    Raises:
        ValueError: If they are no such numbers; the message says what they are.

    Example:
        >>> as_tokens([0, 3, 65], 64)
        Traceback (most recent call last):
            ...
        ValueError: tokens run from 0 to 65; wanted 0 to 64
    """
    wanted = "(..., n_tokens) whole numbers"
    array = _as_array("tokens", tokens, wanted)
    if array.dtype.kind not in "iu" or array.ndim < 1:
        raise ValueError(f"tokens has shape {array.shape} and dtype {array.dtype}; wanted {wanted}")
    if array.size and not 0 <= array.min() <= array.max() <= highest:
        raise ValueError(f"tokens run from {array.min()} to {array.max()}; wanted 0 to {highest}")
    return array.astype(np.int64, copy=False)


def _as_array(name: str, value: ArrayLike, wanted: str) -> NDArray[Any]:
    try:
        return np.asarray(value)
    except ValueError:  # NumPy's own words are about sequences and elements
        raise ValueError(f"{name} has rows of different lengths; wanted {wanted}") from None


def show_shape(shape: Shape) -> str:
    """Write a shape as it stands in messages.

    Example:
        >>> show_shape((None, "n_tokens", 48))
        '(..., n_tokens, 48)'
    """
    parts = ["..." if axis is None else str(axis) for axis in shape]
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
