"""Bring an assignment's cells in the gradebook to a new version, and every learner's rows with it.

nbgrader refuses to add or remove cells once somebody has handed in. Here a part that is new gets a
row in each submission, one that is gone loses its rows, and each change of a grade is logged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from grader.config import FOLDER
from grader.errors import CourseError
from grader.gradebook.access import select_cells
from grader.nbgrader_types import Gradebook, Row
from grader.paths import replacing

Kind = Literal["added", "gone", "points", "tests", "wording"]


@dataclass(frozen=True)
class CellChange:
    """One way in which a cell of the new version differs.

    Attributes:
        cell: Its ``grade_id``.
        kind: It is new, it is gone, its points, its tests or the words around an answer differ.
        before: Its points before.
        now: Its points now.
    """

    cell: str
    kind: Kind
    before: float = 0.0
    now: float = 0.0

    def __str__(self) -> str:
        """Return the change as a phrase."""
        return {
            "added": f"it is new and counts {self.now:g} points",
            "gone": f"it counts no longer, and had {self.before:g} points",
            "points": f"it counts {self.now:g} points, before {self.before:g}",
            "tests": "its test has changed",
            "wording": "its stub, model answer or rubric has changed",
        }[self.kind]


@dataclass(frozen=True)
class Score:
    """What a learner has for one cell.

    Attributes:
        points: All together.
        by_hand: Whether a person gave them.
        waiting: Whether a person still has to look.
    """

    points: float
    by_hand: bool
    waiting: bool


Scores = dict[str, dict[str, Score]]
"""By learner, by cell."""


def compare(old: Row, new: Row) -> list[CellChange]:
    """Return what differs between two versions of an assignment, cell by cell.

    Args:
        old: The assignment in the class's gradebook.
        new: The same in a gradebook that holds the new version.

    Raises:
        CourseError: If it has other notebooks now.
    """
    names = [{str(notebook.name) for notebook in one.notebooks} for one in (old, new)]
    if names[0] != names[1]:
        raise CourseError(
            f"{old.name} has other notebooks now ({', '.join(sorted(names[0] ^ names[1]))}), and "
            "only cells can be changed once somebody has handed in; hand a new notebook out as an "
            "assignment of its own."
        )
    return [change for own, fresh in _pair(old, new) for change in _compare(own, fresh)]


def revise(gradebook: Gradebook, old: Row, new: Row, *, scale: bool) -> None:
    """Make the class's gradebook say what the new version says, in one transaction.

    Points that a person gave stay. Where a part counts other points now, they are scaled, or the
    person is asked to look again.

    Args:
        gradebook: The class's, open.
        old: The assignment in it.
        new: The same in a gradebook that holds the new version.
        scale: Whether to scale points that were given by hand.
    """
    try:
        for own, fresh in _pair(old, new):
            own.kernelspec = fresh.kernelspec
            _revise_cells(gradebook.db, own, fresh, scale=scale)
            _revise_sources(gradebook.db, own, fresh)
        gradebook.db.commit()
    except BaseException:
        gradebook.db.rollback()
        raise


def read_scores(gradebook: Gradebook, assignment: Row) -> Scores:
    """Return what every learner has for every cell of an assignment."""
    from nbgrader.api import BaseCell, Grade, SubmittedAssignment

    whose = SubmittedAssignment.student_id, BaseCell.name
    rows = (
        select_cells(Grade, *whose, Grade.score, Grade.manual_score, Grade.needs_manual_grade)
        .where(SubmittedAssignment.assignment_id == assignment.id)
        .order_by(*whose)
    )
    scores: Scores = {}
    for student, cell, points, by_hand, waiting in gradebook.db.execute(rows):
        score = Score(float(points), by_hand is not None, bool(waiting))
        scores.setdefault(student, {})[cell] = score
    return scores


def _pair(old: Row, new: Row) -> Iterator[tuple[Row, Row]]:
    fresh = {notebook.name: notebook for notebook in new.notebooks}
    for own in old.notebooks:
        yield own, fresh[own.name]


def _compare(own: Row, fresh: Row) -> Iterator[CellChange]:
    points = [_list_points(one) for one in (own, fresh)]
    sources = [{cell.name: cell for cell in one.source_cells} for one in (own, fresh)]
    for name in dict.fromkeys((*sources[0], *sources[1])):
        before, now = (one.get(name, 0.0) for one in points)
        if name not in sources[0]:
            yield CellChange(name, "added", now=now)
        elif name not in sources[1]:
            yield CellChange(name, "gone", before=before)
        else:
            if before != now:
                yield CellChange(name, "points", before, now)
            cells = [one[name] for one in sources]
            if cells[0].source != cells[1].source or cells[0].locked != cells[1].locked:
                yield CellChange(name, "tests" if cells[1].locked else "wording", before, now)


def _list_points(notebook: Row) -> dict[str, float]:
    cells = (*notebook.grade_cells, *notebook.task_cells)
    return {str(cell.name): float(cell.max_score) for cell in cells}


def _revise_cells(db: Any, own: Row, fresh: Row, *, scale: bool) -> None:  # noqa: ANN401
    """Add, remove and change the cells that carry grades and comments."""
    from nbgrader.api import GradeCell, SolutionCell, TaskCell

    for kind, group in (
        (GradeCell, "grade_cells"),
        (SolutionCell, "solution_cells"),
        (TaskCell, "task_cells"),
    ):
        here = {cell.name: cell for cell in getattr(own, group)}
        there = {cell.name: cell for cell in getattr(fresh, group)}
        for name in here.keys() - there.keys():
            _remove(db, here[name])
        for name, cell in there.items():
            if name not in here:
                here[name] = _add(db, own, kind, name, cell)
            elif kind is not SolutionCell:
                _change_points(db, here[name], cell, scale=scale)


def _add(db: Any, own: Row, kind: Any, name: str, like: Row) -> Row:  # noqa: ANN401
    from nbgrader.api import Comment, Grade, GradeCell, SolutionCell

    fields = () if kind is SolutionCell else ("max_score", "cell_type")
    cell = kind(name=name, notebook=own, **{field: getattr(like, field) for field in fields})
    db.add(cell)
    db.flush()
    for submission in own.submissions:
        if kind is not SolutionCell:
            db.add(Grade(cell_id=cell.id, notebook_id=submission.id))
        if kind is not GradeCell:
            db.add(Comment(cell_id=cell.id, notebook_id=submission.id))
    db.flush()
    return cell


def _remove(db: Any, cell: Row) -> None:  # noqa: ANN401
    from nbgrader.api import Comment, Grade

    for kind in (Grade, Comment):
        for row in db.query(kind).filter(kind.cell_id == cell.id):
            db.delete(row)
    db.flush()
    db.expire(cell)
    db.delete(cell)
    db.flush()


def _change_points(db: Any, cell: Row, like: Row, *, scale: bool) -> None:  # noqa: ANN401
    from nbgrader.api import Grade

    before, now = float(cell.max_score), float(like.max_score)
    cell.max_score, cell.cell_type = like.max_score, like.cell_type
    if before == now:
        return
    given = db.query(Grade).filter(Grade.cell_id == cell.id, Grade.manual_score.is_not(None))
    for grade in given:
        if scale and before:
            grade.manual_score = grade.manual_score * now / before
        else:
            grade.needs_manual_grade = True


def _revise_sources(db: Any, own: Row, fresh: Row) -> None:  # noqa: ANN401
    from nbgrader.api import SourceCell

    here = {cell.name: cell for cell in own.source_cells}
    there = {cell.name: cell for cell in fresh.source_cells}
    for name in here.keys() - there.keys():
        db.delete(here[name])
    for name, cell in there.items():
        about = {
            field: getattr(cell, field) for field in ("cell_type", "locked", "source", "checksum")
        }
        if name not in here:
            db.add(SourceCell(name=name, notebook=own, **about))
        for field, value in about.items() if name in here else ():
            setattr(here[name], field, value)


class RevisionNote:
    """What a class had before its assignment was changed, until everybody is graded again.

    A run that is stopped leaves it, so that the next one can still say whose points changed.

    Args:
        root: The class's folder.
        assignment: Its name.
    """

    def __init__(self, root: Path, assignment: str) -> None:
        self._path = root / FOLDER / f"revision-{assignment}.json"
        self.changes: list[CellChange] = []
        self.before: Scores = {}
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        self.changes = [CellChange(**change) for change in kept["changes"]]
        self.before = {
            student: {cell: Score(**score) for cell, score in cells.items()}
            for student, cells in kept["before"].items()
        }

    def write(self, changes: Iterable[CellChange], before: Mapping[str, dict[str, Score]]) -> None:
        """Add changes, and the scores before them unless earlier ones are known.

        Raises:
            OSError: If it cannot be written.
        """
        self.changes = list(dict.fromkeys((*self.changes, *changes)))
        self.before = {**before, **self.before}
        values = {
            "changes": [asdict(change) for change in self.changes],
            "before": {
                student: {cell: asdict(score) for cell, score in cells.items()}
                for student, cells in self.before.items()
            },
        }
        with replacing(self._path) as fresh:
            fresh.write_text(json.dumps(values), encoding="utf-8")

    def remove(self) -> None:
        """Forget it: everybody is graded again."""
        self._path.unlink(missing_ok=True)
