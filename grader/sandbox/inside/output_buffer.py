"""Buffer a cell's outputs: bounded, coalesced, and sent on as they come."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

from . import wire

_FLUSH_BYTES, _FLUSH_SECONDS = 8192, 0.05


class OutputBuffer:
    """Collects one cell's outputs and sends each on as a frame, up to a number of bytes."""

    def __init__(self) -> None:
        self.send: Any = None  # called with a frame's payload; None between cells
        self.left = 0  # bytes of the notebook
        self._cell = 0
        self._stream, self._texts, self._size, self._sent = "", [], 0, 0.0  # type: ignore[var-annotated]
        self._lock = threading.RLock()
        self._owner = 0

    def open(self, send: Any, most: int) -> None:  # noqa: ANN401
        """Begin a cell whose outputs may have `most` bytes."""
        self.send, self._cell, self._owner = send, most, os.getpid()

    def close(self) -> None:
        """End the cell; what threads print from now on is dropped."""
        self.flush()
        self.send = None

    def write(self, stream: str, text: str) -> None:
        """Take text of a stream; neighbouring texts of one stream become one output."""
        if os.getpid() != self._owner:  # a forked child must not write into the channel
            os.write(1 if stream == "stdout" else 2, text.encode("utf-8", "replace"))
            return
        with self._lock:
            if stream != self._stream:
                self.flush()
                self._stream = stream
            if self._size <= min(self._cell, self.left):
                self._texts.append(text)
                self._size += len(text)
            if self._size >= _FLUSH_BYTES or time.monotonic() - self._sent > _FLUSH_SECONDS:
                self.flush()

    def flush(self) -> None:
        """Send the text that waits."""
        with self._lock:
            text, stream = "".join(self._texts), self._stream
            self._texts, self._size, self._sent = [], 0, time.monotonic()
            if text:
                self._emit(wire.STREAM, [stream, text])

    def show(self, kind: int, fields: list[str]) -> None:
        """Send any other output, after the text before it."""
        with self._lock:
            self.flush()
            self._emit(kind, fields)

    def _emit(self, kind: int, fields: list[str]) -> None:
        most = min(self._cell, self.left)
        if self.send is None or most <= 0 or os.getpid() != self._owner:
            return
        payload = wire.pack_texts(fields)
        if len(payload) > most:
            name, kept = (fields[0], fields[-1]) if kind == wire.STREAM else ("stdout", "")
            kept = kept.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")
            kind, payload = wire.STREAM, wire.pack_texts([name, kept + wire.CUT])
            self._cell = 0
        self._cell -= len(payload)
        self.left -= len(payload)
        self.send(bytes([kind]) + payload)


class Stream:
    """What `sys.stdout` and `sys.stderr` are in a cell."""

    encoding, errors, closed = "utf-8", "replace", False

    def __init__(self, sink: OutputBuffer, name: str) -> None:
        self._sink, self.name = sink, name

    def write(self, text: str) -> int:
        """Take a text; return its length."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._sink.write(self.name, text)
        return len(text)

    def writelines(self, texts: list[str]) -> None:
        """Take several texts."""
        for text in texts:
            self.write(text)

    def flush(self) -> None:
        """Send what waits."""
        self._sink.flush()

    def fileno(self) -> int:
        """Give the process's own stream, whose output is added at the cell's end."""
        return 1 if self.name == "stdout" else 2

    def isatty(self) -> bool:
        """A cell is no terminal."""
        return False

    def readable(self) -> bool:
        """Nothing can be read here."""
        return False

    def writable(self) -> bool:
        """Text can be written."""
        return True

    def seekable(self) -> bool:
        """There is no position to seek."""
        return False
