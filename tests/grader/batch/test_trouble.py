"""What goes wrong around a class is said in one sentence, with what to do, and nothing is made."""

import os
import shutil
import signal
import subprocess
import sys
from multiprocessing.spawn import get_preparation_data
from types import ModuleType

import pytest

from grader.batch.pool import _without_program
from grader.batch.progress import Chosen, PlainLines
from grader.cli import main
from grader.errors import CourseError
from grader.gradebook.backup import list_backups
from grader.gradebook.seed import find_copy
from grader.nbgrader_api import Pipeline
from grader.terminal import PIPE_STATUS

from .conftest import ASSIGNMENT, Grader, copy_class

pytestmark = pytest.mark.nbgrader

NEEDS_GRADEBOOK = [
    ["autograde", ASSIGNMENT],
    ["autograde", ASSIGNMENT, "--student", "ada", "--workers", "1"],
    ["autograde", ASSIGNMENT, "--dry-run"],
    ["report", ASSIGNMENT],
    ["feedback", ASSIGNMENT],
    ["feedback", ASSIGNMENT, "--workers", "2"],
]
ALL = [*NEEDS_GRADEBOOK, ["recover"], ["recover", "--force"], ["seed"], ["seed", "--new"]]
WRITES = [words for words in ALL if words[0] not in ("report", "feedback")]


@pytest.fixture(scope="module")
def graded(handed_in, sources, tmp_path_factory):
    """The class with grades, and with copies of its gradebook."""
    classroom = copy_class(handed_in, tmp_path_factory.mktemp("trouble") / "class")
    grader = Grader(sources)
    grader(classroom)
    grader(classroom)
    return classroom


@pytest.fixture
def classroom(graded, tmp_path):
    return copy_class(graded, tmp_path / "class")


@pytest.fixture
def refuse(capsys):
    """Give a command that has to fail, and return its one sentence."""

    def run(words, root, status=1):
        capsys.readouterr()
        assert main([*words, "--course", str(root)]) == status
        said = capsys.readouterr().err
        assert said.startswith("grader: ")
        assert said.count("\n") == 1
        return said

    return run


def _list(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def _damage(path):
    """Overwrite the middle of a file, as a broken disk or another program may."""
    data = bytearray(path.read_bytes())
    third = len(data) // 3
    data[third : 2 * third] = b"\xa5" * third
    path.write_bytes(data)


@pytest.mark.parametrize("words", NEEDS_GRADEBOOK, ids=" ".join)
def test_a_lost_gradebook_is_brought_back_and_not_made_anew(words, classroom, refuse):
    (classroom.root / "gradebook.db").unlink()
    said = refuse(words, classroom.root)
    assert "gradebook.db is gone, so nothing was done; `python -m grader recover` b" in said
    assert not (classroom.root / "gradebook.db").exists()


@pytest.mark.parametrize("words", NEEDS_GRADEBOOK, ids=" ".join)
def test_where_nothing_was_ever_graded_the_first_step_is_named(words, tmp_path, refuse):
    said = refuse(words, tmp_path)
    assert f"There is no gradebook yet; run `nbgrader generate_assignment {ASSIGNMENT}`" in said
    assert not (tmp_path / "gradebook.db").exists()


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_a_folder_that_is_not_there_is_said_and_not_made(words, tmp_path, refuse):
    assert "There is no folder" in refuse(words, tmp_path / "nowhere")
    assert _list(tmp_path) == []


@pytest.mark.parametrize("words", NEEDS_GRADEBOOK, ids=" ".join)
def test_a_damaged_gradebook_is_said_with_what_brings_it_back(words, classroom, refuse):
    _damage(classroom.root / "gradebook.db")
    said = refuse(words, classroom.root)
    assert said.startswith("grader: gradebook.db cannot be read (")
    assert "`python -m grader recover` brings back the last good copy" in said
    assert main(["recover", "--course", str(classroom.root)]) == 0
    assert main(["report", ASSIGNMENT, "--course", str(classroom.root)]) == 2


@pytest.mark.parametrize("words", NEEDS_GRADEBOOK, ids=" ".join)
def test_an_unknown_assignment_is_answered_with_those_there_are(words, classroom, refuse):
    words = [word.replace(ASSIGNMENT, "excercise-1") for word in words]
    said = refuse(words, classroom.root)
    assert f"excercise-1 is not in the gradebook, which has {ASSIGNMENT};" in said


@pytest.mark.parametrize("more", [[], ["--dry-run"], ["--force"]])
def test_a_learner_who_handed_in_nothing_is_named(more, classroom, refuse):
    words = ["autograde", ASSIGNMENT, "--student", "nosuch", *more]
    assert f"no submission of nosuch for {ASSIGNMENT}" in refuse(words, classroom.root)


READ_ONLY = """
set -e
mount --bind "$CLASS" "$CLASS"
mount -o remount,bind,ro "$CLASS"
"$@" --course "$CLASS"
"""
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


@pytest.mark.parametrize("words", WRITES, ids=" ".join)
def test_a_folder_that_cannot_be_written_to_is_said(words, classroom, sources):
    if shutil.which("unshare") is None or subprocess.run([*NAMESPACE, "true"]).returncode:
        pytest.skip("no mount namespace of one's own can be made here")
    before = _list(classroom.root)
    ran = subprocess.run(
        [*NAMESPACE, "sh", "-c", READ_ONLY, "sh", sys.executable, "-m", "grader", *words],
        env={"PATH": "/usr/bin:/bin", "CLASS": str(classroom.root)},
        cwd=sources.root, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert ".grading/lock cannot be written to (Read-only file system)" in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert _list(classroom.root) == before


def deafen():
    """Let no Ctrl-C through, as a shell does for what it starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


PRINTS = [
    ["autograde", ASSIGNMENT, "--explain"],  # between two submissions
    ["autograde", ASSIGNMENT, "--explain", "--force", "--workers", "1"],
    ["autograde", ASSIGNMENT, "--force", "--workers", "1"],  # at its end, or before if it is slow
    ["autograde", ASSIGNMENT, "--json"],
    ["feedback", ASSIGNMENT, "--json"],
    ["report", ASSIGNMENT],
]


@pytest.mark.parametrize("words", PRINTS, ids=" ".join)
@pytest.mark.parametrize("deaf", [False, True], ids=["", "in the background"])
def test_whoever_reads_no_further_sees_no_traceback(words, deaf, classroom, sources):
    reads, writes = os.pipe()
    os.close(reads)  # gone before the first line
    ran = subprocess.run(
        [sys.executable, "-m", "grader", *words, "--course", str(classroom.root)],
        cwd=sources.root, stdout=writes, stderr=subprocess.PIPE, text=True,
        preexec_fn=deafen if deaf else None,
    )  # fmt: skip
    os.close(writes)
    assert ran.stderr == ""
    assert ran.returncode == PIPE_STATUS
    assert main(["autograde", ASSIGNMENT, "--course", str(classroom.root)]) == 0
    assert not list(classroom.root.glob("autograded/*/.*"))


@pytest.mark.parametrize("stops", [False, True], ids=["at the end", "on the way"])
def test_it_is_the_same_status_wherever_the_command_was_when_its_reader_left(
    stops, classroom, monkeypatch, capfd
):
    """A slow machine prints a line on the way, a fast one only at the end."""
    del capfd
    defaults = PlainLines.__init__.__kwdefaults__
    monkeypatch.setitem(defaults, "every", 0.0 if stops else float("inf"))
    monkeypatch.setattr("grader.terminal._muted", False)
    reads, writes = os.pipe()
    os.close(reads)
    out = os.dup(1)
    os.dup2(writes, 1)
    try:
        with open(1, "w", closefd=False) as stdout:
            monkeypatch.setattr(sys, "stdout", stdout)
            words = ["autograde", ASSIGNMENT, "--force", "--course", str(classroom.root)]
            assert main(words) == PIPE_STATUS
    finally:
        os.dup2(out, 1)
        os.close(out)
        os.close(writes)


def test_copies_are_what_these_tests_rely_on(graded):
    assert list_backups(graded.root / "backups")


def test_an_empty_gradebook_where_there_was_a_full_one_is_not_taken_for_a_new_class(
    classroom, sources, refuse
):
    """What other programs, which make one when they find none, leave behind."""
    (classroom.root / "gradebook.db").unlink()
    Pipeline(sources, classroom).open_gradebook().close()
    said = refuse(["autograde", ASSIGNMENT], classroom.root)
    assert "which is empty; if the gradebook was lost, `python -m grader recover --force`" in said
    assert main(["recover", "--force", "--course", str(classroom.root)]) == 0
    assert main(["report", ASSIGNMENT, "--course", str(classroom.root)]) == 2


def test_stock_nbgrader_makes_no_empty_gradebook_either(classroom, sources):
    (classroom.root / "gradebook.db").unlink()
    with pytest.raises(CourseError, match=r"gradebook\.db is gone, so nothing was done"):
        Pipeline(sources, classroom).autograde(ASSIGNMENT, "*")
    assert not (classroom.root / "gradebook.db").exists()


@pytest.mark.parametrize("kept", [True, False], ids=["with a copy", "without one"])
@pytest.mark.parametrize(
    "words", [["autograde", ASSIGNMENT], ["autograde", ASSIGNMENT, "--dry-run"], ["weave"]],
    ids=" ".join,
)  # fmt: skip
def test_no_new_seed_is_drawn_where_grades_were_made_with_another(words, kept, classroom, refuse):
    classroom.seed_file.unlink()
    if not kept:
        find_copy(classroom.seed_file).unlink()
    said = refuse(words, classroom.root)
    assert said.startswith("grader: secret-seed is gone, and grades were made with it; ")
    assert ("`python -m grader recover` puts back" if kept else "back from your copy") in said
    assert "`python -m grader seed --new`" in said
    assert not classroom.seed_file.exists()


def test_stock_nbgrader_draws_no_new_seed_either(classroom, sources):
    classroom.seed_file.unlink()
    with pytest.raises(CourseError, match="secret-seed is gone, and grades were made with it"):
        Pipeline(sources, classroom).autograde(ASSIGNMENT, "*")
    assert not classroom.seed_file.exists()


def test_a_lost_seed_comes_back_and_nothing_has_to_be_graded_again(classroom, grade, capsys):
    seed = classroom.seed_file.read_bytes()
    classroom.seed_file.unlink()
    assert main(["recover", "--course", str(classroom.root)]) == 0
    assert "secret-seed is again what it was" in capsys.readouterr().out
    assert classroom.seed_file.read_bytes() == seed
    assert grade(classroom).graded == 0


def test_a_new_seed_is_drawn_when_that_is_said_and_all_is_graded_again(classroom, grade):
    classroom.seed_file.unlink()
    assert main(["seed", "--new", "--course", str(classroom.root)]) == 0
    grade(classroom, only_explain=True)
    reasons = {event.reason for event in grade.events if isinstance(event, Chosen)}
    assert reasons == {"the class has another seed"}


def test_workers_do_not_import_the_program_that_starts_them(monkeypatch):
    # JupyterLab, where Formgrader's button began the run: it takes seconds to import.
    program = {"init_main_from_path", "init_main_from_name"}
    lab = ModuleType("__main__")
    lab.__file__ = "/usr/bin/jupyter-lab"
    monkeypatch.setitem(sys.modules, "__main__", lab)
    assert program & set(get_preparation_data("worker"))
    with _without_program():
        assert not program & set(get_preparation_data("worker"))


def test_a_folder_for_scraps_that_lies_deep_stops_no_worker(handed_in, tmp_path):
    """Batch systems give one; a socket in it would have too long a path."""
    deep = tmp_path / ("deep-" * 20)
    deep.mkdir()
    classroom = copy_class(handed_in, tmp_path / "class")
    command = [sys.executable, "-m", "grader", "autograde", ASSIGNMENT, "--course"]
    done = subprocess.run(
        [*command, str(classroom.root), "--workers", "2"],
        env={**os.environ, "TMPDIR": str(deep)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not list(deep.iterdir())
