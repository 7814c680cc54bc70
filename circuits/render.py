"""Reports as text and as HTML. Whatever comes from a learner is escaped."""

from __future__ import annotations

import re
from html import escape

from circuits.report import Comparison, Finding, Report, Table, find_state

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
_CELL = "padding:.1em .35em;text-align:right;font-variant-numeric:tabular-nums;"


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
    if report.comparison:
        lines += ["", *_text_comparison(report.comparison)]
    return "\n".join(lines)


def _mark(finding: Finding) -> str:
    return _FINDING_SIGN[find_state(finding)]


def _say(finding: Finding) -> str:
    """Return the sentence; of a property that was not judged, the sign alone says too little."""
    return finding.sentence if finding.judged else f"Not judged: {finding.sentence}"


def _text_comparison(comparison: Comparison) -> list[str]:
    lines = [comparison.caption]
    for table in comparison.tables:
        width = max(len(label) for label in (*table.rows, " "))
        lines.append(f"{table.title}:")
        lines.append(" " * (width + 2) + " ".join(f"{label:>6}" for label in table.columns))
        for index, (label, values) in enumerate(zip(table.rows, table.values, strict=True)):
            pointer = ">" if index == table.failing_row else " "
            cells = " ".join(
                f"{_number(value) + ('*' if (index, column) in table.marked else ''):>6}"
                for column, value in enumerate(values)
            )
            lines.append(f"{pointer} {label:>{width}} {cells}")
    return lines


def _number(value: float) -> str:
    """Two significant places, as short as can be read."""
    if value != value:  # NaN
        return "NaN"
    if abs(value) < 0.005:
        return "0"
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) < 1000 else f"{value:.0e}"


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
        parts.append(_html_comparison(report.comparison, opened=report.status != "right"))
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


def _html_comparison(comparison: Comparison, opened: bool) -> str:
    # One scale for all tables, so that equal colours are equal numbers.
    sizes = [abs(v) for table in comparison.tables for row in table.values for v in row if v == v]
    largest = max([*sizes, 1e-9])
    tables = "".join(_html_table(table, largest) for table in comparison.tables)
    return (
        f"<details{' open' if opened else ''}><summary>{escape(comparison.title)}</summary>"
        f"<p>{escape(comparison.caption)}</p>"
        f'<div tabindex="0" role="group" aria-label="{escape(comparison.title)}" '
        'style="display:flex;flex-wrap:wrap;gap:1.5em;overflow-x:auto;">'
        f"{tables}</div></details>"
    )


def _html_table(table: Table, largest: float) -> str:
    head = "".join(
        f'<th scope="col" style="{_CELL}">{escape(label)}</th>' for label in table.columns
    )
    body = "".join(_html_row(table, index, largest) for index in range(len(table.rows)))
    return (
        '<table class="circuits-table" style="border-collapse:collapse;font-size:.85em;">'
        f"<caption>{escape(table.title)}</caption>"
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _html_row(table: Table, index: int, largest: float) -> str:
    label = escape(table.rows[index])
    failing = index == table.failing_row
    cells = "".join(
        _html_cell(value, (index, column) in table.marked, largest)
        for column, value in enumerate(table.values[index])
    )
    edge = "border-top:2px solid;border-bottom:2px solid;" if failing else ""
    name = f"▶ {label}" if failing else label
    return f'<tr style="{edge}"><th scope="row" style="{_CELL}">{name}</th>{cells}</tr>'


def _html_cell(value: float, marked: bool, largest: float) -> str:
    # Colour only repeats what the number says; a wanted cell is boxed and bold, too.
    share = abs(value) / largest if abs(value) < float("inf") else 0.0
    colour = "31,119,180" if value >= 0 else "200,90,20"
    box = "outline:2px solid;outline-offset:-2px;font-weight:bold;" if marked else ""
    return (
        f'<td style="{_CELL}background-color:rgba({colour},{0.45 * min(share, 1.0):.2f});{box}">'
        f"{_number(value)}</td>"
    )
