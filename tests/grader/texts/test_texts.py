"""Texts go out as a table, equal ones once, and come back as grades that a person gave."""

import csv
import datetime
import json
import sqlite3
import struct
import zipfile
import zlib
from base64 import b64encode

import pytest
from nbgrader.api import Gradebook
from openpyxl import Workbook, load_workbook

from grader.errors import CourseError
from grader.gradebook.log import read
from grader.texts import read_table
from grader.texts.table import LONGEST

FOUR = ("ann", "bob", "cid", "dee")


def read_csv(classroom, name="t"):
    path = classroom.root / "texts" / "one" / f"{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def find(rows, learners):
    return next(row for row in rows if row["learners"] == learners)


def column(row, name):
    return next(key for key in row if key.split()[0] == name)


def save(classroom, rows, *, encoding="utf-8-sig", delimiter=",", end="\r\n"):
    """Save a table as a spreadsheet does, with its own encoding and separator."""
    path = classroom.root / "filled.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter, lineterminator=end)
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def fill(rows, learners, points, comment=""):
    row = find(rows, learners)
    row[column(row, "points")] = points
    row["comment"] = comment
    return row


def read_grades(classroom):
    """Return points by hand, whether a person is asked, and the comment, by learner."""
    with Gradebook(f"sqlite:///{classroom.root / 'gradebook.db'}") as book:
        return {
            student: (
                (grade := book.find_grade("t", "one", "one", student)).manual_score,
                grade.needs_manual_grade,
                book.find_comment("t", "one", "one", student).manual_comment,
            )
            for student in FOUR
        }


def test_equal_texts_stand_once_and_blank_ones_have_their_0(classroom, texts):
    assert texts() == 0
    rows = read_csv(classroom)
    points = column(rows[0], "points")
    assert sorted((row["learners"], row[points]) for row in rows) == [
        ("ann", ""),
        ("bob, cid", ""),
        ("dee", "0"),
    ]
    assert rows[-1]["learners"] == "dee"  # those that wait come first


def test_the_rubrics_items_are_columns_and_the_model_answer_is_at_hand(classroom, texts):
    texts()
    row = read_csv(classroom)[0]
    items = [name for name in row if name.startswith("item")]
    assert items == [
        "item 1: it reads rows (0 to 1)",
        "item 2: $W_V$ writes *columns* (0 to 2)",
    ]
    page = (classroom.root / "texts" / "one" / "t.html").read_text(encoding="utf-8")
    assert "Model answer" in page
    assert "<em>columns</em>" in page
    assert page.count("déjà vu") == 1
    assert "<code>python -m grader texts one t --import FILE</code>" in page
    sheet = load_workbook(classroom.root / "texts" / "one" / "t.xlsx")["rubric"]
    assert any("- 1 point: it reads" in str(cell.value) for (cell,) in sheet.iter_rows())


def test_no_text_is_a_formula_in_any_of_the_files(classroom, texts, hand_in):
    for student, text in {"ann": "=1+1", "bob": "@SUM(A1)", "cid": "-2+3"}.items():
        hand_in(student, text)
    texts()
    for row in read_csv(classroom):
        assert row["text"][:1] in ("'", "")
    sheet = load_workbook(classroom.root / "texts" / "one" / "t.xlsx")["texts"]
    found = {str(row[2].value): row[2] for row in sheet.iter_rows(min_row=2)}
    assert {"=1+1", "@SUM(A1)", "-2+3"} <= set(found)
    assert {found[text].data_type for text in ("=1+1", "@SUM(A1)", "-2+3")} == {"s"}
    assert found["=1+1"].quotePrefix


def test_a_text_longer_than_a_cell_is_cut_with_a_word_and_whole_on_the_page(
    classroom, texts, hand_in
):
    hand_in("ann", "é" * 50_000 + "THE END")
    hand_in("bob", "\N{OWL}" * 20_000)  # 40,000 units of UTF-16
    texts()
    for learners in ("ann", "bob"):
        seen = find(read_csv(classroom), learners)["text"]
        assert len(seen.encode("utf-16-le")) // 2 <= LONGEST
        assert "cut here" in seen
    sheet = load_workbook(classroom.root / "texts" / "one" / "t.xlsx")["texts"]
    assert all("cut here" in str(sheet.cell(row, 3).value) for row in (2, 3))
    page = (classroom.root / "texts" / "one" / "t.html").read_text(encoding="utf-8")
    assert "THE END" in page


def test_odd_characters_stop_nothing(classroom, texts, hand_in):
    hand_in("ann", "a\x0bb\x00c \ud800 d")
    assert texts() == 0
    assert "\N{REPLACEMENT CHARACTER}" in find(read_csv(classroom), "ann")["text"]


def test_an_anonymous_table_names_nobody_and_finds_its_way_back(classroom, texts, capsys):
    texts("--anonymous")
    folder = classroom.root / "texts" / "one"
    book = load_workbook(folder / "t.xlsx")
    cells = " ".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row)
    everything = cells + (folder / "t.csv").read_text() + (folder / "t.html").read_text()
    assert not any(f" {name}" in everything or f'"{name}' in everything for name in FOUR)
    rows = read_csv(classroom)
    row = next(row for row in rows if row["writers"] == "2")
    row[column(row, "points")] = "3"
    capsys.readouterr()
    assert texts("--import", save(classroom, rows), "--yes") == 0
    assert "bob" not in capsys.readouterr().out
    assert read_grades(classroom)["cid"] == (3.0, False, None)


def test_importing_is_shown_before_it_is_done(classroom, texts, capsys):
    texts()
    rows = read_csv(classroom)
    fill(rows, "bob, cid", "2", "Good.")
    before = read_grades(classroom)
    assert texts("--import", save(classroom, rows)) == 0
    said = capsys.readouterr().out
    assert "none -> 2 points, with a comment, for 2 learners: bob, cid" in said
    assert "--yes" in said
    assert read_grades(classroom) == before


def test_what_is_entered_is_what_formgrader_enters(classroom, texts, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "prof")
    texts("--graders", "zoe")
    rows = read_csv(classroom, "t-zoe")
    fill(rows, "bob, cid", "2", "Good.")
    assert texts("--import", save(classroom, rows), "--yes") == 0
    assert read_grades(classroom) == {
        "ann": (None, True, None),
        "bob": (2.0, False, "Good."),
        "cid": (2.0, False, "Good."),
        "dee": (None, False, None),
    }
    changes = [c for c in read(classroom.root / "grades.log") if c.key.student == "bob"]
    by_hand = {c.key.field: c for c in changes if c.by == "hand"}
    assert set(by_hand) == {"manual_score", "manual_comment", "needs_manual_grade"}
    assert by_hand["manual_score"].new == 2.0
    assert {c.person for c in by_hand.values()} == {"zoe, entered by prof"}
    assert by_hand["manual_score"].time.startswith("20")
    assert list((classroom.root / "backups").glob("*.db"))


@pytest.mark.parametrize(
    ("encoding", "delimiter", "end"),
    [("cp1252", ";", "\r\n"), ("utf-16", "\t", "\r\n"), ("utf-8", ",", "\n")],
)
def test_a_table_that_excel_saved_again_is_read(classroom, texts, encoding, delimiter, end):
    texts()
    rows = read_csv(classroom)
    fill(rows, "bob, cid", "1,5", "Déjà bon; weiter so.")
    path = save(classroom, rows, encoding=encoding, delimiter=delimiter, end=end)
    assert texts("--import", path, "--yes") == 0
    assert read_grades(classroom)["bob"] == (1.5, False, "Déjà bon; weiter so.")


def test_a_workbook_is_read_and_items_add_up(classroom, texts, capsys):
    texts()
    path = classroom.root / "texts" / "one" / "t.xlsx"
    book = load_workbook(path)
    for row in book["texts"].iter_rows(min_row=2):
        if row[1].value == "ann":
            row[4].value, row[5].value = 1, 0.5
    book.save(path)
    assert texts("--import", str(path), "--yes") == 0
    assert "Entered for 1 learner." in capsys.readouterr().out
    assert read_grades(classroom)["ann"] == (1.5, False, None)


def write_workbook_with(path, row, *, before=""):
    """Write a workbook by hand: a table of texts with one more row."""
    book = Workbook()
    book.active.title = "texts"
    book.active.append(["id", "text", "points", "comment", "version"])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    files["xl/worksheets/sheet1.xml"] = before + files["xl/worksheets/sheet1.xml"].replace(
        "</sheetData>", f"{row}</sheetData>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


CELL = '<row r="{0}"><c r="{1}{0}" t="inlineStr"><is><t>{2}</t></is></c></row>'


@pytest.mark.parametrize(
    "row", [CELL.format(1048576, "XFD", "far away"), CELL.format(2, "A", "x" * 80_000_000)]
)
def test_a_small_workbook_that_unpacks_to_much_is_refused(tmp_path, monkeypatch, row):
    """One cell in the last corner is a sheet of 17,000,000,000 cells."""
    monkeypatch.setattr(read_table, "_SECONDS", 0.3)
    path = write_workbook_with(tmp_path / "t.xlsx", row)
    assert path.stat().st_size < 200_000
    with pytest.raises(CourseError, match="too large to be a table of texts"):
        read_table.read_table(path, 2.0)


@pytest.mark.parametrize(
    ("row", "before"),
    [
        ("<row>", ""),
        ("</worksheet>", "<"),
        (CELL.format(2, "A", "x").replace('"A2"', '"??"'), ""),
        ('<row r="2"><c r="A2" t="s"><v>99</v></c></row>', ""),
        (CELL.format(2, "A", "&a;"), '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
    ],
)
def test_a_damaged_or_hostile_workbook_is_no_workbook(tmp_path, row, before):
    path = write_workbook_with(tmp_path / "t.xlsx", row, before=before)
    with pytest.raises(CourseError, match="is no workbook; save it as xlsx"):
        read_table.read_table(path, 2.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"points": "4"}, "points is 4, and can be from 0 to 3"),
        ({"points": "-1"}, "from 0 to 3"),
        ({"points": "nan"}, "from 0 to 3"),
        ({"points": "two"}, "'two', and no number"),
        ({"id": "t0123456789ab-0000", "points": "1"}, "no id of t"),
        ({"comment": "Fine!"}, "a comment, and no points"),
        ({"item": "1", "points": "3"}, "items add up to 1, and the points are 3"),
        ({"item": "9"}, "add up to 9, and can be from 0 to 3"),
    ],
)
def test_one_wrong_row_stops_the_whole_table(classroom, texts, capsys, change, words):
    texts()
    rows = read_csv(classroom)
    fill(rows, "bob, cid", "2")
    row = find(rows, "ann")
    for name, value in change.items():
        row[column(row, name)] = value
    before = read_grades(classroom)
    assert texts("--import", save(classroom, rows), "--yes") == 2
    assert words in capsys.readouterr().out
    assert read_grades(classroom) == before


def test_a_table_of_another_text_is_refused_in_one_sentence(classroom, texts, capsys):
    texts()
    rows = read_csv(classroom)
    for number, row in enumerate(rows):
        row["id"] = f"t{number:012x}-0000"
        row[column(row, "points")] = "1"
    capsys.readouterr()
    assert texts("--import", save(classroom, rows), "--yes") == 2
    said = capsys.readouterr().out
    assert "filled.csv is a table of another text than t" in said
    assert "Row" not in said


def test_a_number_that_became_a_date_is_refused(classroom, texts, capsys):
    texts()
    path = classroom.root / "texts" / "one" / "t.xlsx"
    book = load_workbook(path)
    book["texts"].cell(2, 7).value = datetime.date(2026, 5, 1)
    book.save(path)
    assert texts("--import", str(path), "--yes") == 2
    assert "is a date" in capsys.readouterr().out


def test_a_text_that_changed_since_is_left_alone_and_the_rest_is_entered(
    classroom, texts, hand_in, capsys
):
    texts()
    rows = read_csv(classroom)
    fill(rows, "ann", "1")
    fill(rows, "bob, cid", "2")
    hand_in("ann", "Something else.")
    assert texts("--import", save(classroom, rows), "--yes") == 2
    assert "handed in anew" in capsys.readouterr().out
    grades = read_grades(classroom)
    assert grades["ann"] == (None, True, None)
    assert grades["bob"] == (2.0, False, None)


def test_points_that_somebody_gave_meanwhile_are_shown_and_never_overwritten(
    classroom, texts, capsys, monkeypatch
):
    texts("--graders", "zoe", "yan")
    tables = [read_csv(classroom, f"t-{name}") for name in ("zoe", "yan")]
    mine = next(rows for rows in tables if any(row["learners"] == "ann" for row in rows))
    monkeypatch.setenv("JUPYTERHUB_USER", "wim")
    with Gradebook(f"sqlite:///{classroom.root / 'gradebook.db'}") as book:  # as in Formgrader
        grade = book.find_grade("t", "one", "one", "ann")
        grade.manual_score, grade.needs_manual_grade = 3.0, False
        book.db.commit()
    fill(mine, "ann", "1")
    path = save(classroom, mine)
    assert texts("--import", path, "--yes") == 2
    said = capsys.readouterr().out
    assert "ann has 3 points from wim, 20" in said
    assert read_grades(classroom)["ann"][0] == 3.0
    fill(mine, "ann", "3")
    assert texts("--import", save(classroom, mine), "--yes") == 0  # they agree


def test_graders_share_the_texts_and_each_is_read_once(classroom, texts):
    texts("--graders", "zoe", "yan")
    ids = [[row["id"] for row in read_csv(classroom, f"t-{name}")] for name in ("zoe", "yan")]
    assert sorted(map(len, ids)) == [1, 2]
    assert len({*ids[0], *ids[1]}) == 3


def test_a_table_that_came_back_untouched_changes_nothing(classroom, texts, capsys):
    texts()
    rows = read_csv(classroom)
    fill(rows, "bob, cid", "2", "-1 for spelling")
    path = save(classroom, rows)
    texts("--import", path, "--yes")
    log = (classroom.root / "grades.log").read_bytes()
    (classroom.root / "texts" / "one" / "t.xlsx").unlink()
    (classroom.root / "texts" / "one" / "t.csv").unlink()
    texts()
    again = read_csv(classroom)
    assert find(again, "bob, cid")["comment"] == "'-1 for spelling"
    capsys.readouterr()
    assert texts("--import", save(classroom, again), "--yes") == 0
    assert texts("--import", path, "--yes") == 0  # the same table twice
    assert capsys.readouterr().out.count("To be entered: 0 texts; already so: 2") == 2
    assert (classroom.root / "grades.log").read_bytes() == log


def test_a_table_that_may_be_filled_in_is_not_written_over(classroom, texts):
    texts()
    with pytest.raises(CourseError, match="there already"):
        texts()
    assert texts("--to", str(classroom.root / "again")) == 0


def test_a_name_that_is_no_text_is_answered_with_those_that_are(texts):
    with pytest.raises(CourseError, match="no text called a-test; its texts are t"):
        texts(text=("a-test",))


def test_without_a_name_the_texts_are_listed(texts, capsys):
    assert texts(text=()) == 0
    assert capsys.readouterr().out == "t: 3 different texts of 4 learners, 2 to be read\n"


def test_a_notebook_that_is_not_graded_to_its_end_is_left_out_with_the_reason(
    classroom, texts, capsys
):
    path = classroom.root / "autograded" / "ann" / "one" / "one.ipynb"
    path.write_text(json.dumps({"cells": [], "metadata": {}}))
    texts()
    assert "run autograde first): ann" in capsys.readouterr().out


def test_the_gradebook_that_was_only_looked_at_is_as_it_was(classroom, texts):
    def dump():
        with sqlite3.connect(classroom.root / "gradebook.db") as database:
            return [line for line in database.iterdump() if "grade" in line or "comment" in line]

    before = dump()
    texts()
    texts("--import", str(classroom.root / "texts" / "one" / "t.xlsx"))
    assert dump() == before


def draw_dot(grey):
    """Return a PNG of one pixel, in base64."""

    def part(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    body = part(b"IDAT", zlib.compress(bytes([0, grey]))) + part(b"IEND", b"")
    return b64encode(b"\x89PNG\r\n\x1a\n" + head + body).decode()


def test_texts_that_differ_in_a_picture_alone_are_two_and_the_page_shows_both(
    classroom, texts, hand_in
):
    text = "![drawing](attachment:image.png)"
    black, white = draw_dot(0), draw_dot(255)
    for student, picture in (("ann", black), ("bob", white), ("cid", white)):
        hand_in(student, text, {"image.png": {"image/png": picture}})
    texts()
    rows = read_csv(classroom)
    assert {row["learners"] for row in rows} == {"ann", "bob, cid", "dee"}
    assert "picture" in find(rows, "ann")["note"]
    page = (classroom.root / "texts" / "one" / "t.html").read_text(encoding="utf-8")
    assert [page.count(f"data:image/png;base64,{picture}") for picture in (black, white)] == [1, 1]
