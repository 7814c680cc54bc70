"""Read what a learner handed in. Whatever it is, reading it never raises."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from dis import get_instructions
from types import CodeType, FunctionType
from typing import Any, cast

import numpy as np

from circuits.guard import LEARNERS_ERRORS, describe_error
from circuits.judging.input_types import (
    ask_for_function,
    ask_for_numbers,
    ask_for_rows,
    describe_kind,
)
from circuits.parts import Answer
from circuits.reports.examination import Problem
from circuits.shapes import FloatArray, show_shape

LARGEST_ENTRY = 1e100
"""Above this a product of two matrices may overflow; no head needs it."""


class Missing:
    """Stands for an answer whose name is not defined at all."""


MISSING = Missing()


_IDLE = ("RESUME", "NOP", "LOAD_CONST", "RETURN")  # how the steps of a stub begin
_DOTS = len("...")


def is_unattempted(value: object) -> bool:
    """Whether an answer is still the stub's ``...``, or not there.

    ``None`` is an attempt: it is what a call gives whose function returns nothing.
    """
    return value is ... or value is MISSING


def is_stub(value: object) -> bool:
    """Whether a value is a function whose body still ends with the stub's ``...``.

    A body of ``pass``, a bare ``return`` or a docstring alone is an attempt: it returns None.

    The sandbox has a twin, :func:`grader.sandbox.inside.wire.is_stub`, because nothing of
    the course is imported there.

    Example:
        >>> def stub(x):
        ...     # return x, doubled
        ...     ...
        >>> is_stub(stub), is_stub(lambda x: print(2 * x))
        (True, False)
    """
    if type(value) is not FunctionType:
        return False
    code = value.__code__
    steps = list(get_instructions(code))
    given = [step.argval for step in steps if step.opname.endswith("_CONST")]
    if not all(step.opname.startswith(_IDLE) for step in steps):
        return False
    if any(constant is ... for constant in given):
        return True
    return all(constant is None for constant in given) and _ends_with_dots(code)


def _ends_with_dots(code: CodeType) -> bool:
    """Whether the last statement of a body that does nothing is ``...``, by its width.

    The compiler drops the dots, and ``pass``, and tells them apart by their place alone. Of a body
    on one line with its ``def`` it may keep no columns; then only a docstring or a lambda is told.
    """
    *_, (_, _, start, end) = code.co_positions()
    if start is not None and end:
        return end - start == _DOTS
    return code.co_name != "<lambda>" and not isinstance(code.co_consts[0], str)


_NONE = "Which line made it, and does the function that it calls return what it has worked out?"


def refuse_nothing(name: str, value: object, wanted: str) -> Problem | None:
    """Return the problem with an answer that is not there, or is None; or None.

    Args:
        name: The answer's name.
        value: What was handed in.
        wanted: What should have been.
    """
    if is_unattempted(value):
        return Problem("missing", f"{name} is not there yet.")
    if value is None:
        return Problem("returned-none", f"{name} is None; wanted {wanted}.", question=_NONE)
    return None


def read_matrix(answer: Answer, value: object) -> FloatArray | Problem:
    """Return a learner's matrix as a plain float64 array, or what is wrong with it.

    Lists, integers, booleans, float32 and subclasses of ``ndarray`` are fine. Copies are
    made, so that nothing of the learner's is alive in the result.
    """
    nothing = refuse_nothing(answer.name, value, f"numbers of shape {_show(answer)}")
    if nothing:
        return nothing
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            array = np.array(value, subok=False)
    except LEARNERS_ERRORS as error:
        return Problem(
            "not-an-array",
            f"{answer.name} cannot be read as an array ({describe_error(error)}); "
            f"wanted numbers of shape {_show(answer)}.",
            question=ask_for_rows(value),
        )
    return _read_numbers(answer, value, array)


def _read_numbers(
    answer: Answer, value: object, array: np.ndarray[Any, Any]
) -> FloatArray | Problem:
    name, kind = answer.name, array.dtype.kind
    if kind == "c":
        return Problem("not-real", f"{name} holds complex numbers; wanted real ones.")
    if kind not in "fiub":
        what = f"of type {array.dtype}" if kind != "O" else "of mixed objects or uneven rows"
        return Problem(
            "not-an-array",
            f"{name} is {describe_kind(value, f'an array {what}')}; "
            f"wanted numbers of shape {_show(answer)}.",
            question=ask_for_numbers(value),
        )
    with np.errstate(all="ignore"):
        floats: FloatArray = array.astype(np.float64)
    problem = _check_shape(answer, array.shape)
    if problem:
        return replace(problem, seen=floats)
    return _check_entries(name, floats) or floats


def _check_shape(answer: Answer, shape: tuple[int, ...]) -> Problem | None:
    wanted = cast("tuple[int | str, int | str]", answer.shape)
    if len(shape) == 2 and _fits(wanted, shape):
        return None
    seen = f"{answer.name} has shape {shape}; wanted {_show(answer)}."
    if len(shape) == 2 and _fits(wanted, shape[::-1]):
        return Problem("transposed", f"{seen} It looks transposed.")
    return Problem("wrong-shape", seen)


def _fits(wanted: tuple[int | str, int | str], shape: tuple[int, ...]) -> bool:
    return all(
        have == want if isinstance(want, int) else 1 <= have <= 8
        for want, have in zip(wanted, shape, strict=True)
    )


def _check_entries(name: str, floats: FloatArray) -> Problem | None:
    bad = ~np.isfinite(floats)
    if bad.any():
        row, column = (int(axis[0]) for axis in np.nonzero(bad))
        value = "NaN" if np.isnan(floats[row, column]) else "infinite"
        return Problem("not-finite", f"{name}[{row}, {column}] is {value}; wanted finite numbers.")
    if np.abs(floats).max() > LARGEST_ENTRY:
        row, column = (int(i) for i in np.unravel_index(np.abs(floats).argmax(), floats.shape))
        return Problem(
            "overflow",
            f"{name}[{row}, {column}] is {floats[row, column]:.0e}, so large that products "
            "overflow; wanted entries below 1e100.",
        )
    if not floats.any():
        return Problem("all-zero", f"{name} holds nothing but zeros.")
    return None


def _show(answer: Answer) -> str:
    wanted = cast("tuple[int | str, int | str]", answer.shape)
    return show_shape(tuple("1 to 8" if isinstance(size, str) else size for size in wanted))


def read_function(answer: Answer, value: object) -> Callable[..., object] | Problem:
    """Return a learner's function, or what is wrong with it."""
    untouched = ... if is_stub(value) else value
    nothing = refuse_nothing(answer.name, untouched, f"a function of ({answer.signature})")
    if nothing:
        return nothing
    if not callable(value):
        return Problem(
            "not-an-array",
            f"{answer.name} is {describe_kind(value)}; wanted a function of ({answer.signature}).",
            question=ask_for_function(value),
        )
    return value
