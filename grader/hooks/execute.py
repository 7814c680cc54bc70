"""nbgrader's execution step, with the learner's code on the other side of a wall."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Dict, TraitError, Unicode, validate
from traitlets.utils.bunch import Bunch

from grader.gradebook.seed_file import ensure_seed
from grader.grading.grade_notebook import run_and_judge
from grader.intake.record import Record
from grader.paths import Classroom
from grader.plugin import load_plugin
from grader.sandbox import Limits, read_files


class SandboxedExecute(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader ships no types
    """Run a submission in the sandbox and write what it earned into its test cells.

    Takes the place of ``Execute`` in ``Autograde.autograde_preprocessors``. The steps behind it
    read the scores from the test cells' outputs, as always.
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
        strange = sorted(set(proposal["value"]) - set(Limits().as_dict()))
        if strange:
            raise TraitError(
                f"SandboxedExecute.limits has no {strange[0]!r}; "
                f"there are {', '.join(Limits().as_dict())}."
            )
        return proposal["value"]

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run the notebook's cells, judge its parts, and fill in the outputs."""
        about = resources["nbgrader"]
        coursedir = self.parent.parent.coursedir
        folder = Path(
            coursedir.format_path(
                coursedir.autograded_directory, about["student"], about["assignment"]
            )
        )
        seed = ensure_seed(Classroom(Path(coursedir.root)).seed_file)
        plugin = load_plugin(self.plugin)
        limits = Limits(**self.limits)
        files = read_files(folder, limits.submission_bytes)
        outcome = run_and_judge(
            nb, plugin, about["assignment"], seed, files, limits, sandbox=self.sandbox
        )
        record = Record.read(nb)
        outcome.note(record)
        record.write(nb)
        for part, failure in record.failures.items():
            self.log.error("Part %s could not be judged: %s", part, failure)
        return nb, resources
