"""Say what lateness costs, at nbgrader's plugin point: ``AssignLatePenalties.plugin_class``."""

from __future__ import annotations

from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Float, Integer
from traitlets.config import Config

from grader.errors import CourseError
from grader.gradebook.lateness import Rules, count_days


class LateRules(LateSubmissionPlugin):  # type: ignore[misc]  # nbgrader ships no types
    """A share of the points for each day that has begun, after grace and slip days."""

    per_day = Float(
        0.0, min=0.0, max=1.0, help="The share of the points that each day begun takes off."
    ).tag(config=True)

    most = Float(1.0, min=0.0, max=1.0, help="The share that is taken off at most.").tag(
        config=True
    )

    slip_days = Integer(
        0, min=0, help="Days, for the whole term, that a learner may be late at no cost."
    ).tag(config=True)

    grace_minutes = Integer(0, min=0, help="Minutes after the due date that count as none.").tag(
        config=True
    )

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return the points that a notebook loses; None for none."""
        del student_id
        share = min(self.per_day * count_days(total_seconds_late), self.most)
        return share * score or None


def load_rules(config: Config) -> Rules:
    """Return what a configuration names as ``AssignLatePenalties.plugin_class``, or nbgrader's.

    Raises:
        CourseError: If it cannot be made.
    """
    from nbgrader.preprocessors import AssignLatePenalties

    try:
        step = AssignLatePenalties(config=config)
        step.init_plugin()
    except Exception as error:  # whatever a plugin raises
        raise CourseError(
            f"AssignLatePenalties.plugin_class of nbgrader_config.py cannot be used ({error}); "
            "name a subclass of LateSubmissionPlugin, such as grader.hooks.late_rules.LateRules."
        ) from error
    rules: Rules = step.plugin_inst
    return rules
