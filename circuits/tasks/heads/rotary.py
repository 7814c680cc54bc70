"""Judge heads under rotary attention."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from circuits.behaviours.heads.selection import Selection, measure_selection
from circuits.behaviours.heads.shrinking import show_sequence
from circuits.behaviours.rotary import (
    LATEST,
    SINGLE_MASS,
    Recency,
    draw_crowded,
    draw_repeated,
    keep_near,
    measure_recency,
    strip_and_note,
    strip_positions,
)
from circuits.diagnosis.heads.rotary import (
    diagnose_note_search,
    diagnose_previous,
    diagnose_recency,
)
from circuits.parts import Part, Task
from circuits.reports.comparison import Comparison, LabelledTable
from circuits.reports.examination import Examination, GivenAnswers, Judgement, postpone
from circuits.rotary import RotaryHead, rotary_scores
from circuits.shapes import FloatArray
from circuits.stream import ToyStream
from circuits.tasks.heads.attention import Attempt, Attention, StreamOf
from circuits.tasks.tables import show_share_unlike
from circuits.trials import Batch, Trials

Diagnose = Callable[[ToyStream, FloatArray, FloatArray, Selection], str | None]
"""Returns the slug of a mistake, from the stream, queries, keys and what they select; or None."""

_RIGHT_NOTES, _OWN_NOTES = "behind a right head 1", "behind your own head 1"
_WRITES_NOTES = {
    _RIGHT_NOTES: "LeaveNotes()",
    _OWN_NOTES: "RotaryHead(W_Q_prev, W_K_prev, u_cont[:4], v[:4].T)",
}
"""The head 1 that a search stands behind, in the words of the page."""


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
            lines += f"\nshort = short + {_WRITES_NOTES[self.behind]}.output(short)"
        query, key = (answer.name for answer in self.part.answers[:2])
        causal = "" if place.causal else ", causal=False"
        return f"{lines}\nrotary_pattern(short, {query}, {key}{causal})[{place.query}]"


@dataclass(frozen=True, eq=False)
class RotaryAttention(Attention):
    """Let a head look where it should whose queries and keys turn with the position."""

    def score(self, x: FloatArray, W_Q: FloatArray, W_K: FloatArray) -> FloatArray:
        return rotary_scores(x, W_Q, W_K)

    def try_on(
        self,
        part: Part,
        given: GivenAnswers,
        trials: Trials,
        stream_of: StreamOf,
        diagnose: Diagnose,
        behind: str = "",
    ) -> Attempt:
        """Return the learner's head, tried on given streams.

        Args:
            part: The row of the table.
            given: The learner's answers, queries and keys first.
            trials: The sequences.
            stream_of: Gives the streams.
            diagnose: Names the mistake, if there is one.
            behind: Which head 1 stands before it, in words; empty in the first layer.
        """
        W_Q, W_K = given.matrices[:2]
        return RotaryAttempt(
            self,
            part,
            W_Q,
            W_K,
            trials,
            stream_of,
            behind,
            why=lambda selection: diagnose(trials.stream, W_Q, W_K, selection),
        )


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
        return self.try_on(
            part,
            given,
            trials,
            lambda batch: strip_positions(trials.stream, batch),
            diagnose_previous,
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
            self.try_on(part, given, trials, stream_of, diagnose_note_search, behind)
            for behind, stream_of in list_notes(given, trials)
        ]
        return self.examine_attempt(part, max(attempts, key=lambda attempt: attempt.passed))


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
