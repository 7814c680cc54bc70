"""Judge answers on hidden sequences: the one place where these meet what a learner handed in.

The grader calls :func:`grade_part` through the plugin, in a process that never ran a learner's
code; the hidden tests of a stock nbgrader run call it through :mod:`course.hidden`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from circuits.exercises import Part, get_checked_part
from circuits.judging import judge
from circuits.reports.report import Finding, Report
from circuits.trained.model import Model, load_model, unpack_model
from circuits.trials import HIDDEN_SIZES, Trials, draw_trials
from grader.plugin import Verdict

__all__ = ["draw_hidden_trials", "grade_part", "load_hidden_models"]

_MODELS = Path(__file__).with_name("hidden_models.npz")
"""Weights of four more trainings by the recipe of ``tools/train``, finished and at step 300.

At step 300 the later induction head copies as well as it ever will, and there is no circuit yet.
"""


@lru_cache(maxsize=1)
def load_hidden_models() -> tuple[Model, ...]:
    """Return the course's own model and eight that nobody has seen, four of them unfinished."""
    with np.load(_MODELS) as arrays:
        whole = {key: arrays[key] for key in arrays}
    seeds = sorted({key.split("/")[0] for key in whole})
    prefixes = [f"{seed}/{state}" for seed in seeds for state in ("", "step300/")]
    return (load_model(), *(unpack_model(whole, prefix) for prefix in prefixes))


@lru_cache(maxsize=4)
def draw_hidden_trials(seed: int) -> Trials:
    """Return the sequences and models that answers are graded on; once a process for each seed."""
    return replace(draw_trials(seed, HIDDEN_SIZES), models=load_hidden_models(), memo={})


def grade_part(part_id: str, answers: Mapping[str, object], trials: Trials) -> Verdict:
    """Judge one part, and never raise for anything that a learner handed in.

    Args:
        part_id: The part's id in the table; graded by the checks, not by hand.
        answers: The part's own answers and those it builds on, by name. Others are ignored.
        trials: The sequences to judge on, see :func:`draw_hidden_trials`.

    Returns:
        The verdict. An answer on which judging itself fails earns 0 and says so.

    Raises:
        KeyError: If there is no such part.
        ValueError: If the part is graded by hand.
    """
    part = get_checked_part(part_id)
    own = {answer.name for answer in part.answers}
    failure = ""
    # An earlier answer that cannot even be looked at must not cost this part its points.
    for names in (own | set(part.builds_on), own):
        try:
            report = judge(part_id, {name: answers[name] for name in names & set(answers)}, trials)
        # An answer of a learner's may raise anything when looked at, SystemExit included.
        except BaseException as error:  # noqa: BLE001
            failure = f"Looking at the answer raised {type(error).__name__}."
        else:
            return Verdict(part_id, _clamp(report.points, part), float(part.points), report)
    return Verdict(part_id, 0.0, float(part.points), _refuse(part, failure), failure)


def _clamp(points: float, part: Part) -> float:
    """Return a plain float in range: nbgrader gives full marks to anything it cannot read."""
    return min(max(float(points), 0.0), float(part.points))


def _refuse(part: Part, reason: str) -> Report:
    return Report(
        part=part.id,
        title=part.title,
        status="malformed",
        headline="The answer cannot be tried out as it is.",
        findings=tuple(
            Finding(prop.slug, prop.claim, False, reason, 0.0, float(prop.points), judged=False)
            for prop in part.properties
        ),
        next_step="Hand in plain arrays of numbers, or a plain function.",
        diagnosis="not-an-array",
    )
