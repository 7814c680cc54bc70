"""Where the gatekeeper stands in nbgrader: ``Autograde.exporter_class``.

nbgrader makes one exporter for each run, and asks it for every notebook twice: first to clean
what was handed in, then to grade the cleaned copy. So the run is prepared when this exporter is
made, and the first request is answered by the gatekeeper.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Dict

from grader.errors import CourseError
from grader.gradebook import automatic_grading
from grader.gradebook.access import prepare_gradebook
from grader.hooks.flags import flag_cells
from grader.hooks.prepare import admit_submissions, clear_unfinished
from grader.intake.bounds import Bounds
from grader.intake.folders import Submission
from grader.intake.outcome import Repair, Unreadable
from grader.intake.read import read_folder
from grader.intake.record import Record, digest_folder
from grader.intake.reference import Reference, read_reference
from grader.intake.repair import blank
from grader.plugin import load_plugin


class GatekeepingExporter(NotebookExporter):
    """Reads submissions for ``nbgrader autograde`` without trusting them.

    Raises:
        NbGraderException: When it is made, if nothing can be graded: the gradebook is damaged,
            or the assignment was never released.
    """

    bounds = Dict(
        {}, help="Bounds of what is read that differ from grader.intake.Bounds, by name."
    ).tag(config=True)

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  (traitlets takes any)
        super().__init__(**settings)  # type: ignore[no-untyped-call]
        self._limits = Bounds(**self.bounds)
        self._submissions: dict[Path, Submission] = {}
        converter: Any = self.parent
        self._coursedir = converter.coursedir
        try:
            prepare_gradebook(converter.coursedir)
            self._submissions = admit_submissions(converter, self._limits)
            if not converter.force:
                clear_unfinished(converter, self._submissions, self._limits)
        except CourseError as error:
            converter.log.error(str(error))  # noqa: TRY400  (a sentence, not a traceback)
            raise NbGraderException(str(error)) from error

    def from_filename(
        self,
        filename: str,
        resources: dict[str, Any] | None = None,
        **rest: Any,  # noqa: ANN401
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return a notebook as text: repaired, or graded, by the folder that it is in."""
        path = Path(filename)
        submission = self._submissions.get(path.parent)
        if submission is None:
            with automatic_grading():
                return super().from_filename(filename, resources, **rest)
        resources = resources if resources is not None else ResourcesDict()
        resources["metadata"] = ResourcesDict(name=path.stem, path=str(path.parent))
        notebook = self._read(submission, path.stem)
        cleaned: tuple[NotebookNode, dict[str, Any]] = self.from_notebook_node(  # type: ignore[no-untyped-call]
            notebook, resources, **rest
        )
        return cleaned

    def _read(self, submission: Submission, name: str) -> NotebookNode:
        reference = self._find_reference(name)
        found = read_folder(submission.folder, name, reference, self._limits)
        record = Record(
            digest=digest_folder(submission.folder, self._limits.notebook_bytes),
            repairs=[Repair(note) for note in submission.notes],
        )
        if isinstance(found, Unreadable):
            record.unreadable = found.reason
            notebook = blank(reference)
            self.log.warning("%s cannot be read: %s", submission.student, found.reason)
        else:
            notebook = copy.deepcopy(found.notebook)
            record.repairs.extend(found.repairs)
        record.write(notebook)
        return notebook

    def _find_reference(self, name: str) -> Reference:
        coursedir = self._coursedir
        steps = (coursedir.release_directory, coursedir.source_directory)
        release, source = (
            Path(coursedir.format_path(step, ".", coursedir.assignment_id)) / f"{name}.ipynb"
            for step in steps
        )
        plugin = load_plugin(self.config.SandboxedExecute.get("plugin", ""))
        return read_reference(release, source, plugin.find_owner)


class RecordOutcome(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader ships no types
    """Ask for a person where one is needed, and mark the submission as graded to the end.

    The last of ``Autograde.autograde_preprocessors``.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Flag cells in the gradebook, and complete the notebook's record."""
        about = resources["nbgrader"]
        record = Record.read(nb)
        with Gradebook(about["db_url"]) as gradebook:
            flag_cells(
                gradebook,
                about["student"],
                about["assignment"],
                about["notebook"],
                record.list_flags(),
            )
        record.finished = True
        record.write(nb)
        return nb, resources
