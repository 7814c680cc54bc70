"""Every submission of the corpus, between two honest ones, through stock nbgrader commands."""

import fcntl
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from tests.corpus import CASES, KINDS
from tests.corpus.batch import find_system_program, grade_batch, list_batches
from tests.corpus.case import EXERCISE
from tests.corpus.course import build_course, open_course

pytestmark = [pytest.mark.slow, pytest.mark.nbgrader]

BATCHES = [pytest.param(cases, assignment, id=name) for name, assignment, cases in list_batches()]


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


@pytest.mark.parametrize(("cases", "assignment"), BATCHES)
def test_everybody_gets_what_they_deserve_and_nothing_else_happens(
    cases, assignment, template, sources, tmp_path
):
    outcomes, said = grade_batch(template, sources.root, tmp_path, assignment, cases)
    lost = {f"{o.case.kind}: {o.case.name}": o.lost for o in outcomes if o.lost}
    assert not lost, said[-3000:]


def test_the_corpus_is_large_and_its_names_are_unique():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names)) >= 120
    assert len(KINDS) == 14


def test_the_table_in_the_book_counts_the_cases_of_this_corpus(sources):
    """Otherwise run `make attack-report`."""
    table = (sources.root / "book" / "_data" / "attack-report.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ")[:3] for line in table.splitlines()[2:]]
    kinds = Counter(case.kind for case in CASES)
    wanted = {**kinds, "all": len(CASES)}
    assert [(kind, int(count), int(held)) for kind, count, held in rows] == [
        (kind, count, count) for kind, count in wanted.items()
    ]


@pytest.fixture
def open_folder():
    """A folder that everybody can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="corpus-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


NOBODY = 65534
FOR_NOBODY = {
    "patch-allclose", "replace-module", "several-bundles", "read-from-the-root", "grades-set",
    "gradebook-deleted", "read-a-neighbour", "kill-everything", "background-process", "tcp",
    "forks", "memory-of-children", "disk", "ignores-interrupts", "crash", "numpy-beside",
    "unread-sockets", "overwrite-the-interpreter", "folders-left-open",
}  # fmt: skip


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_is_as_safe(template, sources, open_folder):
    try:
        program = find_system_program(sources.root)
    except FileNotFoundError as reason:
        pytest.skip(str(reason))
    cases = [case for case in CASES if case.name in FOR_NOBODY and case.assignment == EXERCISE]
    assert len(cases) == len(FOR_NOBODY)
    outcomes, said = grade_batch(
        template, sources.root, open_folder, EXERCISE, cases, program=program, user=NOBODY
    )
    lost = {f"{o.case.kind}: {o.case.name}": o.lost for o in outcomes if o.lost}
    assert not lost, said[-3000:]
