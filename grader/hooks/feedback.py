"""Write feedback for ``nbgrader generate_feedback``: ``GenerateFeedback.exporter_class``."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters import Exporter
from nbgrader.converters import BaseConverter, GenerateFeedback, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets import Integer

from grader.batch.progress import Summary, Tell
from grader.config import Settings
from grader.feedback.page import MOST_CHARACTERS
from grader.feedback.parallel import give_feedback
from grader.hooks.autograde import SandboxedExecute
from grader.hooks.hand_over import hand_over
from grader.paths import Classroom


class FeedbackExporter(Exporter):
    """Writes everybody's feedback when it is made, as ``python -m grader feedback`` does.

    Raises:
        NbGraderException: If somebody's could not be written. The others' is.
    """

    output_mimetype = "text/html"

    most_characters = Integer(
        MOST_CHARACTERS,
        help="Characters of a learner's outputs in one file. Later outputs are left out.",
    ).tag(config=True)

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  (traitlets takes any)
        super().__init__(**settings)  # type: ignore[no-untyped-call]
        converter: Any = self.parent
        coursedir = converter.coursedir

        def write(classroom: Classroom, settings: Settings, tell: Tell) -> Summary:
            name, student = coursedir.assignment_id, coursedir.student_id
            return give_feedback(name, student, classroom, settings, None, tell)

        summary = hand_over(converter, CONFIGURED, write)
        if summary.failed:
            raise NbGraderException(
                f"{summary.failed} pages of feedback could not be written; see above whose."
            )


CONFIGURED = (
    BaseConverter, CourseDirectory, FeedbackExporter, GenerateFeedback, SandboxedExecute,
)  # fmt: skip
