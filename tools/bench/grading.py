"""Measure how fast a class is graded: ours beside stock nbgrader, on the same submissions.

    python -m tools.bench.grading                    the table of ratios
    python -m tools.bench.grading --otter            with otter-grader too; makes its environment
    python -m tools.bench.grading --real 1000        1,000 submissions, graded for real
    python -m tools.bench.grading --replay 10000     10,000, the learner's run replayed
                                                     (both may be given)
    python -m tools.bench.grading --load 2000        2,000 handed in at once, while workers and the
                                                     coordinator are killed

Both sides are whole commands, imports and all. A round grades with both, one after the other; the
figures are medians of the rounds' ratios, so that a busy machine slows both sides of a ratio.
Stock nbgrader has its own settings: a kernel, no sandbox, hidden tests inside the kernel. Where
otter-grader's environment is there, ``otter run`` grades a part of the class in each round. All
run on packages that were compiled beforehand: whoever installs with uv may have none that are.
"""

from __future__ import annotations

import argparse
import compileall
import platform
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from grader.paths import Classroom
from tools.bench import otter as bench_otter
from tools.bench.invented_class import (
    ASSIGNMENT,
    Limit,
    demand_whole_gradebook,
    make_class,
    replay,
    time_bare,
)
from tools.bench.load import report_load
from tools.bench.measure import Cost, StockRatio, count_cores, describe_load, measure
from tools.bench.otter_environment import HOME as OTTER_HOME
from tools.bench.otter_environment import has_otter, make_environment

PYTHON = sys.executable
ROOT = Path(__file__).resolve().parents[2]


def compare(rounds: int, learners: int, workers: int) -> Iterator[list[str]]:
    """Grade the same submissions with both; yield the report so far after every round."""
    steps = ("all", "one", "feedback", "otter")
    costs: dict[str, list[tuple[Cost, Cost]]] = {step: [] for step in steps}
    limits: list[Limit] = []
    compile_packages()
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        start = make_class(Path(place) / "class", learners)
        # Once for each class, nbgrader_config.py is read; and the interpreter here gets warm.
        first = _ours("autograde", start, "--dry-run")
        time_bare(start)
        otter = bench_otter.make_autograder(start, Path(place) / "otter") if has_otter() else None
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}: load {describe_load()}", file=sys.stderr)
            stock, ours = (
                Classroom(Path(shutil.copytree(start.root, Path(place) / f"{side}-{number}")))
                for side in ("stock", "ours")
            )
            many = ("--workers", str(workers), "--force")
            costs["all"].append((_stock("autograde", stock), _ours("autograde", ours, *many)))
            if otter:
                mean = bench_otter.run_otter(otter, start, ours, number)
                costs["otter"].append((mean, costs["all"][-1][1].share(learners)))
            # Feedback on the same grades, each with its own settings.
            costs["feedback"].append((_stock("generate_feedback", stock), _ours("feedback", ours)))
            one = ("--student", "ada", "--force")
            costs["one"].append((_stock("autograde", stock, *one), _ours("autograde", ours, *one)))
            limits.append(time_bare(start))
            shutil.rmtree(stock.root)
            shutil.rmtree(ours.root)
            yield _report(costs, limits, first, learners)


def compile_packages() -> None:
    """Compile the environment that stock and we import from, our own packages, and otter's."""
    own = [str(ROOT / name) for name in ("circuits", "course", "explorables", "grader")]
    otter = [str(OTTER_HOME)] if has_otter() else []
    for folder in (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), *own, *otter):
        compileall.compile_dir(folder, quiet=2, workers=0)  # what is up to date is left as it is


def _report(
    costs: dict[str, list[tuple[Cost, Cost]]], limits: list[Limit], first: Cost, learners: int
) -> list[str]:
    each = 1 / learners
    rows = [
        StockRatio.compare("autograde, wall time a submission", costs["all"], "wall", 1 / 15, each),
        StockRatio.compare("autograde, CPU a submission", costs["all"], "cpu", 1 / 10, each),
        StockRatio.compare("one submission, from command to grade", costs["one"], "wall", 1 / 4),
        StockRatio.compare("the same, CPU", costs["one"], "cpu", None),
        StockRatio.compare(
            "feedback, wall time a submission",
            costs["feedback"],
            "wall",
            1 / 6,
            each,
        ),
    ]
    bare = median(limit.graded for limit in limits)
    every = median(limit.everything for limit in limits)
    ours_cpu = median(ours.cpu for _, ours in costs["all"]) * each
    return [
        "| | stock nbgrader 0.9.6, s | ours, s | median ratio | goal |",
        "|---|---:|---:|---:|---:|",
        *(row.format() for row in rows),
        *(["", *bench_otter.report(costs["otter"])] if costs["otter"] else []),
        "",
        f"{learners} submissions of {ASSIGNMENT}, medians of {len(costs['all'])} rounds. The "
        f"limit, a bare `exec` in a warm interpreter of the cells that grading runs and the hidden "
        f"tests, took {bare:.3f} s a submission; our CPU time is {ours_cpu / bare:.1f} times that. "
        f"With the checks and figures that grading leaves out, the limit is {every:.3f} s. Before "
        f"the first run for a class, nbgrader_config.py is read once: {first.cpu:.1f} s of CPU, "
        "not counted above. Before the first round, every package of all sides was compiled.",
    ]


def _stock(step: str, classroom: Classroom, *words: str) -> Cost:
    """Run a command of nbgrader's with its own settings, which lie in the class's folder."""
    return measure(
        [str(Path(PYTHON).parent / "nbgrader"), step, ASSIGNMENT, *words], classroom.root
    )


def _ours(step: str, classroom: Classroom, *words: str) -> Cost:
    command = [PYTHON, "-m", "grader", step, ASSIGNMENT, "--course", str(classroom.root)]
    return measure([*command, *words], ROOT)


def scale(columns: str, said: str, most: int, grade: Callable[[Classroom], Cost]) -> list[str]:
    """Grade a class of at most 100 and one of ``most``, and return the lines of the report.

    Args:
        columns: Their heads, but for that of the memory.
        said: What stands in them behind the size, for a submission's share of the cost.
        most: The size of the larger class.
        grade: Grades a class.
    """
    lines = [
        f"| {columns} | coordinator's peak memory, MB |",
        f"|{'---:|' * (columns.count('|') + 2)}",
    ]
    for count in (min(100, most), most):
        with tempfile.TemporaryDirectory(prefix="bench-") as place:
            classroom = make_class(Path(place) / "class", count)
            cost = grade(classroom)
            demand_whole_gradebook(classroom, count)
        lines.append(f"| {count} | {said.format(cost.share(count))} | {cost.memory / 1e6:.0f} |")
    return lines


def scale_both(real: int | None, replayed: int | None, workers: int) -> Iterator[list[str]]:
    """Yield the tables of growing classes that were asked for, as far as they are."""

    def grade(classroom: Classroom) -> Cost:
        return _ours("autograde", classroom, "--workers", str(workers))

    def replay_once(classroom: Classroom) -> Cost:
        again = ["-m", "tools.bench.grading", "--replay-once", str(classroom.root)]
        return measure([PYTHON, *again], ROOT)

    lines: list[str] = []
    if real:
        columns = "submissions | wall, s each | CPU, s each"
        lines += scale(columns, "{0.wall:.3f} | {0.cpu:.3f}", real, grade)
        yield lines
    if replayed:  # all of the coordinator's work, and of the learners' runs each different one once
        columns = "submissions, replayed | wall, s each"
        lines += [*([""] if lines else []), *scale(columns, "{0.inner:.4f}", replayed, replay_once)]
        yield lines


def main() -> None:
    """Measure, print, and keep the table if asked to."""
    parser = argparse.ArgumentParser(description="How fast a class is graded.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--learners", type=int, default=15, help="of the demo class, per round")
    parser.add_argument("--otter", action="store_true", help="install otter-grader if need be")
    parser.add_argument("--workers", type=int, default=count_cores())
    parser.add_argument("--real", type=int, metavar="N", help="grade N submissions for real")
    parser.add_argument("--replay", type=int, metavar="N", help="replay N submissions")
    parser.add_argument("--load", type=int, metavar="N", help="N at once, with kills on the way")
    parser.add_argument("--replay-once", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--keep", type=Path, metavar="FILE", help="write the table there too")
    words = parser.parse_args()
    if words.replay_once:
        replay(words.replay_once)
        return
    if words.otter:
        make_environment()
    before = describe_load()
    if words.load:
        reports = iter([report_load(words.load, words.workers)])
    elif words.real or words.replay:
        reports = scale_both(words.real, words.replay, words.workers)
    else:
        if not has_otter():
            print(
                'Without otter-grader; make bench-grading BENCH="--otter" gets it.', file=sys.stderr
            )
        reports = compare(words.rounds, words.learners, words.workers)
    report = ""
    for lines in reports:
        about = (
            f"{platform.machine()}, {count_cores()} cores, Linux {platform.release()}, Python "
            f"{platform.python_version()}; {words.workers} workers; load before {before}, after "
            f"{describe_load()} (idle: 0, all cores busy: {count_cores()}); "
            f"{datetime.now(UTC):%Y-%m-%d}."
        )
        report = "\n".join([*lines, "", about])
        if words.keep:  # after every round: a run that is stopped has measured something
            words.keep.write_text(report + "\n", encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()
