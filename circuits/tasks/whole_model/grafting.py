"""Judge a head that takes the place of the trained model's previous-token head."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from circuits.attention import Head
from circuits.behaviours.grafting import (
    DISTINGUISHED,
    LEAST_PREVIOUS,
    LEAST_RATIO_ARRIVING,
    LEAST_RATIO_CLEAN,
    LEAST_RATIO_LOOKING,
    OWN,
    PREVIOUS_HEAD,
    Effect,
    GraftTrials,
    draw_graft_trials,
    measure_distance,
    measure_effect,
    measure_match,
    measure_moved,
    measure_text,
)
from circuits.diagnosis.whole_model.grafting import diagnose_looking, diagnose_moving
from circuits.parts import Part, Task
from circuits.reports.examination import Examination, GivenAnswers, Judgement, postpone
from circuits.tasks.tables import show_share_unlike
from circuits.trained.model import load_model
from circuits.trials import Trials


@dataclass(frozen=True)
class Graft(Task):
    """Write a head that does the work of the trained previous-token head.

    The answers of the part are ``W_Q``, ``W_K``, ``W_V`` and ``W_out``.
    """

    tried = ", on lists that every check shares and on others that it has never seen"

    def list_properties(self, part: Part) -> Collection[str]:
        return "looks", "arrives", "clean"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        drawn = trials.recall(part.id, lambda rng: draw_graft_trials(load_model(), rng))
        head = Head(*given.matrices)
        trained = drawn.model.heads[PREVIOUS_HEAD]
        looking = measure_effect(Head(head.W_Q, head.W_K, trained.W_V, trained.W_out), drawn)
        looks = _judge_looking(looking)
        copied = measure_distance(head.W_OV, trained.W_OV) < OWN
        if copied:
            arrives = clean = Judgement(
                False,
                "What is moved here is what the trained head moves, or nearly; wanted a W_V and a "
                "W_out that you made.",
            )
        else:
            # A pattern that is not right yet does not cost what is moved its points.
            moving = (
                measure_effect(head, drawn) if looks.passed else measure_moved(head.W_OV, drawn)
            )
            match = measure_match(drawn.model, head.W_OV)
            arrives = _judge_arriving(moving, match, looks.passed)
            clean = _judge_clean(moving, head, drawn, looks.passed)
        diagnosis = None
        if not looks.passed:
            diagnosis = diagnose_looking(drawn.model, head.W_Q, head.W_K)
        elif not clean.passed:
            diagnosis = diagnose_moving(drawn.model, head)
        if copied and not looks.passed:
            diagnosis = diagnosis or "graft-trained-head"
        return Examination(
            {"looks": looks, "arrives": arrives, "clean": clean},
            next_step="Where the head looks is a matter of W_Q and W_K alone, and a row of its "
            "pattern shows it. What it moves is a matter of W_V and W_out alone: is the match "
            "score about that of the trained head, 10? If it is, who else hears the note: which "
            "other matrices read what W_out writes?",
            diagnosis=diagnosis,
        )


def _judge_looking(effect: Effect) -> Judgement:
    previous = effect.previous or 0.0
    if not np.isfinite(previous):
        return Judgement(False, "The scores overflow; wanted finite ones.")
    seen = (
        f"The previous token gets {show_share_unlike(previous, LEAST_PREVIOUS)} of the attention, "
        "and with the trained W_V and W_out the model reaches "
        f"{show_share_unlike(effect.ratio, LEAST_RATIO_LOOKING)} of its accuracy"
    )
    if previous >= LEAST_PREVIOUS and effect.ratio >= LEAST_RATIO_LOOKING:
        return Judgement(True, f"{seen}.")
    wanted = f"wanted at least {LEAST_PREVIOUS:.0%} and {LEAST_RATIO_LOOKING:.0%}"
    return Judgement(False, f"{seen}; {wanted}.")


def _judge_arriving(effect: Effect, match: float, own_pattern: bool) -> Judgement:
    behind = "With your four matrices" if own_pattern else "Behind an exact previous-token pattern"
    share = show_share_unlike(effect.ratio, LEAST_RATIO_ARRIVING)
    seen = f"{behind}, the model reaches {share} of its accuracy, at a match score of {match:.1f}"
    if effect.ratio >= LEAST_RATIO_ARRIVING:
        return Judgement(True, f"{seen}.")
    return Judgement(False, f"{seen}; wanted at least {LEAST_RATIO_ARRIVING:.0%}.")


def _judge_clean(effect: Effect, head: Head, trials: GraftTrials, own_pattern: bool) -> Judgement:
    if effect.ratio < LEAST_RATIO_ARRIVING:
        return postpone("Whether anybody else hears the note can be told once it arrives.")
    share = show_share_unlike(effect.ratio, LEAST_RATIO_CLEAN)
    if effect.ratio < LEAST_RATIO_CLEAN:
        return Judgement(
            False, f"{share} of the accuracy; wanted at least {LEAST_RATIO_CLEAN:.0%}."
        )
    if not own_pattern:  # what a head costs on text is told once it looks the right way
        return Judgement(True, f"The model reaches {share} of its accuracy on lists.")
    loss = measure_text(head, trials)
    ratio, most = DISTINGUISHED
    distinction = (
        " That is a distinction: the head is hardly noticed in text."
        if effect.ratio >= ratio and loss <= most
        else f" For a distinction: {ratio:.0%} and at most {most} nats."
    )
    return Judgement(
        True,
        f"The model reaches {share} of its accuracy on lists, and loses {loss:.2f} nats a word on "
        f"text, where the trained one loses {trials.text_loss:.2f}.{distinction}",
    )
