"""Define the messages that both ends of the channel share, and write values at the inner end.

A learner's value is turned into bytes that can leave, or one sentence says why it cannot.

A frame is one byte of kind, four bytes of length (little endian) and the payload. Numbers are
little endian throughout. Nothing in a payload is ever evaluated, unpickled or parsed as JSON on
the grader's side; `grader.sandbox.protocol` reads it field by field.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable
from dis import get_instructions
from itertools import islice
from types import CodeType, FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

HEADER = struct.Struct("<cI")

GREETING = b"ready"  # what the warm interpreter says when it can fork
# From the sandbox.
READY, BEGIN, END, DONE = b"h", b"b", b"e", b"d"  # cells by place in the list
OUTPUT, ANSWER, RESULT = b"o", b"a", b"r"
# Into the sandbox.
FILE, JOB, CALL = b"f", b"j", b"c"

DTYPES = (
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
)
MOST_DIMENSIONS = 8
MOST_TEXT = 1000  # bytes of a string answer, and of a reason
MOST_NAMES = 64  # strings in an answer of kind "names"

# What a value is, in an answer, an argument or a result.
ARRAY, STRING, STRINGS, FUNCTION, STUB, ELLIPSIS = range(6)
NONE, REFUSED, RAISED, INT, FLOAT, BOOL = range(6, 12)

CUT = "\n[The rest of this cell's output was cut.]\n"

# Rich outputs that leave the sandbox; all others (JavaScript, JSON, widgets) are left behind.
MIME_TYPES = (
    "text/plain",
    "text/html",
    "text/markdown",
    "text/latex",
    "image/png",
    "image/jpeg",
    "image/svg+xml",
)
# What an output is: its name in the notebook format, and its fields in order.
STREAM, ERROR, DISPLAY, EXECUTE = range(4)


def frame(kind: bytes, payload: bytes) -> bytes:
    """Put the header before a payload."""
    return HEADER.pack(kind, len(payload)) + payload


def pack_texts(texts: Iterable[str]) -> bytes:
    """Write strings one after the other, each as a length of four bytes and UTF-8."""
    parts = []
    for text in texts:
        raw = text.encode("utf-8", "replace")
        parts += [struct.pack("<I", len(raw)), raw]
    return b"".join(parts)


def pack_array(dtype: str, shape: tuple[int, ...], raw: bytes) -> bytes:
    """Write an array: tag, dtype's place in `DTYPES`, number of axes, axes, raw bytes."""
    axes = struct.pack(f"<{len(shape)}Q", *shape)
    return bytes([ARRAY, DTYPES.index(dtype), len(shape)]) + axes + raw


def cut_text(text: str, most: int = MOST_TEXT) -> str:
    """Shorten a text to so many bytes of UTF-8, without breaking a letter."""
    raw = text.encode("utf-8", "replace")
    return text if len(raw) <= most else raw[: most - 4].decode("utf-8", "ignore") + " ..."


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
    return bytes([REFUSED]) + pack_texts([cut_text(reason)])


def _pack(value: object, most: int) -> bytes:
    if value is Ellipsis or value is None:
        return bytes([NONE if value is None else ELLIPSIS])
    if isinstance(value, str):
        return _pack_string(str(value))
    if isinstance(value, np.ndarray):
        return _pack_array(np.asarray(value), most)
    if (texts := _list_strings(value)) is not None:
        return _pack_strings(texts)
    if isinstance(value, list | tuple | range | bool | int | float | complex | np.generic):
        return _pack_numbers(value, most)
    if callable(value):
        return bytes([STUB if is_stub(value) else FUNCTION])
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
        items = list(islice(value, MOST_NAMES + 1))  # a learner's class may never end
        if all(isinstance(item, str) for item in items):
            return [str(item) for item in items]
    return None


def _pack_string(text: str) -> bytes:
    if len(text.encode("utf-8", "replace")) > MOST_TEXT:
        return refuse(f"is a text of more than {MOST_TEXT} bytes")
    return bytes([STRING]) + pack_texts([text])


def _pack_strings(texts: list[str]) -> bytes:
    if len(texts) > MOST_NAMES or sum(map(len, texts)) > MOST_TEXT:
        return refuse("is a collection of too many or too long strings")
    return bytes([STRINGS]) + pack_texts(texts)


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
    if array.ndim > MOST_DIMENSIONS:
        return refuse(f"has {array.ndim} axes, more than the {MOST_DIMENSIONS} allowed")
    if array.nbytes > most:
        return refuse(f"is an array of {array.nbytes} bytes, more than the {most} allowed")
    plain = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    return pack_array(plain.dtype.name, plain.shape, plain.tobytes())


def unpack_arguments(payload: bytes) -> list[object]:
    """Read the arguments that the grader sent; they are well formed because it wrote them."""
    arguments: list[object] = []
    at = 0
    while at < len(payload):
        tag = payload[at]
        if tag == ARRAY:
            dtype, axes = np.dtype(DTYPES[payload[at + 1]]), payload[at + 2]
            shape = struct.unpack_from(f"<{axes}Q", payload, at + 3)
            at += 3 + 8 * axes
            count = int(np.prod(shape, dtype=np.int64))
            array = np.frombuffer(payload, dtype, count, at).reshape(shape).copy()
            arguments.append(array)
            at += array.nbytes
        else:
            form = {INT: "<q", FLOAT: "<d", BOOL: "<?"}[tag]
            arguments.append(struct.unpack_from(form, payload, at + 1)[0])
            at += 1 + struct.calcsize(form)
    return arguments
