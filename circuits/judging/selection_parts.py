"""Examine the parts about attention: 2a to 2d, 2f and both parts of exercise 3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np

from circuits.attention import Head, attention_scores
from circuits.behaviours.composition import (
    EXPLAINED,
    explain_previous,
    write_note,
    write_pointer,
)
from circuits.behaviours.selection import (
    LEAST_MASS,
    MEAN_MASS,
    SPREAD,
    RuleName,
    Selection,
    measure_selection,
)
from circuits.exercises import Part
from circuits.judging.examination import Examination, Given, Verdict
from circuits.judging.tables import compare_patterns, list_dimensions
from circuits.shapes import FloatArray
from circuits.trials import Batch, Trials

StreamOf = Callable[[Batch], FloatArray]

BOTH_KINDS = ("pairs", "iid")


@dataclass(frozen=True)
class Task:
    """What a part's head should select, and on which sequences it is tried."""

    rule: RuleName
    kinds: tuple[str, ...] = BOTH_KINDS
    masks: tuple[bool, ...] = (True, False)


TASKS = {
    "ex2a": Task("same-token"),
    "ex2b": Task("self"),
    "ex2c": Task("previous"),
    "ex2d": Task("other-copies"),
    "ex2f": Task("after-previous-copy", kinds=("pairs",), masks=(True,)),
    "ex3a": Task("previous", masks=(True,)),
    "ex3b": Task("after-previous-copy", kinds=("pairs",), masks=(True,)),
}


def measure_task(
    task: Task, W_Q: FloatArray, W_K: FloatArray, trials: Trials, stream_of: StreamOf
) -> Selection:
    """Measure what two matrices select on the streams that ``stream_of`` gives."""
    return measure_selection(
        lambda batch: attention_scores(stream_of(batch), W_Q, W_K),
        task.rule,
        trials,
        kinds=task.kinds,
        masks=task.masks,
    )


def examine_selection(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge a head of the first layer: parts 2a to 2d."""
    W_Q, W_K = _matrices(part, given)[:2]
    selection = measure_task(TASKS[part.id], W_Q, W_K, trials, lambda batch: batch.x)
    return _judge_selection(part, selection)


def examine_ex2f(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge the pointer's head behind what 2d and 2e ask for, or behind the learner's own."""
    ideal = _remember(trials, "write_pointer", write_pointer)
    own = _own_head(given, "same")
    candidates = [(ideal, "behind the head that (d) and (e) ask for")]
    if own is not None:
        candidates.append((_write_with(own), "behind your own head of (d) and (e)"))
    return _examine_behind(part, given, trials, candidates)


def examine_ex3a(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge head 1 by where it looks, and by the note that it leaves."""
    W_Q, W_K, W_V, W_out = _matrices(part, given)
    selection = measure_task(TASKS["ex3a"], W_Q, W_K, trials, lambda batch: batch.x)
    explained = _explain(Head(W_Q, W_K, W_V, W_out), trials)
    worst = int(explained.argmin())
    passed = bool(explained[worst] >= EXPLAINED)
    examination = _judge_selection(part, selection)
    note = Verdict(
        passed,
        f"A linear read-out recovers at least {explained[worst]:.1%} of each of the previous "
        f"token's four content numbers; wanted {EXPLAINED:.0%}."
        if passed
        else f"A linear read-out recovers {max(float(explained[worst]), 0.0):.1%} of the previous "
        f"token's content number {worst}; wanted {EXPLAINED:.0%} of each of the four.",
    )
    return Examination(
        {**examination.verdicts, "note": note},
        next_step=examination.next_step
        if not examination.verdicts["ranks"].passed
        else "Check which directions W_V_1 reads, and that W_out_1 writes where nobody else does.",
        comparison=examination.comparison,
    )


def examine_ex3b(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge head 2 behind the learner's own head 1, or behind a right one if theirs is wrong."""
    ideal = _remember(trials, "write_note", write_note)
    own = _own_head(given, "1")
    candidates = []
    if own is not None:
        candidates.append((_write_with(own), "behind your own head 1"))
    if own is None or not _leaves_note(own, trials):
        candidates.append((ideal, "behind a head 1 that writes its note to v_0 ... v_3"))
    return _examine_behind(part, given, trials, candidates)


def _examine_behind(
    part: Part, given: Given, trials: Trials, candidates: list[tuple[StreamOf, str]]
) -> Examination:
    W_Q, W_K = _matrices(part, given)[:2]
    best: Examination | None = None
    for stream_of, behind in candidates:
        selection = measure_task(TASKS[part.id], W_Q, W_K, trials, stream_of)
        examination = _judge_selection(part, selection, behind)
        if best is None or examination.passed > best.passed:
            best = examination
    assert best is not None
    return best


def _matrices(part: Part, given: Given) -> list[FloatArray]:
    return [cast(FloatArray, given.own[answer.name]) for answer in part.answers]


def _own_head(given: Given, suffix: str) -> Head | None:
    """Return the learner's head 1, if all four matrices can be used together."""
    names = [f"{matrix}_{suffix}" for matrix in ("W_Q", "W_K", "W_V", "W_out")]
    arrays = [given.earlier.get(name) for name in names]
    if not all(isinstance(array, np.ndarray) for array in arrays):
        return None
    return Head(*cast("list[FloatArray]", arrays))


def _write_with(head: Head) -> StreamOf:
    return lambda batch: batch.x + head.output(batch.x)


def _remember(trials: Trials, name: str, write: Callable[..., FloatArray]) -> StreamOf:
    def stream_of(batch: Batch) -> FloatArray:
        key = (name, id(batch))
        if key not in trials.memo:
            trials.memo[key] = write(trials.stream, batch)
        return cast(FloatArray, trials.memo[key])

    return stream_of


def _explain(head: Head, trials: Trials) -> FloatArray:
    after = [batch.x + head.output(batch.x) for batch in trials.batches]
    if not all(np.isfinite(x).all() for x in after):
        return np.full(4, -np.inf)
    return explain_previous(trials.stream, trials, after)


def _leaves_note(head: Head, trials: Trials) -> bool:
    """Whether head 1 looks at the previous token and leaves a note that can be read."""
    selection = measure_task(TASKS["ex3a"], head.W_Q, head.W_K, trials, lambda batch: batch.x)
    return selection.ranks and bool(_explain(head, trials).min() >= EXPLAINED)


def _judge_selection(part: Part, selection: Selection, behind: str | None = None) -> Examination:
    verdicts = {
        "ranks": _judge_ranks(selection, behind),
        "sharp": Verdict(
            selection.sharp,
            f"The wanted tokens get at least {selection.least_mass:.2f} of a query's attention "
            f"and {selection.mean_mass:.2f} on average; wanted {LEAST_MASS:.2f} and "
            f"{MEAN_MASS:.2f}.",
        ),
    }
    if any(prop.slug == "alike" for prop in part.properties):
        verdicts["alike"] = Verdict(selection.alike, _say_alike(selection))
    too_soft = selection.ranks and not selection.sharp
    return Examination(
        verdicts,
        next_step="The ranking is right; multiply W_Q or W_K by a larger number to sharpen it."
        if too_soft
        else f"Draw the pattern and follow the row of position {selection.worst.query}: "
        "what do its query and that key have in common?",
        diagnosis="too-soft" if too_soft else None,
        comparison=compare_patterns(
            selection.worst, failed=not (selection.ranks and selection.sharp)
        ),
    )


def _judge_ranks(selection: Selection, behind: str | None) -> Verdict:
    tried = f" ({behind})" if behind else ""
    if not selection.finite:
        return Verdict(False, f"The scores overflow{tried}; wanted finite ones.")
    if selection.ranks:
        return Verdict(
            True,
            f"At every query the wanted tokens score highest{tried}, by at least "
            f"{selection.least_margin:.1%} of the row's range.",
        )
    return Verdict(False, _say_place(selection, tried))


def _say_place(selection: Selection, tried: str) -> str:
    place = selection.worst
    query, n_tokens = place.query, len(place.tokens)
    mask = "with" if place.causal else "without"
    wanted = list_dimensions({int(j) for j in np.flatnonzero(place.targets[query])})
    where = f"In a sequence of {n_tokens} tokens ({mask} the causal mask){tried}, position {query}"
    seen = place.scores[query][: query + 1] if place.causal else place.scores[query]
    if np.ptp(seen) == 0:
        return f"{where} scores all tokens alike; wanted position {wanted} to stand out."
    looks = place.looks_at
    return (
        f"{where} gives position {looks} its highest score and weight "
        f"{place.pattern[query, looks]:.2f}; wanted position {wanted}. "
        f"{selection.failing:.0%} of all queries fail."
    )


def _say_alike(selection: Selection) -> str:
    if selection.alike:
        return "All copies of a token score alike."
    if not selection.ranks:
        return "Whether copies score alike can be judged once they score highest."
    return (
        f"Copies of the same token differ by up to {selection.greatest_spread:.0%} of their lead "
        f"over the others; wanted at most {SPREAD:.0%}."
    )
