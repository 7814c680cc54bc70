"""What a check says about one part: its state, property by property, and what to try next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from nbformat import NotebookNode

from grader.plugin import REPORT_MIME, Plugin
from grader.sanitize.clean import clean_html

_CODE = re.compile(r"`([^`]+)`")
_MARKS = {"holds": "✓&nbsp;holds", "fails": "✗&nbsp;fails", "not judged": "○&nbsp;not&nbsp;judged"}
_STATES = {
    "right": "✓ Right.",
    "wrong": "✗ Not right yet.",
    "malformed": "✗ Cannot be tried out.",
    "stopped": "✗ Stopped.",
    "unattempted": "○ Not attempted.",
}


def find_report(cell: NotebookNode) -> tuple[Mapping[str, Any], str]:
    """Return the report that grading put into a test cell, as data and as HTML.

    Nothing else of the cell's outputs is shown: a traceback there would quote the hidden test.

    Args:
        cell: Of the graded notebook.
    """
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if REPORT_MIME in data:
            html = data.get("text/html", "")
            return data[REPORT_MIME], html if isinstance(html, str) else "".join(html)
    return {}, ""


def find_state(report: Mapping[str, Any]) -> str:
    """Return a report's status; ``stopped`` if the answer's cell did not run to its end.

    Args:
        report: As :func:`find_report` gives it.
    """
    status = str(report.get("status"))
    return "stopped" if report.get("stopped") else status if status in _STATES else "wrong"


def _find_mark(finding: Mapping[str, Any]) -> str:
    """Return a finding's state; a notebook graded before 1.1 says only whether it holds."""
    state = str(finding.get("state"))
    return state if state in _MARKS else "holds" if finding["passed"] else "fails"


def write_findings(report: Mapping[str, Any], html: str, plugin: Plugin) -> str:
    """Return a report as HTML.

    Args:
        report: As :func:`find_report` gives it.
        html: The same as a notebook shows it; the tables are taken from there.
        plugin: The course, which says the properties in full.
    """
    about = plugin.explain(report)
    claims = about.claims
    rows = "".join(
        f'<tr><th scope="row">{_mark_code(claims.get(f["property"], f["property"]))}</th>'
        f"<td>{_MARKS[_find_mark(f)]}</td>"
        f"<td>{escape(f['sentence'])}</td>"
        f"<td>{f['points']:.4g} of {f['max_points']:.4g}</td></tr>"
        for f in report.get("findings", [])
    )
    state = find_state(report)
    lines = [
        f'<p><strong class="state">{_STATES[state]}</strong> {escape(report["headline"])}</p>',
        '<div class="wide" tabindex="0" role="group" aria-label="What was checked"><table>'
        '<thead><tr><th scope="col">Wanted</th><th scope="col">Holds</th><th scope="col">Seen</th>'
        f'<th scope="col">Points</th></tr></thead><tbody>{rows}</tbody></table></div>',
    ]
    if report.get("diagnosis"):
        slug = str(report["diagnosis"])
        # Of a cell that stopped, the headline says the cause.
        cause = f" {about.cause}" if about.cause and state != "stopped" else ""
        name = escape(slug.replace("-", " "))
        lines.append(f"<p><strong>Diagnosis:</strong> {name}.{escape(cause)}</p>")
    if report.get("next_step"):
        lines.append(f"<p><strong>Next:</strong> {escape(report['next_step'])}</p>")
    lines.append(about.more)
    start = html.find("<details")
    if start >= 0:  # wanted beside seen, as tables
        lines.append(clean_html(html[start:].removesuffix("</div>")))
    return "".join(lines)


def _mark_code(text: str) -> str:
    """Return a sentence of the table of parts as HTML: what stands in backticks is code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))
