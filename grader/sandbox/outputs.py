"""One cell's outputs in the notebook format, cut by bytes before anything stores them."""

from __future__ import annotations

import re
from typing import Any

from .inside import wire
from .messages import Output

_OVERHEAD = 64  # bytes that an output has in a notebook beside its texts
_BASE64 = re.compile(r"[A-Za-z0-9+/=\n]*")


class CellOutputs:
    """Collects a cell's outputs as dictionaries of the notebook format 4."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.count: int | None = None
        self._notes: list[dict[str, Any]] = []
        self._pieces: list[str] = []
        self._bytes = 0
        self._full = False

    def add(self, output: Output, most: int) -> None:
        """Take one output, or what of it fits into `most` bytes for the whole cell."""
        if self._full:
            return
        size = sum(len(field) for field in output.fields) + _OVERHEAD
        if self._bytes + size > most + _OVERHEAD + len(wire.CUT) + 10:
            self._full = True
            kept = output.fields[1][: most - self._bytes] if output.kind == wire.STREAM else ""
            output = Output(wire.STREAM, ("stdout", kept + wire.CUT))
            size = len(kept) + _OVERHEAD
        self._bytes += size
        made = _make(output)
        last = self.outputs[-1] if self.outputs else {}
        if self._pieces and made.get("name") == last["name"]:
            self._pieces.append(made["text"])
            return
        self._join()
        self.outputs.append(made)
        self._pieces = [made["text"]] if made["output_type"] == "stream" else []

    def _join(self) -> None:
        if self._pieces:
            self.outputs[-1]["text"] = "".join(self._pieces)
            self._pieces = []

    def note(self, text: str) -> None:
        """Add a line of the grader's own at the end, whatever the limits say."""
        self._notes.append(_make(Output(wire.STREAM, ("stderr", f"[{text}]\n"))))

    def finish(self, most: int) -> int:
        """Complete the outputs; drop them if they exceed `most`. Give the bytes they have."""
        self._join()
        if self._bytes > most:
            self.outputs = (
                [_make(Output(wire.STREAM, ("stdout", wire.CUT)))] if self.outputs else []
            )
            self._bytes = 0
        self.outputs += self._notes
        for output in self.outputs:
            if output["output_type"] == "execute_result":
                output["execution_count"] = self.count
        return self._bytes


def _make(output: Output) -> dict[str, Any]:
    fields = output.fields
    if output.kind == wire.STREAM:
        return {"output_type": "stream", "name": fields[0], "text": fields[1]}
    if output.kind == wire.ERROR:
        return {
            "output_type": "error",
            "ename": fields[0],
            "evalue": fields[1],
            "traceback": fields[2].split("\n"),
        }
    data = {
        mime: text
        for mime, text in zip(fields[::2], fields[1::2], strict=True)
        if mime not in ("image/png", "image/jpeg") or _BASE64.fullmatch(text)
    }
    kind = "display_data" if output.kind == wire.DISPLAY else "execute_result"
    made: dict[str, Any] = {"output_type": kind, "data": data, "metadata": {}}
    if kind == "execute_result":
        made["execution_count"] = None
    return made
