"""Run the probes once, and take down which mutants make a difference to each of them."""

from __future__ import annotations

import ast
import gc
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from circuits.trials import Batch, Trials
from tests.mutation.mutants import ROOT, Mutant, find_path, make_mutants
from tests.mutation.patching import exchange
from tests.mutation.probes import Probe
from tests.mutation.readers import Function, Readers
from tests.mutation.watching import WATCH, Watch, find_watched, forget_caches, rewrite

_OURS = tuple(str(ROOT / folder) for folder in ("circuits", "tests"))


@dataclass(frozen=True)
class Trace:
    """What the probes ran.

    Attributes:
        touched: By mutant, which probes it makes a difference to, the quickest first.
        costs: Seconds of the processor that each probe takes.
        kept: By mutant, what was worked out once for all probes and differs with it.
        broken: The probes that do not hold without any mutation.
    """

    touched: dict[str, list[int]]
    costs: list[float]
    kept: dict[str, list[tuple[dict[object, object], object]]]
    broken: list[str]


class Memo(dict[object, object]):
    """What was worked out once, with the differences that mutants make to each entry."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.recorder = recorder
        self.differences: dict[object, frozenset[object]] = {}

    def __contains__(self, key: object) -> bool:
        there = super().__contains__(key)
        if there:
            self.recorder.recall(self.differences.get(key, frozenset()))
        elif self.recorder.records:
            self.recorder.begin((id(self), key))
        return there

    def __setitem__(self, key: object, value: object) -> None:
        super().__setitem__(key, value)
        if self.recorder.records:
            self.differences[key] = self.recorder.end()


class Recorder:
    """Take down what happens in a probe, and in what it works out for all."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.records = False
        self.outer: list[tuple[object, set[object]]] = []
        self.recalled: set[object] = set()
        self.memos: list[Memo] = []

    def begin(self, entry: object) -> None:
        """Begin to take down what an entry of a memo depends on, once if it is asked for twice."""
        if not self.outer or self.outer[-1][0] != entry:
            self.outer.append((entry, self.watch.seen))
            self.watch.seen = set()

    def recall(self, differences: frozenset[object]) -> None:
        """Take down that something is used which was worked out before."""
        self.watch.seen |= differences
        self.recalled |= differences

    def end(self) -> frozenset[object]:
        """Return what the entry depends on, as does whatever asked for it.

        It may be made of what the probe has recalled before, and holds under a name.
        """
        self.watch.give_up()
        inside = frozenset(self.watch.seen | self.recalled)
        if self.outer:
            _, self.watch.seen = self.outer.pop()
        self.recall(inside)
        return inside

    def finish(self) -> set[object]:
        """Return what happened since the last time."""
        while self.outer:
            self.end()
        self.watch.give_up()
        seen, self.watch.seen, self.recalled = self.watch.seen, set(), set()
        return seen

    def make_memo(self) -> Memo:
        """Return a memo that tells."""
        self.memos.append(Memo(self))
        return self.memos[-1]

    def follow(self, frame: FrameType, event: str, argument: object) -> None:
        """Take down that a function of ours is called."""
        code = frame.f_code
        if code.co_filename.startswith(_OURS):
            self.watch.seen.add((code.co_filename, code.co_firstlineno))


def find_drawn() -> list[Batch | Trials]:
    """Return the sequences that are in memory, whoever drew them."""
    # type() and not isinstance(): some answers of the bank raise when asked for their class.
    return [thing for thing in gc.get_objects() if type(thing) in (Batch, Trials)]


def trace_mutants(probes: Sequence[Probe], mutants: Sequence[Mutant]) -> Trace:
    """Run every probe once, and return what mutants make a difference to it.

    Modules are rewritten while the probes run, and are what they were afterwards.

    Args:
        probes: What the mutants are to be tried on.
        mutants: Those that are asked about.
    """
    numbers = {mutant.key: number for number, mutant in enumerate(mutants)}
    modules = list(dict.fromkeys(mutant.module for mutant in mutants))
    watch = Watch()
    recorder = Recorder(watch)
    early: set[object] = set()
    late: set[int] = set()
    for module in modules:
        again = make_mutants(module)  # of a tree of their own, which is rewritten
        tree = again[0].original
        watched = [
            (numbers[m.key], m)
            for m, runs in zip(again, find_watched(tree, again), strict=True)
            if runs and m.key in numbers
        ]
        late.update(number for number, _ in watched)
        vars(sys.modules[module])[WATCH] = watch
        exchange(module, forget_caches(rewrite(tree, watched)))
        early |= recorder.finish()
    with _telling_memos(recorder):
        results = list(_run_all(probes, recorder))
    for module in modules:
        exchange(module, ast.parse(find_path(module).read_text(encoding="utf-8")))
    readers = Readers()
    seen_by: list[set[Function] | int | None] = []
    for number, mutant in enumerate(mutants):
        if number in late:
            seen_by.append(None if number in early else number)
        else:
            seen_by.append(readers.find(mutant))
    order = sorted(range(len(probes)), key=lambda index: results[index][0])
    touched = {
        mutant.key: [index for index in order if _is_touched(seen, results[index][1])]
        for mutant, seen in zip(mutants, seen_by, strict=True)
    }
    kept = {
        mutant.key: [
            (memo, key)
            for memo in recorder.memos
            for key, differences in memo.differences.items()
            if _is_touched(seen, differences)
        ]
        for mutant, seen in zip(mutants, seen_by, strict=True)
    }
    broken = [probe.name for probe, (_, _, holds) in zip(probes, results, strict=True) if not holds]
    return Trace(touched, [cost for cost, _, _ in results], kept, broken)


def _is_touched(by: set[Function] | int | None, seen: set[object] | frozenset[object]) -> bool:
    if by is None:
        return True
    return by in seen if isinstance(by, int) else not by.isdisjoint(seen)


def _run_all(
    probes: Sequence[Probe], recorder: Recorder
) -> Iterator[tuple[float, set[object], bool]]:
    """Yield of each probe its seconds, what happened in it, and whether it holds."""
    recorder.records = True
    for probe in probes:
        recorder.finish()
        start = time.process_time()
        sys.settrace(recorder.follow)
        try:
            holds = probe.holds()
        finally:
            sys.settrace(None)
        yield time.process_time() - start, recorder.finish(), holds
    recorder.records = False


@contextmanager
def _telling_memos(recorder: Recorder) -> Iterator[None]:
    """Forget what was worked out once, and let all that is from now on be taken down."""
    for thing in find_drawn():
        object.__setattr__(thing, "memo", recorder.make_memo())
    before = {kind: kind.__init__ for kind in (Batch, Trials)}
    for kind, start in before.items():
        kind.__init__ = _initialise(start, recorder)  # type: ignore[method-assign]
    yield
    for kind, start in before.items():
        kind.__init__ = start  # type: ignore[method-assign]


def _initialise(start: Any, recorder: Recorder) -> Any:
    def initialise(self: object, *arguments: object, **named: object) -> None:
        start(self, *arguments, **named)
        object.__setattr__(self, "memo", recorder.make_memo())

    return initialise
