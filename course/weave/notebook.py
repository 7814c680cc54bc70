"""Put a notebook together and write it, the same bytes every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from circuits.exercises import PARTS, Part
from course.errors import WeaveError
from course.sources import Pages
from course.weave.agreement import TEST_SUFFIX, check_agreement, refuse_unregistered
from course.weave.cells import (
    make_id,
    write_given,
    write_installation,
    write_prose,
    write_setup,
    write_stub,
    write_test,
    write_text,
)
from course.weave.markdown import Prose
from course.weave.page import Page, read_page
from course.weave.rubric import find_rubric
from grader.gradebook.seed import ensure_seed
from grader.paths import Classroom

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def weave_course(
    sources: Pages,
    classroom: Classroom,
    parts: Mapping[str, Part] = PARTS,
    anew: Collection[str] = (),
) -> list[Path]:
    """Write the source notebook of every assignment, and make the secret seed if there is none.

    Nothing is written unless all chapters agree with their solutions and the table. What learners
    have handed in keeps its parts, unless it is to be woven anew: then ``python -m grader update``
    brings gradebook and release to it. See :func:`find_kept`.

    Args:
        sources: The pages.
        classroom: The class that they are woven for.
        parts: The table of parts.
        anew: Assignments that are woven although they were handed in with other parts.

    Returns:
        The notebooks that were written, in the order of the table.

    Raises:
        CourseError: If a page is missing or in no assignment, or the three places disagree.
    """
    names = dict.fromkeys(part.assignment for part in parts.values())
    refuse_unregistered(sources.book, names)
    texts = {name: write_notebook(build_notebook(name, sources, parts)) for name in names}
    ensure_seed(classroom.seed_file)
    classroom.exchange.mkdir(parents=True, exist_ok=True)
    kept = find_kept(classroom, parts).keys() - set(anew)
    written = {name: classroom.notebook(name) for name in texts if name not in kept}
    for name, path in written.items():
        write_if_new(path, texts[name])
    return list(written.values())


def find_kept(classroom: Classroom, parts: Mapping[str, Part] = PARTS) -> dict[str, list[str]]:
    """Return the assignments that are not woven again, each with the parts that hinder it.

    Args:
        classroom: The class.
        parts: The table of parts.

    Returns:
        By the name of an assignment that somebody has handed in: the parts that only its source
        notebook or only the table has, if there are any.
    """
    wanted: dict[str, set[str]] = {}
    for part in parts.values():
        wanted.setdefault(part.assignment, set()).add(part.id)
    kept = {}
    for name, ids in wanted.items():
        path = classroom.notebook(name)
        if path.is_file() and any((classroom.root / "submitted").glob(f"*/{name}")):
            notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
            given = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
            others = ids ^ {about["grade_id"] for about in given if about.get("solution")}
            if others:
                kept[name] = sorted(others)
    return kept


def build_notebook(
    assignment: str, sources: Pages, parts: Mapping[str, Part] = PARTS, site: str = ""
) -> NotebookNode:
    """Return the source notebook of one assignment.

    Args:
        assignment: Its name.
        sources: The pages.
        parts: The table of parts.
        site: The address of the course's site, with a slash at its end, from which the notebook
            gets the toolkit where it is missing; "" where no address is known.

    Raises:
        CourseError: If a page is missing, or the three places disagree.
    """
    chapter = read_page(sources.book / f"{assignment}.md")
    answers = read_page(sources.solutions / f"{assignment}.md")
    check_agreement(assignment, chapter, answers, parts)
    cells = list(_write_cells(chapter, answers, sources, parts, site))
    _name_apart(cells)
    notebook: NotebookNode = new_notebook(  # type: ignore[no-untyped-call]
        cells=cells, metadata=METADATA
    )
    nbformat.validate(notebook)
    return notebook


def _name_apart(cells: Sequence[NotebookNode]) -> None:
    """Give cells that hold the same ids of their own."""
    seen: Counter[str] = Counter()
    for cell in cells:
        copy = seen[cell.id]
        seen[cell.id] += 1
        if copy:
            cell.id = make_id(cell.source, copy)


def write_notebook(notebook: NotebookNode) -> str:
    """Return a notebook as text: sorted keys, one newline at the end."""
    text: str = nbformat.writes(  # type: ignore[no-untyped-call]
        notebook, version=4, indent=1, sort_keys=True
    )
    return text.rstrip("\n") + "\n"


def write_if_new(path: Path, text: str) -> None:
    """Write a file unless it already holds this text, so that its date says when it changed."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _write_cells(
    chapter: Page, answers: Page, sources: Pages, parts: Mapping[str, Part], site: str
) -> Iterator[NotebookNode]:
    prose = Prose(chapter.path, sources, parts)
    answer_prose = Prose(answers.path, sources, parts)
    for number, cell in enumerate(chapter.cells):
        name = cell.grade_id
        if name is None and cell.kind == "markdown":
            text = prose.convert(cell.source, cell.line)
            if text:
                yield write_prose(text)
            if number == 0:
                yield from write_installation(site) if site else [write_setup()]
        elif name is None:
            yield write_given(cell)
        elif name.endswith(TEST_SUFFIX):
            yield write_test(parts[name.removesuffix(TEST_SUFFIX)], cell)
        else:
            answer = answers.find(name)
            if answer is None:  # check_agreement has refused this already
                raise WeaveError(chapter.path, cell.line, "the stub has no answer.", part=name)
            if cell.kind == "code":
                yield write_stub(parts[name], cell, answer)
            else:
                yield write_text(
                    parts[name],
                    prose.convert(cell.source, cell.line),
                    answer_prose.convert(answer.source, answer.line),
                    answer_prose.convert(find_rubric(parts[name], answers), answer.line),
                )
