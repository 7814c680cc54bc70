"""Write one learner's feedback as one HTML file: their own work, and what the checks say about it.

`render_page` is the whole of it, for a notebook that grading wrote; the form stands in
``page.html.jinja``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from grader.bounded import TooCostlyError, call_bounded
from grader.fast_imports import NotebookNode, from_dict
from grader.feedback.check import Check, find_report, read_check
from grader.feedback.grades import CellGrade, Grades
from grader.feedback.outputs import Budget, render_markdown, write_code, write_outputs, write_text
from grader.gradebook.lateness import say_late
from grader.intake.record import Record
from grader.intake.repair import GIVEN, Repair
from grader.plugin import HOW_JUDGED, Plugin, find_part
from grader.sanitize.clean import LONGEST, clean_text, measure_markup

MOST_CHARACTERS = 3_000_000
"""Of a learner's outputs in one page, unless the configuration says otherwise."""

SMALL = 30_000
"""Characters that are parsed where one is: the worst of them take some tenths of a second."""

PLAIN = "Your texts stand here as you typed them: to lay them out would take too long."

POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)
"""Content-Security-Policy: nothing is run, nothing is loaded, nothing is sent."""

SHORTEST = 4
"""A shorter path, such as ``/``, is in many words and says nothing."""

_HEADING = re.compile(r"^(#{1,2})\s+(.+)$", re.MULTILINE)
_HIDDEN = re.compile(r"^.*BEGIN HIDDEN TESTS", re.MULTILINE)
_HERE = Path(__file__).parent
STYLE = _HERE / "page.css"
"""The style sheet of every page that the grader writes."""


def open_forms(folder: Path) -> Environment:
    """Return the forms of pages in a folder: all is escaped that is not marked as HTML."""
    forms = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, cache_size=1
    )
    forms.filters["points"] = "{:.4g}".format
    return forms


# Compiled here, and not in a fork with limits of time.
_PAGE = open_forms(_HERE).get_template("page.html.jinja")


@dataclass(frozen=True)
class Block:
    """One piece of the page.

    Attributes:
        kind: What it is. A place is a heading of the notebook's, so that the learner finds the way.
        title: Over it.
        name: The cell's ``grade_id``, or "".
        grade: The cell's, if it has one.
        body: A learner's cell as clean HTML.
        comment: A person's, as clean HTML, or "".
        check: What a check says; without it, ``code`` is shown.
        code: The visible part of a test.
    """

    kind: Literal["place", "cell", "answer", "check"]
    title: str = ""
    name: str = ""
    grade: CellGrade | None = None
    body: str = ""
    comment: str = ""
    check: Check | None = None
    code: str = ""


def read_graded(path: Path) -> NotebookNode:
    """Return a notebook that grading wrote; it is not validated again.

    Args:
        path: Of the file.
    """
    values = json.loads(path.read_text(encoding="utf-8"))
    notebook: NotebookNode = from_dict(values)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        cell.source = "".join(cell.source)
    return notebook


def render_page(
    notebook: NotebookNode,
    name: str,
    grades: Grades,
    root: Path,
    most: int = MOST_CHARACTERS,
    *,
    plugin: Plugin,
) -> str:
    """Return the feedback as HTML, without this machine's paths in it.

    Args:
        notebook: The graded one.
        name: Its name.
        grades: What the gradebook says.
        root: The class's folder.
        most: How many characters of outputs are shown.
        plugin: The course.
    """
    paths = find_private_paths(root)

    def render() -> str:
        return scrub(write_page(notebook, name, grades, most, plugin=plugin), paths)

    if sum(map(_measure, notebook.cells)) <= SMALL:
        return render()
    try:
        return call_bounded(render)
    except TooCostlyError:
        _make_plain(notebook)
        return render()


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
    found = (
        _read_comments(cell, grades, record.unreadable, plugin)
        if record.unreadable  # what stands in the file's place is not the learner's
        else _read_cell(cell, grades, budget, plugin)
        for cell in notebook.cells
    )
    blocks = list(_drop_idle_places([block for block in found if block]))
    return _PAGE.render(
        name=name,
        policy=POLICY,
        style=STYLE.read_text(encoding="utf-8"),
        grades=grades,
        notes=_list_notes(record, grades),
        summary=list(_sum_up(grades, notebook, blocks, plugin)),
        blocks=blocks,
        trust=HOW_JUDGED[plugin.trust],
    )


def _list_notes(record: Record, grades: Grades) -> list[str]:
    """Say what happened to the file and to the run, before any grade."""
    unread = f"{record.unreadable} So nothing of it was graded." if record.unreadable else ""
    notes = [unread, say_late(grades.late), record.changes]
    notes += [repair.sentence for repair in record.repairs]
    if record.ended:
        notes.append(
            f"Your code did not run to its end: {record.ended}. Answers given before that count."
        )
    return [clean_text(note) for note in dict.fromkeys(notes) if note]


def _sum_up(
    grades: Grades, notebook: NotebookNode, blocks: list[Block], plugin: Plugin
) -> Iterator[dict[str, object]]:
    """Yield the rows of the table of points."""
    names = [str(cell.metadata.get("nbgrader", {}).get("grade_id")) for cell in notebook.cells]
    order = {name: place for place, name in enumerate(names)}  # the gradebook has none
    shown = {block.name for block in blocks}
    for name in sorted(grades.cells, key=lambda name: order.get(name, len(order))):
        part = find_part(plugin, name)
        yield {
            "name": name,
            "title": f"{part.id}: {part.title}" if part else name,
            "grade": grades.cells[name],
            "linked": name in shown,
        }


def _read_cell(cell: NotebookNode, grades: Grades, budget: Budget, plugin: Plugin) -> Block | None:
    """Return a cell's block, or None for what the learner knows from the notebook."""
    about = cell.metadata.get("nbgrader", {})
    name = str(about.get("grade_id", ""))
    if cell.metadata.get("grader", {}).get(GIVEN):
        headings = _HEADING.findall(cell.source) if cell.cell_type == "markdown" else []
        return Block("place", headings[-1][1].strip()) if headings else None
    if _is_test(cell):
        report, html = find_report(cell.get("outputs", []))
        return Block(
            "check",
            f"The check of {_title(name, plugin)}",
            name,
            grades.cells.get(name),
            check=read_check(report, html, plugin) if report else None,
            code=_HIDDEN.split(cell.source)[0].strip(),
        )
    if cell.cell_type == "code":
        body = write_code(cell.source) + write_outputs(cell, budget)
    elif cell.cell_type == "markdown":
        text = budget.take(render_markdown(cell.source, cell.get("attachments")))
        body = f'<div class="text">{text}</div>'
    else:
        body = write_text(cell.source)
    if not name:
        return Block("cell", body=body) if body else None
    title = f"Your answer to {_title(name, plugin)}"
    return Block("answer", title, name, grades.cells.get(name), body, _comment(name, grades))


def _read_comments(
    cell: NotebookNode, grades: Grades, besides: str, plugin: Plugin
) -> Block | None:
    """Return what a person says about a cell of a file that could not be read.

    Args:
        cell: Of the notebook that stands for it.
        grades: What the gradebook says.
        besides: What is said of the whole file already.
        plugin: The course.
    """
    name = str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
    if grades.comments.get(name, besides) == besides:
        return None
    comment = _comment(name, grades)
    return Block("answer", _title(name, plugin), name, grades.cells.get(name), comment=comment)


def _drop_idle_places(blocks: list[Block]) -> Iterator[Block]:
    """Yield a page's blocks without headings under which nothing of the learner's stands."""
    for block, after in pairwise([*blocks, Block("place")]):
        if not block.kind == after.kind == "place":
            yield block


def _comment(name: str, grades: Grades) -> str:
    comment = grades.comments.get(name)
    return render_markdown(comment) if comment else ""


def _title(name: str, plugin: Plugin) -> str:
    part = find_part(plugin, name)
    return f"{part.id}, {part.title}" if part else name


def _measure(cell: NotebookNode) -> int:
    """Return how many characters of a cell have to be parsed before they can be shown."""
    if not _is_learners(cell):
        return 0
    text = len(cell.source) if cell.cell_type == "markdown" else 0
    return text + sum(map(measure_markup, cell.get("outputs", ())))


def _make_plain(notebook: NotebookNode) -> None:
    """Let a learner's texts stand as they were typed, as much of each as fits on a page."""
    for cell in filter(_is_learners, notebook.cells):
        if cell.cell_type == "markdown":
            cell.cell_type = "raw"
            cell.source = cell.source[:LONGEST]
        elif cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not measure_markup(output)]
    record = Record.read(notebook)
    record.repairs.append(Repair(PLAIN))
    record.write(notebook)


def _is_learners(cell: NotebookNode) -> bool:
    return not _is_test(cell) and not cell.metadata.get("grader", {}).get(GIVEN)


def _is_test(cell: NotebookNode) -> bool:
    about = cell.metadata.get("nbgrader", {})
    return bool(about.get("grade")) and not about.get("solution")


@lru_cache(maxsize=4)
def find_private_paths(classroom: Path) -> tuple[str, ...]:
    """Return the folders of this machine that are nobody's business, the longest first.

    Args:
        classroom: The class's folder.
    """
    folders = {
        classroom,
        Path(sys.prefix),
        Path(sys.base_prefix),
        Path(__file__).resolve().parents[2],
        Path.cwd(),
        Path.home(),
    }
    names = {str(form) for folder in folders for form in (folder, folder.resolve())}
    return tuple(sorted((n for n in names if len(n) >= SHORTEST), key=len, reverse=True))


def scrub(text: str, paths: tuple[str, ...]) -> str:
    """Return text with "…" in the place of private folders: tracebacks name files.

    Example:
        >>> scrub('File "/home/ada/class/x.py", /home/adam', ("/home/ada",))
        'File "…/class/x.py", /home/adam'
    """
    if not any(path in text for path in paths):
        return text
    pattern = "|".join(re.escape(path) for path in paths)
    return re.sub(rf"(?:{pattern})(?![\w.-])", "…", text)
