"""Print what hostile and broken submissions achieve: against this course, and stock nbgrader.

    python -m tools.bench.attacks                       ours
    python -m tools.bench.attacks --stock 12 --write    both, and keep the table for the book
    sudo python -m tools.bench.attacks --user nobody    ours, with an ordinary user's rights
    sudo python -m tools.bench.attacks --user grader --container
                                                        ours, in that user's rootless container
    python -m tools.bench.attacks --kind resources      a kind alone; may be given several times

Stock nbgrader runs learners' code with the rights of whoever grades. So it is started behind a
wall of its own: bubblewrap, without the network, with nothing of this machine that it could
change. Cases that could still take the machine's memory, disk or processes are left out there.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from course.sources import Pages  # noqa: E402  (found beside this folder)
from grader.sandbox.bubblewrap import find_bubblewrap  # noqa: E402
from tests.corpus import CASES, KINDS  # noqa: E402
from tests.corpus.batch import (  # noqa: E402
    find_system_program,
    grade_batch,
    list_batches,
    run_nbgrader,
    write_container,
)
from tests.corpus.case import Case  # noqa: E402
from tests.corpus.course import Course, build_course, open_course  # noqa: E402

KEPT = ROOT / "book" / "_data" / "attack-report.md"
WORKERS = 2
_DIED = "the program that graded was ended"

Lost = dict[str, list[str]]
"""By the name of a case: how it was lost. Empty if it held."""


def try_ours(
    template: Path,
    scratch: Path,
    kinds: Sequence[str] = KINDS,
    user: int | None = None,
    *,
    container: bool = False,
) -> Iterator[Lost]:
    """Yield the outcomes of one batch after the other, with this course's configuration.

    Args:
        template: The class to copy.
        scratch: An empty folder.
        kinds: Which cases.
        user: Whose rights nbgrader has, if not this process's.
        container: Whether it runs in a container of that user's.
    """
    course = open_course(template)

    def prepare(name: str) -> tuple[Path, tuple[str, ...]]:
        folder = scratch / name
        folder.mkdir()
        if user is None:
            return folder, ()
        os.chown(folder, user, user)
        if container:
            return folder, write_container(ROOT, folder, user)
        return folder, find_system_program(ROOT)

    def run(number: int, assignment: str, cases: Sequence[Case]) -> Lost:
        folder, program = prepare(f"ours-{number}")
        outcomes, said = grade_batch(
            course, ROOT, folder, assignment, cases, program=program, user=user
        )
        if all(outcome.lost for outcome in outcomes):
            say(said[-2000:])  # it is not the cases
        return {outcome.case.name: outcome.lost for outcome in outcomes}

    folder, program = prepare("ours")
    demand_start(course, folder, program, user)
    with ThreadPoolExecutor(WORKERS) as pool:
        jobs = [
            pool.submit(run, number, assignment, chosen)
            for number, (_, assignment, cases) in enumerate(list_batches())
            if (chosen := [case for case in cases if case.kind in kinds])
        ]
        for job in as_completed(jobs):
            yield job.result()


def demand_start(course: Course, folder: Path, program: Sequence[str], user: int | None) -> None:
    """Refuse to count cases as lost where nothing can be graded.

    Args:
        course: The class.
        folder: The user's.
        program: As for :func:`grade_batch`.
        user: As for :func:`grade_batch`.

    Raises:
        SystemExit: If nbgrader does not start.
    """
    tried = run_nbgrader(course, ROOT, folder / "home", "--version", program=program, user=user)
    if tried.returncode:
        raise SystemExit(f"attack-report: nbgrader does not start there: {tried.stderr.strip()}")


def try_stock(template: Path, most: int) -> Iterator[Lost]:
    """Yield the outcomes with stock nbgrader's configuration, of at most so many of each kind."""
    names = choose_for_stock(most)
    with ThreadPoolExecutor(WORKERS) as pool:
        jobs = [pool.submit(run_stock, template, names[n::WORKERS]) for n in range(WORKERS)]
        for job in as_completed(jobs):
            yield job.result()


def choose_for_stock(most: int) -> list[str]:
    """Return the names of the first cases of each kind that stock nbgrader may run."""
    by_kind = {kind: [c.name for c in CASES if c.kind == kind and c.stock] for kind in KINDS}
    return [name for names in by_kind.values() for name in names[:most]]


def run_stock(template: Path, names: Sequence[str]) -> Lost:
    """Run cases under stock nbgrader; where one ends the grading itself, go on behind it."""
    lost: Lost = {}
    ahead = list(names)
    while ahead:
        current = ""
        with subprocess.Popen(
            [*build_wall(template), *ahead], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdout is not None  # noqa: S101
            for line in process.stdout:
                about = json.loads(line)
                current = about.get("begin", "")
                if "case" in about:
                    lost[about["case"]] = about["lost"]
                    say(f"stock: {about['case']}: {'; '.join(about['lost']) or 'held'}")
        if current:
            lost[current] = [_DIED]
            say(f"stock: {current}: {_DIED}")
        rest = [name for name in ahead if name not in lost]
        if rest == ahead:
            raise SystemExit("attack-report: stock nbgrader did not start behind its wall.")
        ahead = rest
    return lost


def build_wall(template: Path) -> list[str]:
    """Return the command that runs ``tests.corpus.stock`` where it can harm nothing."""
    shown = [ROOT, Path(sys.prefix), Path(sys.base_prefix).resolve()]
    command = [
        find_bubblewrap(), "--unshare-all", "--unshare-user", "--cap-drop", "ALL",
        "--new-session", "--die-with-parent", "--clearenv", "--hostname", "grading",
        "--proc", "/proc", "--dev", "/dev", "--size", str(2**29), "--tmpfs", "/tmp",  # noqa: S108
    ]  # fmt: skip
    for folder in ("/usr", "/bin", "/lib", "/lib64", "/etc/alternatives", "/etc/passwd"):
        command += ["--ro-bind-try", folder, folder]
    for path in shown:
        command += ["--ro-bind", str(path), str(path)]
    home = "/tmp/home"  # noqa: S108  (inside)
    environment = {
        "HOME": home,
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        "CORPUS_SECRET": "swordfish",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    command += ["--ro-bind", str(template), "/tmp/template", "--dir", home]  # noqa: S108
    for name, value in environment.items():
        command += ["--setenv", name, value]
    return [
        *command, "--chdir", "/tmp", sys.executable, "-m", "tests.corpus.stock",  # noqa: S108
        "/tmp/template", "/tmp",  # noqa: S108
    ]  # fmt: skip


def write_table(ours: Lost, stock: Lost) -> str:
    """Return a Markdown table: for each kind, how many submissions were held and lost."""
    both = bool(stock)
    head = "| Kind of submission | Cases | Held | Lost |"
    line = "| --- | ---: | ---: | ---: |"
    if both:
        head += " Stock: cases | Stock: held | Stock: lost |"
        line += " ---: | ---: | ---: |"
    rows = [head, line]
    for kind in (*KINDS, "all"):
        names = [case.name for case in CASES if kind in (case.kind, "all")]
        cells = [kind, *_count(ours, names), *(_count(stock, names) if both else ())]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _count(lost: Lost, names: Sequence[str]) -> tuple[str, str, str]:
    run = [name for name in names if name in lost]
    if not run:
        return "–", "–", "–"
    held = sum(not lost[name] for name in run)
    return str(len(run)), str(held), str(len(run) - held)


def say_lost(found: Lost) -> None:
    """Say of each case that did not hold what was lost."""
    for name, reasons in found.items():
        if reasons:
            say(f"lost: {name}: {'; '.join(reasons)}")


def say(text: str) -> None:
    """Say how far it is, on stderr."""
    print(text, file=sys.stderr, flush=True)


def main(words: Sequence[str]) -> int:
    """Run the corpus and print the table; 1 if this course lost anything."""
    parser = argparse.ArgumentParser(description="Print what hostile submissions achieve.")
    parser.add_argument(
        "--stock", type=int, default=0, metavar="N",
        help="also try stock nbgrader, ten seconds a case, with at most N cases of each kind",
    )  # fmt: skip
    parser.add_argument("--write", action="store_true", help="keep the table for the book")
    parser.add_argument("--user", help="grade with the rights of this user; takes root")
    parser.add_argument(
        "--container", action="store_true", help="grade in a rootless container of that user's"
    )
    parser.add_argument("--kind", action="append", choices=KINDS, help="try this kind alone")
    options = parser.parse_args(words)
    if options.write and (options.user or options.kind):
        parser.error("the table for the book has all kinds, as they are without --user")
    if options.container and not options.user:
        parser.error("--container takes --user")
    kinds = options.kind or KINDS
    user = pwd.getpwnam(options.user).pw_uid if options.user else None
    os.environ.pop("PYTHONPATH", None)
    ours: Lost = {}
    stock: Lost = {}
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        template = Path(folder, "template")
        Path(folder).chmod(0o755)  # for another user
        build_course(template, Pages(ROOT))  # the class that all runs start from
        wanted = sum(case.kind in kinds for case in CASES)
        for found in try_ours(template, Path(folder), kinds, user, container=options.container):
            ours |= found
            say_lost(found)
            say(f"ours: {len(ours)} of {wanted} cases")
        if options.stock:
            for found in try_stock(template, options.stock):
                stock |= found
    table = write_table(ours, stock)
    print(table)
    if options.write:
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        KEPT.write_text(table, encoding="utf-8")
    return 1 if any(ours.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
