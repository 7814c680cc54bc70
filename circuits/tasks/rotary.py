"""Judge rotary scores, heads under rotary attention, and a probe for positions."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from circuits.behaviours.functions import TOLERANCE, Call, CallResult, call_function, relative_error
from circuits.behaviours.rotary import (
    IN_FRONT,
    LATEST,
    SINGLE_MASS,
    Recency,
    draw_crowded,
    draw_regressions,
    draw_repeated,
    draw_rotary_cases,
    draw_values,
    keep_near,
    measure_recency,
    move_back,
    strip_and_note,
    strip_positions,
)
from circuits.behaviours.selection import Selection, measure_selection
from circuits.behaviours.shrinking import show_sequence
from circuits.comparison import Comparison, LabelledTable
from circuits.diagnosis.results import diagnose_results
from circuits.diagnosis.rotary import (
    diagnose_note_search,
    diagnose_previous,
    diagnose_probe,
    diagnose_recency,
    diagnose_rotary_scores,
    is_one_side_turned,
)
from circuits.examination import Examination, GivenAnswers, Judgement, postpone
from circuits.parts import Part, Task
from circuits.rotary import RotaryHead, rotary_scores
from circuits.shapes import FloatArray
from circuits.tasks.attention import Attempt, Attention, StreamOf
from circuits.tasks.functions import (
    Function,
    diagnose_nothing,
    find_error,
    get_function,
    read_result,
)
from circuits.tasks.tables import show_share_unlike
from circuits.trials import Batch, Trials

_RIGHT_NOTES, _OWN_NOTES = "behind a right head 1", "behind your own head 1"
_WRITES_NOTES = {
    _RIGHT_NOTES: "LeaveNotes()",
    _OWN_NOTES: "RotaryHead(W_Q_prev, W_K_prev, u_cont[:4], v[:4].T)",
}
"""The head 1 that a search stands behind, in the words of the page."""


@dataclass(frozen=True)
class RotaryScores(Function):
    """Compute the scores of a rotary head."""

    def list_properties(self, part: Part) -> Collection[str]:
        return "scores", "relative", "unchanged"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        function = get_function(given)
        cases = trials.recall("rotary scores", draw_rotary_cases)
        outcomes = [call_function(function, case) for case in cases]
        errors = [(outcome, find_error(outcome)) for outcome in outcomes]
        wrong = next(((outcome, error) for outcome, error in errors if error), None)
        changed = next((outcome for outcome in outcomes if outcome.changed), None)
        results = [read_result(outcome.result, outcome.case.wanted.shape) for outcome in outcomes]
        sound = [result for result in results if isinstance(result, np.ndarray)]
        readable = len(sound) == len(results) and all(np.isfinite(result).all() for result in sound)
        relative = (
            _judge_relative(function, cases, trials)
            if readable
            else postpone("Whether only distances count can be told once the scores can be read.")
        )
        diagnosis = None
        if wrong or changed or not relative.passed:
            diagnosis = diagnose_nothing(outcomes)
            diagnosis = diagnosis or ("input-changed" if changed else None)
            diagnosis = diagnosis or (_diagnose_scores(cases, sound) if readable else None)
            diagnosis = diagnosis or diagnose_results(outcomes)
        return Examination(
            {
                "scores": Judgement(False, f"With {wrong[0].case.label}: {wrong[1]}.")
                if wrong
                else Judgement(True, "The scores are right on streams of seven shapes."),
                "relative": relative,
                "unchanged": Judgement(
                    False, f"With {changed.case.label} it changed an array that it was given."
                )
                if changed
                else Judgement(True, "The arrays it is given stay as they were.")
                if readable
                else postpone("Whether the arrays stay as they were counts once scores come back."),
            },
            next_step="Turn one query and one key by hand, for two positions, and compare.",
            diagnosis=diagnosis,
        )


def _diagnose_scores(cases: tuple[Call, ...], results: list[FloatArray]) -> str | None:
    if is_one_side_turned(cases, results):
        return "one-side-turned"
    return diagnose_rotary_scores(cases, results)


def _judge_relative(
    function: Callable[..., object], cases: tuple[Call, ...], trials: Trials
) -> Judgement:
    """Return whether scores stay as they are if other tokens are put in front."""
    rng = trials.rng("tokens in front")
    for case in cases:
        if len(case.arguments[0]) == 1:
            continue
        before = call_function(function, case)
        moved = move_back(case, rng)
        after = call_function(function, moved)
        pair = (
            read_result(before.result, case.wanted.shape),
            read_result(after.result, moved.wanted.shape),
        )
        if not all(isinstance(scores, np.ndarray) for scores in pair):
            return Judgement(False, f"With {moved.label} no scores come back.")
        here, there = np.asarray(pair[0]), np.asarray(pair[1])[IN_FRONT:, IN_FRONT:]
        x, W_Q, W_K = case.arguments
        if not here.any() or relative_error(here, (x @ W_Q.T) @ (x @ W_K.T).T) <= TOLERANCE:
            return Judgement(False, "The scores do not depend on where the tokens stand.")
        if not np.isfinite(there).all() or relative_error(there, here) > TOLERANCE:
            return Judgement(
                False, f"With {moved.label} the scores between the old tokens change; wanted alike."
            )
    return Judgement(
        True, "Only distances count: tokens in front change no score between the others."
    )


@dataclass(frozen=True, eq=False)
class RotaryAttempt(Attempt):
    """A learner's queries and keys, tried under rotary attention."""

    why: Callable[[Selection], str | None] = lambda _: None

    @cached_property
    def diagnosis(self) -> str | None:
        """The mistake's slug, if it has a name."""
        if not self.selection.finite:
            return "overflow"
        return self.why(self.selection)

    @property
    def replay(self) -> str | None:
        """Lines of Python that make the streams of ``shown``; None if other noise hides it."""
        place = self.shown
        if not self.failed or place is self.selection.worst:
            return None
        lines = show_sequence(place.tokens).replace(
            ", np.random", ", marks=True, positions=False, rng=np.random"
        )
        if self.behind:
            lines += f"\nx = x + {_WRITES_NOTES[self.behind]}.output(x)"
        query, key = (answer.name for answer in self.part.answers[:2])
        causal = "" if place.causal else ", causal=False"
        return f"{lines}\nrotary_pattern(x, {query}, {key}{causal})[{place.query}]"


@dataclass(frozen=True, eq=False)
class RotaryAttention(Attention):
    """Let a head look where it should whose queries and keys turn with the position."""

    def score(self, x: FloatArray, W_Q: FloatArray, W_K: FloatArray) -> FloatArray:
        return rotary_scores(x, W_Q, W_K)


@dataclass(frozen=True, eq=False)
class RotaryPrevious(RotaryAttention):
    """Let a rotary head look at the previous token, in a stream that holds no positions."""

    def measure(self, score: Callable[[Batch], FloatArray], trials: Trials) -> Selection:
        """Return what is measured on random sequences, and on lines with loud noise."""
        *_, loud = trials.recall("repeated lines", draw_repeated(trials.stream))
        batches = sorted((*trials.batches, loud), key=lambda batch: batch.tokens.shape[1])
        return measure_selection(
            score,
            self.rule,
            Trials(trials.stream, tuple(batches), trials.seed),
            kinds=("pairs", "iid", "repeats"),
            masks=self.masks,
        )

    def attempt(self, part: Part, given: GivenAnswers, trials: Trials) -> Attempt:
        """Return the learner's head, tried on streams without positions."""
        W_Q, W_K = given.matrices[:2]
        stream = trials.stream
        return RotaryAttempt(
            self,
            part,
            W_Q,
            W_K,
            trials,
            lambda batch: strip_positions(stream, batch),
            why=lambda selection: diagnose_previous(stream, W_Q, W_K, selection),
        )


@dataclass(frozen=True, eq=False)
class RotaryNotes(RotaryAttention):
    """Let a rotary head look for the note of its own word, behind a head 1 that leaves notes."""

    def measure(self, score: Callable[[Batch], FloatArray], trials: Trials) -> Selection:
        """Return what is measured on lines that are said twice, and on pairs that stand near."""
        repeats = trials.recall("repeated lines", draw_repeated(trials.stream))
        batches = (*keep_near(trials.of_kind("pairs")), *repeats)
        batches = tuple(sorted(batches, key=lambda batch: batch.tokens.shape[1]))
        near = Trials(trials.stream, batches, trials.seed)
        return measure_selection(
            score, self.rule, near, kinds=("pairs", "repeats"), masks=self.masks
        )

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        attempts = [
            self._attempt(part, given, trials, stream_of, behind)
            for behind, stream_of in list_notes(given, trials)
        ]
        return self.examine_attempt(part, max(attempts, key=lambda attempt: attempt.passed))

    def _attempt(
        self, part: Part, given: GivenAnswers, trials: Trials, stream_of: StreamOf, behind: str
    ) -> Attempt:
        W_Q, W_K = given.matrices[:2]
        stream = trials.stream
        return RotaryAttempt(
            self,
            part,
            W_Q,
            W_K,
            trials,
            stream_of,
            behind,
            why=lambda selection: diagnose_note_search(stream, W_Q, W_K, selection),
        )


def list_notes(given: GivenAnswers, trials: Trials) -> list[tuple[str, StreamOf]]:
    """Return the streams behind a right head 1, and behind the learner's own part (b)."""
    stream = trials.stream
    streams: list[tuple[str, StreamOf]] = [
        (_RIGHT_NOTES, lambda batch: strip_and_note(stream, batch))
    ]
    looks = given.read_earlier("W_Q_prev", "W_K_prev")
    if looks is not None:
        head = RotaryHead(looks[0], looks[1], stream.u_cont[:4], stream.v[:4].T)

        def behind_own(batch: Batch) -> FloatArray:
            x = strip_positions(stream, batch)
            return x + head.output(x)

        streams.append((_OWN_NOTES, behind_own))
    return streams


@dataclass(frozen=True, eq=False)
class RotaryLatest(Task):
    """Let a rotary head follow the latest copy of a word, and no less a copy that is alone.

    Attributes:
        search: What the head must do where words come twice, for the diagnosis.
    """

    search: RotaryNotes

    tried = ", on sequences it has never seen"
    about_sizes = Attention.about_sizes

    def list_properties(self, part: Part) -> Collection[str]:
        return "latest", "single"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        stream = trials.stream
        W_Q, W_K = given.matrices[:2]
        batches = trials.recall("crowded", draw_crowded(stream))
        tried: list[tuple[str, Recency]] = []

        def measure(stream_of: StreamOf) -> Recency:
            return measure_recency(
                lambda batch: rotary_scores(stream_of(batch), W_Q, W_K), stream, batches
            )

        for behind, stream_of in list_notes(given, trials):
            recency = measure(stream_of)
            tried.append((behind, recency))
            if recency.latest and recency.single:
                break
        behind, best = max(tried, key=lambda pair: pair[1].latest + pair[1].single)

        def search() -> tuple[Selection, str | None]:
            selection = self.search.measure(
                lambda batch: rotary_scores(strip_and_note(stream, batch), W_Q, W_K), trials
            )
            return selection, diagnose_note_search(stream, W_Q, W_K, selection)

        right = best.latest and best.single
        finite = bool(np.isfinite(list(best.follows.values())).all())
        return Examination(
            {
                "latest": _judge_latest(best, behind),
                # A head that shares its attention among all copies loses none that is alone.
                "single": _judge_single(best)
                if best.latest
                else postpone(
                    "What a single copy gets counts once the latest of several is followed."
                ),
            },
            next_step="Draw the score of two copies of one word against their distance: which is "
            "ahead, and by how many nats?",
            diagnosis=None
            if right or not finite
            else diagnose_recency(stream, W_Q, W_K, best.single, search),
            comparison=_show_recency(best),
        )


def _judge_latest(recency: Recency, behind: str) -> Judgement:
    said = ", ".join(
        f"{show_share_unlike(share, LATEST[n])} with {n}" for n, share in recency.follows.items()
    )
    sentence = (
        f"Where a word came several times, the guess follows its latest copy in so many cases "
        f"({behind}, by the number of tokens): {said}"
    )
    wanted = ", ".join(f"{least:.0%}" for least in LATEST.values())
    return Judgement(
        recency.latest, f"{sentence}" + ("." if recency.latest else f"; wanted {wanted}.")
    )


def _judge_single(recency: Recency) -> Judgement:
    least = show_share_unlike(recency.least_mass, SINGLE_MASS)
    sentence = f"Where a word has one earlier copy, what followed it gets {least} of the attention"
    where = "at the query where it gets least"
    wanted = "." if recency.single else f"; wanted {SINGLE_MASS:.0%} everywhere."
    return Judgement(recency.single, f"{sentence} {where}{wanted}")


def _show_recency(recency: Recency) -> Comparison:
    table = LabelledTable(
        title="guesses that follow the latest copy",
        rows=tuple(f"{n} tokens" for n in recency.follows),
        columns=("share", "wanted"),
        values=tuple((share, LATEST[n]) for n, share in recency.follows.items()),
    )
    return Comparison(
        "The share of queries with several earlier copies at which the best match of what is found "
        "is the word that followed the latest.",
        (table,),
        title="Which copy is followed",
    )


@dataclass(frozen=True)
class Probe(Function):
    """Give the share of a target's variance that a linear fit explains."""

    def list_properties(self, part: Part) -> Collection[str]:
        return "fit", "offset"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        function = get_function(given)
        cases = trials.recall("regressions", draw_regressions)
        outcomes = [call_function(function, case) for case in cases]
        half = len(cases) // 2
        verdicts = {
            "fit": _judge_fits(outcomes[:half], "The share is right for features about zero."),
            "offset": _judge_fits(outcomes[half:], "It is right for features far from zero, too."),
        }
        right = all(verdict.passed for verdict in verdicts.values())
        diagnosis = None
        if not right:
            diagnosis = diagnose_nothing(outcomes)
            if diagnosis is None and any(outcome.changed for outcome in outcomes):
                diagnosis = "input-changed"
            diagnosis = diagnosis or diagnose_results(outcomes, sizes=False)
            numbers = [read_result(outcome.result, ()) for outcome in outcomes]
            if diagnosis is None and all(isinstance(number, np.ndarray) for number in numbers):
                diagnosis = diagnose_probe(cases, [float(number) for number in numbers])
        return Examination(
            verdicts,
            next_step="Fit five points by hand, and compare the squares that are left with the "
            "squares about the mean.",
            diagnosis=diagnosis,
            comparison=_probe_streams(function, trials) if right else None,
        )


def _judge_fits(outcomes: list[CallResult], praise: str) -> Judgement:
    for outcome in outcomes:
        error = find_error(outcome)
        if outcome.changed:
            error = "it changed an array that it was given"
        if error:
            said = error.replace("entry [] is", "it returned")
            return Judgement(False, f"With {outcome.case.label}: {said}.")
    return Judgement(True, praise)


def _probe_streams(function: Callable[..., object], trials: Trials) -> Comparison:
    """Return what a right probe reads of the position from streams of both kinds."""
    drawn = trials.recall("streams to probe", draw_values(trials.stream))
    names = ("added to the stream", "rotary")
    shares = []
    for name in names:
        case = Call(name, (drawn[name], drawn["hand"]), np.array(0.0))
        result = read_result(call_function(function, case).result, ())
        shares.append((float(result) if isinstance(result, np.ndarray) else np.nan,))
    return Comparison(
        "What your probe reads of the cosine of the largest hand from 2,400 tokens of a first "
        "layer: all of it where positions are added to the stream, and next to nothing under "
        "rotary attention.",
        (LabelledTable("share explained", names, ("R2",), tuple(shares)),),
        title="What values can know of the position",
    )
