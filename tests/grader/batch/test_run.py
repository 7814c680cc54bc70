"""A run grades what has changed, and what an interruption leaves is taken up again."""

import dataclasses
import io
import json
import multiprocessing
import os
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import defaultdict
from multiprocessing import forkserver
from pathlib import Path

import psutil
import pytest
from nbgrader.api import Gradebook

from grader.batch import pool
from grader.batch.pool import _PAUSES, LocalWorkers, start_ahead
from grader.batch.progress import (
    Chosen,
    Failed,
    Finished,
    Found,
    PlainLines,
    Summary,
    Unchanged,
    write_report,
)
from grader.batch.select import choose
from grader.cli import main
from grader.config import load_settings
from grader.errors import CourseError
from grader.gradebook.access import hold_class
from grader.sandbox import kernel
from tests.programs import run_python

from .conftest import ASSIGNMENT, HONEST, InThisProcess, hand_in, take_submission

pytestmark = pytest.mark.nbgrader


def _count_rows(classroom):
    with sqlite3.connect(classroom.root / "gradebook.db") as database:
        return database.execute("SELECT count(*) FROM submitted_assignment").fetchone()[0]


def test_only_what_changed_is_graded_again(classroom, grade):
    first = grade(classroom)
    assert (first.graded, first.status) == (len(HONEST), 0)

    assert grade(classroom).unchanged == len(HONEST)

    notebook = take_submission(classroom)
    notebook["cells"][-1]["source"] += "\n"
    hand_in(classroom, "ada", json.dumps(notebook).encode())
    grade(classroom)
    [chosen] = [event for event in grade.events if isinstance(event, Chosen)]
    assert chosen == Chosen("ada", "what was handed in has changed")

    (classroom.root / "secret-seed").write_text("12345\n")
    summary = grade(classroom, only_explain=True)
    assert {e.reason for e in grade.events if isinstance(e, Chosen)} == {
        "the class has another seed"
    }
    assert summary.graded == 0

    summary = grade(classroom, force=True, student="n*")
    assert grade.students(Finished) == ["nina"]


def test_what_the_gradebook_does_not_know_is_graded_though_it_was_graded_before(classroom, grade):
    grade(classroom)
    with Gradebook(f"sqlite:///{classroom.root / 'gradebook.db'}") as book:
        book.remove_submission(ASSIGNMENT, "ada")
    grade(classroom)
    assert [e for e in grade.events if isinstance(e, Chosen)] == [
        Chosen("ada", "it has not been graded")
    ]
    assert _count_rows(classroom) == len(HONEST)


def test_a_changed_hidden_test_and_a_changed_limit_are_reasons_to_grade_again(classroom, grade):
    grade(classroom, student="ada")
    with sqlite3.connect(classroom.root / "gradebook.db") as database:
        database.execute("UPDATE source_cell SET source = source || ' ' WHERE name = 'ex1a-test'")
    settings = dataclasses.replace(load_settings(grade.sources, classroom), limits={})
    grade(classroom, student="ada", settings=settings, only_explain=True)
    [chosen] = [event for event in grade.events if isinstance(event, Chosen)]
    assert chosen.reason == (
        "the assignment or its hidden tests have changed, the settings of grading have changed"
    )


def read_grades(classroom, *fields):
    """Return fields of every grade, by the learner and the name of its cell."""
    question = (
        f"SELECT whole.student_id, cell.name, {', '.join(fields)} FROM grade "
        "JOIN base_cell AS cell ON grade.cell_id = cell.id "
        "JOIN submitted_notebook AS own ON grade.notebook_id = own.id "
        "JOIN submitted_assignment AS whole ON own.assignment_id = whole.id"
    )
    with sqlite3.connect(classroom.root / "gradebook.db") as database:
        return {tuple(row[:2]): row[2:] for row in database.execute(question)}


def settle_all(classroom):
    """Do what Formgrader does when a person has saved points for every cell."""
    with sqlite3.connect(classroom.root / "gradebook.db") as database:
        database.execute(
            "UPDATE grade SET manual_score = 1.5, extra_credit = 0.25, needs_manual_grade = 0"
        )


def change_cell(classroom, name, change, student="ada"):
    """Change the source of one cell of what a learner has handed in."""
    notebook = take_submission(classroom, student)
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == name:
            cell["source"] = change("".join(cell["source"]))
    hand_in(classroom, student, json.dumps(notebook).encode())


def list_asked(classroom, student="ada"):
    """Return the cells of a learner that wait for a person."""
    waits = read_grades(classroom, "needs_manual_grade")
    return sorted(cell for (who, cell), (asked,) in waits.items() if who == student and asked)


def test_what_a_person_has_settled_stays_settled_while_the_answer_is_the_same(classroom, grade):
    grade(classroom)
    settle_all(classroom)
    assert grade(classroom, force=True).graded == len(HONEST)
    kept = read_grades(classroom, "manual_score", "extra_credit", "needs_manual_grade")
    assert set(kept.values()) == {(1.5, 0.25, 0)}


def test_one_changed_answer_is_the_one_that_is_asked_about_again(classroom, grade):
    grade(classroom, student="ada")
    settle_all(classroom)
    change_cell(classroom, "ex1c-text", lambda text: f"{text} And more.")
    grade(classroom, student="ada")
    assert list_asked(classroom) == ["ex1c-text"]
    grade(classroom, student="ada", force=True)
    assert list_asked(classroom) == ["ex1c-text"]
    settle_all(classroom)
    change_cell(classroom, "ex1a", lambda code: f"{code}\n# the same matrices")
    grade(classroom, student="ada")
    assert list_asked(classroom) == ["ex1a-test"]


def test_points_by_hand_are_asked_about_again_where_the_tests_give_others(classroom, grade):
    grade(classroom, student="ada")
    settle_all(classroom)
    with sqlite3.connect(classroom.root / "gradebook.db") as database:
        database.execute("UPDATE grade SET auto_score = 0 WHERE auto_score > 0")
    grade(classroom, student="ada", force=True)
    given = read_grades(classroom, "auto_score")
    assert list_asked(classroom) == sorted(cell for (_, cell), (score,) in given.items() if score)


def test_what_was_settled_of_a_notebook_that_is_gone_is_asked_about_again(classroom, grade):
    grade(classroom, student="ada")
    settle_all(classroom)
    shutil.rmtree(classroom.root / "autograded" / "ada")
    grade(classroom, student="ada")
    assert len(list_asked(classroom)) == len(read_grades(classroom, "auto_score"))


def test_a_blank_text_asks_nobody_and_earns_nothing(classroom, grade):
    change_cell(classroom, "ex1c-text", lambda text: " \n\t")
    grade(classroom, student="ada")
    given = read_grades(classroom, "auto_score", "needs_manual_grade")
    assert given["ada", "ex1c-text"] == (0.0, 0)
    with sqlite3.connect(classroom.root / "gradebook.db") as database:
        said = database.execute("SELECT auto_comment FROM comment").fetchall()
    assert ("No response.",) in said


def test_a_broken_submission_is_reported_and_the_others_are_graded(classroom, grade):
    hand_in(classroom, "broken", b"\x00\x01")
    summary = grade(classroom)
    assert (summary.graded, summary.unreadable, summary.status) == (len(HONEST) + 1, 1, 2)
    assert [student for student, _ in summary.attention] == ["broken"]


def test_a_late_submission_can_cost_all_points(classroom, grade):
    settings = dataclasses.replace(load_settings(grade.sources, classroom), penalty="zero")
    grade(classroom, settings=settings)
    with sqlite3.connect(classroom.root / "gradebook.db") as database:
        rows = database.execute(
            "SELECT student_id, late_submission_penalty FROM submitted_notebook AS own "
            "JOIN submitted_assignment AS handed_in ON handed_in.id = own.assignment_id"
        )
        penalties = dict(rows.fetchall())
    assert penalties.pop("otto") == 14.0
    assert set(penalties.values()) == {None}


def test_a_killed_worker_loses_nothing(classroom, grade):
    killed = []

    def make(context, most):
        workers = LocalWorkers(context, 2)
        submit = workers.submit

        def submit_and_kill(job):
            submit(job)
            if not killed:
                killed.append(workers.pids[0])
                os.kill(killed[0], signal.SIGKILL)

        workers.submit = submit_and_kill
        made.append(workers)
        return workers

    made = []
    summary = grade(classroom, make)
    assert summary.graded == len(HONEST)
    assert _count_rows(classroom) == len(HONEST)
    assert killed
    assert made[0].pids == []


def test_a_hung_worker_is_replaced_and_a_person_is_told_in_the_end(classroom, grade):
    stopped = []

    def make(context, most):
        workers = LocalWorkers(context, 1, patience=1.0)
        submit = workers.submit

        def submit_and_stop(job):
            submit(job)
            stopped.append(workers.pids[0])
            os.kill(stopped[-1], signal.SIGSTOP)

        workers.submit = submit_and_stop
        return workers

    summary = grade(classroom, make, student="ada", attempts=2)
    assert len(stopped) == 2
    [failed] = [event for event in grade.events if isinstance(event, Failed)]
    assert failed == Failed("ada", "Grading failed 2 times, the last time: no answer within 1 s.")
    assert summary.status == 2
    assert _count_rows(classroom) == 1
    assert grade(classroom, student="ada").graded == 1  # the next run tries again


def end_forkserver():
    """Kill what workers are forked from, and wait until it is gone."""
    server = forkserver._forkserver._forkserver_pid
    os.kill(server, signal.SIGKILL)
    os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)


@pytest.mark.parametrize("moment", ["when the first is handed over", "between two"])
def test_workers_whose_forkserver_was_killed_go_on(classroom, grade, moment):
    def make(context, most):
        workers = LocalWorkers(context, 2)
        submit, seen = workers.submit, []

        def submit_and_kill(job):
            seen.append(job)
            if len(seen) == (1 if moment == "when the first is handed over" else 4):
                end_forkserver()
                pids[:] = workers.pids
            submit(job)
            assert not pids or workers.pids == pids

        workers.submit = submit_and_kill
        return workers

    pids = []
    assert grade(classroom, make).graded == len(HONEST)
    assert pids


@pytest.mark.parametrize("times", [1, len(_PAUSES)])
def test_a_forkserver_that_is_killed_while_a_worker_starts_is_started_again(
    classroom, grade, monkeypatch, times
):
    ensure_running, killed = forkserver.ensure_running, []

    def ensure_running_and_kill():
        ensure_running()
        if len(killed) < times:
            killed.append(forkserver._forkserver._forkserver_pid)
            end_forkserver()

    monkeypatch.setattr(forkserver._forkserver, "ensure_running", ensure_running_and_kill)
    if times > 1:
        with pytest.raises(CourseError, match=r"No process that grades could be started, 5 times"):
            grade(classroom, lambda context, most: LocalWorkers(context, 1))
    else:
        summary = grade(classroom, lambda context, most: LocalWorkers(context, 1))
        assert summary.graded == len(HONEST)


def test_a_hung_worker_is_ended_also_when_its_forkserver_is_gone(classroom, grade):
    hung = []

    def make(context, most):
        workers = LocalWorkers(context, 1, patience=1.0)
        submit = workers.submit

        def submit_and_stop(job):
            submit(job)
            hung.append(os.pidfd_open(workers.pids[0]))
            end_forkserver()
            os.kill(workers.pids[0], signal.SIGSTOP)
            multiprocessing.active_children()  # asks after all, and is told that all have ended

        workers.submit = submit_and_stop
        return workers

    assert grade(classroom, make, student="ada", attempts=1).status == 2
    assert select.select(hung, [], [], 60)[0] == hung
    os.close(hung[0])


@pytest.mark.parametrize("dies", ["never", "before it is needed", "while it is needed"])
def test_the_first_worker_forks_from_the_interpreter_that_was_started_ahead(classroom, grade, dies):
    start_ahead("course.plugin:PLUGIN", sandbox=True)
    ahead, _ = pool._ahead["course.plugin:PLUGIN"]
    seen = []

    def make(context, most):
        if dies == "before it is needed":
            ahead.kill()
            ahead.wait()
        workers = LocalWorkers(context, 1)
        submit, take = workers.submit, workers.wait

        def submit_and_kill(job):
            if seen and dies == "while it is needed":
                ahead.kill()
            submit(job)

        def wait_and_look(seconds):
            reply = take(seconds)
            if reply is not None:  # on a busy machine the first look may come too early
                own = psutil.Process(workers.pids[0]).children()
                seen.append((ahead.poll() is None, len(own)))
            return reply

        workers.submit, workers.wait = submit_and_kill, wait_and_look
        return workers

    assert grade(classroom, make).graded == len(HONEST)
    assert seen[0] == ((False, 1) if dies == "before it is needed" else (True, 0))
    assert seen[-1] == ((True, 0) if dies == "never" else (False, 1))
    assert not pool._ahead
    assert ahead.poll() is not None


def test_a_worker_that_hangs_before_it_reads_its_job_is_replaced(classroom, grade):
    folder = classroom.root / "submitted" / "ada" / ASSIGNMENT
    (folder / "large.txt").write_bytes(os.urandom(2**21))  # more than waits in a line unread
    hung = []

    def make(context, most):
        workers = LocalWorkers(context, 1, patience=1.0)
        workers._patience = 600.0  # of the next
        hung.append(os.pidfd_open(workers.pids[0]))
        os.kill(workers.pids[0], signal.SIGSTOP)
        return workers

    assert grade(classroom, make, student="ada").graded == 1
    assert select.select(hung, [], [], 60)[0] == hung
    os.close(hung[0])


def test_workers_leave_no_control_group_behind(classroom, grade):
    groups = kernel._find_parents(
        Path("/proc/self/mountinfo").read_text(), Path("/proc/self/cgroup").read_text()
    )
    parents = {parent for _, found in groups for parent in found.values()}
    if not parents or not os.access(next(iter(parents)), os.W_OK):
        pytest.skip("no control group can be made here")
    made, pids = set(), set()

    def make(context, most):
        workers = LocalWorkers(context, 2)
        submit = workers.submit

        def submit_and_look(job):
            submit(job)
            pids.update(workers.pids)
            made.update(list_groups())

        workers.submit = submit_and_look
        return workers

    def list_groups():
        return {
            path
            for parent in parents
            for pid in pids
            for path in parent.glob(f"grader-sandbox-{pid}-*")
        }

    grade(classroom, make)
    assert made
    assert not list_groups()


def test_two_runs_at_once_one_refuses_or_waits(classroom, grade):
    with hold_class(classroom.root, wait=False):
        with pytest.raises(CourseError, match=rf"process {os.getpid()} on .* say --wait"):
            grade(classroom, only_explain=True)
        waiting = threading.Thread(
            target=grade, args=(classroom,), kwargs={"wait": True, "only_explain": True}
        )
        waiting.start()
        time.sleep(1)
        assert waiting.is_alive()
    waiting.join(600)
    assert grade.students(Chosen) == list(HONEST)


def test_an_assignment_that_was_never_released_is_refused_in_one_sentence(classroom, grade):
    with sqlite3.connect(classroom.root / "gradebook.db") as database:
        database.execute("UPDATE assignment SET name = 'another'")
    with pytest.raises(CourseError, match="exercise-1 is not in the gradebook"):
        grade(classroom)


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(classroom, grade):
    class StopsAfterTwo:
        def __init__(self, workers):
            self.workers, self.size, self.answers = workers, 1, 0

        def submit(self, job):
            self.workers.submit(job)

        def wait(self, seconds):
            if self.answers == 2:
                raise KeyboardInterrupt
            found = self.workers.wait(seconds)
            self.answers += found is not None
            return found

        def close(self):
            self.workers.close()

    summary = grade(classroom, lambda context, most: StopsAfterTwo(LocalWorkers(context, 1)))
    assert (summary.graded, summary.left, summary.status) == (2, 3, 130)
    said = io.StringIO()
    write_report(summary, ASSIGNMENT, said)
    assert "3 are left. Give the same command again to go on." in said.getvalue()
    assert not list(classroom.root.glob("autograded/*/.*"))
    again = grade(classroom)
    assert (again.graded, again.unchanged) == (3, 2)
    assert grade.students(Unchanged) == ["ada", "blaise"]


def test_a_learner_whose_id_begins_with_a_dot_is_graded_like_everybody(classroom, grade, capsys):
    hand_in(classroom, ".dot", json.dumps(take_submission(classroom)).encode())
    words = [ASSIGNMENT, "--course", str(classroom.root)]
    assert grade(classroom, student="[.a]*").graded == 2
    assert grade(classroom).unchanged == 2
    assert main(["feedback", *words]) == 0
    assert list(classroom.root.glob("feedback/.dot/*/*.html"))
    capsys.readouterr()
    main(["report", *words])
    said = capsys.readouterr().out
    assert "not graded yet" not in said
    assert ".dot: 14 of 17 points" in said


OFTEN_ENOUGH = 5.0
"""Seconds, as the documentation says."""


def test_a_verdict_is_written_down_while_the_next_one_is_still_awaited(
    classroom, grade, monkeypatch
):
    monkeypatch.setattr("grader.batch.save.OFTEN", 0.1)
    written = classroom.root / "autograded" / "ada" / ASSIGNMENT

    class Slow(InThisProcess):
        """Has no second verdict before the first one is written down."""

        answers = 0

        def wait(self, seconds=float("inf")):
            if self.answers == 1 and not written.exists():
                assert seconds < OFTEN_ENOUGH, "it is waited for the next verdict alone"
                time.sleep(seconds)
                return None
            self.answers += 1
            return super().wait(seconds)

    assert grade(classroom, lambda context, _: Slow(context)).graded == len(HONEST)


def test_what_is_graded_is_written_down_while_unchanged_ones_are_looked_through(
    classroom, grade, monkeypatch
):
    grade(classroom, student="[b-o]*")

    def choose_slowly(*about, **more):
        for choice in choose(*about, **more):
            yield choice
            time.sleep(0.02)

    monkeypatch.setattr("grader.batch.run.choose", choose_slowly)
    monkeypatch.setattr("grader.batch.save.OFTEN", 0.01)
    grade(classroom)
    said = [(type(event), event.student) for event in grade.events if hasattr(event, "student")]
    assert said.index((Finished, "ada")) < said.index((Unchanged, "otto"))


@pytest.mark.parametrize("more", [["--student", "ada"], ["--workers", "1"], []], ids=" ".join)
def test_patience_holds_for_one_learner_and_for_one_worker_too(more, classroom, monkeypatch):
    asked = []

    def start(self, context, count, patience):
        asked.append((count, patience))
        raise CourseError("That is all that was to be seen.")

    if "--student" not in more:
        for student in set(HONEST) - {"ada"}:
            shutil.rmtree(classroom.root / "submitted" / student)
    monkeypatch.setattr(LocalWorkers, "__init__", start)
    words = ["autograde", ASSIGNMENT, "--course", str(classroom.root), "--patience", "7"]
    assert main([*words, *more]) == 1
    assert asked == [(1, 7.0)]


NOTES_IMPORTS = """\
import os, sys
line = os.open({path!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def note(event, about):
    if event == "import":
        os.write(line, f"{{os.getpid()}} {{about[0]}}\\n".encode())
sys.addaudithook(note)
"""
"""A ``sitecustomize``: each process notes what it imports, but for the sandbox's."""


@pytest.mark.parametrize("step", ["autograde", "feedback"])
def test_a_command_imports_no_package_of_which_it_needs_only_parts(step, classroom, tmp_path):
    course = ["--course", str(classroom.root), "--student", "ada"]
    # Once for each class the configuration is read, which does import nbgrader.
    assert main(["autograde", ASSIGNMENT, *course, "--workers", "1"]) == 0
    notes = tmp_path / "imports"
    (tmp_path / "sitecustomize.py").write_text(NOTES_IMPORTS.format(path=str(notes)))
    words = [sys.executable, "-m", "grader", step, ASSIGNMENT, *course]
    subprocess.run(
        [*words, *(["--force"] if step == "autograde" else [])],
        check=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    importers = defaultdict(set)
    for process, module in map(str.split, notes.read_text().splitlines()):
        importers[module].add(process)
    found = set(importers)
    assert {"sqlalchemy", "nbformat.notebooknode", "circuits.exercises"} <= found
    if step == "autograde":
        assert {"nbconvert.filters.markdown_mistune", "course.judge", "pyseccomp"} <= found
        # What opens the gradebook reads no answer, and what reads answers opens no gradebook.
        assert importers["numpy"] == importers["circuits.exercises"]
        assert importers["asyncio"] == importers["sqlalchemy"]
        assert len(importers["numpy"]) == len(importers["sqlalchemy"]) == 1
        assert importers["numpy"] != importers["sqlalchemy"]
        assert importers["PIL"] == importers["numpy"]
    heavy = (
        "nbgrader nbgrader.apps nbformat nbconvert jsonschema rfc3987_syntax setuptools requests "
        "bs4 jupyter_server distributed matplotlib IPython rich"
    )
    assert not found & set(heavy.split())


@pytest.mark.parametrize("first", ["", "import nbformat, nbconvert.filters, nbgrader, setuptools"])
def test_whole_packages_are_there_after_and_before_their_parts(first):
    code = (
        "from grader.fast_imports import import_models, NotebookNode; import_models(); "
        "from grader.sanitize.renderer import render_like_formgrader; "
        "import nbgrader.api, nbgrader.apps, nbformat, nbconvert.filters; "
        "from nbformat.v4 import nbjson; "
        "from nbgrader.auth import JupyterHubAuthPlugin, Authenticator; "
        "from nbgrader.api import Gradebook; "
        "nbformat.validate(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell('1')])); "
        "import nbgrader.utils, nbgrader.coursedir, nbgrader.auth.base, nbformat.notebooknode; "
        "nbgrader.api.Gradebook, nbgrader.utils.is_grade, nbgrader.coursedir.CourseDirectory; "
        "nbgrader.auth.base.Authenticator, nbformat.v4.nbjson.reads; "
        "nbconvert.filters.markdown_mistune.MarkdownWithMath; "
        "assert nbformat.notebooknode.NotebookNode is NotebookNode; "
        "print(nbgrader.__version__, nbgrader.apps.NbGraderAPI.__name__, "
        "nbformat.NotebookNode is NotebookNode, nbjson.reads is nbformat.v4.reads, "
        "nbconvert.filters.markdown2html('**b**'), render_like_formgrader('**b**', {})[0])"
    )
    done = run_python(f"{first}\n{code}")
    bold = "<p><strong>b</strong></p>"
    assert done.stdout.split() == ["0.9.6", "NbGraderAPI", "True", "True", bold, bold]


def test_no_hollow_package_is_left_where_another_is_not_installed():
    code = (
        "import sys; from grader.fast_imports import importing_parts\n"
        "try:\n    with importing_parts('nbconvert', 'nowhere.inner'): pass\n"
        "except ImportError: print('nbconvert' in sys.modules)"
    )
    done = run_python(code)
    assert done.stdout.strip() == "False"


def test_functions_of_a_deferred_module_are_its_own_when_they_are_called(tmp_path):
    (tmp_path / "late.py").write_text("print('imported')\ndef add(a, b=0): return a + b\n")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from grader.fast_imports import deferring\n"
        "with deferring('late'):\n    from late import add; import late as kept\n"
        "print('late' in sys.modules)\nprint(add(1, b=2), kept.add(3))\n"
        "with deferring('late'):\n    import late; print(late is sys.modules['late'] is not kept)"
    )
    done = run_python(code)
    assert done.stdout.split() == ["False", "imported", "3", "3", "True"]


def test_workers_get_ready_while_the_gradebook_is_opened_if_there_is_something_to_grade(
    classroom, grade, monkeypatch
):
    said = []
    monkeypatch.setattr(
        "grader.batch.pool.start_ahead",
        lambda plugin, sandbox: said.append("starts" if sandbox else "starts all but a sandbox"),
    )

    def open_gradebook(*words, **options):
        said.append("opens")
        raise CourseError("That is all that was to be seen.")

    monkeypatch.setattr("grader.cli.autograde.grade_and_show", open_gradebook)

    def run(*more):
        said.clear()
        assert main(["autograde", ASSIGNMENT, "--course", str(classroom.root), *more]) == 1
        return [*said]

    assert run() == run("--student", "ada") == ["starts", "opens"]
    assert run("--no-sandbox") == ["starts all but a sandbox", "opens"]
    assert run("--student", "a**") == run("--student", "[a]da") == ["starts", "opens"]
    assert run("--student", "z**") == run("--student", "../ada") == ["opens"]
    assert run("--dry-run") == run("--scheduler", "tcp://127.0.0.1:1") == ["opens"]
    assert run("--wait") == ["opens"]  # for as long as another run takes
    grade(classroom, student="ada")
    assert run("--student", "ada") == ["opens"]
    assert run("--student", "ada", "--force") == run() == ["starts", "opens"]


def test_what_judging_imports_is_imported_once_for_all_workers():
    code = (
        "import sys, time; from multiprocessing import forkserver; "
        "from grader.batch.pool import start_ahead, _FORKS; start_ahead('', sandbox=True); "
        "assert not {'circuits', 'numpy'} & set(sys.modules); "
        "ours, theirs = _FORKS.Pipe(); "
        "_FORKS.Process(target=exec, args=("
        "\"import sys; line.send('course.judge' in sys.modules)\", {'line': theirs})).start(); "
        "print(ours.recv())"
    )
    done = run_python(code)
    assert done.stdout.strip() == "True"


BROKEN_COURSE = """\
class Plugin:
    preload = ("broken",)

    def prepare(self, seed):
        import broken

PLUGIN = Plugin()
"""


def test_a_course_whose_module_cannot_be_imported_hears_why(tmp_path):
    (tmp_path / "broken.py").write_text("1 / 0")
    (tmp_path / "its_course.py").write_text(BROKEN_COURSE)
    code = (
        "from grader.batch.jobs import Context, Job; from grader.batch.pool import LocalWorkers\n"
        "workers = LocalWorkers(Context('one', 'its_course', (), 1), 1)\n"
        "workers.submit(Job('ada', '', {})); print(workers.wait(60)); workers.close()"
    )
    done = run_python(code, check=False, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert "A worker could not start: ZeroDivisionError: division by zero" in done.stdout


def test_one_text_in_place_of_modules_names_is_refused(monkeypatch):
    monkeypatch.setattr("course.plugin.CoursePlugin.preload", "course.judge")
    with pytest.raises(CourseError, match=r"write `preload = \('course.judge',\)`"):
        start_ahead("", sandbox=False)


def test_ctrl_c_ends_no_process_in_the_middle_of_its_imports():
    code = "import os, signal, grader.batch.preload; os.kill(os.getpid(), signal.SIGINT); print(1)"
    done = run_python(code, check=False)
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_what_was_started_ahead_ends_where_nothing_is_graded(classroom, monkeypatch):
    ahead = []

    def refuse(*_, **__):
        ahead.extend(process for process, _ in pool._ahead.values())
        raise CourseError("The gradebook is damaged.")

    monkeypatch.setattr("grader.cli.autograde.grade_and_show", refuse)
    assert main(["autograde", ASSIGNMENT, "--course", str(classroom.root)]) == 1
    assert [process.poll() is None for process in ahead] == [False]


def test_ctrl_c_does_not_reach_the_interpreter_that_is_started_ahead():
    code = """if True:
        import os, signal
        from grader.plugin import Packages
        from grader.sandbox.zygote import start_interpreter

        signal.signal(signal.SIGINT, lambda *_: None)
        process, line = start_interpreter(Packages())
        os.killpg(0, signal.SIGINT)
        print("greets" if line.recv(1) else "is gone")
        process.kill()
    """
    done = run_python(code, check=False, start_new_session=True)
    assert (done.stdout, done.stderr) == ("greets\n", "")


def test_plain_lines_say_at_once_what_needs_a_person():
    out = io.StringIO()
    tell = PlainLines(out, explain=True, every=0.0)
    tell(Found(1))
    tell(Chosen("ada", "it has not been graded"))
    tell(Finished("ada", 3.0, 0.1))
    tell(Failed("bob", "Grading failed."))
    lines = out.getvalue().splitlines()
    assert lines[0] == "ada: graded, because it has not been graded"
    assert lines[-1] == "bob: Grading failed."
    assert lines[1] == "1 of 1, 0 failed"


def test_the_exit_status_says_whether_a_person_is_needed():
    assert Summary().status == 0
    assert Summary(attention=[("ada", "look")]).status == 2
    assert Summary(stopped=True).status == 130
