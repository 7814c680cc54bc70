"""The cells of a learner's feedback: their own work, and what the checks say about it."""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise

from nbformat import NotebookNode

from grader.intake.repair import GIVEN
from grader.plugin import Plugin, find_part
from grader.reports.check import find_report, find_state, write_findings
from grader.reports.grades import Grades
from grader.reports.markdown import render_markdown
from grader.reports.outputs import Budget, write_outputs

_HEADING = re.compile(r"^(#{1,2})\s+(.+)$", re.MULTILINE)
_PLACE = '<p class="place">'
_HIDDEN = re.compile(r"^.*BEGIN HIDDEN TESTS", re.MULTILINE)


def write_cell(cell: NotebookNode, grades: Grades, budget: Budget, plugin: Plugin) -> str:
    """Return a cell as HTML, or "" for what the learner knows from the notebook.

    Args:
        cell: Of the graded notebook.
        grades: What the gradebook says.
        budget: How many characters of outputs may still be shown.
        plugin: The course.
    """
    about = cell.metadata.get("nbgrader", {})
    name = str(about.get("grade_id", ""))
    if cell.metadata.get("grader", {}).get(GIVEN):
        return _write_heading(cell.source) if cell.cell_type == "markdown" else ""
    if about.get("grade") and not about.get("solution"):
        return _write_test(cell, name, grades, plugin)
    if cell.cell_type == "code":
        body = f'<pre class="code" tabindex="0"><code>{escape(cell.source)}</code></pre>'
        body += write_outputs(cell, budget)
    elif cell.cell_type == "markdown":
        body = budget.take(render_markdown(cell.source, cell.get("attachments")))
        body = f'<div class="text">{body}</div>'
    else:
        body = f'<pre tabindex="0">{escape(cell.source)}</pre>' if cell.source.strip() else ""
    if not name:
        return f'<div class="cell">{body}</div>' if body else ""
    head = _write_head(name, f"Your answer to {_title(name, plugin)}", grades)
    return f'<section class="answer">{head}{body}{_write_comment(name, grades)}</section>'


def write_comments(cell: NotebookNode, grades: Grades, besides: str, plugin: Plugin) -> str:
    """Return what a person says about a cell of a file that could not be read, or "".

    Args:
        cell: Of the notebook that stands for it.
        grades: What the gradebook says.
        besides: What is said of the whole file already.
        plugin: The course.
    """
    name = str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
    if grades.comments.get(name, besides) == besides:
        return ""
    head = _write_head(name, _title(name, plugin), grades)
    return f'<section class="answer">{head}{_write_comment(name, grades)}</section>'


def drop_idle_headings(blocks: list[str]) -> list[str]:
    """Return a page's blocks without headings under which nothing of the learner's stands.

    Args:
        blocks: As :func:`write_cell` gives them; none is empty.
    """
    return [
        block
        for block, after in pairwise([*blocks, _PLACE])
        if not (block.startswith(_PLACE) and after.startswith(_PLACE))
    ]


def _write_heading(source: str) -> str:
    """Return the heading that given prose leads up to, so that the learner finds the way."""
    found = _HEADING.findall(source)
    return f"{_PLACE}{escape(found[-1][1].strip())}</p>" if found else ""


def _write_head(name: str, title: str, grades: Grades) -> str:
    grade = grades.cells.get(name)
    anchor = f' id="{escape(name)}"' if grade else ""
    points = ""
    if grade:
        waiting = ", and a person will read it" if grade.waiting else ""
        points = (
            f'<p class="points">{grade.score:.4g} of {grade.max_score:.4g} points{waiting}.</p>'
        )
    return f"<h2{anchor}>{escape(title)}</h2>{points}"


def _write_comment(name: str, grades: Grades) -> str:
    comment = grades.comments.get(name)
    if not comment:
        return ""
    return f'<div class="comment"><h3>Comment</h3>{render_markdown(comment)}</div>'


def _write_test(cell: NotebookNode, name: str, grades: Grades, plugin: Plugin) -> str:
    report, html = find_report(cell)
    body = write_findings(report, html, plugin) if report else ""
    head = _write_head(name, f"The check of {_title(name, plugin)}", grades)
    visible = _HIDDEN.split(cell.source)[0].strip()
    code = f'<pre class="code" tabindex="0"><code>{escape(visible)}</code></pre>'
    kind = f"check {find_state(report)}" if report else "check"
    return f'<section class="{kind}">{head}{body or code}</section>'


def _title(name: str, plugin: Plugin) -> str:
    part = find_part(plugin, name)
    return f"{part.id}, {part.title}" if part else name
