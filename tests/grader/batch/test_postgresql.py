"""A gradebook on PostgreSQL gets what one on SQLite gets."""

import contextlib
import csv
import dataclasses
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.cli import main
from grader.config import load_settings
from grader.errors import CourseError
from grader.gradebook.access import hold_server, open_coursedir, open_gradebook

from . import test_update as sums
from .conftest import ASSIGNMENT, HONEST
from .rows import read_rows

pytestmark = [pytest.mark.nbgrader, pytest.mark.slow]


def _find_server():
    """Return the folder of PostgreSQL's programs; Debian keeps initdb out of PATH."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


def _step_down():
    """PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        about = pwd.getpwnam("postgres")
        return about.pw_uid, about.pw_gid
    return 65534, 65534


@pytest.fixture(scope="module")
def server():
    """The address of an empty database on a server of this test's own."""
    programs = _find_server()
    if programs is None or not (programs / "initdb").exists():
        pytest.skip("PostgreSQL's server is not installed (Debian: apt install postgresql)")
    owner = _step_down()
    ids = {"user": owner[0], "group": owner[1], "extra_groups": []} if owner else {}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="grader-pg-") as place:
        data = Path(place) / "data"
        data.mkdir(mode=0o700)
        if owner:
            os.chown(place, *owner)
            os.chown(data, *owner)
        start = [programs / "initdb", "-D", data, "-A", "trust", "-U", "grader", "-N"]
        subprocess.run(start, check=True, capture_output=True, cwd=place, **ids)
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), "-k", place, "-h", "127.0.0.1",
             "-F"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=place, **ids,
        )  # fmt: skip
        try:
            ready = [programs / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
            for _ in range(60):
                if subprocess.run(ready, check=False, capture_output=True).returncode == 0:
                    break
            yield f"postgresql+psycopg2://grader@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(signal.SIGINT)  # it waits for no connection that is still open
            process.wait(30)


@pytest.fixture
def on_server(server, classroom, grade):
    """The class's settings with its gradebook on the server."""
    from nbgrader.api import Gradebook

    settings = load_settings(grade.sources, classroom)
    settings = dataclasses.replace(settings, course={**settings.course, "db_url": server})
    with Gradebook(server, settings.course["course_id"]) as gradebook:
        if ASSIGNMENT not in [assignment.name for assignment in gradebook.assignments]:
            _copy_assignment(classroom, gradebook)
    return settings


def _copy_assignment(classroom, target):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{classroom.root / 'gradebook.db'}") as gradebook:
        assignment = gradebook.find_assignment(ASSIGNMENT)
        target.add_assignment(ASSIGNMENT, duedate=assignment.duedate)
        [notebook] = assignment.notebooks
        target.add_notebook(notebook.name, ASSIGNMENT, kernelspec=notebook.kernelspec)
        about = (notebook.name, ASSIGNMENT)
        for cell in notebook.grade_cells:
            values = {"max_score": cell.max_score, "cell_type": cell.cell_type}
            target.add_grade_cell(cell.name, *about, **values)
        for cell in notebook.solution_cells:
            target.add_solution_cell(cell.name, *about)
        for cell in notebook.source_cells:
            names = ("cell_type", "locked", "source", "checksum")
            values = {name: getattr(cell, name) for name in names}
            target.add_source_cell(cell.name, *about, **values)


def test_a_gradebook_on_postgresql_gets_the_same_rows_as_one_on_sqlite(
    on_server, server, classroom, grade
):
    assert grade(classroom, settings=on_server).graded == len(HONEST)
    (classroom.root / "grades.log").rename(classroom.root / "grades.server.log")
    there = read_rows(server, ASSIGNMENT)
    assert grade(classroom, force=True).graded == len(HONEST)
    here = read_rows(f"sqlite:///{classroom.root / 'gradebook.db'}", ASSIGNMENT)
    assert there == here


def test_two_coordinators_on_one_server_the_second_refuses(on_server, classroom, grade):
    coursedir = open_coursedir(on_server, ASSIGNMENT, "*")
    with open_gradebook(coursedir) as gradebook, gradebook.engine.connect() as connection:
        with hold_server(connection, wait=False), pytest.raises(CourseError, match="say --wait"):
            grade(classroom, settings=on_server, only_explain=True)
        grade(classroom, settings=on_server, only_explain=True)  # free again


@pytest.fixture
def term(server, tmp_path, monkeypatch):
    """The small class of ``sums``, graded, with its gradebook on the server."""
    from sqlalchemy import create_engine, text

    with create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("CREATE DATABASE sums"))
    url = f"{server.rpartition('/')[0]}/sums"
    more = f'c.CourseDirectory.db_url = {url!r}\nc.CourseDirectory.course_id = "sums"\n'
    pipeline = sums.make_class(tmp_path, monkeypatch, more)
    assert not (pipeline.classroom.root / "gradebook.db").exists()
    return pipeline


def test_an_instructors_term_on_postgresql(term, capsys):
    """An update, texts by question, lateness, a learner who goes and comes, and the grades."""
    root = term.classroom.root
    sums.write_source(term.classroom, total=4, double=3, why=6)
    assert main(["update", "sums"]) == 2
    said = capsys.readouterr().out
    assert "ann: 6 points, before 4\n" in said
    assert "double-test: it is new and counts 3 points." in said
    assert "why: 2 points given by hand stay, and a person is asked again" in said
    sums.write_source(term.classroom, total=None, double=3, why=6)
    assert main(["update", "sums"]) == 0
    assert "total-test: 4 points are gone" in capsys.readouterr().out

    assert main(["texts", "sums", "why"]) == 0
    table = root / "texts" / "sums" / "why.csv"
    rows = list(csv.DictReader(table.open(encoding="utf-8-sig", newline="")))
    [row] = [row for row in rows if row["learners"] == "ann"]
    row[next(name for name in row if name.startswith("points"))] = "5"
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerows(rows)
    assert main(["texts", "sums", "why", "--import", str(table), "--yes"]) == 0

    with term.open_gradebook() as book:
        due = datetime(2026, 11, 1, tzinfo=UTC).replace(tzinfo=None)
        book.update_or_create_assignment("sums", duedate=due)
        book.find_submission("sums", "ann").timestamp = due + timedelta(hours=30)
        book.db.commit()
    (root / "extensions.csv").write_text("student,assignment,until\nann,sums,2026-11-03\n")
    assert main(["late", "sums", "--yes"]) == 0
    assert main(["student", "drop", "bob"]) == 0
    assert main(["student", "restore", "bob"]) == 0
    assert main(["export", "--by", "part"]) == 0
    with (root / "grades.csv").open(newline="") as file:
        grades = {(one["student_id"], one["part"]): one for one in csv.DictReader(file)}
    assert grades["ann", "why"]["score"] == "5"
    assert grades["bob", "why"]["state"] == "pending"  # until bob is graded again
    assert "total-test" not in {part for _, part in grades}
    with term.open_gradebook() as book:
        assert book.find_submission("sums", "ann").extension == timedelta(days=2)
