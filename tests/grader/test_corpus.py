"""Every submission of the corpus, between two honest ones, through stock nbgrader commands."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpus import CASES, KINDS
from tests.corpus.case import EXERCISE, WARMUP
from tests.corpus.course import build_course, hand_in, open_course
from tests.corpus.observe import observe, take_prints

pytestmark = [pytest.mark.slow, pytest.mark.nbgrader]

# Shorter than a class's, so that what hangs does not hold the tests up.
LIMITS = {
    "cell_seconds": 1.5,
    "notebook_seconds": 20,
    "call_seconds": 1,
    "grace_seconds": 0.5,
    "memory_together": 700 * 2**20,
    "disk_bytes": 30 * 2**20,
    "channel_messages": 5000,
}
MOST = 30  # cases in one run, so that two workers share them evenly


def list_batches():
    for kind in KINDS:
        for assignment in (EXERCISE, WARMUP):
            cases = [c for c in CASES if c.kind == kind and c.assignment == assignment]
            for start in range(0, len(cases), MOST):
                name = f"{kind}, {assignment}, from {start}"
                yield pytest.param(cases[start : start + MOST], assignment, id=name)


@pytest.fixture(scope="session")
def template(sources, tmp_path_factory):
    """A class that is built once for all workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    with (shared / "corpus.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        root = shared / "corpus"
        if not (root / "token").exists():
            build_course(root, sources)
    return open_course(root)


def run_nbgrader(course, sources, home, *words):
    """Run a stock command from the course's root, with a home and a /tmp of its own."""
    for folder in (home, home / "tmp"):
        folder.mkdir(exist_ok=True)
    (home / "corpus-secret.txt").write_text("swordfish")
    return subprocess.run(
        [
            str(Path(sys.executable).parent / "nbgrader"),
            *words,
            f"--course-dir={course.root}",
            f"--Exchange.root={course.classroom.exchange}",
        ],
        cwd=sources.root,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TMPDIR": str(home / "tmp"),
            "NBGRADER_LOG": "",
            "CORPUS_SECRET": "swordfish",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


@pytest.mark.parametrize(("cases", "assignment"), [*list_batches()])
def test_everybody_gets_what_they_deserve_and_nothing_else_happens(
    cases, assignment, template, sources, tmp_path
):
    course = template.copy_to(tmp_path / "course")
    hand_in(course, cases, assignment)
    before = take_prints(course)
    home = tmp_path / "home"
    limits = f"--SandboxedExecute.limits={LIMITS}"
    graded = run_nbgrader(course, sources, home, "autograde", assignment, limits)
    run_nbgrader(course, sources, home, "generate_feedback", assignment, "--student=*[!t]")
    outcomes = observe(course, cases, assignment, before, graded.returncode == 0, [home])
    lost = {f"{o.case.kind}: {o.case.name}": o.lost for o in outcomes if o.lost}
    assert not lost, graded.stdout[-3000:] + graded.stderr[-3000:]


def test_the_corpus_is_large_and_its_names_are_unique():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names)) >= 120
    assert len(KINDS) == 12
