"""Send the page what a cell prints and shows, in order, and never more than a page can bear.

A loop that prints or shows without end must neither flood the page with messages nor fill it.
"""

from __future__ import annotations

import io
import itertools
import json
import time
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from live_cells_page.shown import describe

Emit = Callable[[dict[str, Any]], None]

LONGEST_STREAM = 200_000  # characters a cell may print before the rest is dropped
MOST_SHOWN = 300  # things a cell may show, besides what it prints
LARGEST_SHOWN = 10_000_000  # characters they may have together
MOST_FLUSHES = 200  # times that a cell may send what it printed at once
MOST_TURNS = 500  # changes between stdout and stderr that are kept in order
BATCH_SECONDS = 0.05  # printed text waits at most so long before the page gets it
CUT = "\n… the rest of what this cell prints is cut.\n"
LEFT_OUT = "… the rest of what this cell shows is left out.\n"


class Outlet:
    """What one run of a cell says to the page."""

    def __init__(self, emit: Emit) -> None:
        self.emit = emit
        self.room = LONGEST_STREAM
        self.shown_left = MOST_SHOWN
        self.size_left = LARGEST_SHOWN
        self.flushes_left = MOST_FLUSHES
        self.turns_left = MOST_TURNS
        self.waiting: list[tuple[str, str]] = []  # stream and text
        self.changes: dict[str, Mapping[str, Any]] = {}  # what was shown, by its id, as it is now
        self.sent_at = time.monotonic()
        self.silent = True

    def write(self, name: str, text: str) -> None:
        """Print ``text`` to the stream ``name``."""
        if len(text) <= self.room:
            self.waiting.append((name, text))
            self.room -= len(text)
        elif self.room >= 0:
            self.waiting.append((name, text[: self.room] + CUT))
            self.room = -1  # said once
        first_line = self.silent and text.endswith("\n")  # seen at once, whatever comes after it
        if self.waiting and (first_line or time.monotonic() - self.sent_at > BATCH_SECONDS):
            self.send()

    def flush(self) -> None:
        """Send what waits because the cell asks for it, unless it asks all the time."""
        if self.waiting and self.flushes_left > 0:
            self.flushes_left -= 1
            self.send()

    def send(self) -> None:
        """Send what waits; called at the end of a cell and before anything else is shown."""
        turns = sum(one[0] != other[0] for one, other in itertools.pairwise(self.waiting))
        if turns > self.turns_left:
            self.waiting.sort(key=itemgetter(0))  # stable: each stream keeps its own order
        for name, pieces in itertools.groupby(self.waiting, key=itemgetter(0)):
            self.emit({"type": "stream", "name": name, "text": "".join(text for _, text in pieces)})
            self.silent = False
        for display_id, bundle in self.changes.items():
            self.emit({"type": "change", "id": display_id, "data": dict(bundle)})
        self.turns_left -= turns
        self.waiting, self.changes = [], {}
        self.sent_at = time.monotonic()

    def show(self, value: object, display_id: str | None = None) -> None:
        """Show a value as a notebook's ``display`` does."""
        if self.shown_left > 0:  # to describe what is left out would take its time
            self.show_bundle(describe(value), display_id)

    def show_bundle(self, bundle: Mapping[str, Any], display_id: str | None = None) -> None:
        """Show a bundle of MIME type -> content, if there is room for it."""
        if self.shown_left <= 0:
            return
        self.send()
        self.shown_left -= 1
        self.size_left -= sum(map(measure, bundle.values()))
        if self.size_left >= 0:
            known = {} if display_id is None else {"id": display_id}
            self.emit({"type": "display", "data": dict(bundle), **known})
        if self.size_left < 0 or self.shown_left == 0:
            self.shown_left = 0
            self.emit({"type": "stream", "name": "stdout", "text": LEFT_OUT})  # said once

    def change(self, bundle: Mapping[str, Any], display_id: str) -> None:
        """Show a bundle in the place of what was shown under this id.

        A loop may change something all the time: the page gets what it can draw, and the last.
        """
        if sum(map(measure, bundle.values())) <= LARGEST_SHOWN:
            self.changes[display_id] = bundle
        if time.monotonic() - self.sent_at > BATCH_SECONDS:
            self.send()

    def clear(self) -> None:
        """Take back what the cell has shown so far; the room it took stays taken."""
        self.waiting, self.changes = [], {}
        self.emit({"type": "clear"})

    def fail(self, name: str, text: str) -> None:
        """Say that the cell stopped."""
        self.send()
        self.emit({"type": "error", "name": name, "text": text})


class Stream(io.TextIOBase):
    """One of stdout and stderr; a logger may keep it longer than one run of a cell."""

    encoding = "utf-8"  # sympy's pretty formulas and progress bars look whether they may use signs

    def __init__(self, name: str, find_outlet: Callable[[], Outlet]) -> None:
        self.name = name
        self.find_outlet = find_outlet

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.find_outlet().write(self.name, text)
        return len(text)

    def flush(self) -> None:
        self.find_outlet().flush()


def measure(content: object) -> int:
    """Return how many characters the page gets for ``content``."""
    return len(content if isinstance(content, str) else json.dumps(content, default=str))
