"""A class whose answers to one question wait to be read, each in a graded notebook."""

import json
from argparse import ArgumentParser

import pytest
from nbformat import writes
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from grader.cli.texts import add_texts
from grader.gradebook.seed import keep_seed
from grader.intake.record import Record
from grader.paths import Classroom

RUBRIC = (
    "**Rubric.** 3 points:\n\n- 1 point: it reads\n  rows\n- 2 points: $W_V$ writes *columns*\n"
)
MODEL = f"Rows.\n\n{RUBRIC}"
TEXTS = {
    "ann": "=HYPERLINK(\"http://x\", \"Rows\")",
    "bob": "It reads rows; déjà vu.",
    "cid": "It reads rows;  \r\ndéjà vu.\n".replace("  \r\n", " "),
    "dee": "",
}  # fmt: skip


def make_text(name, source):
    about = {"grade_id": name, "grade": True, "solution": True, "locked": False, "points": 3}
    return new_markdown_cell(source, metadata={"nbgrader": about})


@pytest.fixture
def hand_in(url, tmp_path):
    """Have a learner's text graded; blank ones get their 0 from the computer."""

    def grade(student, text, pictures=None):
        with Gradebook(url) as book:
            book.update_or_create_student(student)
            book.update_or_create_submission("one", student)
            for grade in book.find_submission_notebook("one", "one", student).grades:
                blank = grade.name == "t" and not text.strip()
                grade.auto_score = 0.0 if blank else None if grade.name == "t" else 4.0
                grade.needs_manual_grade = grade.auto_score is None
            book.db.commit()
        notebook = new_notebook(cells=[make_text("t", text)])
        if pictures:
            notebook.cells[0].attachments = pictures
        Record(finished=True).write(notebook)
        path = tmp_path / "autograded" / student / "one" / "one.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook))

    return grade


@pytest.fixture
def classroom(hand_in, tmp_path):
    keep_seed(Classroom(tmp_path))
    for student, text in TEXTS.items():
        hand_in(student, text)
    solution = f"stub\n\n<!-- BEGIN SOLUTION -->\n\n{MODEL}\n<!-- END SOLUTION -->"
    source = tmp_path / "source" / "one" / "one.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(writes(new_notebook(cells=[make_text("t", solution)])))
    return Classroom(tmp_path)


@pytest.fixture
def texts(classroom):
    """Run the command on the text "t"; return the status."""

    def run(*words, text=("t",)):
        parser = ArgumentParser()
        add_texts(parser)
        arguments = parser.parse_args(["one", *text, *words, "--course", str(classroom.root)])
        return arguments.run(arguments)

    return run
