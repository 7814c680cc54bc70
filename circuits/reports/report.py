"""Report what a check found: as data, as text and as HTML, with all of a learner's escaped."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from html import escape
from typing import Literal

from circuits.reports import circuit_data
from circuits.reports import comparison as tables
from circuits.reports.circuit_data import CircuitData
from circuits.reports.comparison import Comparison

Status = Literal["unattempted", "malformed", "wrong", "right"]
State = Literal["holds", "fails", "not judged"]

REPORT_MIME = "application/vnd.circuits.report+json"

_SIGN = {"unattempted": "○", "malformed": "✗", "wrong": "✗", "right": "✓"}
_WORD = {
    "unattempted": "not attempted yet",
    "malformed": "cannot be read yet",
    "wrong": "not right yet",
    "right": "right",
}
_FINDING_SIGN = {"holds": "✓", "fails": "✗", "not judged": "○"}
_REPLAY = "Try it yourself"
# Every property would say the same.
_WITHOUT_FINDINGS = ("unattempted", "malformed")
_EDGE = {
    "unattempted": "#6e7781",
    "malformed": "#b35900",
    "wrong": "#b35900",
    "right": "#1a7f37",
}


@dataclass(frozen=True)
class Finding:
    """One property of an answer, and whether it holds.

    Attributes:
        property: The property's slug in the table of parts.
        claim: The property as a sentence.
        passed: Whether it holds.
        sentence: What was seen; if it fails, also what was expected, and where.
        points: Earned.
        max_points: Earned by a right answer.
        judged: Whether it could be told at all; if not, it neither holds nor fails, and the
            sentence says what has to come first.
    """

    property: str
    claim: str
    passed: bool
    sentence: str
    points: float
    max_points: float
    judged: bool = True


def find_state(finding: Finding) -> State:
    """Return whether a property holds, fails, or was not judged."""
    if not finding.judged:
        return "not judged"
    return "holds" if finding.passed else "fails"


@dataclass(frozen=True)
class Report:
    """All that a check says about one part. Showing it in a notebook renders it.

    Attributes:
        part: The part's id.
        title: The part's title.
        status: Whether the part is unattempted, malformed, wrong or right.
        headline: The state of the part in one sentence.
        findings: Property by property.
        next_step: One thing to try, if the part is not right.
        diagnosis: The mistake's slug, if it has a name.
        comparison: Wanted beside seen, where there is something to see.
        hint: A hint of the part, unlocked by making the same mistake again. Markdown.
        replay: Lines of Python that make the input on which the answer is wrong, so that it
            can be tried again by hand.
        circuit: The learner's heads, if a right answer completes a circuit that can be run.
    """

    part: str
    title: str
    status: Status
    headline: str
    findings: tuple[Finding, ...] = ()
    next_step: str | None = None
    diagnosis: str | None = None
    comparison: Comparison | None = None
    hint: str | None = None
    replay: str | None = None
    circuit: CircuitData | None = None

    @property
    def points(self) -> float:
        """Points earned."""
        return float(sum(finding.points for finding in self.findings))

    @property
    def max_points(self) -> float:
        """Points of a right answer."""
        return float(sum(finding.max_points for finding in self.findings))

    def to_dict(self) -> dict[str, object]:
        """Return the report without its tables, ready for JSON."""
        return {
            "part": self.part,
            "status": self.status,
            "headline": self.headline,
            "points": self.points,
            "max_points": self.max_points,
            "next_step": self.next_step,
            "diagnosis": self.diagnosis,
            "replay": self.replay,
            "findings": [
                {
                    "property": finding.property,
                    "passed": finding.passed,
                    "state": find_state(finding),
                    "sentence": finding.sentence,
                    "points": finding.points,
                    "max_points": finding.max_points,
                }
                for finding in self.findings
            ],
        }

    def __str__(self) -> str:
        return render_text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return render_html(self)

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        shown: dict[str, object] = {
            "text/plain": str(self),
            "text/html": self._repr_html_(),
            REPORT_MIME: self.to_dict(),
        }
        return _show_to_nbgrader(self, shown) if _is_validating() else shown


def render_text(report: Report) -> str:
    """Return the report as plain text, tables included."""
    lines = [f"{_SIGN[report.status]} {report.part} {report.title}: {_WORD[report.status]}"]
    lines.append(report.headline)
    if report.status not in _WITHOUT_FINDINGS:
        lines += [f"  {_mark(finding)} {_say(finding)}" for finding in report.findings]
    elif report.status == "malformed":
        lines.append(report.findings[0].sentence)
    if report.next_step:
        lines.append(f"Next: {report.next_step}")
    if report.hint:
        lines.append(f"Hint: {report.hint}")
    if report.replay:
        lines += [f"{_REPLAY}:", *(f"    {line}" for line in report.replay.splitlines())]
    if report.circuit:
        lines.append(report.circuit.sentences)
    if report.comparison:
        lines += ["", *tables.render_text(report.comparison)]
    return "\n".join(lines)


def _mark(finding: Finding) -> str:
    return _FINDING_SIGN[find_state(finding)]


def _say(finding: Finding) -> str:
    """Return the sentence; of a property that was not judged, the sign alone says too little."""
    return finding.sentence if finding.judged else f"Not judged: {finding.sentence}"


def render_html(report: Report) -> str:
    """Return the report as HTML that reads well in a notebook, the book and the feedback."""
    edge = _EDGE[report.status]
    parts = [
        f'<div class="circuits-report circuits-{report.status}" role="group" '
        f'aria-label="Check of {escape(report.part)}" '
        f'style="border-left:.35em solid {edge};padding:.2em 0 .2em .8em;margin:.4em 0;">',
        f"<p><strong>{_SIGN[report.status]} {escape(report.part)}, {escape(report.title)}: "
        f"{_WORD[report.status]}.</strong> {escape(report.headline)}</p>",
    ]
    if report.status == "malformed":
        parts.append(f"<p>{escape(report.findings[0].sentence)}</p>")
    if report.status not in _WITHOUT_FINDINGS:
        items = "".join(
            f"<li><strong>{_mark(finding)} {find_state(finding)}:</strong> "
            f"{escape(finding.sentence)}</li>"
            for finding in report.findings
        )
        parts.append(f'<ul style="list-style:none;padding-left:0;">{items}</ul>')
    if report.next_step:
        parts.append(f"<p><strong>Next:</strong> {escape(report.next_step)}</p>")
    if report.hint:
        parts.append(f"<p><strong>Hint:</strong> {_light_markup(report.hint)}</p>")
    if report.replay:
        parts.append(render_replay(report.replay))
    if report.comparison:
        parts.append(tables.render_html(report.comparison, opened=report.status != "right"))
    if report.circuit:
        parts.append(circuit_data.render_html(report.circuit))
    return "".join((*parts, "</div>"))


def render_replay(replay: str) -> str:
    """Return the lines that make an input, as HTML."""
    return (
        f"<p><strong>{_REPLAY}:</strong></p>"
        f'<pre tabindex="0" style="white-space:pre-wrap;"><code>{escape(replay)}</code></pre>'
    )


def _light_markup(text: str) -> str:
    """Return a hint's Markdown as HTML: code and emphasis; formulas stay for MathJax."""
    html = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    return re.sub(r"(?<!\*)\*([^*$]+)\*(?!\*)", r"<em>\1</em>", html)


def _is_validating() -> bool:
    """Return whether this is a kernel in which ``nbgrader validate`` runs a notebook.

    A check never raises, and nbgrader calls a cell that raised nothing a success. But it tells the
    kernel which of its commands runs the notebook.
    """
    return os.environ.get("NBGRADER_EXECUTION") == "validate"


def _show_to_nbgrader(report: Report, shown: dict[str, object]) -> dict[str, object]:
    """Return what is shown of a report; if it is not right, write it to stderr first.

    What stands on stderr counts as failed and is printed; the text of a right report is its points,
    which is how nbgrader reads a score. It goes by a cell's first output, so the order counts.

    Args:
        report: The report.
        shown: What is shown of it otherwise, by MIME type.
    """
    if report.status == "right":
        return {**shown, "text/plain": repr(float(report.points))}
    sys.stderr.write(f"{report}\n")
    return shown
