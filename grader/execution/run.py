"""Run one notebook's cells in the sandbox, keep every answer as it comes, and call functions."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from .channel import Begin, Done, End, Given, Marker, Message, Output, Value
from .inside import wire
from .limits import Limits
from .outputs import CellOutputs
from .process import Ended, LearnerProcess
from .remote import RemoteFunction, call_process
from .request import pack_job
from .submission import Answer, AnswersLike, Cell, Refusal, list_answers, number_cells, read_files
from .zygote import get_zygote

# What is prepared in the warm interpreter once the words beside it occur in any notebook.
_WARM = {
    "circuits check": "import circuits; circuits.toy_stream()",
    "matplotlib plots": (
        "import io, matplotlib.figure, matplotlib.pyplot, matplotlib_inline.backend_inline\n"
        "figure = matplotlib.figure.Figure()\n"
        "figure.subplots().set_title('$W$')\n"
        "figure.savefig(io.BytesIO(), format='png')"  # loads the fonts
    ),
}


def run_submission(
    cells: Sequence[Cell | str],
    answers: AnswersLike,
    limits: Limits | None = None,
    files: Path | Mapping[str, bytes] | None = None,
    *,
    no_sandbox: bool = False,
) -> Execution:
    """Run the cells in order and give what they answered; close the result when done with it.

    Parameters
    ----------
    cells
        The learner's code cells; plain strings are numbered from 1.
    answers
        The declared answers: objects with `name` and `kind`, pairs, or a mapping name -> kind.
        No other name leaves the sandbox.
    limits
        Bounds of the run; `Limits()` unless given.
    files
        The submission's folder, or path -> content: a private copy stands beside the cells.
    no_sandbox
        Run with the rights of this very process instead. Only for code that you trust.

    Returns
    -------
    The finished run, a context manager. Functions among the answers can be called until it is
    closed.

    Raises
    ------
    SandboxUnavailable
        Nothing can be confined on this machine; the text names the remedy.
    ValueError
        An answer's name is no variable's, or is declared twice.
    """
    limits = limits or Limits()
    if isinstance(files, Path):
        files = read_files(files, limits.submission_bytes)
    return Execution(
        number_cells(cells), list_answers(answers), limits, files or {}, sandboxed=not no_sandbox
    )


class Execution:
    """A run, finished or cut short. Use it as a context manager, or call `close`."""

    def __init__(
        self,
        cells: tuple[Cell, ...],
        answers: tuple[Answer, ...],
        limits: Limits,
        files: Mapping[str, bytes],
        *,
        sandboxed: bool,
    ) -> None:
        self.cells, self.answers, self.limits = cells, answers, limits
        self.sandboxed = sandboxed
        self.values: dict[str, Value | RemoteFunction] = {}
        """Declared name -> array, text, tuple of texts, `RemoteFunction`, `Refusal`, or `...` and
        None for what was left as it was. Names that were never defined are absent."""
        self.ended: str | None = None
        """None when every cell was run, otherwise one phrase that says what ended the run."""
        self.interrupted: list[int] = []
        """Numbers of the cells that were stopped for taking too long."""
        self._records = [CellOutputs() for _ in cells]
        self._files = files
        self._revivals = limits.revivals
        self._spent = 0.0
        self._process: LearnerProcess | None = None
        self._fatal = len(cells)  # the first cell that must not be run again
        started = time.monotonic()
        try:
            self._process = self._run(len(cells), self.limits.notebook_seconds, record=True)
        except Ended as end:
            self.ended = end.reason
            if self._fatal < len(cells):
                self._records[self._fatal].note(f"The run ended here: {end.reason}.")
        self.seconds = time.monotonic() - started
        left = limits.notebook_output_bytes
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
        process = LearnerProcess(
            get_zygote(sandbox=self.sandboxed), self.limits, len(self.answers), self._list_warm()
        )
        place = -1
        try:
            names = [answer.name for answer in self.answers]
            sources = [cell.source for cell in self.cells[:stop]]
            process.send(pack_job(sources, names, self._files), seconds)
            end = time.monotonic() + seconds
            deadline, stopping = end, False
            while True:
                message = process.receive(min(deadline, end))
                if message is None and time.monotonic() >= end:
                    process.kill(f"timed out: all cells together ran longer than {seconds:g} s")
                elif message is None and not stopping:
                    process.interrupt()
                    stopping, deadline = True, time.monotonic() + self.limits.grace_seconds
                    if record:
                        self._note_interrupt(place)
                elif message is None:
                    process.kill(f"timed out after {self.limits.cell_seconds:g} s")
                elif isinstance(message, Done) and place == stop - 1 and deadline == end:
                    return process
                elif isinstance(message, Begin) and message.place == place + 1 < stop:
                    place, deadline = place + 1, time.monotonic() + self.limits.cell_seconds
                    stopping = False
                elif isinstance(message, End) and message.place == place and deadline != end:
                    deadline = end
                    self._take(place, message, record=record)
                elif isinstance(message, Output | Given) and deadline != end:
                    self._take(place, message, record=record)
                else:
                    process.kill("broke the rules of the channel: it sent a message at odd times")
        except Ended as ended:
            process.close()
            self._fatal = max(place, 0)
            where = f" in cell {self.cells[place].number}" if place >= 0 else ""
            raise Ended(_place(ended.reason, where)) from None
        except BaseException:
            process.close()
            raise

    def _note_interrupt(self, place: int) -> None:
        self.interrupted.append(self.cells[place].number)
        seconds = self.limits.cell_seconds
        self._records[place].note(f"This cell ran longer than {seconds:g} s and was stopped.")

    def _take(self, place: int, message: Message, *, record: bool) -> None:
        if not record:
            return
        if isinstance(message, Output):
            self._records[place].add(message, self.limits.output_bytes)
        elif isinstance(message, End):
            self._records[place].count = message.count
        elif isinstance(message, Given):
            self._keep(self.answers[message.place], message.value)

    def _keep(self, answer: Answer, value: Value) -> None:
        if value is ... and answer.name in self.values:
            return  # an untouched copy of the stub further down takes no answer back
        if value is Marker.FUNCTION:
            if answer.kind == "function":
                self.values[answer.name] = RemoteFunction(answer.name, self._call)
            else:
                self.values[answer.name] = Refusal(f"{answer.name} is a function, not data.")
        elif isinstance(value, Refusal):
            self.values[answer.name] = Refusal(f"{answer.name} {value.reason}.")
        else:
            self.values[answer.name] = value

    def _list_warm(self) -> frozenset[str]:
        """Say what the cells are going to import, so that it is imported once for all."""
        sources = " ".join(cell.source for cell in self.cells)
        return frozenset(
            statement
            for words, statement in _WARM.items()
            if any(word in sources for word in words.split())
        )

    def _call(self, name: str, arguments: tuple[object, ...]) -> object:
        place = [answer.name for answer in self.answers].index(name)
        return call_process(self._revive(), place, arguments, self.limits)

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

    def __enter__(self) -> Execution:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _place(reason: str, where: str) -> str:
    """Put the cell into a reason: "timed out in cell 7 after 20 s"."""
    for head in ("timed out after", "memory:", "processes:", "exit:"):
        if reason.startswith(head):
            word = head.removesuffix(":").removesuffix(" after")
            return f"{word}{where}{reason.removeprefix(word)}"
    return f"{reason}{where}"
