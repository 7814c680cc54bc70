"""Hand in a class at once, kill workers and the coordinator on the way, and see what is lost."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, quantiles

import psutil  # type: ignore[import-untyped]

from grader.paths import Classroom
from tools.bench.invented_class import ASSIGNMENT, demand_whole_gradebook, make_class

ROOT = Path(__file__).resolve().parents[2]
_KILLS = (0.15, 0.3, 0.5, 0.6, 0.75)  # after these shares of the class
_SANDBOX = "bwrap"
_COORDINATOR = 0.5  # the one of them at which the coordinator is killed, and started again


@dataclass
class Load:
    """How a class was graded.

    Attributes:
        seconds: Learner -> from handing in to the verdict in the gradebook.
        twice: Learners who got a verdict again after they had one.
        memory: The coordinator's resident bytes, at each verdict of its last run.
        killed: What was killed, in order.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)


def report_load(count: int, workers: int) -> list[str]:
    """Grade a class of this size for real, and return the lines of the report.

    Raises:
        RuntimeError: If a verdict is lost or wrong.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        classroom = make_class(Path(place) / "class", count)
        load = grade_under_fire(classroom, count, workers)
        demand_whole_gradebook(classroom, count)
    if len(load.seconds) != count or load.twice:
        raise RuntimeError(f"{len(load.seconds)} of {count} got a verdict, {load.twice} got two")
    return write_report(load)


def write_report(load: Load) -> list[str]:
    """Return the table of a class that was graded under fire."""
    ranks = quantiles(load.seconds.values(), n=100)
    tenth = max(1, len(load.memory) // 10)
    early, late = (fmean(part) / 1e6 for part in (load.memory[:tenth], load.memory[-tenth:]))
    workers, coordinators = (load.killed.count(kind) for kind in ("worker", "coordinator"))
    return [
        "| handed in at once | killed: workers | coordinator | verdicts lost or given twice "
        "| time to verdict, s: median | 95th percentile | last "
        "| coordinator's memory, MB: first tenth | last tenth |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
        f"| {len(load.seconds)} | {workers} | {coordinators} | {len(load.twice)} | {ranks[49]:.0f} "
        f"| {ranks[94]:.0f} | {max(load.seconds.values()):.0f} | {early:.0f} | {late:.0f} |",
    ]


def grade_under_fire(classroom: Classroom, count: int, workers: int) -> Load:
    """Grade a class with the command; start it again where it is killed."""
    load = Load()
    started = time.monotonic()
    ahead = list(_KILLS)
    while len(load.seconds) < count:
        before = len(load.seconds)
        with _start(classroom, workers) as process:
            load.memory.clear()
            for student in _list_verdicts(process):
                if student in load.seconds:
                    load.twice.append(student)
                load.seconds[student] = time.monotonic() - started
                with contextlib.suppress(psutil.NoSuchProcess):  # it was killed, and had said more
                    load.memory.append(psutil.Process(process.pid).memory_info().rss)
                if ahead and len(load.seconds) >= ahead[0] * count:
                    load.killed += _kill(process, coordinator=ahead.pop(0) == _COORDINATOR)
        killed = load.killed[-1:] == ["coordinator"] and process.returncode == -9
        if process.returncode not in (0, 2) and not (killed and len(load.seconds) > before):
            raise RuntimeError(f"grading ended with status {process.returncode}")
        if process.returncode in (0, 2):
            break
    return load


def _start(classroom: Classroom, workers: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "grader", "autograde", ASSIGNMENT, "--json"]
    command += ["--course", str(classroom.root), "--workers", str(workers)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _list_verdicts(process: subprocess.Popen[str]) -> Iterator[str]:
    """Yield learners as their grades come into the gradebook."""
    assert process.stdout is not None  # noqa: S101
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] == "finished":
            yield event["student"]


def _kill(process: subprocess.Popen[str], *, coordinator: bool) -> list[str]:
    """Kill the coordinator or one of its workers, and say which."""
    if coordinator:
        process.kill()
        return ["coordinator"]
    below = psutil.Process(process.pid).children(recursive=True)
    # A worker is who has started a sandbox, which in turn starts one itself.
    workers = [one for one in below if one.name() != _SANDBOX and _SANDBOX in _name_children(one)]
    for worker in workers[:1]:
        worker.kill()
    return ["worker"] * len(workers[:1])


def _name_children(process: psutil.Process) -> list[str]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return [child.name() for child in process.children()]
    return []
