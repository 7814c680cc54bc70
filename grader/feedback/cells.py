"""The cells of a learner's feedback: their own work, and what the checks say about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from nbformat import NotebookNode

from circuits.diagnosis.catalogue import MISTAKES
from circuits.exercises import PARTS, Part
from circuits.report import REPORT_MIME
from grader.feedback.clean import clean_html
from grader.feedback.grades import Grades
from grader.feedback.markdown import render_markdown
from grader.feedback.outputs import Budget, write_outputs
from grader.gatekeeper.rebuild import GIVEN

_HEADING = re.compile(r"^(#{1,4})\s+(.+)$", re.MULTILINE)
_HIDDEN = re.compile(r"^.*BEGIN HIDDEN TESTS", re.MULTILINE)
_NAMES = {"malformed": "cannot be tried out", "unattempted": "not attempted"}


def write_cell(cell: NotebookNode, grades: Grades, budget: Budget) -> str:
    """Return a cell as HTML, or "" for what the learner knows from the notebook.

    Args:
        cell: Of the graded notebook.
        grades: What the gradebook says.
        budget: How many characters of outputs may still be shown.
    """
    about = cell.metadata.get("nbgrader", {})
    name = str(about.get("grade_id", ""))
    if cell.metadata.get("grader", {}).get(GIVEN):
        return _write_headings(cell.source) if cell.cell_type == "markdown" else ""
    if about.get("grade") and not about.get("solution"):
        return _write_test(cell, name, grades)
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
    head = _write_head(name, f"Your answer to {_title(name)}", grades)
    return f'<section class="answer">{head}{body}{_write_comment(name, grades)}</section>'


def _write_headings(source: str) -> str:
    """Return the headings of given prose, so that the learner finds the way."""
    return "".join(
        f'<p class="place">{escape(text.strip())}</p>' for _, text in _HEADING.findall(source)[:1]
    )


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


def _write_test(cell: NotebookNode, name: str, grades: Grades) -> str:
    report, html = _find_report(cell)
    body = _write_findings(report, html, PARTS.get(name.removesuffix("-test"))) if report else ""
    head = _write_head(name, f"The check of {_title(name)}", grades)
    visible = _HIDDEN.split(cell.source)[0].strip()
    code = f'<pre class="code" tabindex="0"><code>{escape(visible)}</code></pre>'
    return f'<section class="check">{head}{body or code}</section>'


def _find_report(cell: NotebookNode) -> tuple[Mapping[str, Any], str]:
    """Return the report that grading put into a test cell, as data and as HTML.

    Nothing else of the cell's outputs is shown: a traceback there would quote the hidden test.
    """
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if REPORT_MIME in data:
            html = data.get("text/html", "")
            return data[REPORT_MIME], html if isinstance(html, str) else "".join(html)
    return {}, ""


def _write_findings(report: Mapping[str, Any], html: str, part: Part | None) -> str:
    claims = {p.slug: p.claim for p in part.properties} if part else {}
    rows = "".join(
        f'<tr><th scope="row">{escape(claims.get(f["property"], f["property"]))}</th>'
        f"<td>{'holds' if f['passed'] else 'fails'}</td><td>{escape(f['sentence'])}</td>"
        f"<td>{f['points']:.4g} of {f['max_points']:.4g}</td></tr>"
        for f in report.get("findings", [])
    )
    lines = [f"<p>{escape(report['headline'])}</p>"]
    if report.get("status") in _NAMES:
        lines.append(f"<p>State: {_NAMES[report['status']]}.</p>")
    lines.append(
        '<div class="wide" tabindex="0" role="group" aria-label="What was checked"><table>'
        '<thead><tr><th scope="col">Wanted</th><th scope="col">Holds</th><th scope="col">Seen</th>'
        f'<th scope="col">Points</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )
    if report.get("diagnosis"):
        slug = str(report["diagnosis"])
        cause = MISTAKES[slug].cause if slug in MISTAKES else ""
        name = escape(slug.replace("-", " "))
        lines.append(f"<p><strong>Diagnosis:</strong> {name}. {escape(cause)}</p>")
    if report.get("next_step"):
        lines.append(f"<p><strong>Next:</strong> {escape(report['next_step'])}</p>")
    start = html.find("<details")
    if start >= 0:  # wanted beside seen, as tables
        lines.append(clean_html(html[start:].removesuffix("</div>")))
    return "".join(lines)


def _title(name: str) -> str:
    part = PARTS.get(name.removesuffix("-test"))
    return f"{part.id}, {part.title}" if part else name
