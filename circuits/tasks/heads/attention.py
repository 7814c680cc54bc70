"""Judge where a head looks, in the first layer or behind another head."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import cast

import numpy as np

from circuits.attention import Head, attention_scores
from circuits.behaviours.heads.selection import Place, Selection, measure_selection
from circuits.behaviours.heads.shrinking import show_sequence, shrink_failure
from circuits.behaviours.heads.targets import Rule
from circuits.diagnosis.heads.attention import Mechanism, diagnose_attention
from circuits.diagnosis.heads.failing_head import FailingHead
from circuits.parts import Part, Task
from circuits.reports.circuit_data import CircuitData, CircuitName
from circuits.reports.examination import Examination, GivenAnswers
from circuits.shapes import FloatArray
from circuits.stream import ToyStream
from circuits.tasks.heads.judgements import judge_alike, judge_ranks, judge_sharp
from circuits.tasks.heads.own_circuit import TOKENS, embed_line, hand_over
from circuits.tasks.tables import compare_patterns
from circuits.trials import Batch, Trials

StreamOf = Callable[[Batch], FloatArray]


@dataclass(frozen=True, eq=False)
class Predecessor:
    """A head 1 that stands before the head of a part: a right one, or the learner's own.

    A later part outlives a mistake in an earlier one: the head of the part is tried behind both,
    and what does more of what is asked counts.

    Attributes:
        suffix: Of the learner's four matrices, ``W_Q_<suffix>`` and so on.
        write: Gives the streams behind a right head 1, of the shape of ``batch.x``.
        moves: Gives what a right head 1 moves, ``W_OV`` of shape ``(48, 48)``.
        right: What to call a right one.
        own: What to call the learner's own.
        circuit: Which circuit the head of the part completes.
        binds: Whether the learner's own head 1 is such that the head has to work behind it, and
            behind no other; None if it never is.
    """

    suffix: str
    write: Callable[[ToyStream, Batch], FloatArray]
    moves: Callable[[ToyStream], FloatArray]
    right: str
    own: str
    circuit: CircuitName
    binds: Callable[[Head, Trials], bool] | None = None


@dataclass(frozen=True, eq=False)
class Attention(Task):
    """Let a head look at the tokens that a rule names.

    The first two answers of the part are its queries and its keys. The properties are ``ranks``
    and ``sharp``; with ``alike``, wanted tokens have to score alike, too.

    Attributes:
        rule: Which tokens are wanted.
        mechanism: How they are meant to be found, for the diagnosis.
        kinds: The kinds of sequences that the head is tried on.
        masks: Whether the causal mask is on; several are tried in turn.
        behind: Which head 1 stands before it, if any.
        questions: What to ask of a mistake, by its slug, where its own question does not fit.
    """

    rule: Rule
    mechanism: Mechanism = field(default_factory=Mechanism)
    kinds: tuple[str, ...] = ("pairs", "iid")
    masks: tuple[bool, ...] = (True, False)
    behind: Predecessor | None = None
    questions: Mapping[str, str] = field(default_factory=dict)

    tried = ", on sequences it has never seen"
    about_sizes = (
        "A score is a dot product of a query and a key: how many numbers has each of them?"
    )

    def list_properties(self, part: Part) -> Collection[str]:
        return ["ranks", "sharp", *(["alike"] if _wants_alike(part) else [])]

    def find_fault(self, part: Part) -> str | None:
        if len(part.answers) < len(["W_Q", "W_K"]):
            return "Attention judges queries and keys; give it two answers or more."
        return super().find_fault(part)

    def read_stream(self, batch: Batch) -> FloatArray:
        """Return the streams that a head of the first layer acts on."""
        return batch.x

    def score(self, x: FloatArray, W_Q: FloatArray, W_K: FloatArray) -> FloatArray:
        """Return the scores of a head, shape ``(count, n_tokens, n_tokens)``.

        Args:
            x: The streams it acts on, shape ``(count, n_tokens, 48)``.
            W_Q: Shape ``(d_head, 48)``.
            W_K: Of the same shape.
        """
        return attention_scores(x, W_Q, W_K)

    def measure(self, score: Callable[[Batch], FloatArray], trials: Trials) -> Selection:
        """Return what a head with these scores selects, measured on all sequences of the task."""
        return measure_selection(score, self.rule, trials, kinds=self.kinds, masks=self.masks)

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        attempts = self._list_attempts(part, given, trials)
        # The first of equals: of two heads 1, the one that is better known to the learner.
        best = max(attempts, key=lambda attempt: attempt.passed)
        circuit = None if best.failed else self._hand_over(attempts, best)
        return replace(self.examine_attempt(part, best), circuit=circuit)

    def attempt(self, part: Part, given: GivenAnswers, trials: Trials) -> Attempt:
        """Return the learner's head, tried on the streams of the first layer."""
        W_Q, W_K = given.matrices[:2]
        return Attempt(self, part, W_Q, W_K, trials, self.read_stream)

    def examine_attempt(self, part: Part, attempt: Attempt) -> Examination:
        """Return a judgement on where a head looks."""
        selection, place = attempt.selection, attempt.shown
        judgements = {
            "ranks": judge_ranks(selection, place, attempt.behind),
            "sharp": judge_sharp(selection),
        }
        alike = _wants_alike(part)
        if alike:
            judgements["alike"] = judge_alike(selection)
        right = not attempt.failed and (selection.alike or not alike)
        return Examination(
            judgements,
            next_step=f"Follow the row of position {place.query}: what do its query and the key "
            "that it finds have in common?",
            diagnosis=None if right else attempt.diagnosis,
            comparison=compare_patterns(place, failed=attempt.failed),
            replay=attempt.replay,
        )

    def _hand_over(self, attempts: Sequence[Attempt], best: Attempt) -> CircuitData | None:
        """Return a right head with the head 1 before it: the learner's own, if that does it."""
        if self.behind is None:
            return None
        own = (attempt for attempt in attempts if attempt.head_1 and not attempt.failed)
        shown = next(own, best)
        stream, head_1 = shown.trials.stream, shown.head_1
        line = Batch("pairs", TOKENS[None], embed_line(stream)[None])
        looks = {"W_Q": shown.W_Q, "W_K": shown.W_K}
        first = vars(head_1) if head_1 else {}
        return hand_over(self.behind.circuit, stream, first, looks, shown.stream_of(line)[0])

    def _list_attempts(self, part: Part, given: GivenAnswers, trials: Trials) -> list[Attempt]:
        """Return the head behind each head 1 that it may stand behind."""
        before, (W_Q, W_K) = self.behind, given.matrices[:2]
        if before is None:
            return [self.attempt(part, given, trials)]
        stream = trials.stream
        right = Attempt(
            self,
            part,
            W_Q,
            W_K,
            trials,
            _remember(stream, before.write),
            f"behind {before.right}",
            before.moves(stream),
        )
        matrices = given.read_earlier(
            *(f"{name}_{before.suffix}" for name in ("W_Q", "W_K", "W_V", "W_out"))
        )
        if matrices is None:
            return [right]
        head = Head(*matrices)
        own = Attempt(
            self,
            part,
            W_Q,
            W_K,
            trials,
            lambda batch: batch.x + head.output(batch.x),
            f"behind {before.own}",
            head.W_OV,
            head,
        )
        if before.binds is None:
            return [right, own]
        return [own] if before.binds(head, trials) else [own, right]


def _wants_alike(part: Part) -> bool:
    return any(prop.slug == "alike" for prop in part.properties)


def _remember(stream: ToyStream, write: Callable[[ToyStream, Batch], FloatArray]) -> StreamOf:
    """Return ``write`` on a batch, worked out once for all answers."""

    def stream_of(batch: Batch) -> FloatArray:
        if write not in batch.memo:
            batch.memo[write] = write(stream, batch)
        return cast(FloatArray, batch.memo[write])

    return stream_of


@dataclass(frozen=True, eq=False)
class Attempt:
    """A learner's queries and keys, tried on given streams.

    Attributes:
        task: What the head should select, and where it is tried.
        part: The row of the table.
        W_Q: Shape ``(d_head, 48)``.
        W_K: Of the same shape.
        trials: The sequences.
        stream_of: The streams that the head acts on.
        behind: Which head 1 stands before it, in words; empty in the first layer.
        note: What that head 1 moves, ``W_OV`` of shape ``(48, 48)``.
        head_1: That head 1, if it is the learner's own.
    """

    task: Attention
    part: Part
    W_Q: FloatArray
    W_K: FloatArray
    trials: Trials
    stream_of: StreamOf
    behind: str = ""
    note: FloatArray | None = None
    head_1: Head | None = None

    def score(self, batch: Batch) -> FloatArray:
        """Return the head's scores, shape ``(count, n_tokens, n_tokens)``."""
        return self.task.score(self.stream_of(batch), self.W_Q, self.W_K)

    @cached_property
    def selection(self) -> Selection:
        """What was measured over all trials."""
        return self.task.measure(self.score, self.trials)

    @property
    def passed(self) -> int:
        """How many of the properties hold that every part about attention has."""
        return self.selection.ranks + self.selection.sharp

    @cached_property
    def diagnosis(self) -> str | None:
        """The mistake's slug, if it has a name."""
        head = FailingHead(
            W_Q=self.W_Q,
            W_K=self.W_K,
            rule=self.task.rule,
            kinds=self.task.kinds,
            causal=self.task.masks == (True,),
            score=self.score,
            stream_of=self.stream_of,
            trials=self.trials,
            note=np.zeros((self.trials.stream.d_model,) * 2) if self.note is None else self.note,
        )
        return diagnose_attention(head, self.selection, self.task.mechanism)

    @cached_property
    def failed(self) -> bool:
        """Whether the head looks at wrong tokens, or too softly at the right ones."""
        return not (self.selection.ranks and self.selection.sharp)

    @property
    def replay(self) -> str | None:
        """Lines of Python that make the streams of ``shown``; None if other noise hides it."""
        place = self.shown
        if not self.failed or place is self.selection.worst:
            return None
        lines = show_sequence(place.tokens)
        if not self.behind:
            query, key = (answer.name for answer in self.part.answers[:2])
            causal = "" if place.causal else ", causal=False"
            lines += f"\nattention_pattern(short, {query}, {key}{causal})[{place.query}]"
        return lines

    @cached_property
    def shown(self) -> Place:
        """The query to show: of the smallest failing sequence, or any of a right head."""
        worst = self.selection.worst
        if not self.failed or not np.isfinite(worst.scores).all():
            return worst
        return shrink_failure(
            self.score,
            self.task.rule,
            self.trials.stream,
            worst,
            soft=self.selection.ranks,
        )
