"""Write what goes to a learner's process; read what it sends, and trust none of it.

The process behind the channel belongs to the learner: it may send anything, at any time. This
decoder accepts a few kinds of frames with strict bounds and turns each into a frozen message;
whatever else arrives is a `ChannelError`, after which the run is over and the answers that came
before it stand. Nothing is evaluated, unpickled or handed to a parser with features.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.plugin import Packages

from .inside import wire
from .io_types import Cell, Refusal
from .limits import Limits


class Marker(Enum):
    """Values that are no data."""

    FUNCTION = "function"
    STUB = "a function whose body is still the stub's"


@dataclass(frozen=True)
class Raised:
    """A call ended with an error; `reason` is its name and text."""

    reason: str


# An array, a text, a tuple of texts, a Refusal, a Marker, `...` or None. The type of `...` has no
# name before Python 3.12's checkers agree on one, so this is `object`.
Value: TypeAlias = object


@dataclass(frozen=True)
class Ready:
    """The process is confined and waits for its cells."""


@dataclass(frozen=True)
class Begin:
    """A cell begins; `place` counts from 0."""

    place: int


@dataclass(frozen=True)
class End:
    """A cell has ended."""

    place: int
    count: int


@dataclass(frozen=True)
class Done:
    """All cells have run."""


@dataclass(frozen=True)
class Output:
    """One output of the current cell: its kind in `wire`, and its texts in order."""

    kind: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Given:
    """An answer, by its place in the list of declared ones."""

    place: int
    value: Value


@dataclass(frozen=True)
class Returned:
    """What a call returned, and after it the raw bytes of arguments that it changed."""

    call: int
    value: Value
    changed: bytes


Message: TypeAlias = Ready | Begin | End | Done | Output | Given | Returned


def list_warm(cells: Sequence[Cell], packages: Packages) -> frozenset[str]:
    """Say what the cells are going to import, so that it is imported once for all."""
    sources = " ".join(cell.source for cell in cells)
    return frozenset(
        statement
        for words, statement in packages.warm
        if any(word in sources for word in words.split())
    )


def pack_job(sources: Sequence[str], names: Sequence[str], files: Mapping[str, bytes]) -> bytes:
    """Write the files of the working copy, then the job. Unsafe paths are left out."""
    frames = []
    for path, content in files.items():
        raw = path.encode("utf-8", "surrogateescape")
        parts = PurePosixPath(path)
        if not parts.is_absolute() and ".." not in parts.parts and 0 < len(raw) < 4096:
            frames.append(wire.frame(wire.FILE, struct.pack("<H", len(raw)) + raw + content))
    job = json.dumps({"cells": list(sources), "names": list(names)})
    return b"".join([*frames, wire.frame(wire.JOB, job.encode())])


def pack_call(call: int, place: int, arguments: Sequence[object]) -> bytes:
    """Write a call of the answer at `place`; `TypeError` for arguments that are no numbers."""
    return wire.frame(
        wire.CALL, struct.pack("<IH", call, place) + b"".join(map(_pack_argument, arguments))
    )


def _pack_argument(argument: object) -> bytes:
    if isinstance(argument, bool):
        return struct.pack("<B?", wire.BOOL, argument)
    if isinstance(argument, int):
        return struct.pack("<Bq", wire.INT, argument)
    if isinstance(argument, float) and not isinstance(argument, np.generic):
        return struct.pack("<Bd", wire.FLOAT, argument)
    if isinstance(argument, np.ndarray | np.generic) and argument.dtype.name in wire.DTYPES:
        array = np.asarray(argument)
        plain = array.astype(array.dtype.newbyteorder("<"), copy=False)
        return wire.pack_array(array.dtype.name, array.shape, plain.tobytes())
    raise TypeError(
        f"A learner's function takes arrays, ints and floats, not {type(argument).__name__}."
    )


_SLACK = 4096  # room for names, shapes and lengths around the data that a limit speaks of


class ChannelError(ValueError):
    """The learner's process sent something that no honest one sends."""


class Decoder:
    """Cuts a stream of bytes into messages.

    `names` is how many answers are declared. Sizes are checked as soon as a frame's header is
    there, so that nobody can make the grader keep more than one frame's worth of bytes.
    """

    def __init__(self, limits: Limits, names: int) -> None:
        self._limits, self._names = limits, names
        self._buffer = bytearray()
        self._total = self._count = 0
        self._most = {
            wire.READY: 0,
            wire.BEGIN: 4,
            wire.END: 8,
            wire.DONE: 0,
            wire.OUTPUT: limits.output_bytes + _SLACK,
            wire.ANSWER: limits.answer_bytes + _SLACK,
            wire.RESULT: 4 * limits.answer_bytes + _SLACK,
        }

    def feed(self, data: bytes) -> Iterator[Message]:
        """Take bytes as they came and give the messages that are now complete.

        Raises `ChannelError` at the first frame that is not well formed.
        """
        self._total += len(data)
        if self._total > self._limits.channel_bytes:
            raise ChannelError(f"sent more than {self._limits.channel_bytes} bytes")
        self._buffer += data
        while len(self._buffer) >= wire.HEADER.size:
            kind, size = wire.HEADER.unpack_from(self._buffer)
            if kind not in self._most:
                raise ChannelError(f"sent a frame of the unknown kind {kind!r}")
            if size > self._most[kind]:
                raise ChannelError(f"sent a frame of {size} bytes where {self._most[kind]} fit")
            end = wire.HEADER.size + size
            if len(self._buffer) < end:
                return
            self._count += 1
            if self._count > self._limits.channel_messages:
                raise ChannelError(f"sent more than {self._limits.channel_messages} messages")
            payload = bytes(self._buffer[wire.HEADER.size : end])
            del self._buffer[:end]
            yield self._read(kind, payload)

    def _read(self, kind: bytes, payload: bytes) -> Message:
        try:
            return self._read_kind(kind, payload)
        except struct.error as error:
            raise ChannelError("sent a frame that is too short") from error

    def _read_kind(self, kind: bytes, payload: bytes) -> Message:
        match kind:
            case wire.READY:
                return Ready()
            case wire.DONE:
                return Done()
            case wire.BEGIN:
                return Begin(*struct.unpack("<I", payload))
            case wire.END:
                return End(*struct.unpack("<II", payload))
            case wire.OUTPUT:
                return _read_output(payload)
            case wire.ANSWER:
                (place,) = struct.unpack_from("<H", payload)
                if place >= self._names:
                    raise ChannelError(f"sent answer {place} of {self._names}")
                return Given(place, read_value(payload[2:], self._limits.answer_bytes))
        call, size = struct.unpack_from("<II", payload)
        packed, changed = payload[8 : 8 + size], payload[8 + size :]
        if len(packed) != size:
            raise ChannelError("sent a result that is too short")
        return Returned(call, read_value(packed, self._limits.answer_bytes), changed)


def read_value(payload: bytes, most: int) -> Value:
    """Read one value, which must fill the payload exactly. Arrays are fresh and C-ordered."""
    if not payload:
        raise ChannelError("sent a value without a kind")
    tag, rest = payload[0], payload[1:]
    if tag == wire.ARRAY:
        return _read_array(rest, most)
    texts = read_texts(rest)
    if len(texts) > wire.MOST_NAMES or any(len(text) > wire.MOST_TEXT for text in texts):
        raise ChannelError("sent a text that is too long")
    if tag == wire.STRINGS:
        return texts
    if len(texts) == 1 and tag in _MAKE:
        return _MAKE[tag](texts[0])
    if not texts and tag in _CONSTANT:
        return _CONSTANT[tag]
    raise ChannelError(f"sent a value of the unknown kind {tag}")


_MAKE: dict[int, Callable[[str], object]] = {
    wire.STRING: str,
    wire.REFUSED: Refusal,
    wire.RAISED: Raised,
}
_CONSTANT: dict[int, object] = {
    wire.FUNCTION: Marker.FUNCTION,
    wire.STUB: Marker.STUB,
    wire.ELLIPSIS: ...,
    wire.NONE: None,
}


def read_texts(payload: bytes) -> tuple[str, ...]:
    """Read strings, each a length of four bytes and UTF-8, to the payload's very end."""
    texts, at = [], 0
    while at < len(payload):
        if at + 4 > len(payload):
            raise ChannelError("sent a text without its length")
        (size,) = struct.unpack_from("<I", payload, at)
        raw = payload[at + 4 : at + 4 + size]
        if len(raw) != size:
            raise ChannelError("sent a text that is too short")
        texts.append(raw.decode("utf-8", "replace"))
        at += 4 + size
    return tuple(texts)


def _read_array(rest: bytes, most: int) -> NDArray[np.generic]:
    if len(rest) < 2:
        raise ChannelError("sent an array without dtype or shape")
    code, axes = rest[0], rest[1]
    if code >= len(wire.DTYPES) or axes > wire.MOST_DIMENSIONS:
        raise ChannelError(f"sent an array of unknown dtype {code} or with {axes} axes")
    shape = struct.unpack_from(f"<{axes}Q", rest, 2)
    raw = rest[2 + 8 * axes :]
    dtype = np.dtype(wire.DTYPES[code]).newbyteorder("<")
    size = dtype.itemsize
    for length in shape:
        size *= length  # Python's integers: a product of huge axes cannot wrap around
    # A zero beside huge axes has no bytes, but no array can have such a shape either.
    if size != len(raw) or size > most or any(length > most for length in shape):
        raise ChannelError(f"sent {len(raw)} bytes for an array of shape {shape[:4]}")
    array = np.frombuffer(raw, dtype).reshape(shape).astype(dtype.newbyteorder("="))
    if array.dtype == np.bool_:
        # A byte other than 0 and 1 would be a truth value that numpy never makes.
        array = np.array(np.frombuffer(raw, np.uint8).reshape(shape), dtype=bool)
    return array


def _read_output(payload: bytes) -> Output:
    if not payload:
        raise ChannelError("sent an output without a kind")
    kind, fields = payload[0], read_texts(payload[1:])
    right = {
        wire.STREAM: len(fields) == 2 and fields[0] in ("stdout", "stderr"),
        wire.ERROR: len(fields) == 3,
        wire.DISPLAY: len(fields) % 2 == 0 and set(fields[::2]) <= set(wire.MIME_TYPES),
        wire.EXECUTE: len(fields) % 2 == 0 and set(fields[::2]) <= set(wire.MIME_TYPES),
    }
    if not right.get(kind, False):
        raise ChannelError(f"sent an output of kind {kind} with {len(fields)} fields")
    return Output(kind, fields)
