"""Call nbgrader's own commands from Python, with the settings of ``nbgrader_config.py``."""

from __future__ import annotations

import logging
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbgrader import api
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import NbGraderException
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from grader.config import read_configuration, read_penalty
from grader.errors import CourseError
from grader.nbgrader_types import CourseDirectory, Gradebook
from grader.paths import Classroom, Sources
from grader.plugin import Plugin, load_plugin


class Pipeline:
    """One class, and what nbgrader can do with it.

    Args:
        sources: Where ``nbgrader_config.py`` is.
        classroom: The class.
        changes: Settings that differ from the file's.
    """

    def __init__(
        self, sources: Sources, classroom: Classroom, changes: Config | None = None
    ) -> None:
        config = read_configuration(sources)
        config.CourseDirectory.root = str(classroom.root)
        config.Exchange.root = str(classroom.exchange)
        if changes is not None:
            config.merge(changes)
        self.classroom = classroom
        self._api: Any = NbGraderAPI(config=config)
        self._api.log.setLevel(logging.INFO)
        self._api.log.propagate = False  # what goes wrong is raised, with nbgrader's log
        warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")

    @property
    def coursedir(self) -> CourseDirectory:
        """Nbgrader's ``CourseDirectory`` of the class."""
        coursedir: CourseDirectory = self._api.coursedir
        return coursedir

    @property
    def plugin(self) -> Plugin:
        """The course, as ``SandboxedExecute.plugin`` names it."""
        return load_plugin(self._api.config.SandboxedExecute.get("plugin", ""))

    @property
    def penalty(self) -> str:
        """As ``LateSubmissionPlugin.penalty_method``."""
        return read_penalty(self._api.config)

    @property
    def url(self) -> str:
        """The gradebook's address, whether or not it is there."""
        return str(self.coursedir.db_url)

    def generate(self, assignment: str) -> None:
        """Make the learner's version of an assignment and enter it into the gradebook."""
        self._demand(self._api.generate_assignment(assignment, force=True), assignment)

    def hand_in(self, assignment: str, student: str, notebook: str, when: datetime) -> None:
        """Put a notebook where ``nbgrader collect`` puts those that were handed in."""
        folder = self.classroom.root / "submitted" / student / assignment
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{assignment}.ipynb").write_text(notebook, encoding="utf-8")
        stamp = when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        (folder / "timestamp.txt").write_text(stamp, encoding="utf-8")

    def autograde(self, assignment: str, student: str, *, force: bool = True) -> None:
        """Grade one submission, or with ``*`` all of them.

        Args:
            assignment: Its name.
            student: The learner's id, or a pattern.
            force: Whether to grade again what has been graded and did not change.
        """
        outcome = self._api.autograde(assignment, student, force=force)
        self._demand(outcome, assignment, student)

    def give_feedback_to_all(self, assignment: str) -> Path:
        """Write everybody's feedback, and return the folder with a folder for each learner."""
        self._demand(self._api.generate_feedback(assignment, force=True), assignment)
        return self.classroom.root / "feedback"

    def give_feedback(self, assignment: str, student: str) -> Path:
        """Write the feedback on one submission, and return the file."""
        outcome = self._api.generate_feedback(assignment, student, force=True)
        self._demand(outcome, assignment, student)
        return self.classroom.root / "feedback" / student / assignment / f"{assignment}.html"

    def open_gradebook(self) -> Gradebook:
        """Return the gradebook, a context manager."""
        gradebook: Gradebook = api.Gradebook(self.url, self.coursedir.course_id)
        return gradebook

    def _demand(self, outcome: dict[str, Any], *about: str) -> None:
        if not outcome["success"]:
            log, trace = outcome.get("log", ""), outcome.get("error", "")
            # Of what is no surprise, nbgrader's log says the sentence already.
            told = f"\n{NbGraderException.__module__}.{NbGraderException.__name__}: " in trace
            log = (log if log and told else f"{log}\n{trace}").strip()
            raise CourseError(f"nbgrader failed on {', '.join(about)}. Its log:\n{log}")
