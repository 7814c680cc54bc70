"""Define the words that both ends of the channel share, and write them at the inner end.

A frame is one byte of kind, four bytes of length (little endian) and the payload. Numbers are
little endian throughout. Nothing in a payload is ever evaluated, unpickled or parsed as JSON on
the grader's side; `grader.sandbox.protocol` reads it field by field.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

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
