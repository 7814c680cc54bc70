"""Judge a whole model by its guesses: what it moves, what it says, how loudly and when."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from circuits.attention import Head, attention_scores, softmax_scores
from circuits.behaviours.composition import EXPLAINED
from circuits.behaviours.functions import Call, CallResult, call_function
from circuits.behaviours.lines import (
    LOSS_TOLERANCE,
    REST,
    Copying,
    Lines,
    Seen,
    draw_lines,
    draw_losses,
    explain_next,
    find_map,
    look_for_notes,
    look_with,
    measure_copying,
    measure_gain,
    unembed_found,
)
from circuits.behaviours.mixtures import Mixture, draw_mixtures
from circuits.behaviours.stand_ins import LeaveNotes
from circuits.comparison import Comparison, LabelledTable
from circuits.diagnosis.models import (
    diagnose_found,
    diagnose_gains,
    diagnose_rest,
    diagnose_unembedding,
)
from circuits.diagnosis.results import diagnose_results
from circuits.examination import Examination, GivenAnswers, Judgement, postpone
from circuits.parts import Part, Task
from circuits.shapes import FloatArray
from circuits.stream import ToyStream
from circuits.tasks.functions import Function, diagnose_nothing, get_function, read_result
from circuits.tasks.tables import show_share_unlike
from circuits.trials import Trials

SURE = 0.05
"""The loss at which a model is sure enough of a word that it copies, nats."""

RESTS = 4.20
"""The loss at which a model still says that it does not know; ln 64 is 4.159 nats."""

SPEAKS = 0.01
"""The loss of a resting model where there is something to copy, nats."""

_HEAD_1 = ("W_Q_1", "W_K_1", "W_V_1", "W_out_1")
_HEAD_2 = ("W_Q_2", "W_K_2")
_MOVED = ("W_V_2", "W_out_2")

_WHAT_IS_SHOWN = (
    "Mean losses in nats, by the number of words before the repetition. A model that knows "
    f"nothing, and knows that, has {REST:.2f}."
)


def _recall_lines(trials: Trials, marks: bool) -> tuple[Lines, ...]:
    purpose = "lines with marks" if marks else "lines"
    return trials.recall(purpose, draw_lines(trials.stream, marks))


def _recall_seen(trials: Trials) -> list[Seen]:
    """Return what the two heads that exercise 3 asks for see, worked out once."""
    lines = _recall_lines(trials, marks=False)
    return trials.recall("lines behind notes", lambda _: [look_for_notes(line) for line in lines])


@dataclass(frozen=True, eq=False)
class Before:
    """What stands before the answer of a part: heads that do what was asked, or the learner's own.

    Attributes:
        name: What to call it in a report.
        seen: The lines behind head 1, and where head 2 looks.
        W_OV: What head 2 moves, shape ``(48, 48)``.
    """

    name: str
    seen: Sequence[Seen]
    W_OV: FloatArray


def _list_before(given: GivenAnswers, trials: Trials) -> list[Before]:
    """Return the learner's own heads, as far as they are there, and those that stand for them."""
    stream = trials.stream
    heads = given.read_earlier(*_HEAD_1, *_HEAD_2)
    moved = given.read_earlier(*_MOVED)
    standing = _recall_seen(trials)
    attention = [("the heads of exercise 3", standing)]
    if heads is not None:
        W_Q_1, W_K_1, W_V_1, W_out_1, W_Q_2, W_K_2 = heads
        head_1 = Head(W_Q_1, W_K_1, W_V_1, W_out_1)
        lines = _recall_lines(trials, marks=False)
        own = [look_with(line, head_1, W_Q_2, W_K_2) for line in lines]
        attention.insert(0, ("your own heads of exercise 3", own))
    if moved is None:
        return [Before(name, seen, find_map(stream)) for name, seen in attention]
    own_map = moved[1] @ moved[0]
    return [
        *(Before(f"{name} and your own (a)", seen, own_map) for name, seen in attention),
        Before("heads that do what was asked", standing, find_map(stream)),
    ]


def _best(examinations: Sequence[Examination]) -> Examination:
    """Return the examination of which most properties hold, the first of equals."""
    return max(examinations, key=lambda examination: examination.passed)


def _show_losses(measured: Sequence[Copying]) -> Comparison:
    table = LabelledTable(
        title="mean loss",
        rows=tuple(f"{line.half} words" for line in measured),
        columns=("first half", "its last token", "second half"),
        values=tuple((line.first, line.join, line.second) for line in measured),
    )
    return Comparison(_WHAT_IS_SHOWN, (table,), title="What the model loses, and where")


@dataclass(frozen=True)
class MoveFound(Task):
    """Let head 2 move the word that it has found to where it can be read.

    The answers of the part are ``W_V`` and ``W_out``.
    """

    tried = ", on lines it has never seen"

    def list_properties(self, part: Part) -> Collection[str]:
        return ["found"]

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        W_V, W_out = given.matrices
        W_OV: FloatArray = W_out @ W_V
        before = _list_before(given, trials)
        return _best([self._examine_behind(heads, W_OV, trials.stream) for heads in before])

    def _examine_behind(self, heads: Before, W_OV: FloatArray, stream: ToyStream) -> Examination:
        explained = explain_next(stream, [(seen.lines, seen.move(W_OV)) for seen in heads.seen])
        verdict = _judge_found(explained, heads.name)
        return Examination(
            {"found": verdict},
            next_step="What stands at the token that head 2 looks at, and which of it is its word?",
            diagnosis=None if verdict.passed else diagnose_found(stream, W_OV),
        )


def _judge_found(explained: FloatArray, behind: str) -> Judgement:
    worst = int(explained.argmin())
    if explained[worst] >= EXPLAINED:
        return Judgement(
            True,
            f"Behind {behind}, a linear read-out recovers at least "
            f"{show_share_unlike(explained[worst], EXPLAINED)} of each of the four content numbers "
            "of the word that was found.",
        )
    if not np.isfinite(explained).all():
        return postpone("The stream behind head 2 overflows, so nothing can be read from it.")
    share = show_share_unlike(max(float(explained[worst]), 0.0), EXPLAINED)
    return Judgement(
        False,
        f"Behind {behind}, a linear read-out recovers {share} of content number {worst} of the "
        f"word that was found; wanted at least {EXPLAINED:.0%} of each of the four, numbered 0 "
        "to 3.",
    )


@dataclass(frozen=True)
class Unembedding(Task):
    """Turn what stands in the stream into a logit for each word. The answer is ``W_U``."""

    tried = ", on lines it has never seen"

    def list_properties(self, part: Part) -> Collection[str]:
        return "guess", "sure"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        (W_U,) = given.matrices
        before = _list_before(given, trials)
        return _best([self._examine_behind(heads, W_U, trials.stream) for heads in before])

    def _examine_behind(self, heads: Before, W_U: FloatArray, stream: ToyStream) -> Examination:
        measured = [measure_copying(seen.lines, seen.move(heads.W_OV), W_U) for seen in heads.seen]
        worst = min(measured, key=lambda line: line.accuracy)
        loss = float(np.mean([line.second for line in measured]))
        guess = worst.accuracy == 1.0
        sure = guess and loss <= SURE
        verdicts = {
            "guess": Judgement(
                guess,
                f"Every guess in the second halves is right (behind {heads.name})."
                if guess
                else f"Behind {heads.name}, {show_share_unlike(worst.accuracy, 1.0)} of the "
                f"guesses in the second half of lines of {worst.half} words are right; "
                "wanted all.",
            ),
            "sure": Judgement(
                sure,
                f"Its mean loss there is {loss:.2g} nats"
                + ("." if sure else f"; wanted at most {SURE:g}."),
            )
            if guess
            else postpone("How sure the model is counts once its guesses are right."),
        }
        diagnosis = None if sure else diagnose_unembedding(stream, W_U, heads.W_OV, measured)
        return Examination(
            verdicts,
            next_step="Follow one word: which four numbers of the stream say what was found, and "
            "which row of W_U should give the largest product with them?",
            diagnosis=diagnosis,
            question=_ABOUT_LOGITS.get(diagnosis or ""),
            comparison=_show_losses(measured),
        )


_ABOUT_LOGITS = {
    "too-soft": "What does doubling W_U do to all logits, and to the softmax of them?",
    "opposite-sign": "What happens to the order of the logits if W_U changes its sign?",
    "wrong-dimensions": "To which directions does head 2 write, and which does W_U read?",
    "too-few-dimensions": "How many numbers does it take to tell 64 words apart here, and how many "
    "does W_U look at?",
}


@dataclass(frozen=True)
class GainForLoss(Function):
    """Give the gain of an unembedding that has a given loss where the word has been found."""

    def list_properties(self, part: Part) -> Collection[str]:
        return "one", "others"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        function, stream = get_function(given), trials.stream
        asked = trials.recall("losses", draw_losses)
        wanted = trials.recall("gains", lambda _: [_find_gain(stream, loss) for loss in asked])
        outcomes = [
            call_function(
                lambda number: function(float(number)),
                Call(f"loss={loss:.3g}", (np.array(loss),), np.array(gain)),
            )
            for loss, gain in zip(asked, wanted, strict=True)
        ]
        said = [
            _judge_gain(stream, loss, outcome)
            for loss, outcome in zip(asked, outcomes, strict=True)
        ]
        others = next((verdict for verdict in said[1:] if not verdict.passed), said[1])
        right = said[0].passed and all(verdict.passed for verdict in said)
        return Examination(
            {"one": said[0], "others": others},
            next_step="Write down the logits of all 64 words at a token that has found word k, "
            "for a gain of your choice, and the loss that follows from them.",
            diagnosis=None
            if right
            else diagnose_nothing(outcomes)
            or diagnose_results(outcomes, sizes=False)
            or self._diagnose(stream, np.array(asked), np.array(wanted), outcomes),
        )

    def _diagnose(
        self, stream: ToyStream, asked: FloatArray, wanted: FloatArray, outcomes: list[CallResult]
    ) -> str | None:
        results = [read_result(outcome.result, ()) for outcome in outcomes]
        if any(isinstance(result, str) for result in results):
            return None
        gains = np.array([float(result) for result in results])
        losses = np.array([measure_gain(stream, gain) for gain in gains])
        return diagnose_gains(asked, gains, wanted, losses)


def _find_gain(stream: ToyStream, loss: float) -> float:
    """Return the gain that has a loss, by halving an interval that holds it."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if measure_gain(stream, middle) > loss else (low, middle)
    return high


def _judge_gain(stream: ToyStream, asked: float, outcome: CallResult) -> Judgement:
    """Return whether a gain has the loss that was asked for."""
    if outcome.failure:
        return Judgement(False, f"With {outcome.case.label} it raised {outcome.failure}.")
    result = read_result(outcome.result, ())
    if isinstance(result, str):
        return Judgement(False, f"With {outcome.case.label}: {result}.")
    gain = float(result)
    loss = measure_gain(stream, gain) if np.isfinite(gain) else np.inf
    fits = bool(abs(loss - asked) <= LOSS_TOLERANCE * asked)
    sentence = (
        f"Asked for a loss of {asked:.3g}, it gives a gain of {gain:.3g}, which has {loss:.3g}"
    )
    return Judgement(
        fits, f"{sentence}." if fits else f"{sentence}; wanted within {LOSS_TOLERANCE:.0%}."
    )


@dataclass(frozen=True)
class Rest(Task):
    """Let head 2 rest at BOS where there is nothing to copy, and copy where there is.

    The answers of the part are ``W_Q``, ``W_K``, ``W_V`` and ``W_out``.
    """

    tried = ", on lines it has never seen"

    def list_properties(self, part: Part) -> Collection[str]:
        return "rests", "join"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        stream = trials.stream
        lines = _recall_lines(trials, marks=True)
        noted = trials.recall(
            "marked lines behind notes",
            lambda _: [line.x + LeaveNotes().output(line.x) for line in lines],
        )
        streams: list[tuple[str, Sequence[FloatArray]]] = [("a right head 1", noted)]
        head_1 = given.read_earlier(*_HEAD_1)
        if head_1 is not None:
            own = Head(*head_1)
            behind = [line.x + own.output(line.x) for line in lines]
            streams.insert(0, ("your own head 1", behind))
        unembeddings = [("", unembed_found(stream))]
        W_U = given.read_earlier("W_U")
        if W_U is not None:
            unembeddings.insert(0, (" and before your own W_U", W_U[0]))
        head = Head(*given.matrices)
        examinations = []
        for name, notes in streams:
            for before, unembedding in unembeddings:
                examination = _examine_rest(
                    head, lines, notes, unembedding, f"{name}{before}", stream
                )
                if examination.passed == len(examination.judgements):
                    return examination
                examinations.append(examination)
        return _best(examinations)


def _examine_rest(
    head: Head,
    lines: Sequence[Lines],
    behind: Sequence[FloatArray],
    W_U: FloatArray,
    name: str,
    stream: ToyStream,
) -> Examination:
    measured = [
        measure_copying(line, x + head.output(x), W_U)
        for line, x in zip(lines, behind, strict=True)
    ]
    first, second, join = (
        max(getattr(line, where) for line in measured) for where in ("first", "second", "join")
    )
    speaks = second <= SPEAKS
    rests = first <= RESTS and speaks
    right = rests and join <= RESTS
    return Examination(
        {
            "rests": Judgement(
                rests,
                f"Behind {name}, the loss is at most {first:.3f} nats in the first half and "
                f"{second:.2g} in the second"
                + ("." if rests else f"; wanted at most {RESTS:.2f} and {SPEAKS:g}."),
            ),
            "join": Judgement(
                join <= RESTS,
                f"At the last token of the first half it is at most {join:.3f} nats"
                + ("." if join <= RESTS else f"; wanted at most {RESTS:.2f}."),
            )
            if speaks
            else postpone("What it loses at the join counts once it copies the second half."),
        },
        next_step="Print the scores of one query of the first half, and of one of the second: "
        "which key wins, and where does BOS come in?",
        diagnosis=None if right else _diagnose(head, lines[1], behind[1], stream),
        comparison=_show_losses(measured),
    )


def _diagnose(head: Head, lines: Lines, x: FloatArray, stream: ToyStream) -> str | None:
    scores = attention_scores(x, head.W_Q, head.W_K)
    pattern = softmax_scores(scores)
    return diagnose_rest(stream, lines, scores, head.W_QK, head.W_OV, pattern)


@dataclass(frozen=True)
class MixtureGuess(Function):
    """Give the word that the mean of several words is most like."""

    def list_properties(self, part: Part) -> Collection[str]:
        return "several", "repeated"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        function = get_function(given)
        mixtures = trials.recall("mixtures", draw_mixtures(trials.stream))
        outcomes = [
            call_function(
                function,
                Call(
                    f"{len(mixture.content)} words in {mixture.content.shape[1]} dimensions and "
                    f"words={mixture.words.tolist()}",
                    (mixture.content, cast(FloatArray, mixture.words)),  # rows, whole numbers
                    np.array(float(mixture.guess)),
                ),
            )
            for mixture in mixtures
        ]
        repeated = [len(set(mixture.words.tolist())) < len(mixture.words) for mixture in mixtures]
        verdicts = {
            slug: _judge_guesses(
                [
                    outcome
                    for outcome, twice in zip(outcomes, repeated, strict=True)
                    if twice == want
                ],
                praise,
            )
            for slug, want, praise in (
                ("several", False, "The guess is right for one word and for several."),
                ("repeated", True, "A word that went in three times counts three times."),
            )
        }
        right = all(verdict.passed for verdict in verdicts.values())
        return Examination(
            verdicts,
            next_step="Average the rows of two words by hand, and compare the mean with every row "
            "of the table.",
            diagnosis=None
            if right
            else diagnose_nothing(outcomes)
            or diagnose_results(outcomes, sizes=False)
            or _diagnose_guesses(mixtures, outcomes),
        )


def _judge_guesses(outcomes: list[CallResult], praise: str) -> Judgement:
    for outcome in outcomes:
        case, wanted = outcome.case, int(outcome.case.wanted)
        if outcome.failure:
            return Judgement(False, f"With {case.label} it raised {outcome.failure}.")
        if outcome.changed:
            return Judgement(False, f"With {case.label} it changed an array that it was given.")
        result = read_result(outcome.result, ())
        if isinstance(result, str):
            return Judgement(False, f"With {case.label}: {result}.")
        if float(result) != wanted:
            return Judgement(
                False, f"With {case.label} it returned {float(result):g}; wanted row {wanted}."
            )
    return Judgement(True, praise)


def _diagnose_guesses(mixtures: Sequence[Mixture], outcomes: list[CallResult]) -> str | None:
    if any(outcome.changed for outcome in outcomes):
        return "input-changed"
    results = [read_result(outcome.result, ()) for outcome in outcomes]
    if any(isinstance(result, str) for result in results):
        return None
    guesses = [float(result) for result in results]

    def all_are(wanted: Callable[[Mixture], float]) -> bool:
        return all(guess == wanted(m) for guess, m in zip(guesses, mixtures, strict=True))

    if all_are(lambda m: m.guess + 1) or all_are(lambda m: m.guess - 1):
        return "rows-shifted"
    if all_are(lambda m: int((m.content @ m.content[m.words].mean(axis=0)).argmin())):
        return "least-alike"
    if all_are(lambda m: int((m.content @ m.content[np.unique(m.words)].mean(axis=0)).argmax())):
        return "copies-counted-once"
    among = all(guess in m.words for guess, m in zip(guesses, mixtures, strict=True))
    return "guess-among-the-mixed" if among else None
