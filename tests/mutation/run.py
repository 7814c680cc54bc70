"""Try every mutant on the probes that pass through the mutated line."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import _lru_cache_wrapper
from pathlib import Path
from types import FrameType
from typing import Any

from circuits.trials import Batch, Trials, draw_trials
from tests.mutation.mutants import MODULES, Mutant, find_path, make_mutants
from tests.mutation.patching import patch
from tests.mutation.probes import Probe, draw_probes

SEED = 20260731
SIZES = ((8, 24), (24, 8), (48, 6), (80, 3), (128, 3))
"""Fewer sequences than a grade is based on, and enough to tell all cases of the bank apart."""

LONGEST = 60
"""Seconds of the processor that a mutant may take, or as many as its probes take while their lines
are noted down, which is slower. After that it counts as killed: it does not come to an end."""

READING = ("circuits.judging", "circuits.judging.answers", "circuits.judging.names")
"""Where it matters in which form an answer to exercises 2 and 3 comes; elsewhere one form
stands for all, because each of these answers takes its time."""

ACCEPTED = Path(__file__).with_name("accepted.txt")


@dataclass(frozen=True)
class Trace:
    """What the probes ran.

    Attributes:
        lines: By module and line, which probes run it, the quickest first.
        modules: By module, which probes run any line of it, the quickest first.
        costs: Seconds of the processor that each probe takes.
    """

    lines: dict[tuple[str, int], list[int]]
    modules: dict[str, list[int]]
    costs: list[float]


@dataclass(frozen=True, eq=False)
class Run:
    """A mutant, what it is tried on, and the seconds after which it counts as killed."""

    mutant: Mutant
    probes: Sequence[Probe]
    longest: float


@dataclass(frozen=True)
class Outcome:
    """What became of the mutants."""

    tried: int
    killed: int
    accepted: tuple[str, ...]
    survivors: tuple[str, ...]


def read_accepted() -> dict[str, str]:
    """Return the reasons of survivors that are harmless, by key."""
    reasons, reason = {}, ""
    for line in ACCEPTED.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            reason = line.lstrip("# ")
        elif line.strip():
            reasons[line.strip()] = reason
    return reasons


def trace_lines(probes: Iterable[Probe], modules: Sequence[str] = MODULES) -> Trace:
    """Return which probes run each line of the mutated modules, and what each probe takes."""
    files = {str(find_path(module)): module for module in modules}
    lines: dict[tuple[str, int], list[int]] = defaultdict(list)
    ran: dict[str, list[int]] = defaultdict(list)
    costs: list[float] = []
    drawn = find_drawn()
    caches = list(find_caches(modules))
    for index, probe in enumerate(probes):
        seen: set[tuple[str, int]] = set()

        def follow(frame: FrameType, event: str, argument: object) -> object:
            module = files.get(frame.f_code.co_filename)
            if module is None:
                return None
            seen.add((module, frame.f_lineno))  # noqa: B023 - called before the next round
            return follow

        _forget(drawn)
        for cache in caches:
            cache.cache_clear()
        start = time.process_time()
        sys.settrace(follow)  # type: ignore[arg-type]
        try:
            probe.holds()
        finally:
            sys.settrace(None)
        costs.append(time.process_time() - start)
        for line in seen:
            lines[line].append(index)
        for module in {module for module, _ in seen}:
            ran[module].append(index)
    for indices in (*lines.values(), *ran.values()):
        indices.sort(key=lambda index: costs[index])
    return Trace(lines, ran, costs)


def find_drawn() -> list[Batch | Trials]:
    """Return the sequences that are in memory, whoever drew them."""
    # type() and not isinstance(): some answers of the bank raise when asked for their class.
    return [thing for thing in gc.get_objects() if type(thing) in (Batch, Trials)]


def find_caches(modules: Iterable[str]) -> Iterator[_lru_cache_wrapper[Any]]:
    """Yield the functions that remember their results; a mutant has new ones, which do not.

    Not the one that draws trials: it takes its time, and tests call it with seeds of their own.
    """
    for module in modules:
        for thing in vars(importlib.import_module(module)).values():
            remembers = isinstance(thing, _lru_cache_wrapper) and thing is not draw_trials
            if remembers and thing.__module__ == module:
                yield thing


def _forget(drawn: Iterable[Batch | Trials]) -> None:
    """Clear what was drawn or worked out once for all answers: a mutant does it again."""
    for thing in drawn:
        thing.memo.clear()


def choose_probes(mutant: Mutant, probes: Sequence[Probe], trace: Trace) -> list[int]:
    """Return the probes that run the mutated statement; all of them for a constant."""
    reading = mutant.module in READING
    if not mutant.function or mutant.function.split(".")[-1][:1].isupper():
        # Those that run the module are the likeliest to notice.
        found = list(dict.fromkeys([*trace.modules.get(mutant.module, []), *range(len(probes))]))
    else:
        first, last = mutant.lines
        runs = [trace.lines.get((mutant.module, line), []) for line in range(first, last + 1)]
        found = list(dict.fromkeys(index for indices in runs for index in indices))
    return [index for index in found if reading or not probes[index].about_form]


def survives(mutant: Mutant, probes: Sequence[Probe], longest: float = LONGEST) -> bool:
    """Try a mutant in a child process; whether every probe holds all the same.

    Args:
        mutant: The mutant.
        probes: What it is tried on.
        longest: Seconds of the processor after which it counts as killed.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            # Of the processor's time, so that a busy machine kills nothing.
            signal.setitimer(signal.ITIMER_PROF, longest)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            _forget(find_drawn())
            patch(mutant)
            code = int(not all(probe.holds() for probe in probes))
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1] == 0


def run_mutants(
    sample: int = 1,
    workers: int = 1,
    progress: bool = False,
    modules: Sequence[str] = MODULES,
) -> Outcome:
    """Run every ``sample``-th mutant; of a sample, those that are not accepted.

    Args:
        sample: 1 for all.
        workers: Processes side by side.
        progress: Whether to count on stderr.
        modules: Whose mutants.
    """
    probes = draw_probes(draw_trials(SEED, SIZES), beyond=not set(modules) <= set(MODULES))
    accepted = read_accepted()
    wrong = [probe.name for probe in probes if not probe.holds()]
    if wrong:
        raise RuntimeError(f"without any mutation, this does not hold: {wrong[0]}")
    trace = trace_lines(probes, modules)
    mutants = [mutant for module in modules for mutant in make_mutants(module)][::sample]
    if sample > 1:
        mutants = [mutant for mutant in mutants if mutant.key not in accepted]
    chosen = [choose_probes(mutant, probes, trace) for mutant in mutants]
    runs = [
        Run(
            mutant,
            [probes[i] for i in indices],
            max(LONGEST, sum(trace.costs[i] for i in indices)),
        )
        for mutant, indices in zip(mutants, chosen, strict=True)
    ]
    alive = _side_by_side(runs, workers, progress)
    left = [mutant.key for mutant, lives in zip(mutants, alive, strict=True) if lives]
    return Outcome(
        tried=len(mutants),
        killed=len(mutants) - len(left),
        accepted=tuple(key for key in left if key in accepted),
        survivors=tuple(key for key in left if key not in accepted),
    )


def stale_reasons(outcome: Outcome, modules: Sequence[str] = MODULES) -> list[str]:
    """Return accepted survivors that a whole run did not meet: killed by now, or gone."""
    accepted = [key for key in read_accepted() if key.split(" | ")[0] in modules]
    return [key for key in accepted if key not in outcome.accepted]


def _side_by_side(runs: Sequence[Run], workers: int, progress: bool) -> list[bool]:
    """Return whether each mutant survives; every worker takes each n-th."""
    pipes = []
    for worker in range(workers):
        read, write = os.pipe()
        if os.fork() == 0:
            try:
                for index in range(worker, len(runs), workers):
                    lives = survives(runs[index].mutant, runs[index].probes, runs[index].longest)
                    os.write(write, f"{index} {int(lives)}\n".encode())
                    if progress and index % 50 == 0:
                        print(f"{index} of {len(runs)} mutants", file=sys.stderr, flush=True)
                    if lives and progress:
                        print(f"alive: {runs[index].mutant.key}", file=sys.stderr, flush=True)
            finally:
                os._exit(0)
        os.close(write)
        pipes.append(os.fdopen(read))
    answers = dict(_read_answers(pipes))
    for _ in pipes:
        os.wait()
    if len(answers) != len(runs):
        raise RuntimeError("a worker of the mutation run died")
    return [answers[index] for index in range(len(runs))]


def _read_answers(pipes: Iterable[Iterable[str]]) -> Iterator[tuple[int, bool]]:
    for pipe in pipes:
        for line in pipe:
            index, lives = line.split()
            yield int(index), lives == "1"
