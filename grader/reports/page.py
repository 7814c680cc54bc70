"""One learner's feedback as one HTML file."""

from __future__ import annotations

from html import escape
from pathlib import Path

from nbformat import NotebookNode

from grader.gradebook.late import say_late
from grader.intake.record import Record
from grader.plugin import HOW_JUDGED, Plugin, find_part
from grader.reports.cells import drop_idle_headings, write_cell, write_comments
from grader.reports.grades import Grades
from grader.reports.outputs import Budget
from grader.sanitize.clean import clean_text

POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)
"""Content-Security-Policy: nothing is run, nothing is loaded, nothing is sent."""

_STYLE = Path(__file__).with_name("page.css")


def write_page(
    notebook: NotebookNode, name: str, grades: Grades, most: int, *, plugin: Plugin
) -> str:
    """Return the feedback.

    Args:
        notebook: The graded one.
        name: Its name.
        grades: What the gradebook says.
        most: How many characters of outputs are shown.
        plugin: The course.
    """
    record = Record.read(notebook)
    budget = Budget(most)
    blocks = (
        write_comments(cell, grades, record.unreadable, plugin)
        if record.unreadable  # what stands in the file's place is not the learner's
        else write_cell(cell, grades, budget, plugin)
        for cell in notebook.cells
    )
    cells = "\n".join(drop_idle_headings([block for block in blocks if block]))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Feedback on {escape(name)}</title>
<style>{_STYLE.read_text(encoding="utf-8")}</style>
</head>
<body>
<main>
<h1>Feedback on {escape(name)}</h1>
{_write_score(grades)}
{_write_notes(record, grades)}
{_write_summary(grades, notebook, cells, plugin)}
{cells}
<p class="trust">{escape(HOW_JUDGED[plugin.trust])}</p>
</main>
</body>
</html>
"""


def _write_score(grades: Grades) -> str:
    lines = [f"<strong>{grades.score:.4g} of {grades.max_score:.4g} points.</strong>"]
    if grades.penalty:
        lines.append(f"{grades.penalty:.4g} points were taken off because it was late.")
    if grades.waiting:
        lines.append("A person still has to read some of it, so the points may change.")
    return f'<p class="score">{" ".join(lines)}</p>'


def _write_notes(record: Record, grades: Grades) -> str:
    """Say what happened to the file and to the run, before any grade."""
    unread = f"{record.unreadable} So nothing of it was graded." if record.unreadable else ""
    notes = [unread, say_late(grades.late)]
    notes += [repair.sentence for repair in record.repairs]
    if record.ended:
        notes.append(
            f"Your code did not run to its end: {record.ended}. Answers given before that count."
        )
    said = dict.fromkeys(note for note in notes if note)
    if not said:
        return ""
    items = "".join(f"<li>{escape(clean_text(note))}</li>" for note in said)
    return f'<section class="notes"><h2>About what you handed in</h2><ul>{items}</ul></section>'


def _write_summary(grades: Grades, notebook: NotebookNode, cells: str, plugin: Plugin) -> str:
    names = [str(cell.metadata.get("nbgrader", {}).get("grade_id")) for cell in notebook.cells]
    order = {name: place for place, name in enumerate(names)}  # the gradebook has none
    rows = []
    for name in sorted(grades.cells, key=lambda name: order.get(name, len(order))):
        grade = grades.cells[name]
        part = find_part(plugin, name)
        title = f"{part.id}: {part.title}" if part else name
        state = "a person will read it" if grade.waiting else ""
        shown = escape(title)
        if f'id="{escape(name)}"' in cells:
            shown = f'<a href="#{escape(name)}">{shown}</a>'
        rows.append(
            f'<tr><th scope="row">{shown}</th>'
            f"<td>{grade.score:.4g} of {grade.max_score:.4g}</td><td>{state}</td></tr>"
        )
    return (
        '<table class="summary"><caption>Points</caption><thead><tr><th scope="col">Part</th>'
        '<th scope="col">Points</th><th scope="col">Open</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
