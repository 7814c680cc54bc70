"""Read what a check says about one part: its state, the properties, what to try next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from grader.plugin import REPORT_MIME, Plugin
from grader.sanitize.clean import clean_html

_MARKS = {
    "holds": Markup("✓&nbsp;holds"),
    "fails": Markup("✗&nbsp;fails"),
    "not judged": Markup("○&nbsp;not&nbsp;judged"),
}
_STATES = {
    "right": "✓ Right.",
    "wrong": "✗ Not right yet.",
    "malformed": "✗ Cannot be tried out.",
    "stopped": "✗ Stopped.",
    "unattempted": "○ Not attempted.",
}


@dataclass(frozen=True)
class Finding:
    """One property that was looked at.

    Attributes:
        claim: What is wanted.
        mark: Whether it holds.
        sentence: What was seen.
        points: Earned.
        max_points: That there are.
    """

    claim: Markup
    mark: Markup
    sentence: str
    points: float
    max_points: float


@dataclass(frozen=True)
class Check:
    """What is shown of a report.

    Attributes:
        state: The status, or ``stopped`` if the answer's cell did not run to its end.
        headline: What was found, in one sentence.
        rows: Property by property.
        diagnosis: The mistake's name, or "".
        cause: What it comes from, or "".
        next_step: One thing to try, or "".
        more: What the course adds, as HTML.
        tables: Wanted beside seen, as clean HTML.
    """

    state: str
    headline: str
    rows: tuple[Finding, ...]
    diagnosis: str
    cause: str
    next_step: str
    more: str
    tables: str

    @property
    def state_words(self) -> str:
        """The state for people."""
        return _STATES[self.state]


def find_report(outputs: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], str]:
    """Return the report that grading put into a test cell, as data and as HTML; empty without one.

    Nothing else of the cell's outputs is shown: a traceback there would quote the hidden test.

    Args:
        outputs: Of the cell, in the notebook format.
    """
    for output in outputs:
        data = output.get("data", {})
        if isinstance(data.get(REPORT_MIME), dict):
            html = data.get("text/html", "")
            return data[REPORT_MIME], html if isinstance(html, str) else "".join(html)
    return {}, ""


def read_check(report: Mapping[str, Any], html: str, plugin: Plugin) -> Check:
    """Return what is shown of a report.

    Args:
        report: As :func:`find_report` gives it.
        html: The same as a notebook shows it; the tables are taken from there.
        plugin: The course, which says the properties in full.
    """
    about = plugin.explain(report)
    status = read_status(report)
    state = status if status in _STATES else "wrong"
    start = html.find("<details")
    return Check(
        state,
        str(report["headline"]),
        tuple(
            Finding(
                mark_code(about.claims.get(found["property"], found["property"])),
                _MARKS[read_finding(found)],
                found["sentence"],
                found["points"],
                found["max_points"],
            )
            for found in report.get("findings", [])
        ),
        str(report.get("diagnosis") or "").replace("-", " "),
        about.cause if state != "stopped" else "",  # there, the headline says the cause
        str(report.get("next_step") or ""),
        about.more,
        clean_html(html[start:].removesuffix("</div>")) if start >= 0 else "",
    )


def read_status(report: Mapping[str, Any]) -> str:
    """Return a report's status: "stopped" where the answer's cell did not run to its end."""
    return "stopped" if report.get("stopped") else str(report.get("status") or "")


def read_finding(finding: Mapping[str, Any]) -> str:
    """Return a finding's state; a notebook graded before 1.1 says only whether it holds."""
    state = str(finding.get("state"))
    return state if state in _MARKS else "holds" if finding.get("passed") else "fails"


def mark_code(text: str) -> Markup:
    """Return a sentence of the table of parts as HTML: what stands in backticks is code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704
