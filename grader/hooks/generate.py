"""Keep what a class received when ``nbgrader generate_assignment`` replaces it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader import api
from nbgrader.converters import NbGraderException
from traitlets.config import Config

from grader.batch.select import list_graded
from grader.config import FOLDER
from grader.errors import CourseError
from grader.gradebook.access import keep_release
from grader.gradebook.backup import find_file
from grader.nbgrader_api import Pipeline
from grader.nbgrader_types import CourseDirectory
from grader.paths import Classroom, Sources


class KeepingExporter(NotebookExporter):
    """Keeps the release that is there, before nbgrader writes another: ``exporter_class``.

    nbgrader makes one exporter for each run, before it touches any file.

    Raises:
        NbGraderException: If the assignment has been handed in and has other parts now: nbgrader
            would refuse, too, but only after it has removed the release.
    """

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  (traitlets takes any)
        super().__init__(**settings)  # type: ignore[no-untyped-call]
        converter: Any = self.parent
        coursedir = converter.coursedir
        if not converter.no_database:
            try:
                demand_same_parts(coursedir)
            except CourseError as error:
                converter.log.error(str(error))  # noqa: TRY400  (a sentence, not a traceback)
                raise NbGraderException(str(error)) from error
        keep_releases(coursedir, coursedir.assignment_id)


def keep_releases(coursedir: CourseDirectory, assignment: str) -> None:
    """Keep what the class received, every notebook of an assignment.

    Args:
        coursedir: nbgrader's.
        assignment: Its name.
    """
    for path in sorted(_find(coursedir, coursedir.release_directory, assignment).glob("*.ipynb")):
        keep_release(Path(coursedir.root), assignment, path.stem, path.read_bytes())


def demand_same_parts(coursedir: CourseDirectory) -> None:
    """Refuse to generate an assignment that was handed in and has other parts now.

    Raises:
        CourseError: If it is so.
    """
    name = coursedir.assignment_id
    path = find_file(coursedir.db_url)
    if path is not None and not path.exists():
        return
    with api.Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            assignment = gradebook.find_assignment(name)
        except api.MissingEntry:
            return
        for notebook in assignment.notebooks if assignment.submissions else ():
            source = _find(coursedir, coursedir.source_directory, name) / f"{notebook.name}.ipynb"
            known = {cell.name for cell in notebook.source_cells}
            wanted = list_graded(source.read_bytes()) if source.is_file() else None
            if wanted is not None and wanted != known:
                raise CourseError(
                    f"{name} has been handed in and has other parts now "
                    f"({', '.join(sorted(wanted ^ known))}), so nothing was done; "
                    f"`python -m grader update {name}` takes them over and grades everybody again."
                )


@contextmanager
def generate_apart(sources: Sources, classroom: Classroom, assignment: str) -> Iterator[Pipeline]:
    """Generate an assignment from the class's source in a folder and a gradebook of their own.

    Args:
        sources: Where ``nbgrader_config.py`` is.
        classroom: The class, which stays as it is.
        assignment: Its name.

    Raises:
        CourseError: If there is no source, or nbgrader cannot use it.
    """
    source = classroom.source / assignment
    if not source.is_dir():
        raise CourseError(
            f"There is no {source.relative_to(classroom.root)}/ in {classroom.root}, so nothing "
            "was done; the new version of the assignment belongs there."
        )
    (classroom.root / FOLDER).mkdir(mode=0o700, exist_ok=True)
    with TemporaryDirectory(prefix="version-", dir=classroom.root / FOLDER) as place:
        apart = Classroom(Path(place))
        shutil.copytree(source, apart.source / assignment)
        changes = Config()
        changes.CourseDirectory.db_url = f"sqlite:///{apart.root / 'gradebook.db'}"
        changes.CourseDirectory.source_directory = "source"
        changes.CourseDirectory.release_directory = "release"
        pipeline = Pipeline(sources, apart, changes)
        pipeline.generate(assignment)
        yield pipeline


def _find(coursedir: CourseDirectory, step: str, assignment: str) -> Path:
    return Path(coursedir.format_path(step, ".", assignment))
