"""Implement the plugin for this course: its parts, its judge, and what learners may import.

The command line imports this module to list its commands, so everything else is imported late.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from grader.digest import digest_imports
from grader.plugin import Explanation, Packages, Part, Plugin, Trust, Verdict

if TYPE_CHECKING:
    from circuits.trials import Trials


class CoursePlugin:
    """The exercises on transformer circuits; see :class:`grader.plugin.Plugin`."""

    trust: Trust = "outside"
    drawing = "circuits.plots"
    preload = ("course.judge", "course.products")
    packages = Packages(
        installed=("numpy", "matplotlib", "ipython"),
        own=("circuits",),
        warm=(
            ("", "import circuits.trials; drawn = circuits.trials.draw_trials()"),
            (
                "matplotlib plots",
                "import io, matplotlib.figure, matplotlib.pyplot, "
                "matplotlib_inline.backend_inline\n"
                "figure = matplotlib.figure.Figure()\n"
                "figure.subplots().set_title('$W$')\n"
                "figure.savefig(io.BytesIO(), format='png')",  # loads the fonts
            ),
        ),
    )

    def list_parts(self, assignment: str) -> Sequence[Part]:
        """Return the parts of an assignment, in the order of the sheet."""
        from circuits.exercises import ASSIGNMENTS, PARTS

        return [PARTS[name] for name in ASSIGNMENTS.get(assignment, ())]

    def find_owner(self, grade_id: str) -> str:
        """Return the assignment that a cell belongs to, or ""."""
        return _list_owners().get(grade_id, "")

    def prepare(self, seed: int) -> None:
        """Draw the hidden sequences."""
        _draw(seed)

    def judge(self, part: Part, answers: Mapping[str, object], seed: int) -> Verdict:
        """Judge one part on hidden sequences, and mark its heads' products.

        See :func:`course.judge.grade_part` and :func:`course.products.mark_answers`.
        """
        from course.judge import grade_part
        from course.products import mark_answers

        verdict = grade_part(part.id, answers, _draw(seed))
        marks = mark_answers(part.id, answers, verdict.report)
        return replace(verdict, marks=marks)

    def explain(self, report: Mapping[str, Any]) -> Explanation:
        """Return the properties in full, the mistake's cause, and the lines to try again."""
        from circuits.diagnosis.catalogue import MISTAKES
        from circuits.exercises import PARTS
        from circuits.reports.report import render_replay

        part, mistake = (
            PARTS.get(str(report.get("part"))),
            MISTAKES.get(str(report.get("diagnosis"))),
        )
        return Explanation(
            {prop.slug: prop.claim for prop in part.properties} if part else {},
            mistake.cause if mistake else "",
            render_replay(str(report["replay"])) if report.get("replay") else "",
        )

    def digest(self) -> str:
        """Return a digest of all that judging imports: the toolkit's code, NumPy's version."""
        return digest_imports("course.judge", own=("circuits", "course"))

    def add_commands(self, add: Callable[..., Any]) -> None:
        """Add ``weave``, ``release`` and ``demo`` to ``python -m grader``."""
        from course.commands import add_commands

        add_commands(add)


@cache
def _list_owners() -> Mapping[str, str]:
    from circuits.exercises import PARTS

    return {name: part.assignment for part in PARTS.values() for name in (part.id, part.test_id)}


def _draw(seed: int) -> Trials:
    from course.judge import draw_hidden_trials

    return draw_hidden_trials(seed)


PLUGIN: Plugin = CoursePlugin()
