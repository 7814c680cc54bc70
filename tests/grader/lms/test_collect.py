"""Archives of four platforms are collected, each file under its learner, with its time if any."""

import io
import re
import zipfile

import pytest
from nbgrader.api import Gradebook

from course.demo.platforms import (
    CLASS,
    Enrolled,
    name_canvas,
    name_moodle,
    write_canvas_table,
    write_moodle_table,
    write_zip,
)
from grader.config import read_configuration
from grader.errors import CourseError
from grader.intake.origins import read_origins
from grader.paths import Classroom
from grader.reports.class_report import MARKED_LATE, read_report
from tests.grader.lms.archives import about_blackboard, name_blackboard, write_gradescope
from tests.grader.lms.conftest import NAME

ADA, ANA, SINEAD, IDLE = CLASS
FILE = f"{NAME}.ipynb"
STRANGER = Enrolled("zzz", "Zoë", "Quux", 999)


def save(tmp_path, data, name="table.csv"):
    (tmp_path / name).write_bytes(data)
    return tmp_path / name


def test_canvas_with_its_gradebook(course, tmp_path, capsys):
    files = [
        (name_canvas(ADA, FILE), "ada"),
        (name_canvas(ANA, "exercise-1-2.ipynb", late=True), "ana"),
        (name_canvas(SINEAD, FILE), "sinead"),
        (name_canvas(SINEAD, "notes.txt"), "notes"),
        (name_canvas(STRANGER, FILE), "zoe"),
    ]
    archive = write_zip(tmp_path / "submissions.zip", files)
    table = save(tmp_path, write_canvas_table())
    assert course.collect(archive, table) == 2
    assert (course.read("ada"), course.read("garcia"), course.read("oneill")) == (
        b"ada", b"ana", b"sinead",
    )  # fmt: skip
    assert course.read("oneill", "notes.txt") == b"notes"
    said = capsys.readouterr().out
    assert "Canvas: 3 hand-ins: 3 new; 0 with a time." in said
    assert "Marked LATE, without a time: garcia." in said
    assert "No learner for quuxzoë (999 on Canvas)" in said
    assert len(course.list_files()) == 4
    origins = {o.student: o.late for o in read_origins(course.root, NAME)}
    assert origins == {"ada": False, "garcia": True, "oneill": False}
    course.grade(ada=4.0, garcia=4.0)
    with Gradebook(course.url) as book:
        rows = {row.student: row for row in read_report(book, Classroom(course.root), NAME)}
    assert MARKED_LATE in rows["garcia"].reasons
    assert MARKED_LATE not in rows["ada"].reasons


def test_canvas_without_a_table_knows_people_by_name_and_says_so(course, tmp_path, capsys):
    archive = write_zip(tmp_path / "s.zip", [(name_canvas(one, FILE), one.login) for one in CLASS])
    assert course.collect(archive) == 0
    assert course.read("garcia") == b"garcia"
    assert "Matched by the full name alone: lovelaceada is ada" in capsys.readouterr().out


@pytest.mark.parametrize("age", ["new", "old", "flat"])
def test_moodle_of_each_age_with_its_worksheet_and_times(course, tmp_path, capsys, age):
    files = [(name_moodle(one, FILE, age=age), one.login) for one in CLASS[:3]]
    archive = write_zip(tmp_path / "moodle.zip", files)
    assert course.collect(archive, save(tmp_path, write_moodle_table())) == 0
    assert [course.read(one.login) for one in CLASS] == [b"ada", b"garcia", b"oneill", None]
    assert course.read("ada", "timestamp.txt") == b"2026-11-29 16:42:00 UTC"
    assert "Moodle: 3 hand-ins: 3 new; 3 with a time." in capsys.readouterr().out


def test_a_worksheet_in_german_matches_learners_and_its_times_are_not_guessed(course, tmp_path):
    archive = write_zip(tmp_path / "moodle.zip", [(name_moodle(ADA, FILE), "ada")])
    assert course.collect(archive, save(tmp_path, write_moodle_table(language="de"))) == 0
    assert course.read("ada") == b"ada"
    assert course.read("ada", "timestamp.txt") is None


def test_where_the_column_of_grades_is_not_known_no_grade_passes_for_an_id(course, tmp_path):
    with Gradebook(course.url) as book:
        book.add_student("20")
    table = write_moodle_table([ADA], value="20").replace(b",Grade,", b",Arvosana,")
    archive = write_zip(tmp_path / "moodle.zip", [(name_moodle(ADA, FILE), "ada")])
    assert course.collect(archive, save(tmp_path, table)) == 0
    assert course.list_files() == [f"ada/{NAME}/{FILE}"]


def test_two_learners_of_one_name_are_told_apart_by_the_worksheet_alone(course, tmp_path, capsys):
    twin = Enrolled("ada2", "Ada", "Lovelace", 5000)
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as out:
        for one in (ADA, twin):
            out.writestr(name_moodle(one, FILE), one.login)
    assert course.collect(tmp_path / "m.zip") == 2  # by the name alone: neither
    assert course.list_files() == []
    table = save(tmp_path, write_moodle_table([*CLASS, twin]))
    assert course.collect(tmp_path / "m.zip", table) == 2
    assert course.read("ada") == b"ada"
    assert "No learner for Ada Lovelace (15000 on Moodle)" in capsys.readouterr().out


@pytest.mark.parametrize("word", ["attempt", "poging", "Versuch"])
def test_blackboard_takes_the_last_attempt_and_reads_its_time_to_the_second(course, tmp_path, word):
    files = [
        (name_blackboard(ADA, FILE, "2026-11-28-09-00-00", word), "first"),
        (name_blackboard(ADA, "", "2026-11-28-09-00-00", word), about_blackboard(ADA)),
        (name_blackboard(ADA, FILE, "2026-11-29-17-42-31", word), "last"),
        (name_blackboard(ADA, "", "2026-11-29-17-42-31", word), about_blackboard(ADA)),
    ]
    assert course.collect(write_zip(tmp_path / "gradebook.zip", files)) == 0
    assert course.read("ada") == b"last"
    assert course.read("ada", "timestamp.txt") == b"2026-11-29 16:42:31 UTC"


def test_blackboard_asks_the_text_file_whose_name_has_an_underscore(course, tmp_path):
    with Gradebook(course.url) as book:
        book.add_student("a_b")
    odd = Enrolled("a_b", "A", "B", 1)
    files = [
        (name_blackboard(odd, FILE), "mine"),
        (name_blackboard(odd, ""), about_blackboard(odd)),
    ]
    assert course.collect(write_zip(tmp_path / "gradebook.zip", files)) == 0
    assert course.read("a_b") == b"mine"


def test_gradescope_with_times_and_groups(course, tmp_path):
    archive = write_gradescope(tmp_path / "g.zip", CLASS[:2], FILE, "both")
    assert course.collect(archive) == 0
    assert course.read("ada") == course.read("garcia") == b"both"
    assert course.read("ada", "timestamp.txt") == b"2026-11-29 17:42:00 UTC"


def test_collecting_again_keeps_what_was_there(course, tmp_path, capsys):
    archive = write_zip(tmp_path / "a.zip", [(name_canvas(ADA, FILE), "one")])
    course.collect(archive)
    course.collect(archive)
    assert "1 there already" in capsys.readouterr().out
    course.collect(write_zip(tmp_path / "b.zip", [(name_canvas(ADA, FILE), "two")]))
    assert course.read("ada") == b"two"
    kept = course.root / "set-aside" / "ada" / f"{NAME}.1" / FILE
    assert kept.read_bytes() == b"one"
    late = write_zip(tmp_path / "c.zip", [(name_blackboard(ADA, FILE), "three")])
    course.collect(late)
    early = [(name_blackboard(ADA, FILE, "2026-11-01-00-00-00"), "four")]
    course.collect(write_zip(tmp_path / "d.zip", early))
    assert course.read("ada") == b"three"
    assert "1 older than what is there" in capsys.readouterr().out


def test_an_archive_of_no_platform_is_refused(course, tmp_path):
    with pytest.raises(CourseError, match="no file named as Canvas, Moodle"):
        course.collect(write_zip(tmp_path / "x.zip", [("ada/exercise-1.ipynb", "x")]))
    (tmp_path / "y.zip").write_bytes(b"no archive")
    with pytest.raises(CourseError, match="cannot be read as a ZIP archive"):
        course.collect(tmp_path / "y.zip")


HOSTILE = {
    "../../../evil.ipynb": "leads out",
    "/etc/evil.ipynb": "leads out",
    "..\\..\\evil.ipynb": "leads out",
    "a/../../../../evil.ipynb": "leads out",
    "a\x1b[31m.txt": "cannot be shown",
    "a/" * 20 + "deep.txt": "too long",
    "x" * 300 + ".txt": "too long",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_left_out_and_named(course, tmp_path, capsys, name):
    files = [(name_moodle(ADA, FILE), "good"), (name_moodle(ADA, name), "evil")]
    status = course.collect(write_zip(tmp_path / "m.zip", files))
    assert course.list_files() == [f"ada/{NAME}/{FILE}"]
    assert not list(tmp_path.parent.rglob("evil*"))
    said = capsys.readouterr().out
    assert (status, HOSTILE[name] in said) == (2, True), said
    assert said.isprintable() or "\x1b" not in said


def test_links_doubles_and_passwords_are_left_out(course, tmp_path, capsys):
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name_moodle(ADA, FILE), "first")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(name_moodle(ADA, FILE), "second")
        link = zipfile.ZipInfo(name_moodle(ADA, "seed.txt"))
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "../../../secret-seed")
        locked = zipfile.ZipInfo(name_moodle(ANA, FILE))
        archive.writestr(locked, "locked")
        locked.flag_bits |= 1
    assert course.collect(path) == 2
    assert course.list_files() == [f"ada/{NAME}/{FILE}"]
    assert course.read("ada") == b"first"
    said = capsys.readouterr().out
    for why in ("another file of that name", "it is a link", "locked by a password"):
        assert why in said


def test_a_bomb_is_not_unpacked_beyond_its_limit(course, tmp_path, capsys):
    """A file promises a few bytes and holds a hundred million."""
    good = io.BytesIO()
    with zipfile.ZipFile(good, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name_moodle(ADA, FILE), "good")
        archive.writestr(name_moodle(ADA, "bomb.txt"), b"\0" * 100_000_000)
    data = good.getvalue().replace((100_000_000).to_bytes(4, "little"), (5).to_bytes(4, "little"))
    (tmp_path / "m.zip").write_bytes(data)
    assert course.collect(tmp_path / "m.zip") == 2
    assert course.list_files() == [f"ada/{NAME}/{FILE}"]
    assert "bomb.txt" in capsys.readouterr().out


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unpacks_without_a_limit_is_not_opened(course, tmp_path, capsys, method):
    """Python reads a megabyte of it at once: to what may be twenty gigabytes."""
    path = write_zip(tmp_path / "m.zip", [(name_moodle(ADA, FILE), "good")])
    with zipfile.ZipFile(path, "a", method) as archive:
        archive.writestr(name_moodle(ADA, "b.txt"), "0")
    assert course.collect(path) == 2
    assert course.list_files() == [f"ada/{NAME}/{FILE}"]
    assert "b.txt was left out: it is packed in another way" in capsys.readouterr().out


def test_a_bomb_that_says_so_is_not_opened(course, tmp_path, capsys):
    files = [(name_moodle(ADA, FILE), "good"), (name_moodle(ADA, "b.txt"), "0" * 40_000_000)]
    assert course.collect(write_zip(tmp_path / "m.zip", files)) == 2
    assert course.list_files() == [f"ada/{NAME}/{FILE}"]
    assert "b.txt was left out: it is too large" in capsys.readouterr().out


def test_an_archive_unpacks_to_so_much_and_no_more(course, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("grader.lms.archive.MOST_BYTES", 10)
    files = [(name_moodle(one, FILE), "8 bytes.") for one in CLASS[:2]]
    assert course.collect(write_zip(tmp_path / "m.zip", files)) == 2
    assert course.list_files() == [f"ada/{NAME}/{FILE}"]
    assert "the archive unpacks to too much" in capsys.readouterr().out


def test_no_learner_writes_the_time_of_the_hand_in(course, tmp_path):
    files = [(name_moodle(ADA, FILE), "x"), (name_moodle(ADA, "timestamp.txt"), "2011-01-01")]
    assert course.collect(write_zip(tmp_path / "m.zip", files)) == 2
    assert course.read("ada", "timestamp.txt") is None


def test_a_yaml_bomb_is_refused(course, tmp_path):
    text = "a: &a [x]\nsubmission_1: {':submitters': [*a, *a]}\n"
    archive = write_zip(tmp_path / "g.zip", [("e/submission_metadata.yml", text), ("e/s/x", "")])
    with pytest.raises(CourseError, match=r"metadata\.yml in the archive cannot be read"):
        course.collect(archive)


def test_stock_zip_collect_takes_a_platforms_names_for_nobodys(sources):
    pattern = read_configuration(sources).FileNameCollectorPlugin.named_regexp
    root = "/home/my_course/classroom/downloaded/exercise-1/extracted/"
    own = re.match(pattern, f"{root}ada_{FILE}")
    assert (own["student_id"], own["file_id"]) == ("ada", FILE)
    for name in (
        name_canvas(ADA, FILE),
        name_canvas(ADA, FILE, late=True),
        name_moodle(ADA, FILE),
        name_moodle(ADA, FILE, age="flat"),
        name_blackboard(ADA, FILE),
        name_blackboard(ADA, ""),
        FILE,
    ):
        assert re.match(pattern, f"{root}{name}") is None, name
