"""Try every mutant on the probes to which it makes a difference."""

from __future__ import annotations

import gc
import importlib
import mmap
import os
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import _lru_cache_wrapper, partial
from pathlib import Path
from typing import Any

from circuits.trials import draw_trials
from tests.mutation.mutants import MODULES, Mutant, make_mutants
from tests.mutation.patching import patch
from tests.mutation.probes import Probe, draw_probes
from tests.mutation.tracing import Trace, find_drawn, trace_mutants

SEED = 20260731
SIZES = ((8, 24), (24, 8), (48, 6), (80, 3), (128, 3))
"""Fewer sequences than a grade is based on, and enough to tell all cases of the bank apart."""

LONGEST = 4
"""Seconds of the processor that a probe may take with a mutant, or twenty times as many as it takes
without. After that the mutant counts as killed: it does not come to an end."""

READING = ("circuits.judging", "circuits.judging.answers", "circuits.judging.matrix_names")
"""Where it matters in which form an answer to exercises 2 and 3 comes; elsewhere one form
stands for all, because each of these answers takes its time."""

ACCEPTED = Path(__file__).with_name("accepted.txt")


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


def find_caches(modules: Iterable[str] = MODULES) -> Iterator[_lru_cache_wrapper[Any]]:
    """Yield the functions that remember their results, but for the one that draws trials."""
    for module in modules:
        for thing in vars(importlib.import_module(module)).values():
            if isinstance(thing, _lru_cache_wrapper) and thing is not draw_trials:
                yield thing


def choose_probes(mutant: Mutant, probes: Sequence[Probe], trace: Trace) -> list[int]:
    """Return the probes to which a mutant makes a difference, the quickest first."""
    reading = mutant.module in READING
    return [i for i in trace.touched[mutant.key] if reading or not probes[i].about_form]


def _forget_everything() -> None:
    for thing in find_drawn():
        thing.memo.clear()


def survives(mutant: Mutant, probes: Sequence[Probe]) -> bool:
    """Try a mutant in a child process; whether every probe holds all the same."""
    return find_killer(mutant, probes, [0.0] * len(probes), _forget_everything) is None


def find_killer(
    mutant: Mutant, probes: Sequence[Probe], costs: Sequence[float], forget: Callable[[], None]
) -> int | None:
    """Try a mutant in a child process, and return the first probe that does not hold, or None.

    Args:
        mutant: The mutant.
        probes: What it is tried on.
        costs: Seconds of the processor that each of them takes without the mutant.
        forget: Forgets what was worked out once for all and would be different.
    """
    reached = mmap.mmap(-1, 8)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            gc.disable()
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            # Of the processor's time, so that a busy machine kills nothing.
            signal.setitimer(signal.ITIMER_PROF, LONGEST)
            forget()
            for cache in find_caches():
                cache.cache_clear()
            patch(mutant)
            for index, probe in enumerate(probes):
                reached[:] = index.to_bytes(8, "big")
                signal.setitimer(signal.ITIMER_PROF, max(LONGEST, 20 * costs[index]))
                if not probe.holds():
                    break
            else:
                code = 0
        finally:
            os._exit(code)
    return None if os.waitpid(child, 0)[1] == 0 else int.from_bytes(reached[:], "big")


def run_mutants(
    sample: int = 1,
    workers: int = 1,
    progress: bool = False,
    modules: Sequence[str] = MODULES,
) -> Outcome:
    """Run all mutants, or one in ``sample`` of those that are not accepted.

    Args:
        sample: 1 for all.
        workers: Processes side by side. Each has probes of its own and tries all mutants on them,
            but for those that another has killed.
        progress: Whether to say on stderr what becomes of each mutant.
        modules: Whose mutants.
    """
    accepted = read_accepted()
    mutants = [mutant for module in modules for mutant in make_mutants(module)]
    if sample > 1:
        drawn = (mutant for mutant in mutants if mutant.number % sample == 0)
        mutants = [mutant for mutant in drawn if mutant.key not in accepted]
    probes = draw_probes(draw_trials(SEED, SIZES))
    parts = list(dict.fromkeys(probe.group for probe in probes))
    killed = mmap.mmap(-1, max(1, len(mutants)))
    children = []
    for worker in range(workers):
        own = [probe for probe in probes if parts.index(probe.group) % workers == worker]
        child = os.fork()
        if child == 0:
            code = 1
            try:
                _try_all(mutants, own, killed, worker, progress)
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    ends = [os.waitpid(child, 0)[1] for child in children]
    if any(ends):
        raise RuntimeError("a worker of the mutation run failed; what it said stands above")
    left = [mutant.key for index, mutant in enumerate(mutants) if not killed[index]]
    return Outcome(
        tried=len(mutants),
        killed=len(mutants) - len(left),
        accepted=tuple(key for key in left if key in accepted),
        survivors=tuple(key for key in left if key not in accepted),
    )


def _try_all(
    mutants: Sequence[Mutant],
    probes: Sequence[Probe],
    killed: mmap.mmap,
    worker: int,
    progress: bool,
) -> None:
    """Try mutants on one worker's probes, every other worker from the last to the first."""
    start = time.perf_counter()
    trace = trace_mutants(probes, mutants)
    if trace.broken:
        print(f"without any mutation, this does not hold: {trace.broken}", file=sys.stderr)
        os._exit(1)
    gc.collect()
    gc.freeze()  # or each child copies all that the collector looks at
    _say(progress, f"worker {worker}: {len(probes)} probes in {time.perf_counter() - start:.0f} s")
    killers: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for index in list(range(len(mutants)))[:: -1 if worker % 2 else 1]:
        mutant = mutants[index]
        if killed[index]:
            continue
        known = killers[mutant.module, mutant.function]
        # What killed others of the function first, then the quickest.
        order = sorted(choose_probes(mutant, probes, trace), key=lambda i: -known[i])
        forget = partial(_forget_entries, trace.kept[mutant.key])
        costs = [trace.costs[i] for i in order]
        begun = time.perf_counter()
        killer = find_killer(mutant, [probes[i] for i in order], costs, forget) if order else None
        took = f"{time.perf_counter() - begun:.1f} s, {len(order)} probes, worker {worker}"
        if killer is None:
            _say(progress, f"alive ({took}): {mutant.key}")
        else:
            killed[index] = 1
            known[order[killer]] += 1
            _say(progress, f"killed ({took}): {mutant.key} by {probes[order[killer]].name}")


def _forget_entries(entries: Iterable[tuple[dict[object, object], object]]) -> None:
    for memo, key in entries:
        memo.pop(key, None)


def _say(progress: bool, line: str) -> None:
    if progress:
        print(line, file=sys.stderr, flush=True)


def stale_reasons(outcome: Outcome, modules: Sequence[str] = MODULES) -> list[str]:
    """Return accepted survivors that a whole run did not meet: killed by now, or gone."""
    accepted = [key for key in read_accepted() if key.split(" | ")[0] in modules]
    return [key for key in accepted if key not in outcome.accepted]
