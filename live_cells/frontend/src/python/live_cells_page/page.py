"""Run some cells for the page's worker, and load packages when a cell imports them."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from live_cells_page import ipython
from live_cells_page.names import read_names
from live_cells_page.planner import Cell, Planner
from live_cells_page.runner import Runner


class Page:
    """The cells of a page and the Python they share."""

    def __init__(
        self,
        send: Callable[[str], None],
        packages: Sequence[str] = (),
        ask: Callable[[], str | None] | None = None,
    ) -> None:
        self.send = send
        self.planner = Planner()
        self.runner = Runner(self.send_from_cell, packages, ask)
        self.current = ""

    def send_from_cell(self, message: dict[str, Any]) -> None:
        self.send(json.dumps({**message, "cell": self.current}, default=str))

    async def run(self, cells_json: str, targets_json: str) -> None:
        """Run the target cells, each after the stale cells it needs; stop at the first failure.

        A failing import is none to cells that need nothing of it. Outputs that follow the targets
        run along; where one of those fails, the others do not follow.
        """
        sent = json.loads(cells_json)
        cells = [
            Cell(**{name: cell[name] for name in Cell._fields if name in cell}) for cell in sent
        ]
        labels = {cell["id"]: cell["label"] for cell in sent}
        targets = json.loads(targets_json)
        self.runner.forget(self.planner.find_gone(cells, targets))
        asked = self.planner.plan(cells, targets)
        follows = True
        followers = self.planner.find_followers(cells, targets)
        plan = [cell for cell in cells if cell in asked or cell.id in followers]
        self.send(json.dumps({"type": "plan", "cells": [cell.id for cell in asked]}))
        for cell in plan:
            if not follows and cell not in asked:
                continue
            self.current = cell.id
            lacking = self.planner.find_lacking(cells, cell)
            if lacking:
                self.planner.begin(cell)
                self.planner.leave_out(cell, read_names(cell.code).bound)
                name, source = min(lacking.items())
                reason = f"it needs {name}, which {labels[source.id]} could not import"
                self.send_from_cell({"type": "skip", "reason": reason})
                continue
            needs = [need.id for need in self.planner.find_needs(cells, cell.id)]
            follower = followers.get(cell.id)
            self.send_from_cell({"type": "begin", "needs": needs, "follower": follower})
            self.planner.begin(cell)
            good = await self.runner.run(cell.code, labels[cell.id])
            good |= cell.raises and not self.runner.stopped
            missing = frozenset(self.runner.missing)
            if good or missing:
                self.planner.note(cell, missing)
            goes_on = good or bool(missing)
            if not goes_on and cell not in asked and not self.runner.stopped:
                follows, goes_on = False, True
            self.send_from_cell({"type": "end", "ok": good, "goesOn": goes_on})
            if not goes_on:
                break

    def cancel(self) -> None:
        """Stop the cell that runs, or the next one."""
        self.runner.cancel()


class PackImporter(importlib.abc.MetaPathFinder):
    """Fetches a pack when Python does not find a module that is in it.

    ``load`` returns why a pack does not come, or nothing. What does not come is asked for again by
    the next import: the network may be back.
    """

    def __init__(self, packs: Mapping[str, Sequence[str]], load: Callable[[str], str]) -> None:
        self.pack_of = {name: pack for pack, names in packs.items() for name in names}
        self.load = load

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        pack = self.pack_of.get(name)
        if pack is None:
            return None
        reason = self.load(pack)
        if reason:
            raise ImportError(reason, name=name)
        del self.pack_of[name]  # a pack that came does not come again
        importlib.invalidate_caches()
        return importlib.machinery.PathFinder.find_spec(name, path)


def enter(folder: str) -> None:
    """Go to a page's folder, as a notebook's kernel does: what lies there goes by its name."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    os.chdir(folder)
    sys.path.insert(0, folder)


def open_page(
    send: Callable[[str], None],
    packs_json: str,
    packages_json: str,
    load: Callable[[str], str],
    folder: str = "",
    ask: Callable[[], str | None] | None = None,
) -> Page:
    """Return the page's Python.

    Args:
        send: Takes each message to the page, as JSON.
        packs_json: The packs that are not there yet, each with the modules that it brings.
        packages_json: The names of all packages that a cell can import.
        load: Brings a pack, synchronously; returns why it does not come, or nothing.
        folder: Where the page's cells run.
        ask: Waits for what the reader types, None if it was stopped; None if nothing can wait.
    """
    if folder:
        enter(folder)
    ipython.install()
    os.environ["MPLBACKEND"] = "module://live_cells_page.backend"
    sys.meta_path.append(PackImporter(json.loads(packs_json), load))
    return Page(send, json.loads(packages_json), ask)
