"""What the build knows of a page's cells, collected while it reads the pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

import nbformat
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from live_cells.answers import AnswerNode, is_ungraded


class CellRecord(TypedDict):
    """A code cell as the front end gets it."""

    id: str
    label: str
    code: str
    gradeId: str | None


class PartRecord(TypedDict):
    """Something to be answered on a page: by code that a check judges, or in words."""

    id: str
    title: str
    kind: str


class PageRecord(TypedDict):
    """All that the extension knows of a page."""

    cells: list[CellRecord]
    parts: list[PartRecord]


def records(env: BuildEnvironment) -> dict[str, PageRecord]:
    """Return the records of all pages read so far."""
    if not hasattr(env, "live_cells"):
        env.live_cells = {}  # type: ignore[attr-defined]
    return env.live_cells  # type: ignore[attr-defined, no-any-return]


def collect_cells(app: Sphinx, doctree: nodes.document) -> None:
    """Record the page's cells and give their places in the page an id."""
    env = app.env
    source = Path(app.outdir).parent / "jupyter_execute" / f"{env.docname}.ipynb"
    if app.builder.format != "html" or not has_cells(doctree) or not source.is_file():
        return
    suffix = app.config.live_cells_test_suffix
    graded = not is_ungraded(env.docname, app.config.live_cells_ungraded)
    found = nbformat.read(source, as_version=4).cells  # type: ignore[no-untyped-call]
    cells: dict[int, CellRecord] = {}
    for index, cell in enumerate(found):
        if cell.cell_type == "code" and cell.source.strip():
            grade_id = cell.metadata.get("grade_id") if graded else None
            cells[index] = describe_cell(cell.source, grade_id, len(cells) + 1, suffix)
    mark_places(doctree, cells)
    records(env)[env.docname] = {
        "cells": list(cells.values()),
        "parts": list(find_parts(doctree, cells, suffix)),
    }


def has_cells(doctree: nodes.document) -> bool:
    """Tell whether the page has anything to run or to answer."""
    return any(is_cell(node) or isinstance(node, AnswerNode) for node in doctree.findall())


def is_cell(node: nodes.Node) -> bool:
    """Tell whether a node is MyST-NB's box of a code cell."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def describe_cell(code: str, grade_id: str | None, number: int, suffix: str) -> CellRecord:
    """Return the record of a code cell; its label is what a reader would call it."""
    if grade_id is None:
        return {"id": f"cell-{number}", "label": f"cell {number}", "code": code, "gradeId": None}
    of_part = grade_id.removesuffix(suffix)
    label = f"cell {grade_id}" if of_part == grade_id else f"the check of {of_part}"
    return {"id": f"cell-{grade_id}", "label": label, "code": code, "gradeId": grade_id}


def mark_places(doctree: nodes.document, cells: dict[int, CellRecord]) -> None:
    """Give each cell's box the id that the front end looks for."""
    for node in doctree.findall(nodes.container):
        record = cells.get(node["cell_index"]) if is_cell(node) else None
        if record is not None:
            node["ids"].append(record["id"])


def find_parts(
    doctree: nodes.document, cells: dict[int, CellRecord], suffix: str
) -> Iterator[PartRecord]:
    """Yield the parts in the order of the page, each with the heading it stands under."""
    for node in doctree.findall(nodes.Element):
        if isinstance(node, AnswerNode):
            yield {"id": node["grade_id"], "title": find_heading(node), "kind": "text"}
        elif is_cell(node) and node["cell_index"] in cells:
            grade_id = cells[node["cell_index"]]["gradeId"]
            if grade_id is not None and not grade_id.endswith(suffix):
                yield {"id": grade_id, "title": find_heading(node), "kind": "code"}


def find_heading(node: nodes.Node) -> str:
    """Return the words of the heading above: the one next below the page's own title."""
    sections: list[nodes.section] = []
    parent = node.parent
    while parent is not None:
        if isinstance(parent, nodes.section):
            sections.append(parent)
        parent = parent.parent
    if not sections:
        return ""
    title = sections[-2 if len(sections) > 1 else -1].next_node(nodes.title)
    return title.astext() if title is not None else ""


def describe_page(env: BuildEnvironment, docname: str) -> PageRecord:
    """Return the record of a page, empty for a page without cells."""
    return records(env).get(docname, {"cells": [], "parts": []})


def forget_page(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a page that is read again or gone."""
    records(env).pop(docname, None)


def merge_pages(
    app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment
) -> None:
    """Take over what another process read."""
    for docname in docnames:
        if docname in records(other):
            records(env)[docname] = records(other)[docname]
