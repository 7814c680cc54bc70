"""Follow a learner's process through its cells: the order of messages, and the clocks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from .limits import Limits
from .messages import Begin, Done, End, Given, Message, Output
from .process import LearnerProcess, Patience


@dataclass
class Order:
    """Which message may come when: each cell in turn begins, speaks and ends; then all is done."""

    cells: int
    place: int = -1
    inside: bool = False

    def accept(self, message: Message) -> bool:
        """Move on with a message, or refuse one that no honest process sends at this point."""
        match message:
            case Begin(place) if not self.inside and place == self.place + 1 < self.cells:
                self.place, self.inside = place, True
            case End(place) if self.inside and place == self.place:
                self.inside = False
            case Output() | Given() if self.inside:
                pass
            case Done() if not self.inside and self.place == self.cells - 1:
                pass
            case _:
                return False
        return True


def follow(
    process: LearnerProcess,
    order: Order,
    limits: Limits,
    seconds: float,
    take: Callable[[int, Message], None],
    slow: Callable[[int], None],
) -> None:
    """Read messages until all cells have run, and hand each with its cell's place to `take`.

    A cell that takes too long is interrupted once, told to `slow`, and given a moment to stop;
    then the process is killed. What it waits for a processor counts for neither, but for the limit
    of all cells together. `Ended` is raised when the process ends in any way.
    """
    end = time.monotonic() + seconds
    patience: Patience | None = None
    stopping = False
    while True:
        message = process.receive(min(patience.deadline, end) if patience else end)
        if message is None and time.monotonic() >= end:
            process.kill(f"timed out: all cells together ran longer than {seconds:g} s")
        elif message is None and patience and not patience.is_over():
            continue
        elif message is None and stopping:
            process.kill(f"timed out after {limits.cell_seconds:g} s")
        elif message is None:
            process.interrupt()
            stopping, patience = True, Patience(process, limits.grace_seconds)
            slow(order.place)
        elif not order.accept(message):
            raise process.kill("broke the rules of the channel: it sent a message at odd times")
        elif isinstance(message, Done):
            return
        else:
            take(order.place, message)
            if isinstance(message, Begin):
                stopping, patience = False, Patience(process, limits.cell_seconds)
            elif isinstance(message, End):
                patience = None
