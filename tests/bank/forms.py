"""The same numbers in other clothes, and things that are no numbers at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np

from circuits.shapes import FloatArray

Form = Callable[[FloatArray], object]


class Own(np.ndarray):  # type: ignore[type-arg]
    """A learner's own kind of array, which shows itself in its own way."""

    def __repr__(self) -> str:
        return "Own(...)"


def _in_fortran_order(array: FloatArray) -> object:
    return np.asfortranarray(array)


def _as_a_view(array: FloatArray) -> object:
    wide = np.zeros((2 * array.shape[0], 3 * array.shape[1]))
    wide[::2, ::3] = array
    view = wide[::2, ::3]
    view.flags.writeable = False
    return view


FORMS: dict[str, Form] = {
    "lists of lists": lambda array: array.tolist(),
    "tuples of arrays": lambda array: tuple(array),
    "float32": lambda array: array.astype(np.float32),
    "rounded to 6 decimals": lambda array: array.round(6),
    "np.matrix": np.asmatrix,
    "a subclass of ndarray": lambda array: array.copy().view(Own),
    "long double": lambda array: array.astype(np.longdouble),
    "Fortran order": _in_fortran_order,
    "a read-only view with strides": _as_a_view,
}
"""Clothes that change nothing: an answer in any of them is as right as before."""


class Raises:
    """An object that raises whenever anyone looks at it."""

    def _raise(self, *_: object, **__: object) -> NoReturn:
        raise RuntimeError("<b>do not look</b>")

    __array__ = __len__ = __iter__ = __str__ = __repr__ = _raise
    __getitem__ = __format__ = __float__ = __bool__ = __hash__ = __eq__ = _raise  # type: ignore[assignment]


class Exits:
    """An object that ends the program when it is read as an array."""

    def __array__(self, *_: object, **__: object) -> NoReturn:
        raise SystemExit(3)

    def __iter__(self) -> Iterator[object]:
        raise SystemExit(3)


class Disguised:
    """An object that raises even when it is asked what it is."""

    @property
    def __class__(self) -> Any:  # type: ignore[override]
        raise RuntimeError("no class")


class Nameless(type):
    """A kind of class that raises when it is asked for its name."""

    @property
    def __name__(cls) -> str:
        raise RuntimeError("no name")


class WithoutName(metaclass=Nameless):
    """An object of such a class."""


def _ragged(array: FloatArray) -> object:
    rows = array.tolist()
    return [*rows[:-1], rows[-1][:-1]]


def _with_entry(value: float) -> Form:
    def put(array: FloatArray) -> object:
        changed = array.copy()
        changed[-1, 1] = value
        return changed

    return put


MALFORMED: dict[str, tuple[Form, str]] = {
    "never assigned": (lambda array: ..., "missing"),
    "None": (lambda array: None, "returned-none"),
    "a row too short": (_ragged, "not-an-array"),
    "an array of objects": (lambda array: array.astype(object), "not-an-array"),
    "strings": (lambda array: array.round(3).astype(str), "not-an-array"),
    "one string with markup": (lambda array: "<script>alert(1)</script>", "not-an-array"),
    "a dictionary": (lambda array: {"W": array}, "not-an-array"),
    "a function": (lambda array: np.linalg.qr, "not-an-array"),
    "dates": (lambda array: np.zeros(array.shape, "datetime64[s]"), "not-an-array"),
    "complex": (lambda array: array + 0j, "not-real"),
    "a row too many": (lambda array: np.vstack([array, array[:1]]), "wrong-shape"),
    "one axis only": (lambda array: array.ravel(), "wrong-shape"),
    "a third axis": (lambda array: array[None], "wrong-shape"),
    "a third axis at the end": (lambda array: array[..., None], "wrong-shape"),
    "a single number": (lambda array: 1.0, "wrong-shape"),
    "nothing inside": (lambda array: [], "wrong-shape"),
    "NaN in one entry": (_with_entry(np.nan), "not-finite"),
    "infinity in one entry": (_with_entry(-np.inf), "not-finite"),
    "1e200 in one entry": (_with_entry(1e200), "overflow"),
    "whole numbers beyond 64 bits": (lambda array: [[10**30] * array.shape[1]], "not-an-array"),
    "zeros": (np.zeros_like, "all-zero"),
    "raises when looked at": (lambda array: Raises(), "not-an-array"),
    "ends the program when looked at": (lambda array: Exits(), "not-an-array"),
    "raises when asked what it is": (lambda array: Disguised(), "not-an-array"),
    "raises when asked for its class's name": (lambda array: WithoutName(), "not-an-array"),
}
"""Things that are no usable matrix, made from one that is, each with the slug it deserves."""
