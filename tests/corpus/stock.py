"""The corpus under stock nbgrader: its own Execute, tests and answers in one kernel.

    python -m tests.corpus.stock TEMPLATE SCRATCH CASE...

Hostile code then runs with the rights of this program, so `tools/bench/attacks.py` starts it
behind a wall of its own. It prints one line of JSON before and after each case, so that whoever
listens knows on which case it died.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
import time
from pathlib import Path

from grader.sandbox.inside.confine import adopt_orphans, sweep
from tests.corpus import CASES
from tests.corpus.case import Case
from tests.corpus.course import Course, hand_in, open_course
from tests.corpus.observe import observe, take_prints

SECONDS = 100  # for three submissions; the usual is five


def main(words: list[str]) -> None:
    """Grade each named case between two honest submissions, in a class of its own."""
    from nbgrader.apps import NbGraderApp

    template, scratch = open_course(Path(words[0])), Path(words[1])
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**26, 2**26))
    resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    adopt_orphans()
    wanted = set(words[2:])
    for case in CASES:
        if case.name in wanted:
            _say({"begin": case.name})
            _start_afresh(scratch / f"home-{case.name}")
            lost = _grade(template, scratch, case, NbGraderApp)
            _say({"case": case.name, "lost": lost})


def _grade(template: Course, scratch: Path, case: Case, program: type) -> list[str]:
    os.chdir(scratch)
    course = template.copy_to(scratch / "course")
    hand_in(course, [case], case.assignment)
    before = take_prints(course)
    child = os.fork()
    if child == 0:
        _run(course, case.assignment, program)
    finished = _wait(child) in (0, 1)  # 1: it went on after a submission that it could not grade
    home = Path(os.environ["HOME"])
    (outcome,) = observe(course, [case], case.assignment, before, finished, [home])
    os.chmod(course.root, 0o700)  # noqa: PTH101  (a case may have taken it away)
    shutil.rmtree(course.root, ignore_errors=True)
    return list(dict.fromkeys(outcome.lost))


def _start_afresh(home: Path) -> None:
    """Give the next case a new home, and end what the last one has left running."""
    home.mkdir()
    os.environ["HOME"] = str(home)
    (home / "corpus-secret.txt").write_text("swordfish")
    sweep(0)


def _run(course: Course, assignment: str, program: type) -> None:
    os.setsid()
    os.chdir(course.root)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    status = 1
    try:
        program.launch_instance([  # type: ignore[attr-defined]
            "autograde", assignment, "--CourseDirectory.course_id=transformer-circuits",
            f"--CourseDirectory.root={course.root}", "--Execute.timeout=10",
        ])  # fmt: skip
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        os._exit(status)


def _wait(child: int) -> int:
    """Return how the child ended; kill it when it takes too long."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    for target in (
        lambda: os.killpg(child, signal.SIGKILL),
        lambda: os.kill(child, signal.SIGKILL),
    ):
        try:
            target()
        except OSError:
            continue
    os.waitpid(child, 0)
    return -1


def _say(about: dict[str, object]) -> None:
    print(json.dumps(about), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
