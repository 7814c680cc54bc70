"""What takes too long to be made safe is left out, said to be, and costs nobody else anything."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course.plugin import PLUGIN
from grader.bounded import call_bounded
from grader.feedback import page
from grader.feedback.grades import Grades
from grader.grading import grade_notebook
from grader.grading.grade_notebook import LEFT_OUT, write_learner_outputs

DEEP = "<div>" * 100_000
TALL = "<table><tr><td>" + "</td></tr><tr><td>".join("1" * 5_000) + "</td></tr></table>"


@pytest.fixture
def short(monkeypatch):
    """Little patience, and no cleaning of anything large outside of a process of its own."""

    def hurry(function):
        return call_bounded(function, seconds=1.0)

    monkeypatch.setattr(grade_notebook, "call_bounded", hurry)
    monkeypatch.setattr(page, "call_bounded", hurry)


def show(*pages):
    return [
        {"output_type": "display_data", "data": {"text/html": page}, "metadata": {}}
        for page in pages
    ]


def write(*cells):
    nodes = tuple(new_code_cell("x") for _ in cells)
    run = SimpleNamespace(outputs=cells, counts=[1] * len(cells))
    write_learner_outputs(SimpleNamespace(nodes=nodes), run)
    return [[output.data for output in node.outputs] for node in nodes]


def test_an_output_that_takes_too_long_is_left_out_and_said_to_be(short, monkeypatch):
    def clean(output):
        while len(output.data.get("text/html", "")) > 100_000:
            pass
        return output

    monkeypatch.setattr(grade_notebook, "clean_output", clean)
    written = write(show("<b>1</b>", DEEP), show(DEEP, "<b>2</b>"))
    assert written == [
        [{"text/html": "<b>1</b>"}, LEFT_OUT["data"]],
        [LEFT_OUT["data"], {"text/html": "<b>2</b>"}],
    ]


def test_a_large_table_is_shown():
    [[data]] = write(show(TALL))
    assert data["text/html"].count("<td>") == 5_000


def write_page(*cells):
    notebook = new_notebook(cells=list(cells))
    return page.render_page(notebook, "exercise-1", Grades(), Path("/nowhere"), plugin=PLUGIN)


def test_feedback_on_texts_that_take_too_long_shows_them_as_they_were_typed(short, monkeypatch):
    def layout(text, pictures=None):
        while len(text) > 1_000:
            pass
        return f"<i>{text}</i>"

    monkeypatch.setattr("grader.feedback.page.render_markdown", layout)
    shown = write_page(new_markdown_cell("*my* " * 8_000), new_markdown_cell("*short*"))
    assert "<pre" in shown
    assert "*my* *my*" in shown
    assert "*short*" in shown
    assert page.PLAIN in shown


def test_feedback_on_a_deep_output_of_an_earlier_run_leaves_it_out():
    output = new_output("display_data", {"text/html": DEEP})
    shown = write_page(new_code_cell("draw()", outputs=[output]), new_markdown_cell("*short*"))
    assert "<div><div>" not in shown
    assert "draw()" in shown
    assert "too many or too deep" in shown


def test_what_fits_is_laid_out(short):
    assert "<em>short</em>" in write_page(new_markdown_cell("*short*"))
    assert "<em>long</em>" in write_page(*[new_markdown_cell("*long* " * 1_400)] * 6)
