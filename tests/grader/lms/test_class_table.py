"""A class list is entered whole, however a spreadsheet saved it, or not at all."""

from argparse import Namespace

import pytest
from nbgrader.api import Gradebook

from grader.cli.student import run_import
from grader.errors import CourseError

HEAD = "id,first_name,last_name,email\n"


@pytest.fixture
def enter(course, tmp_path):
    """Import a table; return the status."""

    def run(data):
        path = tmp_path / "students.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return run_import(Namespace(course=course.root, table=path))

    return run


def read_people(course):
    with Gradebook(course.url) as book:
        return {one.id: (one.first_name, one.last_name, one.email) for one in book.students}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(("delimiter", "end"), [(",", "\n"), (";", "\r\n"), ("\t", "\r\n")])
def test_a_list_is_read_as_spreadsheets_save_it(course, enter, capsys, encoding, delimiter, end):
    cells = [
        ["ID", "First Name", "Last_name", "Group"],
        ["jo", "Jörg", '"Lee, Jr.; X"', "3"],
        ["ana", "Ana", "García", ""],
        ["", "", "", ""],
    ]
    text = end.join(delimiter.join(row) for row in cells) + end
    assert enter(text.encode(encoding)) == 0
    people = read_people(course)
    assert people["jo"] == ("Jörg", "Lee, Jr.; X", None)
    assert people["ana"] == ("Ana", "García", None)
    said = capsys.readouterr().out
    assert "students.csv: 2 new, 0 changed, 0 as they were." in said
    assert "Columns that were passed over: group." in said


def test_entering_again_takes_nothing_away_and_removes_nobody(course, enter, capsys):
    assert enter("id,first_name,email\nada,Augusta,\nzoe,Zoë,z@example.org\n") == 0
    people = read_people(course)
    assert people["ada"] == ("Augusta", "Lovelace", "ada@example.org")
    said = capsys.readouterr().out
    assert "1 new, 1 changed, 0 as they were" in said
    assert "In the class and not in the table: garcia, idle, oneill." in said
    assert enter("id\nada\nzoe\n") == 0
    assert "0 new, 0 changed, 2 as they were" in capsys.readouterr().out
    assert read_people(course) == people


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,email\nAda,a@example.org\n", "has no column id"),
        (HEAD + "new,,,\nnew,,,\n", "row 3, whose id new stands in row 2, too"),
        (HEAD + "new,,,\nNEW,,,\n", "row 3, whose id NEW stands in row 2, too"),
        (HEAD + "new,,,\nADA,Ada,,\n", "row 3, where ADA is the learner ada"),
        (HEAD + "new,,,\n,Bob,,\n", "row 3, which has no id"),
        (HEAD + "new,Harry,Lee, Jr.,h@example.org\n", "a name with a comma has to stand in quotes"),
        (HEAD + "new,,,\n../x,,,\n", "cannot be the name of a folder"),
        (HEAD + "new,,,\n" + ",B,,\n" * 7, "and 2 more"),
        (b"PK\x03\x04\x00", "is no table of text"),
    ],
)
def test_one_wrong_row_keeps_everybody_out(course, enter, text, words):
    before = read_people(course)
    with pytest.raises(CourseError, match=words.replace("(", "[(]").replace(")", "[)]")):
        enter(text)
    assert read_people(course) == before


def test_a_class_that_is_new_has_its_list_and_one_whose_gradebook_is_lost_does_not(
    course, enter, tmp_path
):
    (course.root / "gradebook.db").unlink()
    assert enter(HEAD + "ada,Ada,Lovelace,\n") == 0
    assert list(read_people(course)) == ["ada"]
    (course.root / "gradebook.db").rename(tmp_path / "lost.db")
    kept = course.root / "backups" / "gradebook-20260101T000000000000.db"
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes((tmp_path / "lost.db").read_bytes())
    with pytest.raises(CourseError, match="recover"):
        enter(HEAD + "ada,Ada,Lovelace,\n")
    assert not (course.root / "gradebook.db").exists()
