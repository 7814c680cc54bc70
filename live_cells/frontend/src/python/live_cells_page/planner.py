"""Decide which cells above must run so that a cell finds the names it uses, up to date.

A reader may come back, click "Run" on a check in the middle of a page, and expect an answer. And a
reader who changed an answer and runs only its check must not get a report on the old answer: what
counts is the code on the screen, read from the top. So each cell is read for the names it binds and
uses. A cell above is *stale* when its last run did not end well, when it was edited since, or when
it uses a name that a stale or later-run cell binds. A name that another cell has bound in the
meantime, whatever became of that cell, is *lost*: the cell that should bind it runs again. And a
name whose line was taken out of its cell is *gone*.

A cell that is no Python cannot be read. Where it may be what a name is missing for, it runs too,
and says itself what is wrong with it.
"""

from __future__ import annotations

import builtins
import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from live_cells_page.magics import CALLS, is_file_name
from live_cells_page.names import Names, read_names

#: names that no cell has to bind
PROVIDED = frozenset({*dir(builtins), *CALLS.values(), "display", "_", "__name__", "__doc__"})


class Cell(NamedTuple):
    """One code cell of the page, as it stands in the editor."""

    id: str
    code: str
    raises: bool = False  # it is meant to end in an error
    shown: str = "code"  # what the page shows of it: code, output, nothing
    built: bool = True  # the code, or the output that shows alone, is as the book was built
    skipped: bool = False  # the book's build does not run it


Sources = Mapping[str, int]  # name that a cell uses -> the nearest cell above that binds it


@dataclass
class Planner:
    """Remembers what ran, and says what has to run."""

    ran: dict[str, tuple[str, int]] = field(default_factory=dict)  # id -> code that ran, when
    binder: dict[str, str] = field(default_factory=dict)  # name -> id of the last cell to bind it
    lacking: dict[str, frozenset[str]] = field(default_factory=dict)  # id -> names not imported
    clock: int = 0

    def begin(self, cell: Cell) -> None:
        """Remember that ``cell`` begins to run: whatever becomes of it, its names may change."""
        self.ran.pop(cell.id, None)
        self.lacking.pop(cell.id, None)
        self.binder |= dict.fromkeys(read_names(cell.code).bound, cell.id)

    def note(self, cell: Cell, lacking: Iterable[str] = ()) -> None:
        """Remember that ``cell`` ran to its end, but for the names that it could not import.

        Whoever needs one of those makes the cell run again: the network may be back.
        """
        self.clock += 1
        self.ran[cell.id] = (cell.code, self.clock)
        self.leave_out(cell, lacking)

    def leave_out(self, cell: Cell, names: Iterable[str]) -> None:
        """Remember that ``cell`` has not bound these of its names."""
        self.lacking[cell.id] = frozenset(names)
        for name in self.lacking[cell.id]:
            if self.binder.get(name) == cell.id:
                del self.binder[name]

    def find_lacking(self, cells: Sequence[Cell], cell: Cell) -> dict[str, Cell]:
        """Return the names that a cell needs and that no import brought, each with its cell."""
        sources = find_sources(cells.index(cell), [read_names(each.code) for each in cells])
        by_name = {name: cells[source] for name, source in sources.items()}
        return {
            name: source
            for name, source in by_name.items()
            if name in self.lacking.get(source.id, ())
        }

    def find_gone(self, cells: Sequence[Cell], targets: Sequence[str] = ()) -> list[str]:
        """Return, and forget, the names that were bound by text that their cell no longer has.

        A cell that runs by itself still finds its own: a reader may look at what it has computed.
        """
        bound = {cell.id: read_names(cell.code).bound for cell in cells if [cell.id] != [*targets]}
        gone = [name for name, by in self.binder.items() if by in bound and name not in bound[by]]
        for name in gone:
            self.ran.pop(self.binder.pop(name), None)
        return gone

    def plan(self, cells: Sequence[Cell], targets: Sequence[str]) -> list[Cell]:
        """Return the cells to run, in page order: the targets and the cells they need."""
        names = [read_names(cell.code) for cell in cells]
        sources = [find_sources(index, names) for index in range(len(cells))]
        lost: set[int] = set()
        while True:  # ends: each round adds to what is lost
            stale = self.find_stale(cells, sources, lost)
            needed = {index for index, cell in enumerate(cells) if cell.id in targets}
            for index in range(len(cells) - 1, -1, -1):
                if index in needed:
                    needed |= {source for source in sources[index].values() if stale[source]}
            found = self.find_lost(cells, names, sources, needed, targets)
            if found <= lost:
                return [cells[index] for index in sorted(needed)]
            lost |= found

    def find_followers(self, cells: Sequence[Cell], targets: Sequence[str]) -> dict[str, str]:
        """Return the cells whose code the page does not show and whose output the targets change.

        Their reader has no other way to renew them. An output follows a cell that it is made from
        where that was asked for or edited, or where the output followed before; an import alone
        changes none. What a cell that the reader can run, or that the book's build skips, has still
        to compute, it waits for. Hidden cells on the way run along: each cell that does comes with
        the follower that it runs for.
        """
        along: dict[str, str] = {}
        ran = {cell.id for cell in self.plan(cells, targets)}
        barred = {cell.id for cell in cells if cell.shown == "code" or cell.skipped}
        then = copy.deepcopy(self)  # as it will be when the run has come to the cell
        for cell in cells:
            if cell.id in ran:
                then.begin(cell)
                then.note(cell)
            elif cell.shown == "output" and any(
                need.id in ran and (need.id in targets or not (need.built and cell.built))
                for need in self.find_needs(cells, cell.id, imports=False)
            ):
                more = then.plan(cells, [cell.id])
                if barred.isdisjoint(each.id for each in more):
                    for each in more:
                        then.begin(each)
                        then.note(each)
                        along.setdefault(each.id, cell.id)
                    ran |= along.keys()
        return along

    def find_needs(self, cells: Sequence[Cell], cell_id: str, imports: bool = True) -> list[Cell]:
        """Return the cells whose code decides what a cell computes, itself among them.

        Without ``imports``, none that another needs for nothing but what it imports.
        """
        names = [read_names(cell.code) for cell in cells]
        needed = {index for index, cell in enumerate(cells) if cell.id == cell_id}
        for index in range(len(cells) - 1, -1, -1):
            if index in needed:
                sources = find_sources(index, names)
                needed |= {
                    source
                    for name, source in sources.items()
                    if imports or name not in names[source].imported
                }
        return [cells[index] for index in sorted(needed)]

    def find_stale(
        self, cells: Sequence[Cell], sources: Sequence[Sources], lost: set[int]
    ) -> list[bool]:
        """Return for each cell whether it has to run before a cell that needs it."""
        stale: list[bool] = []
        for index, cell in enumerate(cells):
            code, when = self.ran.get(cell.id, (None, 0))
            behind = any(
                stale[source] or self.ran[cells[source].id][1] > when
                for source in sources[index].values()
            )
            stale.append(index in lost or code != cell.code or behind)
        return stale

    def find_lost(
        self,
        cells: Sequence[Cell],
        names: Sequence[Names],
        sources: Sequence[Sources],
        needed: set[int],
        targets: Sequence[str],
    ) -> set[int]:
        """Return the cells whose names would be another's when a needed cell uses them."""
        binder = dict(self.binder)
        lost = set()
        for index in sorted(needed):
            cell = cells[index]
            # Who runs ``x = x + 1`` twice, unchanged, wants it twice, as in a notebook.
            repeated = cell.id in targets and self.ran.get(cell.id, ("",))[0] == cell.code
            for name, source in sources[index].items():
                own = repeated and binder.get(name) == cell.id
                if binder.get(name) != cells[source].id and not own:
                    lost.add(source)
            binder |= dict.fromkeys(names[index].bound, cell.id)
        return lost


def find_sources(index: int, names: Sequence[Names]) -> dict[str, int]:
    """Return, for each name a cell uses, the nearest cell above that binds it.

    The functions it calls find their own names when they are called, so those count as its own. A
    name that no cell above binds may be missing because of a broken cell, or come from
    ``from numpy import *``, which binds ``*``. A file that no cell above writes is none of theirs.
    """
    sources: dict[str, int] = {}
    waiting = sorted(names[index].used | names[index].imports)
    while waiting:
        name = waiting.pop()
        above = [other for other in range(index) if name in names[other].bound]
        if not above and is_file_name(name):
            continue
        if not above and name not in PROVIDED:
            above = [other for other in range(index) if names[other].broken]
        if not above and name not in PROVIDED:
            name, above = "*", [other for other in range(index) if "*" in names[other].bound]
        if above:
            if name not in sources:
                waiting += sorted(names[above[-1]].late)
            sources[name] = above[-1]
    return sources
