"""Grades go into a platform's own table; every other byte of it stays as it was."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from nbgrader.api import Gradebook

from course.demo.platforms import (
    CLASS,
    name_canvas,
    name_moodle,
    write_canvas_table,
    write_moodle_table,
    write_zip,
)
from grader.errors import CourseError
from grader.lms.lti import make_scores
from grader.sheet import Spreadsheet
from tests.grader.lms.conftest import NAME

FILE = f"{NAME}.ipynb"
ADA, ANA, SINEAD, IDLE = CLASS


def fill(course, tmp_path, kind, data, **options):
    path = tmp_path / f"{kind}.csv"
    path.write_bytes(data)
    status = course.export(**{kind: path}, **options)
    return status, (tmp_path / f"{kind}-filled.csv").read_bytes()


def read(data, **dialect):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), **dialect))


def differ(before, after, **dialect):
    old, new = read(before, **dialect), read(after, **dialect)
    assert [len(row) for row in old] == [len(row) for row in new]
    return {
        (row, column): new[row][column]
        for row in range(len(old))
        for column in range(len(old[row]))
        if old[row][column] != new[row][column]
    }


@pytest.fixture
def graded(course):
    """Ada has 2.5, Ana waits for a person, Sinéad has 0, Ida handed in nothing."""
    course.grade(ada=2.5, garcia=None, oneill=0.0)
    return course


def test_canvas_gets_scores_alone(graded, tmp_path, capsys):
    before = write_canvas_table()
    status, after = fill(graded, tmp_path, "canvas", before)
    assert differ(before, after) == {(2, 5): "2.5", (4, 5): "0"}
    assert status == 0
    said = capsys.readouterr().out
    assert "left as they were: 1 pending, 1 missing" in said


def test_all_but_the_filled_cells_is_byte_for_byte(graded, tmp_path):
    """Quotes that nobody needs, line ends, blanks: what stands around a score is not written."""
    before = (
        b'\xef\xbb\xbf"Student",ID,SIS Login ID,Section,"exercise-1 (5512)",X\r\n'
        b"    Points Possible,,,,4,\r\n"
        b'"Lovelace, Ada",4711,ada,"S1","",  keep \r\n'
        b'"O\'Neill ""S"", S",4713,oneill,S1,,\n'
    )
    _, after = fill(graded, tmp_path, "canvas", before)
    assert after == before.replace(b'"S1",""', b'"S1","2.5"').replace(b"S1,,\n", b"S1,0,\n")


def test_a_text_that_was_typed_online_may_be_long(graded, tmp_path):
    table = write_moodle_table().replace(b',"Sunday', b',"' + b"x" * 200_000 + b" Sunday", 1)
    table = table.replace(b"Feedback comments", b"Offline")
    _, after = fill(graded, tmp_path, "moodle", table)
    blank = b"Submitted for grading,,"
    ada, garcia, oneill, idle = [
        b"Submitted for grading," + s + b"," for s in (b"2.5", b"", b"0", b"")
    ]
    start, *rest = table.split(blank)
    assert after == start + ada + rest[0] + garcia + rest[1] + oneill + rest[2] + idle + rest[3]


def test_canvas_knows_excused(graded, tmp_path):
    (graded.root / "excused.csv").write_text(f"student,assignment\nidle,{NAME}\n")
    before = write_canvas_table()
    assert differ(before, fill(graded, tmp_path, "canvas", before)[1])[5, 5] == "EX"


def test_an_excuse_for_nobody_is_refused_and_one_that_a_spreadsheet_saved_counts(graded, tmp_path):
    path = graded.root / "excused.csv"
    path.write_bytes(f"Student;Assignment\r\nidle;{NAME}\r\n;\r\n".encode("utf-8-sig"))
    before = write_canvas_table()
    assert differ(before, fill(graded, tmp_path, "canvas", before)[1])[5, 5] == "EX"
    for line, words in ((f"IDLE;{NAME}", "no learner called 'IDLE'"), ("idle;x", "no assignment")):
        path.write_text(f"student;assignment\n{line}\n")
        with pytest.raises(CourseError, match=f"excused.csv, row 2: there is {words}"):
            fill(graded, tmp_path, "canvas", before)


def test_an_equal_score_written_otherwise_stays(graded, tmp_path):
    before = write_canvas_table(value="2.50")
    assert (2, 5) not in differ(before, fill(graded, tmp_path, "canvas", before)[1])


def test_another_score_there_is_said(graded, tmp_path, capsys):
    fill(graded, tmp_path, "canvas", write_canvas_table(value="3.75"))
    assert "ada (3.75 is now 2.5)" in capsys.readouterr().out


def test_who_has_no_partner_is_named_on_both_sides(graded, tmp_path, capsys):
    from course.demo.platforms import Enrolled

    others = [ADA, Enrolled("x1", "Xaver", "Xu", 9)]
    status, _ = fill(graded, tmp_path, "canvas", write_canvas_table(others))
    said = capsys.readouterr().out
    assert status == 2
    assert "No learner for Xu, Xaver (9 on Canvas)" in said
    assert "Not on Canvas's side: garcia (Ana García)" in said


def test_other_points_on_the_platform_are_said_and_nothing_is_rescaled(graded, tmp_path, capsys):
    before = write_canvas_table(most="8")
    _, after = fill(graded, tmp_path, "canvas", before)
    assert differ(before, after)[2, 5] == "2.5"
    assert "8 points, and here there are 4; nothing was rescaled" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"name,grade\nada,1\n", "no gradebook exported from Canvas"),
        (write_canvas_table(column="sheet 9 (1)"), "no column for exercise-1"),
        (write_canvas_table(most="(read only)"), "does not let the column"),
        (b"", "no table"),
        (b'Student,ID\n"ada,1\n', "quotes"),
    ],
)
def test_what_canvas_would_not_read_is_refused(graded, tmp_path, data, why):
    with pytest.raises(CourseError, match=why):
        fill(graded, tmp_path, "canvas", data)
    assert not (tmp_path / "canvas-filled.csv").exists()


def test_a_column_of_another_name_is_named(graded, tmp_path):
    before = write_canvas_table(column="Sheet one (77)")
    for name in ("Sheet one (77)", "Sheet one", "77"):
        assert differ(before, fill(graded, tmp_path, "canvas", before, column=name)[1])
    dropped = write_canvas_table(column="exercise-1 Final Grade (77)")
    with pytest.raises(CourseError, match="passes over the column"):
        fill(graded, tmp_path, "canvas", dropped, column="77")


def test_moodle_gets_grades_in_its_own_numbers(graded, tmp_path):
    for table, value in (
        (write_moodle_table(), "2.5"),
        (write_moodle_table(most="4,00", language="de"), "2,5"),
    ):
        assert differ(table, fill(graded, tmp_path, "moodle", table)[1])[1, 4] == value


def test_moodle_gets_points_by_part_and_a_persons_words_as_comments(graded, tmp_path, capsys):
    graded.say("ada", "Read <b>again</b>,\nplease.")
    for language, most in (("en", "4.00"), ("de", "4,00")):
        table = write_moodle_table(most=most, language=language)
        _, after = fill(graded, tmp_path, "moodle", table)
        said = {place: text for place, text in differ(table, after).items() if place[1] == 9}
        assert said == {
            (1, 9): "<p>exercise-1: 2.5 of 4 points</p><ul><li>ex1a: 2.5 of 4. "
            "Read &lt;b&gt;again&lt;/b&gt;,<br>please.</li></ul>",
            (3, 9): "<p>exercise-1: 0 of 4 points</p><ul><li>ex1a: 0 of 4</li></ul>",
        }
        assert ", for 2 learners." in capsys.readouterr().out


def test_a_comment_that_somebody_wrote_on_moodle_stays_and_our_own_is_renewed(
    graded, tmp_path, capsys
):
    table = write_moodle_table()
    _, once = fill(graded, tmp_path, "moodle", table)
    own = read(once)[1][9].encode()
    assert fill(graded, tmp_path, "moodle", once)[1] == once
    graded.grade(ada=3.0)
    _, again = fill(graded, tmp_path, "moodle", once)
    assert read(again)[1][9].startswith("<p>exercise-1: 3 of 4 points</p>")
    capsys.readouterr()
    for words in (b"Come and see me.", own + b"<p>Come and see me.</p>"):
        table = once.replace(own, words)
        _, after = fill(graded, tmp_path, "moodle", table)
        assert read(after)[1][9].encode() == words
        assert read(after)[1][4] == "3"
        assert "Other comments than ours stay as they are: ada." in capsys.readouterr().out


def test_lateness_is_in_the_comment(graded, tmp_path):
    with Gradebook(graded.url) as book:
        book.find_submission(NAME, "ada").notebooks[0].late_submission_penalty = 0.5
        book.db.commit()
    _, after = fill(graded, tmp_path, "moodle", write_moodle_table())
    row = read(after)[1]
    assert row[4] == "2"
    assert row[9].startswith("<p>exercise-1: 2 of 4 points</p>")
    assert "<li>taken off because it was late: 0.5</li>" in row[9]


def test_an_assignment_that_moodle_grades_in_words_is_refused(graded, tmp_path):
    table = write_moodle_table().replace(b"Maximum Grade", b"Scale")
    with pytest.raises(CourseError, match="on a scale of words"):
        fill(graded, tmp_path, "moodle", table)


@pytest.mark.parametrize(
    ("kind", "table"), [("moodle", write_moodle_table()), ("canvas", write_canvas_table())]
)
def test_a_line_that_stands_twice_is_named_and_not_filled_in(graded, tmp_path, capsys, kind, table):
    [line] = [line for line in table.splitlines(keepends=True) if b"Lovelace" in line]
    status, after = fill(graded, tmp_path, kind, table + line)
    changed = {read(table + line)[row][0] for row, _ in differ(table + line, after)}
    assert status == 2
    assert len(changed) == 1  # Sinéad's alone
    assert "ada (Ada Lovelace) has 2 lines in" in capsys.readouterr().out


def test_moodle_is_not_given_what_it_would_pass_over(graded, tmp_path, capsys):
    table = write_moodle_table(most="2.00")
    status, after = fill(graded, tmp_path, "moodle", table)
    assert (1, 4) not in differ(table, after)
    assert "ada (Ada Lovelace) was not filled in: 2.5 points are more" in capsys.readouterr().out
    locked = write_moodle_table().replace(b"4.00,Yes", b"4.00,No")
    assert differ(locked, fill(graded, tmp_path, "moodle", locked)[1]) == {}
    assert status == 2


def test_tables_with_semicolons_and_in_utf_16_stay_so(graded, tmp_path):
    head = b"Student;ID;SIS Login ID;Section;exercise-1 (5)\r\n"
    data = head + b"Lovelace, Ada;4711;ada;S1;\r\n"
    _, after = fill(graded, tmp_path, "canvas", data)
    assert after == data.replace(b"S1;", b"S1;2.5")
    offline = (
        '"Last Name"\t"Username"\t"exercise-1 [Total Pts: 4] |664617"\n"Lovelace"\t"ada"\t""\n'
    )
    data = b"\xff\xfe" + offline.encode("utf-16-le")
    _, after = fill(graded, tmp_path, "blackboard", data)
    assert after.decode("utf-16") == offline.replace('"ada"\t""', '"ada"\t"2.5"')


@pytest.mark.parametrize("seed", range(20))
def test_reading_and_filling_nothing_gives_the_same_bytes(seed):
    import random

    pick = random.Random(seed)
    pieces = ["a", '"b ""q"" c"', "", '"x,y"', '"two\nlines"', "é", " "]
    end = pick.choice(["\n", "\r\n"])
    rows = [",".join(pick.choice(pieces) for _ in range(5)) for _ in range(20)]
    data = ("a,b,c,d,e" + end + end.join(rows) + pick.choice(["", end])).encode()
    sheet = Spreadsheet(data, "t.csv")
    assert sheet.fill({}) == data
    changed = Spreadsheet(sheet.fill({(3, 2): 'new, "text"'}), "t.csv")
    texts = [[cell.text for cell in row] for row in sheet.rows]
    texts[3][2] = 'new, "text"'
    assert [[cell.text for cell in row] for row in changed.rows] == texts


def test_scores_for_lti_say_pending_and_leave_out_what_has_none(graded, tmp_path, capsys):
    with Gradebook(graded.url) as book:
        for student in ("ada", "garcia"):
            book.update_or_create_student(student, lms_user_id=f"sub-{student}")
    assert graded.export(lti=tmp_path / "scores.json") == 2
    scores = {s["userId"]: s for s in json.loads((tmp_path / "scores.json").read_text())}
    assert set(scores) == {"sub-ada", "sub-garcia"}
    assert (scores["sub-ada"]["scoreGiven"], scores["sub-ada"]["scoreMaximum"]) == (2.5, 4.0)
    assert scores["sub-garcia"]["gradingProgress"] == "PendingManual"
    assert "scoreGiven" not in scores["sub-garcia"]
    assert "oneill" in capsys.readouterr().out
    assert make_scores([], datetime.now(UTC)) == ([], [])


def test_results_for_gradescope_have_a_test_for_each_part(graded, tmp_path):
    graded.export(gradescope=tmp_path / "out")
    ada = json.loads((tmp_path / "out" / "ada" / "results.json").read_text())
    assert (ada["score"], ada["tests"][0]["score"], ada["tests"][0]["max_score"]) == (2.5, 2.5, 4)
    assert not (tmp_path / "out" / "idle").exists()
    assert not (tmp_path / "out" / "garcia").exists()


def write_feedback(course, *students):
    for student in students:
        folder = course.root / "feedback" / student / NAME
        folder.mkdir(parents=True)
        (folder / f"{NAME}.html").write_text(student)


def test_feedback_goes_back_under_the_names_that_came(course, tmp_path, capsys):
    archive = write_zip(tmp_path / "c.zip", [(name_canvas(ADA, FILE, late=True), "a")])
    course.collect(archive)
    archive = write_zip(tmp_path / "m.zip", [(name_moodle(ANA, FILE), "b")])
    course.collect(archive)
    write_feedback(course, "ada", "garcia", "idle")
    assert course.give_back() == 2
    names = {}
    for platform in ("canvas", "moodle"):
        with zipfile.ZipFile(course.root / "returned" / f"{NAME}-{platform}.zip") as packed:
            names[platform] = {name: packed.read(name) for name in packed.namelist()}
    assert names == {
        "canvas": {name_canvas(ADA, f"{NAME}.html", late=True): b"ada"},
        "moodle": {name_moodle(ANA, f"{NAME}.html"): b"garcia"},
    }
    assert "In none of them: idle." in capsys.readouterr().out
    assert course.give_back(each=True) == 0
    with zipfile.ZipFile(course.root / "returned" / NAME / "idle.zip") as packed:
        assert packed.read(f"{NAME}.html") == b"idle"


def test_without_feedback_or_platform_nothing_is_packed(course, tmp_path):
    with pytest.raises(CourseError, match="no feedback on exercise-1 yet"):
        course.give_back()
    write_feedback(course, "ada")
    with pytest.raises(CourseError, match="came from a platform"):
        course.give_back()


@pytest.mark.parametrize("platform", ["canvas", "moodle"])
def test_a_round_trip_comes_back_equal(course, tmp_path, platform):
    """Collect, grade, fill: the platform reads the points that the gradebook holds."""
    write, name = {
        "canvas": (write_canvas_table, name_canvas),
        "moodle": (write_moodle_table, name_moodle),
    }[platform]
    (tmp_path / "table.csv").write_bytes(write())
    archive = write_zip(tmp_path / "a.zip", [(name(one, FILE), one.login) for one in CLASS])
    assert course.collect(archive, tmp_path / "table.csv") == 0
    points = {one.login: 4.0 - number / 4 for number, one in enumerate(CLASS)}
    assert [course.read(login) for login in points] == [login.encode() for login in points]
    course.grade(**points)
    _, after = fill(course, tmp_path, platform, write())
    rows = read(after)
    place = rows[0].index("exercise-1 (5512)" if platform == "canvas" else "Grade")
    first = 2 if platform == "canvas" else 1
    written = [float(row[place]) for row in rows[first : first + len(CLASS)]]
    assert written == list(points.values())
