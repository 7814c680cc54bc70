"""Turn a learner's value into bytes that can leave, or say in one sentence why it cannot."""

from __future__ import annotations

import struct
from collections.abc import Collection
from dis import get_instructions
from itertools import islice
from types import CodeType, FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import wire


def pack_value(value: object, most: int) -> bytes:
    """Write any value: numbers as an array, strings as text, what is neither as a refusal.

    Lists, Python numbers, `np.matrix` and subclasses of `ndarray` leave as plain arrays.
    `most` is the largest number of raw bytes that an array may have.
    """
    try:
        return _pack(value, most)
    except MemoryError:
        return refuse("needs more memory than a notebook has here")
    except KeyboardInterrupt:
        raise  # it takes too long; the caller says so
    except BaseException as error:  # noqa: BLE001  (a learner's class may raise anything)
        return refuse(f"could not be read: {type(error).__name__}: {error}")


def refuse(reason: str) -> bytes:
    """Write that a value exists but cannot leave. The reason follows the answer's name."""
    return bytes([wire.REFUSED]) + wire.pack_texts([wire.cut_text(reason)])


def _pack(value: object, most: int) -> bytes:
    if value is Ellipsis or value is None:
        return bytes([wire.NONE if value is None else wire.ELLIPSIS])
    if isinstance(value, str):
        return _pack_string(str(value))
    if isinstance(value, np.ndarray):
        return _pack_array(np.asarray(value), most)
    if (texts := _list_strings(value)) is not None:
        return _pack_strings(texts)
    if isinstance(value, list | tuple | range | bool | int | float | complex | np.generic):
        return _pack_numbers(value, most)
    if callable(value):
        return bytes([wire.STUB if is_stub(value) else wire.FUNCTION])
    if hasattr(value, "__array__"):
        return _pack_array(np.asarray(value), most)
    return refuse(f"is a {type(value).__name__}, which is not data that can be judged")


_IDLE = ("RESUME", "NOP", "LOAD_CONST", "RETURN")  # how the steps of a stub begin
_DOTS = len("...")


def is_stub(value: object) -> bool:
    """Say whether a value is a function whose body still ends with the stub's ``...``."""
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
    # The compiler drops the dots as it drops pass; what is left of them is their width.
    *_, (_, _, start, end) = code.co_positions()
    if start is not None and end:
        return end - start == _DOTS
    return code.co_name != "<lambda>" and not isinstance(code.co_consts[0], str)


def _list_strings(value: object) -> list[str] | None:
    if isinstance(value, Collection) and len(value) > 0:
        items = list(islice(value, wire.MOST_NAMES + 1))  # a learner's class may never end
        if all(isinstance(item, str) for item in items):
            return [str(item) for item in items]
    return None


def _pack_string(text: str) -> bytes:
    if len(text.encode("utf-8", "replace")) > wire.MOST_TEXT:
        return refuse(f"is a text of more than {wire.MOST_TEXT} bytes")
    return bytes([wire.STRING]) + wire.pack_texts([text])


def _pack_strings(texts: list[str]) -> bytes:
    if len(texts) > wire.MOST_NAMES or sum(map(len, texts)) > wire.MOST_TEXT:
        return refuse("is a collection of too many or too long strings")
    return bytes([wire.STRINGS]) + wire.pack_texts(texts)


def _pack_numbers(value: object, most: int) -> bytes:
    try:
        array = np.asarray(value)
    except ValueError:
        return refuse("has rows of different lengths, so it is no matrix")
    return _pack_array(array, most)


def _pack_array(array: NDArray[Any], most: int) -> bytes:
    if array.dtype.kind == "U" and array.ndim <= 1:
        return _pack_strings([str(item) for item in array.reshape(-1)])
    if array.dtype.kind in "OUSVMm":
        return refuse(f"is an array of dtype {array.dtype}, not of numbers")
    if array.dtype.name == "longdouble" or (array.dtype.itemsize == 16 and array.dtype.kind == "f"):
        array = array.astype(np.float64)
    if array.dtype.kind == "c" and array.dtype.itemsize > 16:
        array = array.astype(np.complex128)
    if array.ndim > wire.MOST_DIMENSIONS:
        return refuse(f"has {array.ndim} axes, more than the {wire.MOST_DIMENSIONS} allowed")
    if array.nbytes > most:
        return refuse(f"is an array of {array.nbytes} bytes, more than the {most} allowed")
    plain = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    return wire.pack_array(plain.dtype.name, plain.shape, plain.tobytes())


def unpack_arguments(payload: bytes) -> list[object]:
    """Read the arguments that the grader sent; they are well formed because it wrote them."""
    arguments: list[object] = []
    at = 0
    while at < len(payload):
        tag = payload[at]
        if tag == wire.ARRAY:
            dtype, axes = np.dtype(wire.DTYPES[payload[at + 1]]), payload[at + 2]
            shape = struct.unpack_from(f"<{axes}Q", payload, at + 3)
            at += 3 + 8 * axes
            count = int(np.prod(shape, dtype=np.int64))
            array = np.frombuffer(payload, dtype, count, at).reshape(shape).copy()
            arguments.append(array)
            at += array.nbytes
        else:
            form = {wire.INT: "<q", wire.FLOAT: "<d", wire.BOOL: "<?"}[tag]
            arguments.append(struct.unpack_from(form, payload, at + 1)[0])
            at += 1 + struct.calcsize(form)
    return arguments
