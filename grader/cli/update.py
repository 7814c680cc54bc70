"""Run ``python -m grader update``: take over what changed in an assignment, and grade it again."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli import add_assignment, add_course
from grader.cli.autograde import add_workers, grade_and_show
from grader.paths import Classroom, find_classroom, find_sources, replacing
from grader.terminal import NEEDS_PERSON

if TYPE_CHECKING:
    from grader.gradebook.revision import CellChange, RevisionNote, Score, Scores
    from grader.nbgrader_api import Pipeline


def add_update(parser: argparse.ArgumentParser) -> None:
    """Add the command's options; ``run`` is set as what the command calls."""
    add_assignment(parser)
    add_course(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="say what has changed, and change nothing"
    )
    parser.add_argument(
        "--scale-hand",
        action="store_true",
        help="scale points given by hand where a part counts other points now (default: ask again)",
    )
    parser.add_argument(
        "--wait", action="store_true", help="wait if the class is being graded already"
    )
    add_workers(parser)
    parser.set_defaults(run=run_update)


def run_update(arguments: argparse.Namespace) -> int:
    """Bring an assignment to what is in ``source/`` now, grade it, and say whose points changed.

    Returns:
        0, 2 if something needs a person, 130 if stopped; then the same command goes on.

    Raises:
        CourseError: If nothing can be changed or graded.
    """
    from grader.batch.jobs import ATTEMPTS
    from grader.batch.run import Request
    from grader.config import load_settings
    from grader.gradebook.access import find_assignment
    from grader.gradebook.revision import read_scores
    from grader.nbgrader_api import Pipeline

    name, classroom = arguments.assignment, find_classroom(arguments.course)
    settings = load_settings(find_sources(), classroom)
    pipeline = Pipeline(find_sources(), classroom)
    note = _take_over(pipeline, arguments)
    if note is None:
        return 0
    request = Request(name, wait=arguments.wait, attempts=arguments.attempts or ATTEMPTS)
    summary = grade_and_show(arguments, request, classroom, settings)
    if summary.stopped:
        print(f"Stopped; `python -m grader update {name}` goes on.", file=sys.stderr)
        return summary.status
    with pipeline.open_gradebook() as gradebook:
        now = read_scores(gradebook, find_assignment(gradebook, name))
    for line in describe_outcome(note.before, now, note.changes):
        print(line)
    note.remove()
    print(
        f"release/{name}/ has the new version: `nbgrader release_assignment {name} --force` hands "
        "it out to whoever has not begun. What was handed in is compared with what each learner "
        "received."
    )
    again = any(
        _asks_again(old.get(cell), new.get(cell))
        for old, new in _pair_scores(note.before, now).values()
        for cell in old
    )
    return NEEDS_PERSON if again or summary.attention else 0


def _take_over(pipeline: Pipeline, arguments: argparse.Namespace) -> RevisionNote | None:
    """Change gradebook and release; return what is to be told, or None if there is nothing."""
    from grader.gradebook.access import find_assignment, hold_class, hold_server, prepare_gradebook
    from grader.gradebook.backup import demand_sound_gradebook, find_file
    from grader.gradebook.revision import RevisionNote, compare, read_scores, revise
    from grader.hooks.generate import generate_apart, keep_releases

    name, classroom = arguments.assignment, pipeline.classroom
    demand_sound_gradebook(pipeline.url, name)
    with ExitStack() as stack:
        stack.enter_context(hold_class(classroom.root, wait=arguments.wait))
        gradebook = stack.enter_context(pipeline.open_gradebook())
        if find_file(pipeline.url) is None:
            connection = stack.enter_context(gradebook.engine.connect())
            stack.enter_context(hold_server(connection, wait=arguments.wait))
        old = find_assignment(gradebook, name)
        fresh = stack.enter_context(generate_apart(find_sources(), classroom, name))
        new = stack.enter_context(fresh.open_gradebook()).find_assignment(name)
        changes = compare(old, new)
        new_files = list(_list_new_files(fresh.classroom, pipeline, name))
        note = RevisionNote(classroom.root, name)
        for change in changes:
            print(f"{change.cell}: {change}.")
        if arguments.dry_run or not (changes or new_files or note.before):
            print(f"{name} {_say_state(changes, new_files)}; nothing was changed.")
            return None
        prepare_gradebook(pipeline.coursedir)
        keep_releases(pipeline.coursedir, name)
        note.write(changes, read_scores(gradebook, old))
        revise(gradebook, old, new, scale=arguments.scale_hand)
        for path, target in new_files:
            target.parent.mkdir(parents=True, exist_ok=True)
            with replacing(target) as part:
                shutil.copy(path, part)
    return note


def describe_outcome(before: Scores, now: Scores, changes: Sequence[CellChange]) -> Iterator[str]:
    """Say whose points changed: from what, to what, and why.

    Args:
        before: What everybody had before the assignment was changed.
        now: What everybody has.
        changes: Of the assignment.
    """
    kept = 0
    for student, (old, new) in _pair_scores(before, now).items():
        lines = []
        for cell in dict.fromkeys((*old, *new)):
            said = _describe_cell(old.get(cell), new.get(cell))
            if said:
                why = [str(change) for change in changes if change.cell == cell]
                lines.append(f"    {cell}: {said} ({'; '.join(why) or 'it was judged anew'})")
        kept += not lines
        if lines:
            totals = [sum(score.points for score in cells.values()) for cells in (new, old)]
            yield f"{student}: {totals[0]:g} points, before {totals[1]:g}"
            yield from lines
    yield f"{kept} of {len(before.keys() | now.keys())} learners keep the points that they had."


def _describe_cell(old: Score | None, new: Score | None) -> str:
    """Return what became of one cell's points as a phrase, or "" if nothing did."""
    if new is None:
        return f"{old.points:g} points are gone" if old is not None and old.points else ""
    if _asks_again(old, new):
        return f"{new.points:g} points given by hand stay, and a person is asked again"
    if old is None and new.waiting:
        return "it waits for a person"
    if new.points == (old.points if old is not None else 0.0):
        return ""
    return f"{new.points:g} points, before {old.points if old is not None else 0.0:g}"


def _asks_again(old: Score | None, new: Score | None) -> bool:
    """Return whether a person had settled a cell who is asked again."""
    settled = old is not None and old.by_hand and not old.waiting
    return settled and new is not None and new.waiting


def _pair_scores(
    before: Scores, now: Scores
) -> dict[str, tuple[Mapping[str, Score], Mapping[str, Score]]]:
    return {
        student: (before.get(student, {}), now.get(student, {}))
        for student in sorted(before.keys() | now.keys())
    }


def _list_new_files(
    fresh: Classroom, pipeline: Pipeline, assignment: str
) -> Iterator[tuple[Path, Path]]:
    """Yield the files of the new release that differ from the class's, and where they go."""
    folder = fresh.root / "release" / assignment
    coursedir = pipeline.coursedir
    place = Path(coursedir.format_path(coursedir.release_directory, ".", assignment))
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        target = place / path.relative_to(folder)
        if not target.is_file() or target.read_bytes() != path.read_bytes():
            yield path, target


def _say_state(changes: Sequence[CellChange], new_files: Sequence[object]) -> str:
    if changes:
        return "has changed as said above"
    return "has changed in its wording alone" if new_files else "is as it was released"
