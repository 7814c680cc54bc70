"""Name the mistake of a head that looks at the wrong tokens.

The most basic mistake comes first. Where nothing fits, the answer is None: the report then
says what was seen and claims nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from circuits.attention import attention_scores, softmax_scores
from circuits.behaviours.selection import Selection
from circuits.behaviours.targets import find_wanted
from circuits.diagnosis.case import Case
from circuits.diagnosis.fitted import is_fitted
from circuits.diagnosis.gaze import MOSTLY, Gaze, follow_gaze
from circuits.diagnosis.named import CONTENT, POSITION, SCRATCH, NamedCircuit, name_circuit
from circuits.diagnosis.rows import diagnose_rows
from circuits.diagnosis.structure import NAMED_STEPS, diagnose_content, diagnose_turns
from circuits.diagnosis.turns import measure_turns
from circuits.shapes import FloatArray
from circuits.stream import ToyStream

SMALL = 0.02
"""A block of the circuit is not used if it holds less than this share of what is felt."""

STRAY = 0.25
"""A circuit built from directions keeps more than three quarters of itself in clean blocks."""

POINTER_PAIRS = slice(SCRATCH.start, SCRATCH.start + 12)
POINTER = slice(SCRATCH.start, SCRATCH.start + 8)
EMPTY = slice(SCRATCH.start + 8, SCRATCH.stop)


def diagnose_attention(case: Case, selection: Selection) -> str | None:
    """Return the slug of the mistake, or None."""
    if selection.ranks and not selection.sharp:
        return "beta-too-small" if _sees_itself(case) else "too-soft"
    if selection.ranks:
        return None if selection.alike else "copies-not-alike"
    x = case.stream_of(case.batch)
    scores = attention_scores(x, case.W_Q, case.W_K)
    if not np.isfinite(scores).all():
        return "overflow"
    gaze = follow_gaze(scores, case.rule, case.batch, case.causal)
    circuit = name_circuit(case.trials.stream, case.W_Q, case.W_K, x)
    if not circuit.entries.any():
        return "all-zero"
    made_of = diagnose_rows(case.W_Q, case.W_K)
    if made_of:
        fitted = made_of == "data-not-directions" and is_fitted(case, selection.failing)
        return "fitted-to-one-sequence" if fitted else made_of
    if gaze.upside_down >= MOSTLY and gaze.upside_down > 1 - selection.failing:
        return "opposite-sign"
    if circuit.stray > STRAY:
        return _diagnose_stray(case, circuit, selection.failing)
    return _DIAGNOSERS[case.part](case, circuit, gaze)


LEAST_BETA = 0.15
"""Below it the own position hardly counts against the own content."""


def _sees_itself(case: Case) -> bool:
    """Whether a head for other copies loses its attention to the token itself, by a small beta."""
    if case.part != "ex2d":
        return False
    x = case.stream_of(case.batch)
    circuit = name_circuit(case.trials.stream, case.W_Q, case.W_K, x)
    beta = _measure_beta(circuit)
    if not 0.0 < beta < LEAST_BETA:
        return False
    wanted = find_wanted(case.rule, case.batch, case.causal)
    sequence, query = np.nonzero(wanted.graded)
    pattern = softmax_scores(attention_scores(x, case.W_Q, case.W_K), case.causal)
    rows = pattern[sequence, query]
    lost = 1.0 - np.where(wanted.targets[sequence, query], rows, 0.0).sum(axis=-1)
    return bool(rows[np.arange(len(query)), query].sum() > 0.5 * lost.sum())


def _measure_beta(circuit: NamedCircuit) -> float:
    """Return how much the position counts against the own place, in units of the content's share.

    It is 0 where content of the same kind does not count for a token.
    """
    content, position = (circuit.entries[kind, kind] for kind in (CONTENT, POSITION))
    for_content = float(np.trace(content[:4, :4]))
    return -float(np.trace(position[:4, :4])) / for_content if for_content > 0 else 0.0


def _diagnose_stray(case: Case, circuit: NamedCircuit, failing: float) -> str | None:
    """Name the mistake of a head that compares directions of different kinds."""
    if is_fitted(case, failing):
        return "fitted-to-one-sequence"
    if case.part == "ex2d" and _couples_right_directions(circuit):
        return "different-bases"
    content = circuit.entries[CONTENT, CONTENT]
    compares = circuit.share(CONTENT, CONTENT) > STRAY and diagnose_content(content) is None
    return "copies-not-alike" if case.part == "ex2a" and compares else None


def _couples_right_directions(circuit: NamedCircuit) -> bool:
    """Whether both sides read the four contents and two pairs of 2d, and nothing else."""
    read = np.r_[CONTENT.start : CONTENT.start + 4, POSITION.start : POSITION.start + 4]
    kept = float((circuit.entries[np.ix_(read, read)] ** 2).sum())
    return kept > 0.99 * float((circuit.entries**2).sum())


def _diagnose_same(case: Case, circuit: NamedCircuit, gaze: Gaze) -> str | None:
    if circuit.share(CONTENT, CONTENT) < SMALL:
        return "ignores-content"
    wrong = diagnose_content(circuit.entries[CONTENT, CONTENT])
    return wrong or ("copies-not-alike" if circuit.share(POSITION, POSITION) > SMALL else None)


def _diagnose_place(case: Case, circuit: NamedCircuit, gaze: Gaze) -> str | None:
    if circuit.share(POSITION, POSITION) < SMALL:
        return "ignores-position"
    energy = circuit.entries**2
    if float(energy[POSITION, POSITION].sum()) < 0.4 * float(energy.sum()):
        return None  # mostly built of something else: its clocks would say little about it
    stream = case.trials.stream
    turns = measure_turns(circuit.entries[POSITION, POSITION], stream.alpha, stream.lam)
    return diagnose_turns(turns, 0 if case.part == "ex2b" else -1, NAMED_STEPS)


def _diagnose_other_copies(case: Case, circuit: NamedCircuit, gaze: Gaze) -> str | None:
    content = circuit.entries[CONTENT, CONTENT]
    # However small: beside a beta of a hundred the content still counts.
    if circuit.share(CONTENT, CONTENT) < 1e-7:
        return "ignores-content"
    wrong = diagnose_content(content)
    if wrong or np.trace(content) < 0:
        return wrong
    stream = case.trials.stream
    position = circuit.entries[POSITION, POSITION]
    turns = measure_turns(position, stream.alpha, stream.lam)
    beta = _measure_beta(circuit)
    if float(turns.weights.max()) == 0.0 or circuit.share(POSITION, POSITION) < 1e-5:
        return "self-not-excluded"
    structure = diagnose_turns(
        measure_turns(-position, stream.alpha, stream.lam), steps=0, names={}
    )
    against = measure_turns(position, stream.alpha, stream.lam)
    if structure == "wrong-angle" and diagnose_turns(against, steps=0, names={}) is None:
        return "beta-wrong-sign"
    if structure:
        return structure
    if beta > 1.0:
        return "beta-too-large"
    return "beta-too-small" if beta < LEAST_BETA else None


def _diagnose_pointer(case: Case, circuit: NamedCircuit, gaze: Gaze) -> str | None:
    entries = circuit.entries
    reads_empty = float((entries[EMPTY, POSITION] ** 2).sum())
    if circuit.share(POSITION, SCRATCH) > 0.5:
        return "roles-swapped"
    if reads_empty > SMALL * float((entries**2).sum()):
        return "wrong-scratch"
    if circuit.share(SCRATCH, POSITION) < SMALL:
        return _diagnose_unpointed(case, circuit, gaze)
    stream = case.trials.stream
    turns = measure_turns(entries[POINTER_PAIRS, POSITION], stream.alpha, stream.lam)
    names = {0: "attends-to-copy-not-successor", -1: "attends-before-copy"}
    return diagnose_turns(turns, 1, names)


def _diagnose_unpointed(case: Case, circuit: NamedCircuit, gaze: Gaze) -> str | None:
    """Name the mistake of a head that does not read the pointer at all."""
    if gaze.copy >= MOSTLY:
        return "attends-to-copy-not-successor"
    if gaze.itself >= MOSTLY:
        return "attends-to-self"
    if gaze.following >= MOSTLY:
        return "attends-to-next"
    total = float((circuit.entries**2).sum())
    if float((circuit.entries[:, POSITION] ** 2).sum()) >= SMALL * total:
        return "wrong-scratch"
    # The scratch holds positions, too: whoever looks for them at the key has another mistake.
    in_scratch = float((circuit.entries[:, SCRATCH] ** 2).sum()) >= SMALL * total
    return None if in_scratch else "ignores-position"


def _diagnose_note(case: Case, circuit: NamedCircuit, gaze: Gaze) -> str | None:
    stream = case.trials.stream
    noted = case.note @ stream.u_cont.T  # where head 1 puts each content component
    W_QK = case.W_Q.T @ case.W_K
    size = np.sqrt(np.mean(stream.content**2, axis=0))
    weights = np.multiply.outer(size, size)
    paths = {
        "note": stream.u_cont @ W_QK @ noted,
        "self": stream.u_cont @ W_QK @ stream.u_cont.T,
        "reverse": noted.T @ W_QK @ stream.u_cont.T,
        "notes": noted.T @ W_QK @ noted,
    }
    energy = {name: float(((block * weights) ** 2).sum()) for name, block in paths.items()}
    total = sum(energy.values())
    largest = float((W_QK**2).sum()) * float((weights**2).max())
    if _misses_note(circuit, noted @ stream.u_cont, stream):
        return "wrong-scratch"
    if total < 1e-6 * largest:
        reads = (circuit.entries**2).sum(axis=0) + (circuit.entries**2).sum(axis=1)
        told = reads[CONTENT].sum() + reads[SCRATCH].sum()
        return "ignores-content" if told < SMALL * reads.sum() else None
    main = max(energy, key=lambda name: energy[name])
    if energy[main] > 0.5 * total and main == "reverse":
        return "roles-swapped"
    if energy[main] > 0.5 * total and main == "self":
        return "attends-to-copy-not-successor"
    if energy["note"] < 0.5 * total:
        return None
    return diagnose_content(paths["note"])


def _misses_note(circuit: NamedCircuit, note: FloatArray, stream: ToyStream) -> bool:
    """Whether content asks for scratch directions of which a good part holds no note."""
    asked = circuit.entries[CONTENT, SCRATCH] @ stream.v
    if float((asked**2).sum()) < 0.5 * float((circuit.entries**2).sum()):
        return False
    left, sizes, _ = np.linalg.svd(note)
    held = left[:, sizes > 1e-3 * max(float(sizes[0]), 1e-300)]
    missed = asked - asked @ held @ held.T
    return float((missed**2).sum()) > 0.1 * float((asked**2).sum())


_DIAGNOSERS: dict[str, Callable[[Case, NamedCircuit, Gaze], str | None]] = {
    "ex2a": _diagnose_same,
    "ex2b": _diagnose_place,
    "ex2c": _diagnose_place,
    "ex2d": _diagnose_other_copies,
    "ex2f": _diagnose_pointer,
    "ex3a": _diagnose_place,
    "ex3b": _diagnose_note,
}
