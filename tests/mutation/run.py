"""Try every mutant on the answers of the bank that pass through the mutated line."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from unittest import mock

from circuits.judging import judge
from circuits.judging.attempts import Attempt
from circuits.trials import Trials, draw_trials
from tests.bank import CASES, Case
from tests.bank.forms import FORMS, MALFORMED
from tests.mutation.mutants import MODULES, Mutant, find_path, make_mutants
from tests.mutation.patching import patch

SEED = 20260731
SIZES = ((8, 24), (24, 8), (48, 6), (80, 3), (128, 3))
"""Fewer sequences than a grade is based on, and enough to tell all cases of the bank apart."""

LONGEST = 60
"""Seconds after which a mutant counts as killed: it does not come to an end."""

READING = ("circuits.judging", "circuits.judging.answers")
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


def is_judged_as_the_bank_says(case: Case, trials: Trials) -> bool:
    """Whether a case gets the verdict that the bank gives it."""
    try:
        report = judge(case.part, case.answers, trials)
    except Exception:  # noqa: BLE001 - a mutant may raise anything
        return False
    held = {finding.property for finding in report.findings if finding.passed}
    if case.right:
        return report.status == "right" and report.points == report.max_points
    return report.status != "right" and (case.holds is None or held == case.holds)


def trace_lines(cases: Iterable[Case], trials: Trials) -> dict[tuple[str, int], list[int]]:
    """Return which cases run each line of the mutated modules, the quickest case first."""
    files = {str(find_path(module)): module for module in MODULES}
    found: dict[tuple[str, int], list[tuple[float, int]]] = defaultdict(list)
    for index, case in enumerate(cases):
        seen: set[tuple[str, int]] = set()

        def follow(frame: FrameType, event: str, argument: object) -> object:
            module = files.get(frame.f_code.co_filename)
            if module is None:
                return None
            seen.add((module, frame.f_lineno))  # noqa: B023 - called before the next round
            return follow

        _forget(trials)
        start = time.perf_counter()
        sys.settrace(follow)  # type: ignore[arg-type]
        try:
            judge(case.part, case.answers, trials)
        finally:
            sys.settrace(None)
        cost = time.perf_counter() - start
        for line in seen:
            found[line].append((cost, index))
    return {line: [index for _, index in sorted(costs)] for line, costs in found.items()}


def _forget(trials: Trials) -> None:
    """Clear what was worked out once for all answers: a mutant works it out again."""
    for batch in trials.batches:
        batch.memo.clear()


def choose_cases(mutant: Mutant, lines: dict[tuple[str, int], list[int]]) -> list[int]:
    """Return the cases that run the mutated statement; all of them for a constant."""
    reading = mutant.module in READING
    if not mutant.function or mutant.function.split(".")[-1][:1].isupper():
        found: list[int] = list(range(len(CASES)))
    else:
        first, last = mutant.lines
        runs = [lines.get((mutant.module, line), []) for line in range(first, last + 1)]
        found = list(dict.fromkeys(index for indices in runs for index in indices))
    return [index for index in found if reading or not _is_about_reading(CASES[index])]


def _is_about_reading(case: Case) -> bool:
    """Whether a case differs from another only in how its numbers are written down."""
    form = case.name.split(": ")[-1]
    return case.part.startswith(("ex2", "ex3")) and (form in FORMS or form in MALFORMED)


def survives(mutant: Mutant, cases: list[int], trials: Trials) -> bool:
    """Try a mutant in a child process; whether every case is judged as the bank says."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.alarm(LONGEST)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            _forget(trials)
            patch(mutant)
            code = int(not all(is_judged_as_the_bank_says(CASES[i], trials) for i in cases))
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1] == 0


def run_mutants(sample: int = 1, workers: int = 1, progress: bool = False) -> Outcome:
    """Run every ``sample``-th mutant.

    Args:
        sample: 1 for all.
        workers: Processes side by side.
        progress: Whether to count on stderr.
    """
    trials = draw_trials(SEED, SIZES)
    accepted = read_accepted()
    with _without_words():
        wrong = [case.id for case in CASES if not is_judged_as_the_bank_says(case, trials)]
        if wrong:
            raise RuntimeError(f"without any mutation, the bank misjudges {wrong[0]}")
        lines = trace_lines(CASES, trials)
        mutants = [mutant for module in MODULES for mutant in make_mutants(module)][::sample]
        tried = _side_by_side(mutants, lines, trials, workers, progress)
        left = [mutant.key for mutant, alive in tried if alive]
    return Outcome(
        tried=len(mutants),
        killed=len(mutants) - len(left),
        accepted=tuple(key for key in left if key in accepted),
        survivors=tuple(key for key in left if key not in accepted),
    )


@contextmanager
def _without_words() -> Iterator[None]:
    """Leave out what takes most of the time and decides nothing: names and pictures."""
    shown = property(lambda attempt: attempt.selection.worst)
    with mock.patch.object(Attempt, "diagnosis", None), mock.patch.object(Attempt, "shown", shown):
        yield


def stale_reasons(outcome: Outcome) -> list[str]:
    """Return accepted survivors that a whole run did not meet."""
    return [key for key in read_accepted() if key not in outcome.accepted]


def _side_by_side(
    mutants: list[Mutant],
    lines: dict[tuple[str, int], list[int]],
    trials: Trials,
    workers: int,
    progress: bool,
) -> Iterator[tuple[Mutant, bool]]:
    """Yield each mutant and whether it survives; every worker takes each n-th."""
    pipes = []
    for worker in range(workers):
        read, write = os.pipe()
        if os.fork() == 0:
            try:
                for index in range(worker, len(mutants), workers):
                    mutant = mutants[index]
                    alive = survives(mutant, choose_cases(mutant, lines), trials)
                    os.write(write, f"{index} {int(alive)}\n".encode())
                    if alive and progress:
                        print(f"alive: {mutant.key}", file=sys.stderr, flush=True)
            finally:
                os._exit(0)
        os.close(write)
        pipes.append(os.fdopen(read))
    answers = dict(line.split() for pipe in pipes for line in pipe)
    for _ in pipes:
        os.wait()
    if len(answers) != len(mutants):
        raise RuntimeError("a worker of the mutation run died")
    for index, mutant in enumerate(mutants):
        yield mutant, answers[str(index)] == "1"
