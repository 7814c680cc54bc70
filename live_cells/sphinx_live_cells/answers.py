"""Collect text answers, the Markdown cells that a reader fills in, and show them to the page.

A text notebook marks such a cell by ``+++ {"grade_id": "w1"}``. MyST-NB shows its content and
forgets the mark, so before it reads the page, the cell's content is put inside a directive of ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

BREAK = re.compile(r"^\+\+\+(\s|$)")
CODE = re.compile(r"^`{3,}\{code-cell\}")
FENCE = "`" * 10  # longer than any fence inside an answer


def find_grade_id(metadata: object) -> str | None:
    """Return a cell's grade_id in either form; nothing for a cell that is neither answer nor check.

    nbgrader keeps it among metadata of its own, also for cells that are only to be read.

    >>> find_grade_id({"grade_id": "w1"}), find_grade_id({"tags": []})
    ('w1', None)
    >>> find_grade_id({"nbgrader": {"grade_id": "w1", "solution": True, "grade": False}})
    'w1'
    >>> find_grade_id({"nbgrader": {"grade_id": "w0", "solution": False, "grade": False}})
    """
    if not isinstance(metadata, Mapping):
        return None
    own = metadata.get("nbgrader")
    if isinstance(own, Mapping) and isinstance(own.get("grade_id"), str):
        return own["grade_id"] if own.get("solution") or own.get("grade") else None
    plain = metadata.get("grade_id")
    return plain if isinstance(plain, str) else None


def read_grade_id(line: str) -> str | None:
    """Return the grade_id of a cell break such as ``+++ {"grade_id": "w1"}``.

    >>> read_grade_id('+++ {"grade_id": "w1"}')
    'w1'
    """
    try:
        metadata = json.loads(line.removeprefix("+++").strip() or "{}")
    except json.JSONDecodeError:
        return None
    return find_grade_id(metadata)


def wrap_lines(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines, each text answer inside a directive; most line numbers stay as they are."""
    within = False
    for line in lines:
        breaks = BREAK.match(line) is not None
        if within and (breaks or CODE.match(line)):
            yield FENCE
            within = False
            if line.strip() == "+++":
                continue  # the fence stands in its place
        grade_id = read_grade_id(line) if breaks else None
        if grade_id is None:
            yield line
        else:
            yield f"{FENCE}{{live-answer}} {grade_id}"
            within = True
    if within:
        yield FENCE


def is_ungraded(page: str, ungraded: Sequence[str]) -> bool:
    """Tell whether a page's answers are nobody's: it, or a folder it is in, is in the list.

    >>> is_ungraded("solutions/exercise-1", ["solutions"])
    True
    """
    return any(page == entry or page.startswith(f"{entry}/") for entry in ungraded)


def wrap_answers(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put the text answers of a page inside the directive, if the pages are to be live."""
    graded = not is_ungraded(docname, app.config.live_cells_ungraded)
    if graded and app.builder.format == "html" and '"grade_id"' in source[0]:
        source[0] = "\n".join(wrap_lines(source[0].split("\n")))


class AnswerDirective(SphinxDirective):
    """``{live-answer} w1``: the place of a text answer, holding the book's stub."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return a box that the front end turns into a text area."""
        grade_id = self.arguments[0].strip()
        box = AnswerNode(grade_id=grade_id, stub="\n".join(self.content).strip())
        box["ids"].append(f"cell-{grade_id}")
        box["classes"].append("live-answer")
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


class AnswerNode(nodes.container):
    """A text answer in the document tree."""


def open_answer(translator: nodes.NodeVisitor, node: nodes.Element) -> None:
    """Open the box, with what the front end needs to know."""
    attributes = {"data-grade-id": node["grade_id"], "data-stub": node["stub"]}
    translator.body.append(translator.starttag(node, "div", "", **attributes))  # type: ignore[attr-defined]


def close_answer(translator: nodes.NodeVisitor, node: nodes.Element) -> None:
    """Close the box."""
    translator.body.append("</div>\n")  # type: ignore[attr-defined]


def pass_over(translator: nodes.NodeVisitor, node: nodes.Element) -> None:
    """Show only the content where there is no front end: in LaTeX and in text."""
