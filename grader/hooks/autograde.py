"""Grade for ``nbgrader autograde`` and Formgrader's button: ``Autograde.exporter_class``.

nbgrader makes one exporter for each run, before it looks at any submission. This one has the
whole assignment graded as ``python -m grader autograde`` does, and leaves nbgrader nothing to do.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, NoReturn

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.converters import Autograde, BaseConverter
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import LimitOutput, NbGraderPreprocessor
from traitlets import Bool, Dict, TraitError, Unicode, validate
from traitlets.utils.bunch import Bunch

from grader.batch.pool import LocalWorkers, count_cores
from grader.batch.progress import Summary, Tell
from grader.batch.run import Request, grade_class
from grader.config import Settings
from grader.hooks.hand_over import hand_over
from grader.paths import Classroom
from grader.sandbox import Limits


class SandboxedExecute(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader ships no types
    """How learners' code is run.

    In ``Autograde.autograde_preprocessors`` it takes the place of ``Execute``, so that nbgrader
    itself runs no learner's code, whatever exporter it has.
    """

    plugin = Unicode(
        "", help="The course, as package.module:OBJECT; see grader.plugin.Plugin."
    ).tag(config=True)

    sandbox = Bool(
        True,
        help="Confine the learner's code. Without it the code has all rights of this process.",
    ).tag(config=True)

    limits = Dict(
        {},
        help="Bounds of one submission's run that differ from grader.sandbox.Limits, by name.",
    ).tag(config=True)

    @validate("limits")
    def _check_limits(self, proposal: Bunch) -> object:
        known = [one.name for one in fields(Limits)]
        strange = sorted(set(proposal["value"]) - set(known))
        if strange:
            raise TraitError(
                f"SandboxedExecute.limits has no {strange[0]!r}; there are {', '.join(known)}."
            )
        return proposal["value"]

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> NoReturn:
        """Refuse: nbgrader comes here only where another exporter is named."""
        del nb, resources
        raise RuntimeError(
            "Learners' code is run by GatekeepingExporter alone; name it in nbgrader_config.py as "
            "c.Autograde.exporter_class."
        )


class RecordOutcome(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader ships no types
    """A step that configurations of version 1.0 name. It is done with all the others."""


class GatekeepingExporter(NotebookExporter):
    """Grades an assignment when it is made.

    Raises:
        NbGraderException: If nothing can be graded: the gradebook is damaged, another run is
            grading the class, or the assignment was never released.
    """

    bounds = Dict(
        {}, help="Bounds of what is read that differ from grader.intake.Bounds, by name."
    ).tag(config=True)

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  (traitlets takes any)
        super().__init__(**settings)  # type: ignore[no-untyped-call]
        converter: Any = self.parent
        coursedir = converter.coursedir
        request = Request(coursedir.assignment_id, coursedir.student_id, force=converter.force)

        def grade(classroom: Classroom, settings: Settings, tell: Tell) -> Summary:
            return grade_class(
                request,
                classroom,
                settings,
                lambda context, most: LocalWorkers(context, min(count_cores(), most)),
                tell,
            )

        hand_over(converter, CONFIGURED, grade)


CONFIGURED = (
    Autograde, BaseConverter, CourseDirectory, GatekeepingExporter, LateSubmissionPlugin,
    LimitOutput, SandboxedExecute,
)  # fmt: skip
