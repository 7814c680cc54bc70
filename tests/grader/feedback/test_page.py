"""The file that a learner gets: their work, what was seen and wanted, and nothing hidden."""

import copy
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from circuits import check
from circuits.reports.report import REPORT_MIME
from course.plugin import PLUGIN
from grader.feedback.grades import CellGrade, Grades
from grader.feedback.page import write_page
from grader.intake import Repair
from grader.intake.record import Record

GRADES = Grades(
    cells={"ex1a-test": CellGrade(2.0, 4.0, False), "ex1c-text": CellGrade(0.0, 3.0, True)},
    comments={"ex1c-text": "Which **row**? <script>alert(1)</script>"},
)
SECRET = 'from course.hidden import score\nscore("ex1a", globals())'

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)


@pytest.fixture(scope="session")
def report():
    return check("ex1a", 2 * np.eye(16)[:4], np.eye(16)[:, 8:12])


@pytest.fixture
def notebook(report):
    answer = new_code_cell("W_V_1 = 2 * np.eye(16)[:4]  # <mine>")
    answer.metadata["nbgrader"] = {"grade": False, "solution": True, "grade_id": "ex1a"}
    answer.outputs = [
        new_output("stream", name="stdout", text="hello"),
        new_output("display_data", data={"image/png": PIXEL}),
        new_output("error", ename="E", evalue="x", traceback=["\x1b[31mTraceback\x1b[0m", "E: x"]),
    ]
    test = new_code_cell(
        f'check("ex1a", W_V_1, W_out_1)\n### BEGIN HIDDEN TESTS\n{SECRET}\n### END HIDDEN TESTS'
    )
    test.metadata["nbgrader"] = {"grade": True, "solution": False, "grade_id": "ex1a-test"}
    data = {REPORT_MIME: report.to_dict(), "text/html": report._repr_html_()}
    test.outputs = [
        new_output("display_data", data=data),
        new_output("error", ename="E", evalue="x", traceback=["hidden traceback"]),
    ]
    text = new_markdown_cell("They tell **much**.")
    text.metadata["nbgrader"] = {"grade": True, "solution": True, "grade_id": "ex1c-text"}
    given = new_markdown_cell("## (a) Head 1\n\nLong prose that the learner has.")
    given.metadata["grader"] = {"given": True}
    return new_notebook(cells=[given, answer, test, text])


def write(notebook, grades=GRADES, most=3_000_000):
    return write_page(copy.deepcopy(notebook), "exercise-1", grades, most, plugin=PLUGIN)


def test_the_learners_own_work_is_there(notebook):
    page = write(notebook)
    for piece in ("# &lt;mine&gt;", "hello", f"data:image/png;base64,{PIXEL}", "<strong>much"):
        assert piece in page
    assert "Traceback" in page
    assert "\x1b" not in page


def test_each_property_says_what_was_seen_and_wanted(notebook, report):
    page = write(notebook)
    for finding in report.findings:
        assert finding.claim in page
        assert finding.sentence in page
    assert "Diagnosis:" in page
    assert report.next_step in page
    assert "What you built" in page
    assert "2 of 4 points" in page


def test_nothing_hidden_is_in_it(notebook):
    page = write(notebook)
    for piece in ("HIDDEN", "course.hidden", "globals()", "hidden traceback", "Long prose"):
        assert piece not in page


def test_without_a_report_the_visible_check_is_shown_and_no_more(notebook):
    notebook.cells[2].outputs = []
    page = write(notebook)
    assert "check(&#34;ex1a&#34;" in page
    assert "HIDDEN" not in page


def test_a_policy_forbids_scripts_and_loading(notebook):
    page = write(notebook)
    assert "default-src 'none'" in page.split("</head>")[0]
    assert "<script" not in page


def test_comments_are_shown_cleaned(notebook):
    assert "Which <strong>row</strong>?" in write(notebook)


def test_repairs_and_reasons_are_said(notebook):
    Record(repairs=[Repair("A check was put back <b>.")], ended="exit in cell 3").write(notebook)
    page = write(notebook)
    assert "A check was put back &lt;b&gt;." in page
    assert "exit in cell 3" in page


def test_what_waits_for_a_person_is_said(notebook):
    assert "a person will read it" in write(notebook)
    assert "points may change" in write(notebook)
    done = Grades(cells={"ex1a-test": CellGrade(2.0, 4.0, False)}, penalty=1.0)
    page = write(notebook, done)
    assert "points may change" not in page
    assert "1 of 4 points" in page.replace("<strong>", "")
    assert "late" in page
    assert "LATE" not in page
    assert "<strong>LATE.</strong> 1 points were" in write(notebook, replace(done, late=60.0))


def test_an_answer_that_was_read_and_has_changed_is_read_again(notebook):
    waits = Grades(cells={"ex1c-text": CellGrade(2.0, 3.0, True, seen=True)})
    page = write(notebook, waits)
    assert page.count("a person will read it again") == 2
    assert "again" not in write(notebook, Grades(cells={"ex1c-text": CellGrade(0.0, 3.0, True)}))


def test_a_flood_of_outputs_is_cut(notebook):
    big = new_output("display_data", data={"text/html": "<p>" + "x" * 900_000 + "</p>"})
    notebook.cells[1].outputs = [copy.deepcopy(big) for _ in range(20)]
    notebook.cells[1].outputs += [new_output("stream", name="stdout", text="y" * 10_000_000)]
    page = write(notebook)
    assert len(page) < 4_000_000
    assert "left out" in page
    assert "characters …" in page


def test_code_in_a_claim_is_shown_as_code(notebook):
    shown = check("ex1c", np.eye(16), np.eye(16), W_V_1=np.eye(16)[:4])
    test = notebook.cells[2]
    test.metadata["nbgrader"]["grade_id"] = "ex1c-test"
    test.outputs = [new_output("display_data", data={REPORT_MIME: shown.to_dict()})]
    page = write(notebook)
    assert "<code>W_net_1</code> is the product of your head 1." in page
    assert "`" not in page.split("The check of ex1c")[1]


def show(notebook, report, **more):
    """Return the page's piece about the check with a report of another kind."""
    data = {REPORT_MIME: report.to_dict() | more, "text/html": report._repr_html_()}
    notebook.cells[2].outputs = [new_output("display_data", data=data)]
    return '<section class="check' + write(notebook).split('<section class="check')[1]


@pytest.mark.parametrize(
    ("answers", "more", "kind", "words"),
    [
        ((np.eye(16)[:4], np.eye(16)[:, 8:12]), {}, "right", "✓ Right."),
        ((np.eye(16)[:4], np.eye(16)[:, 4:8]), {}, "wrong", "✗ Not right yet."),
        ((np.eye(3), np.eye(3)), {}, "malformed", "✗ Cannot be tried out."),
        ((..., ...), {}, "unattempted", "○ Not attempted."),
        ((..., ...), {"stopped": True}, "stopped", "✗ Stopped."),
    ],
)
def test_the_state_of_a_check_is_in_its_words_and_in_its_edge(notebook, answers, more, kind, words):
    piece = show(notebook, check("ex1a", *answers), **more)
    assert piece.startswith(f'<section class="check {kind}">')
    assert words in piece
    assert ("✗&nbsp;fails" in piece) == (kind == "wrong")
    assert ("○&nbsp;not&nbsp;judged" in piece) == (kind not in ("right", "wrong"))


def test_only_what_is_right_has_a_green_edge():
    style = files("grader.feedback").joinpath("page.css").read_text(encoding="utf-8")
    green = [line for line in style.splitlines() if "#1a7f37" in line]
    assert [line.split(" {")[0] for line in green] == [".check.right"]


def test_of_a_cell_that_stopped_it_is_not_said_that_a_name_still_has_no_value(notebook):
    piece = show(notebook, check("ex1a", ..., ...), stopped=True)
    assert "still has no value" not in piece
    assert "missing" in piece


def test_of_a_file_that_could_not_be_read_that_is_said_once_and_no_advice_is_given(notebook):
    reason = "The file ends in the middle."
    Record(unreadable=reason).write(notebook)
    grades = Grades(cells=GRADES.cells, comments={"ex1a": reason, "ex1c-text": reason})
    page = write(notebook, grades)
    assert page.count(reason) == 1
    assert "So nothing of it was graded." in page
    for piece in ("Replace the ...", "The check of", "Your answer to", 'href="#'):
        assert piece not in page
    assert "2 of 4" in page  # the table of points stays


def test_what_a_person_says_about_an_unreadable_file_is_there(notebook):
    Record(unreadable="The file is empty.").write(notebook)
    page = write(notebook, Grades(cells=GRADES.cells, comments={"ex1c-text": "Send it **again**."}))
    assert "Send it <strong>again</strong>." in page
    assert 'href="#ex1c-text"' in page


def test_late_is_said_in_one_line_and_in_time_is_not_said(notebook):
    late = Grades(cells=GRADES.cells, late=2 * 3600 + 5)
    assert write(notebook, late).count("Handed in 2 hours after the due date.") == 1
    assert "taken off" not in write(notebook, late)
    assert "due date" not in write(notebook)


def test_a_heading_stands_over_the_answer_that_it_leads_up_to(notebook):
    def prose(text):
        cell = new_markdown_cell(text)
        cell.metadata["grader"] = {"given": True}
        return cell

    notebook.cells[0] = prose("### A question\n\nWhy?\n\n## (b) Head 2\n\n### The idea\n")
    notebook.cells.insert(0, prose("# Exercise 1\n"))
    notebook.cells.append(prose("## What you have built\n"))
    page = write(notebook)
    assert '<p class="place">(b) Head 2</p>\n<section class="answer">' in page
    for heading in ("A question", "The idea", "What you have built"):
        assert heading not in page
    assert page.count('<p class="place">') == 1
