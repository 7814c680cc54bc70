"""nbgrader's execution step, with the learner's code on the other side of a wall."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Dict, TraitError, validate
from traitlets.utils.bunch import Bunch

from circuits.exercises import PARTS, Part
from grader.autograde.plan import Plan, make_plan
from grader.autograde.results import write_learner_outputs, write_verdict
from grader.course import Classroom
from grader.execution import Execution, Limits, Refusal, read_files, run_submission
from grader.seed import ensure_seed
from grader.verdict import Verdict, draw_hidden_trials, grade_part


class SandboxedExecute(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader ships no types
    """Run a submission in the sandbox and write what it earned into its test cells.

    Takes the place of ``Execute`` in ``Autograde.autograde_preprocessors``. The steps behind it
    read the scores from the test cells' outputs, as always.
    """

    sandbox = Bool(
        True,
        help="Confine the learner's code. Without it the code has all rights of this process.",
    ).tag(config=True)

    limits = Dict(
        {},
        help="Bounds of one submission's run that differ from grader.execution.Limits, by name.",
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
        parts = [part for part in PARTS.values() if part.assignment == about["assignment"]]
        verdicts = run_and_judge(
            nb, parts, seed, folder, Limits(**self.limits), sandbox=self.sandbox
        )
        for verdict in verdicts.values():
            if verdict.failure:
                self.log.error("Part %s could not be judged: %s", verdict.part, verdict.failure)
        return nb, resources


def run_and_judge(
    nb: NotebookNode,
    parts: list[Part],
    seed: int,
    folder: Path,
    limits: Limits,
    *,
    sandbox: bool = True,
) -> dict[str, Verdict]:
    """Run a notebook, judge its parts one by one, and write both into its outputs.

    Args:
        nb: The notebook, with the locked cells restored; its outputs are replaced.
        parts: The parts of its assignment.
        seed: Draws the hidden sequences.
        folder: What was handed in; its files, but no notebook, stand beside the cells.
        limits: Bounds of the run.
        sandbox: Whether to confine the learner's code.

    Returns:
        The verdict on each part that has a test cell, by id.

    Raises:
        SandboxUnavailable: If nothing can be confined on this machine.
    """
    plan = make_plan(nb, parts)
    files = {
        name: content
        for name, content in read_files(folder, limits.submission_bytes).items()
        if not name.endswith(".ipynb")
    }
    with run_submission(plan.cells, plan.answers, limits, files, no_sandbox=not sandbox) as run:
        verdicts = _judge(plan, run, seed)
        write_learner_outputs(plan, run)
    for part_id, cell in plan.tests.items():
        write_verdict(cell, verdicts[part_id])
    return verdicts


def _judge(plan: Plan, run: Execution, seed: int) -> dict[str, Verdict]:
    trials = draw_hidden_trials(seed)
    answers = read_answers(run.values)
    return {part_id: grade_part(part_id, answers, trials) for part_id in plan.tests}


def read_answers(values: Mapping[str, object]) -> dict[str, object]:
    """Return answers as the judge takes them: what could not leave the sandbox says why."""
    return {
        name: Unreadable(value.reason) if isinstance(value, Refusal) else value
        for name, value in values.items()
    }


class Unreadable:
    """Stands for an answer that was given but is no data; the judge reports the reason."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __array__(self, *_: object, **__: object) -> object:
        raise TypeError(self.reason)

    def __iter__(self) -> object:
        raise TypeError(self.reason)
