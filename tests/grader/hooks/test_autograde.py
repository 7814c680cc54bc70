"""A class with every kind of broken submission, through nbgrader's own commands."""

import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from datetime import UTC, datetime

import pytest
from nbgrader.utils import remove
from traitlets.config import Config
from traitlets.config.loader import DeferredConfigString

from course.weave import weave_course
from grader.config import read_settings
from grader.errors import CourseError
from grader.gradebook.backup import list_backups
from grader.gradebook.log import Key, read, read_state
from grader.hooks.autograde import CONFIGURED, SandboxedExecute
from grader.hooks.hand_over import read_words
from grader.intake.record import load_record
from grader.nbgrader_api import Pipeline
from grader.paths import Classroom
from tests.grader.intake.conftest import ANSWERS

pytestmark = [pytest.mark.slow, pytest.mark.nbgrader]

NAME = "exercise-1"
POINTS = 14.0  # of the checks; the text is worth 3 more
WHEN = datetime(2022, 1, 31, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def prepared(sources, tmp_path_factory):
    """A class with exercise 1 released, to be copied."""
    classroom = Classroom(tmp_path_factory.mktemp("prepared") / "class")
    weave_course(sources, classroom)
    Pipeline(sources, classroom).generate(NAME)
    return classroom


@pytest.fixture
def course(prepared, sources, tmp_path):
    shutil.copytree(prepared.root, tmp_path / "class")
    return Pipeline(sources, Classroom(tmp_path / "class"))


@pytest.fixture
def honest(course):
    """The text of a notebook with right answers."""
    release = course.classroom.root / "release" / NAME / f"{NAME}.ipynb"
    notebook = json.loads(release.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        label = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = ANSWERS.get(label, cell["source"])
    return json.dumps(notebook)


def folder_of(course, student):
    return course.classroom.root / "submitted" / student / NAME


def file_of(course, student):
    return folder_of(course, student) / f"{NAME}.ipynb"


def graded_file(course, student):
    return course.classroom.root / "autograded" / student / NAME / f"{NAME}.ipynb"


def read_rows(course):
    with course.open_gradebook() as book:
        return {
            row.student.id: (row.score, bool(row.needs_manual_grade))
            for row in book.assignment_submissions(NAME)
        }


def double_a_cell(text):
    notebook = json.loads(text)
    notebook["cells"].insert(0, notebook["cells"][11])
    return json.dumps(notebook)


def use_an_old_schema(text):
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        cell["metadata"].get("nbgrader", {}).pop("schema_version", None)
    return json.dumps(notebook)


def drop_labels(text):
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    return json.dumps(notebook)


REPAIRED = {
    "doubled": double_a_cell,
    "old-schema": use_an_old_schema,
    "colab": drop_labels,
    "utf-16": lambda text: text.encode("utf-16"),
}
UNREADABLE = {
    "empty": lambda _: b"",
    "cut-off": lambda text: text[: len(text) // 2],
    "deep": lambda _: "[" * 100_000,
    "zip": lambda _: b"PK\x03\x04",
}


def hand_in_all(course, honest):
    for student in (
        "anna",
        ".dot",
        "zoe",
        "linked",
        "piped",
        "missing",
        "misnamed",
        "dated",
        "beside",
    ):
        course.hand_in(NAME, student, honest, WHEN)
    for student, change in {**REPAIRED, **UNREADABLE}.items():
        course.hand_in(NAME, student, "", WHEN)
        changed = change(honest)
        data = changed if isinstance(changed, bytes) else changed.encode()
        file_of(course, student).write_bytes(data)
    for student in ("linked", "piped", "missing"):
        file_of(course, student).unlink()
    file_of(course, "linked").symlink_to(file_of(course, "anna"))
    os.mkfifo(file_of(course, "piped"))
    file_of(course, "misnamed").rename(folder_of(course, "misnamed") / "Copy of it (1).ipynb")
    (folder_of(course, "dated") / "timestamp.txt").write_bytes(b"\xff yesterday")
    beside = folder_of(course, "beside")
    (beside / "secret").symlink_to(course.classroom.seed_file)
    os.mkfifo(beside / "pipe")
    (beside / "x.ipynb").mkdir()
    (beside / "data.csv").write_text("1,2\n")
    (course.classroom.root / "submitted" / "odd\nname" / NAME).mkdir(parents=True)
    (course.classroom.root / "submitted" / "eve").symlink_to("anna")


def read_regular_files(root):
    return {
        path.name + str(path.stat().st_ino): path.read_bytes()
        for path in root.rglob("*")
        if stat.S_ISREG(path.lstat().st_mode)
    }


def test_every_submission_ends_with_a_row_and_none_is_changed(course, honest):
    hand_in_all(course, honest)
    root = course.classroom.root
    before = read_regular_files(root / "submitted")
    course.autograde(NAME, "*", force=False)
    rows = read_rows(course)
    for student in ("anna", ".dot", "zoe", "misnamed", "dated", "beside", *REPAIRED):
        assert rows[student] == (POINTS, True), student  # the text waits for a person
    for student in (*UNREADABLE, "linked", "piped", "missing", "odd\\nname", "eve"):
        assert rows[student] == (0.0, True), student
    after = {**read_regular_files(root / "submitted"), **read_regular_files(root / "set-aside")}
    assert before.items() <= after.items()
    assert (graded_file(course, "beside").parent / "data.csv").read_text() == "1,2\n"
    assert not (graded_file(course, "beside").parent / "secret").exists()
    assert load_record(graded_file(course, "colab")).repairs
    assert load_record(graded_file(course, "cut-off")).unreadable

    feedback = course.give_feedback_to_all(NAME)
    for student in rows.keys() - {"odd\\nname"}:
        page = (feedback / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")
        assert "<script" not in page
        assert "HIDDEN" not in page
        assert str(root) not in page
        assert course.classroom.seed_file.read_text().strip() not in page
    assert "cut off" in (feedback / "cut-off" / NAME / f"{NAME}.html").read_text(encoding="utf-8")


def test_a_second_run_grades_what_is_new_or_unfinished_and_nothing_else(course, honest):
    for student in ("done", "new", "torn", "begun"):
        course.hand_in(NAME, student, honest, WHEN)
    course.autograde(NAME, "*", force=False)
    dates = {s: graded_file(course, s).stat().st_mtime_ns for s in ("done", "new", "torn", "begun")}
    file_of(course, "new").write_text(honest.replace("np.eye(16)[:4]", "np.eye(16)[4:8]"))
    cut = graded_file(course, "torn").read_bytes()[:-300]
    remove(str(graded_file(course, "torn")))
    graded_file(course, "torn").write_bytes(cut)
    text = graded_file(course, "begun").read_text().replace('"finished": true', '"finished": false')
    remove(str(graded_file(course, "begun")))
    graded_file(course, "begun").write_text(text)
    course.autograde(NAME, "*", force=False)
    again = {s for s in dates if graded_file(course, s).stat().st_mtime_ns != dates[s]}
    assert again == {"new", "torn", "begun"}
    rows = read_rows(course)
    assert rows["new"][0] < POINTS
    assert rows["torn"] == rows["begun"] == rows["done"] == (POINTS, True)


def test_what_a_person_gave_outlives_a_second_run(course, honest):
    course.hand_in(NAME, "anna", honest, WHEN)
    course.autograde(NAME, "anna")
    with course.open_gradebook() as book:
        grade = book.find_grade("ex1c-text", NAME, NAME, "anna")
        grade.manual_score, grade.extra_credit = 2.5, 0.5
        book.find_grade("ex1a-test", NAME, NAME, "anna").manual_score = 3.0
        book.find_comment("ex1c-text", NAME, NAME, "anna").manual_comment = "Well said."
        book.db.commit()
    course.autograde(NAME, "anna")
    with course.open_gradebook() as book:
        grade = book.find_grade("ex1c-text", NAME, NAME, "anna")
        assert (grade.manual_score, grade.extra_credit) == (2.5, 0.5)
        assert book.find_grade("ex1a-test", NAME, NAME, "anna").score == 3.0
        assert book.find_comment("ex1c-text", NAME, NAME, "anna").comment == "Well said."
    by_hand = [c for c in read(course.classroom.root / "grades.log") if c.by == "hand"]
    assert {c.key.field for c in by_hand} >= {"manual_score", "extra_credit", "manual_comment"}


def test_the_log_says_what_the_gradebook_says(course, honest):
    course.hand_in(NAME, "anna", honest, WHEN)
    course.autograde(NAME, "*", force=False)
    state = read_state(course.classroom.root / "grades.log")
    with course.open_gradebook() as book:
        for grade in book.find_submission_notebook(NAME, NAME, "anna").grades:
            logged = [
                v for k, v in state.items() if (k.cell, k.field) == (grade.name, "auto_score")
            ]
            assert logged == ([] if grade.auto_score is None else [grade.auto_score])
    assert len(list_backups(course.classroom.root / "backups")) == 1


def test_a_locked_gradebook_is_waited_for(course, honest):
    course.hand_in(NAME, "anna", honest, WHEN)
    path = course.classroom.root / "gradebook.db"

    def hold():
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            held.set()
            time.sleep(8)  # longer than SQLite's own patience of 5 seconds
            other.execute("COMMIT")

    held = threading.Event()
    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    course.autograde(NAME, "anna")
    thread.join()
    assert read_rows(course)["anna"] == (POINTS, True)


def test_a_damaged_gradebook_stops_the_run_before_anything_is_graded(course, honest):
    course.hand_in(NAME, "anna", honest, WHEN)
    course.autograde(NAME, "*")
    path = course.classroom.root / "gradebook.db"
    path.write_bytes(b"nonsense" * 1000)
    with pytest.raises(CourseError, match="cannot be read"):
        course.autograde(NAME, "*")
    assert path.read_bytes() == b"nonsense" * 1000
    assert graded_file(course, "anna").exists()


def start_nbgrader(course, sources):
    command = [sys.executable, "-m", "nbgrader", "autograde", NAME]
    return subprocess.Popen(
        [*command, "--course-dir", str(course.classroom.root)],
        cwd=sources.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def count_lines(log):
    return log.read_bytes().count(b"\n") if log.exists() else 0


def test_killed_at_any_moment_a_second_run_goes_on(course, honest, sources):
    students = [f"learner-{n}" for n in range(4)]
    for student in students:
        course.hand_in(NAME, student, honest, WHEN)
    log = course.classroom.root / "grades.log"
    ends = []
    for lines in (1, 4, 14):  # in the middle of a submission, each time further on
        goal = count_lines(log) + lines
        run = start_nbgrader(course, sources)
        deadline = time.monotonic() + 120
        while count_lines(log) < goal and run.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        with suppress(ProcessLookupError):  # a loaded machine may look too late: all is done then
            os.killpg(run.pid, signal.SIGKILL)
        said, _ = run.communicate()
        ends.append(run.returncode)
        assert run.returncode in {-signal.SIGKILL, 0}, said.decode()[-3000:]
    assert ends[0] == -signal.SIGKILL
    with log.open("ab") as file:
        file.write(b'{"time": "20')  # a line that was being written
    run = start_nbgrader(course, sources)
    said, _ = run.communicate(timeout=300)
    assert run.returncode == 0, said.decode()[-3000:]
    rows = read_rows(course)
    assert rows == dict.fromkeys(students, (POINTS, True))
    for student in students:
        assert load_record(graded_file(course, student)) is not None
    state = read_state(log)
    with course.open_gradebook() as book:
        for student in students:
            for grade in book.find_submission_notebook(NAME, NAME, student).grades:
                key = Key(student, NAME, NAME, grade.name, "auto_score")
                assert state.get(key) == grade.auto_score


@pytest.mark.parametrize("slip", ["c = get_config(\n", "from grader.nowhere import Nothing\n"])
def test_a_slip_in_the_configuration_does_not_open_the_sandbox(
    slip, course, honest, sources, tmp_path
):
    # nbgrader goes on without a file that it cannot read, and its own Execute confines nothing.
    course.hand_in(NAME, "eve", honest, WHEN)
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "nbgrader_config.py").write_text(slip)
    shutil.copy(sources.root / "nbgrader_config.json", desk)
    command = [sys.executable, "-m", "nbgrader", "autograde", NAME]
    ran = subprocess.run(
        [*command, "--course-dir", str(course.classroom.root)],
        cwd=desk,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1, ran.stderr
    assert "nbgrader_config.py cannot be read (" in ran.stderr
    assert not graded_file(course, "eve").exists()


def test_options_of_the_command_line_count(tmp_path):
    config = Config()
    config.SandboxedExecute.limits = DeferredConfigString("{'cell_seconds': 3.0}")
    config.LateSubmissionPlugin.penalty_method = DeferredConfigString("zero")
    config.CourseDirectory.groupshared = DeferredConfigString("True")
    settings = read_settings(read_words(config, CONFIGURED), Classroom(tmp_path))
    assert settings.limits == {"cell_seconds": 3.0}
    assert settings.penalty == "zero"
    assert settings.course["groupshared"] is True


def test_nbgrader_itself_runs_no_learners_code():
    with pytest.raises(RuntimeError, match="GatekeepingExporter alone"):
        SandboxedExecute().preprocess(None, {})
