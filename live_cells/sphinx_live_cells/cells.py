"""Collect each page's code cells and checks while Sphinx reads the pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

import nbformat
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from sphinx_live_cells.answers import AnswerNode, find_grade_id, is_ungraded

SKIPPED = "skip-execution"  # the tag of a cell that runs when a reader asks for it alone
LONGEST_NAME = 20  # characters of a heading before its colon that can stand for the whole


class CellRecord(TypedDict):
    """A code cell as the front end gets it."""

    id: str
    label: str
    code: str
    raises: bool
    skipped: bool
    gradeId: str | None
    checks: str | None


class PartRecord(TypedDict):
    """Something to be answered on a page: by code that a check judges, or in words."""

    id: str
    name: str
    title: str
    kind: str


class PageRecord(TypedDict):
    """All that the extension knows of a page."""

    cells: list[CellRecord]
    parts: list[PartRecord]
    editable: bool


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
    notebook = nbformat.read(source, as_version=4)  # type: ignore[no-untyped-call]
    found = notebook.cells if is_python(notebook.metadata) else []
    cells: dict[int, CellRecord] = {}
    for index, cell in enumerate(found):
        if cell.cell_type == "code" and cell.source.strip():
            grade_id = find_grade_id(cell.metadata) if graded else None
            cells[index] = describe_cell(cell.source, grade_id, len(cells) + 1, suffix)
            cells[index]["raises"] = is_meant_to_fail(cell)
            cells[index]["skipped"] = SKIPPED in cell.metadata.get("tags", [])
    mark_places(doctree, cells)
    parts = name_parts(list(find_parts(doctree, cells)))
    label_cells(cells.values(), {part["id"]: part["name"] for part in parts})
    records(env)[env.docname] = {
        "cells": list(cells.values()),
        "parts": parts,
        "editable": any(is_editable(node) for node in doctree.findall()),
    }


def is_python(metadata: Mapping[str, Any]) -> bool:
    """Tell whether a notebook's cells are Python; those of bash, R or Julia stay static.

    >>> is_python({"kernelspec": {"name": "ir", "display_name": "R"}}), is_python({})
    (False, True)
    >>> is_python({"kernelspec": {"name": "own", "language": "python"}})
    True
    """
    kernel = metadata.get("kernelspec", {})
    language = kernel.get("language") or metadata.get("language_info", {}).get("name")
    if language is not None:
        return str(language).lower() in {"python", "ipython", "python3"}
    name = str(kernel.get("name", "python3")).lower()
    return any(part in name for part in ("python", "conda", "venv", "xpython"))


def is_meant_to_fail(cell: Mapping[str, Any]) -> bool:
    """Tell whether a cell is to end in an error: its tag says so, or its book shows it with one.

    >>> is_meant_to_fail({"metadata": {}, "outputs": [{"output_type": "error"}]})
    True
    >>> is_meant_to_fail({"metadata": {"tags": ["hide-input"]}, "outputs": []})
    False
    """
    tagged = "raises-exception" in cell["metadata"].get("tags", [])
    return tagged or any(output["output_type"] == "error" for output in cell["outputs"])


def has_cells(doctree: nodes.document) -> bool:
    """Tell whether the page has anything to run or to answer."""
    return any(is_cell(node) or isinstance(node, AnswerNode) for node in doctree.findall())


def is_cell(node: nodes.Node) -> bool:
    """Tell whether a node is MyST-NB's box of a code cell."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def is_editable(node: nodes.Node) -> bool:
    """Tell whether a node gives the reader something to write in: code that shows, or a text."""
    if isinstance(node, AnswerNode):
        return True
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code_source"


def describe_cell(code: str, grade_id: str | None, number: int, suffix: str) -> CellRecord:
    """Return the record of a code cell, labelled by its number."""
    checks = grade_id is not None and grade_id.endswith(suffix)
    return {
        "id": f"cell-{grade_id or number}",
        "label": f"cell {number}",
        "code": code,
        "raises": False,
        "skipped": False,
        "gradeId": grade_id,
        "checks": grade_id.removesuffix(suffix) if grade_id is not None and checks else None,
    }


def label_cells(cells: Iterable[CellRecord], names: Mapping[str, str]) -> None:
    """Label each cell as a reader would call it: by the part that it answers or checks."""
    for cell in cells:
        if cell["checks"] is not None:
            cell["label"] = f"the check of {names.get(cell['checks'], cell['checks'])}"
        elif cell["gradeId"] is not None:
            cell["label"] = f"the answer to {names.get(cell['gradeId'], cell['gradeId'])}"


def mark_places(doctree: nodes.document, cells: dict[int, CellRecord]) -> None:
    """Give each cell's box the id that the front end looks for."""
    for node in doctree.findall(nodes.container):
        record = cells.get(node["cell_index"]) if is_cell(node) else None
        if record is not None:
            node["ids"].insert(0, record["id"])  # its element gets the first of them


def find_parts(doctree: nodes.document, cells: Mapping[int, CellRecord]) -> Iterator[PartRecord]:
    """Yield the parts in the order of the page, each with the heading it stands under."""
    for node in doctree.findall(nodes.Element):
        title = find_heading(node)
        if isinstance(node, AnswerNode):
            grade_id, kind = node["grade_id"], "text"
        elif is_cell(node) and node["cell_index"] in cells:
            cell = cells[node["cell_index"]]
            grade_id, kind = cell["gradeId"] if cell["checks"] is None else None, "code"
        else:
            continue
        if grade_id is not None:
            yield {"id": grade_id, "name": shorten_title(title), "title": title, "kind": kind}


def shorten_title(title: str) -> str:
    """Return what a reader calls the part under a heading.

    >>> shorten_title("(a) Head 1 copies"), shorten_title("(c) in words: what they tell")
    ('(a)', '(c) in words')
    >>> shorten_title("W7, in words: what the values say"), shorten_title("Adding numbers")
    ('W7, in words', 'Adding numbers')
    """
    lead, colon, _ = title.partition(":")
    letter = re.match(r"\(\w+\)", title)
    if colon and len(lead) <= LONGEST_NAME:
        return lead
    return letter[0] if letter else title


def name_parts(parts: Sequence[PartRecord]) -> list[PartRecord]:
    """Return the parts with a name of its own for each, its id where no other is left."""
    shared = Counter(part["name"] for part in parts)
    for part in parts:
        if shared[part["name"]] > 1 and part["kind"] == "text":
            part["name"] += " in words"
    shared = Counter(part["name"] for part in parts)
    for part in parts:
        if shared[part["name"]] > 1 or not part["name"]:
            part["name"] = part["id"]
    return list(parts)


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
    return records(env).get(docname, {"cells": [], "parts": [], "editable": False})


def list_codes(env: BuildEnvironment) -> dict[str, list[str]]:
    """Return page -> the code of its cells, for all pages whose cells run."""
    return {
        name: [cell["code"] for cell in page["cells"]]
        for name, page in records(env).items()
        if page["editable"]
    }


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
