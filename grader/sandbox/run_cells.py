"""Run one notebook's cells in the sandbox, keep every answer as it comes, and call functions."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Self

from grader.plugin import Answer, Packages

from .inside import wire
from .io_types import Cell, Refusal, RemoteError
from .limits import Limits
from .process import Ended, LearnerProcess, Lost, MessageOrder, follow
from .protocol import End, Given, Marker, Message, Output, Value, list_warm, pack_job
from .remote import RemoteFunction, call_process

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


class Execution:
    """Runs cells in order, and has what they answered. Close it, or use it as a context manager.

    Functions among the answers can be called until it is closed.

    Args:
        cells: The learner's code cells.
        answers: The declared answers. No other name leaves the sandbox.
        limits: Bounds of the run.
        files: Path -> content: a private copy stands beside the cells.
        packages: What the cells may import.
        sandboxed: Otherwise they run with the rights of this very process. Only for code that you
            trust.

    Raises:
        SandboxUnavailable: If nothing can be confined on this machine; the text names the remedy.
        ValueError: If an answer's name is no variable's, or is declared twice.
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        answers: Sequence[Answer],
        limits: Limits,
        files: Mapping[str, bytes],
        packages: Packages,
        *,
        sandboxed: bool = True,
    ) -> None:
        _demand_names(answers)
        self.cells, self.answers, self.limits = cells, answers, limits
        self.sandboxed, self._packages = sandboxed, packages
        self.values: dict[str, Value] = {}
        """Declared name -> array, text, tuple of texts, `RemoteFunction`, `Refusal`, or `...` and
        None for what was left as it was. Names that were never defined are absent."""
        self.ended: str | None = None
        """None when every cell was run, otherwise one phrase that says what ended the run."""
        self.interrupted: list[int] = []
        """Numbers of the cells that were stopped for taking too long."""
        self._records: list[CellOutputs] = []
        self._files = files
        self._revivals = limits.revivals
        self._spent = 0.0
        self._called: dict[str, float] = defaultdict(float)  # seconds, by the function's name
        self._process: LearnerProcess | None = None
        self._fatal = len(cells)  # the first cell that must not be run again
        started = time.monotonic()
        self._run_and_record()
        self.seconds = time.monotonic() - started

    def _run_and_record(self, *, again: bool = False) -> None:
        self.values.clear()
        self.interrupted.clear()
        self._records = [CellOutputs() for _ in self.cells]
        try:
            self._process = self._run(len(self.cells), self.limits.notebook_seconds, record=True)
        except Lost as lost:
            if not again:  # perhaps it was somebody else's fault
                self._run_and_record(again=True)
                return
            self.ended = lost.reason
        except Ended as end:
            self.ended = end.reason
        if self.ended and self._fatal < len(self.cells):
            self._records[self._fatal].note(f"The run ended here: {self.ended}.")
        left = self.limits.notebook_output_bytes
        for record in self._records:
            left -= record.finish(left)

    @property
    def outputs(self) -> list[list[dict[str, object]]]:
        """Per cell, its outputs in the notebook format. Cells that never ran have none."""
        return [record.outputs for record in self._records]

    @property
    def counts(self) -> list[int | None]:
        """Per cell, its execution count; None for cells that did not end."""
        return [record.count for record in self._records]

    def _run(self, stop: int, seconds: float, *, record: bool) -> LearnerProcess:
        """Run the cells before `stop` in a new process; raise `Ended` with the cell's number."""
        process = LearnerProcess.start(
            self.limits,
            len(self.answers),
            list_warm(self.cells, self._packages),
            sandbox=self.sandboxed,
            packages=self._packages,
        )
        order = MessageOrder(stop)
        try:
            names = [answer.name for answer in self.answers]
            sources = [cell.source for cell in self.cells[:stop]]
            process.send(pack_job(sources, names, self._files), seconds)
            take, slow = (self._take, self._note_slow) if record else (_ignore, _ignore)
            follow(process, order, self.limits, seconds, take, slow)
        except Ended as ended:
            self._fatal = max(order.place, 0)
            where = f" in cell {self.cells[order.place].number}" if order.place >= 0 else ""
            raise type(ended)(_place(ended.reason, where)) from None
        finally:
            if order.inside or order.place < stop - 1:
                process.close()
        return process

    def _note_slow(self, place: int) -> None:
        self.interrupted.append(self.cells[place].number)
        seconds = self.limits.cell_seconds
        self._records[place].note(f"This cell ran longer than {seconds:g} s and was stopped.")

    def _take(self, place: int, message: Message) -> None:
        if isinstance(message, Output):
            self._records[place].add(message, self.limits.output_bytes)
        elif isinstance(message, End):
            self._records[place].count = message.count
        elif isinstance(message, Given):
            self._keep(self.answers[message.place], message.value)

    def _keep(self, answer: Answer, value: Value) -> None:
        if value is Marker.STUB and answer.kind == "function":
            value = ...
        if value is ... and answer.name in self.values:
            return  # an untouched copy of the stub further down takes no answer back
        if isinstance(value, Marker):
            if answer.kind == "function":
                self.values[answer.name] = RemoteFunction(answer.name, self._call)
            else:
                self.values[answer.name] = Refusal(f"{answer.name} is a function, not data.")
        elif isinstance(value, Refusal):
            self.values[answer.name] = Refusal(f"{answer.name} {value.reason}.")
        else:
            self.values[answer.name] = value

    def _call(self, name: str, arguments: tuple[object, ...]) -> object:
        place = [answer.name for answer in self.answers].index(name)
        most = self.limits.function_seconds
        if self._called[name] >= most:
            raise RemoteError(f"All calls of {name} together took longer than {most:g} s.")
        process = self._revive()
        started = time.monotonic()
        try:
            return call_process(process, place, arguments, self.limits)
        finally:
            self._called[name] += process.leave_out_waiting(time.monotonic() - started)

    def _revive(self) -> LearnerProcess:
        """Give the live process; after a crash, run the cells before the fatal one again.

        A function that was defined before a crash is an answer that still counts.
        """
        if self._process is not None and self._process.alive:
            return self._process
        left = self.limits.notebook_seconds - self._spent
        if self._revivals <= 0 or left <= 0:
            raise Ended("is gone, and was started again often enough")
        self._revivals -= 1
        started = time.monotonic()
        try:
            self._process = self._run(self._fatal, left, record=False)
        finally:
            self._spent += time.monotonic() - started
        return self._process

    def close(self) -> None:
        """End the learner's process and everything that it started."""
        if self._process is not None:
            self._process.close()
        self._revivals = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _demand_names(answers: Sequence[Answer]) -> None:
    names = [answer.name for answer in answers]
    for name in names:
        if not name.isidentifier():
            raise ValueError(f"The answer {name!r} is not the name of a variable.")
        if names.count(name) > 1:
            raise ValueError(f"The answer {name!r} is declared {names.count(name)} times.")


def _ignore(*_: object) -> None:
    """Take no note: these cells have been run and recorded before."""


def _place(reason: str, where: str) -> str:
    """Put the cell into a reason: "timed out in cell 7 after 20 s"."""
    for head in ("timed out after", "memory:", "processes:", "files:", "exit:"):
        if reason.startswith(head):
            word = head.removesuffix(":").removesuffix(" after")
            return f"{word}{where}{reason.removeprefix(word)}"
    return f"{reason}{where}"
