"""Name the mistakes of each mechanism by which a head of the toy stream finds its tokens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from circuits.attention import softmax_scores
from circuits.behaviours.heads.targets import find_wanted
from circuits.diagnosis.directions.named_basis import (
    CONTENT,
    POSITION,
    SCRATCH,
    NamedCircuit,
    name_circuit,
)
from circuits.diagnosis.directions.rotations import measure_rotations
from circuits.diagnosis.heads.attended_positions import MOSTLY, AttendedPositions
from circuits.diagnosis.heads.attention import STRAY, Mechanism
from circuits.diagnosis.heads.failing_head import FailingHead
from circuits.diagnosis.heads.structure import NAMED_STEPS, diagnose_content, diagnose_rotations
from circuits.shapes import FloatArray
from circuits.stream import ToyStream

SMALL = 0.02
"""A block of the circuit is not used if it holds less than this share of what is felt."""

LEAST_BETA = 0.15
"""Below it a token's position hardly counts against its content."""

POINTER_PAIRS = slice(SCRATCH.start, SCRATCH.start + 12)
POINTER = slice(SCRATCH.start, SCRATCH.start + 8)
EMPTY = slice(SCRATCH.start + 8, SCRATCH.stop)


@dataclass(frozen=True)
class SameContent(Mechanism):
    """Query and key read the content, and tokens of the same content match."""

    def diagnose_stray(self, circuit: NamedCircuit) -> str | None:
        content = circuit.entries[CONTENT, CONTENT]
        compares = circuit.share(CONTENT, CONTENT) > STRAY and diagnose_content(content) is None
        return "copies-not-alike" if compares else None

    def diagnose_clean(
        self, head: FailingHead, circuit: NamedCircuit, looks: AttendedPositions
    ) -> str | None:
        if circuit.share(CONTENT, CONTENT) < SMALL:
            return "ignores-content"
        wrong = diagnose_content(circuit.entries[CONTENT, CONTENT])
        return wrong or ("copies-not-alike" if circuit.share(POSITION, POSITION) > SMALL else None)


@dataclass(frozen=True)
class PositionSteps(Mechanism):
    """Query and key read the position, and one of them is turned.

    Attributes:
        steps: Where the head looks, in tokens from the query's own position.
    """

    steps: int

    def diagnose_clean(
        self, head: FailingHead, circuit: NamedCircuit, looks: AttendedPositions
    ) -> str | None:
        if circuit.share(POSITION, POSITION) < SMALL:
            return "ignores-position"
        energy = circuit.entries**2
        if float(energy[POSITION, POSITION].sum()) < 0.4 * float(energy.sum()):
            return None  # mostly built of something else: its clocks would say little about it
        stream = head.trials.stream
        turns = measure_rotations(circuit.entries[POSITION, POSITION], stream.alpha, stream.lam)
        return diagnose_rotations(turns, self.steps, NAMED_STEPS)


@dataclass(frozen=True)
class ContentAgainstPosition(Mechanism):
    """The same content counts for a token, and the query's own position against it."""

    def diagnose_soft(self, head: FailingHead) -> str:
        return "beta-too-small" if _sees_itself(head) else "too-soft"

    def diagnose_stray(self, circuit: NamedCircuit) -> str | None:
        return "different-bases" if _couples_right_directions(circuit) else None

    def diagnose_clean(
        self, head: FailingHead, circuit: NamedCircuit, looks: AttendedPositions
    ) -> str | None:
        content = circuit.entries[CONTENT, CONTENT]
        # However small: beside a beta of a hundred the content still counts.
        if circuit.share(CONTENT, CONTENT) < 1e-7:
            return "ignores-content"
        wrong = diagnose_content(content)
        if wrong or np.trace(content) < 0:
            return wrong
        stream = head.trials.stream
        position = circuit.entries[POSITION, POSITION]
        turns = measure_rotations(position, stream.alpha, stream.lam)
        beta = _measure_beta(circuit)
        if float(turns.weights.max()) == 0.0 or circuit.share(POSITION, POSITION) < 1e-5:
            return "self-not-excluded"
        structure = diagnose_rotations(
            measure_rotations(-position, stream.alpha, stream.lam), steps=0, names={}
        )
        if structure == "wrong-angle" and diagnose_rotations(turns, steps=0, names={}) is None:
            return "beta-wrong-sign"
        if structure:
            return structure
        if beta > 1.0:
            return "beta-too-large"
        return "beta-too-small" if beta < LEAST_BETA else None


def _sees_itself(head: FailingHead) -> bool:
    """Whether a head for other copies loses its attention to the token itself, by a small beta."""
    x = head.stream_of(head.batch)
    circuit = name_circuit(head.trials.stream, head.W_Q, head.W_K, x)
    beta = _measure_beta(circuit)
    if not 0.0 < beta < LEAST_BETA:
        return False
    wanted = find_wanted(head.rule, head.batch, head.causal)
    sequence, query = np.nonzero(wanted.graded)
    pattern = softmax_scores(head.score(head.batch), head.causal)
    rows = pattern[sequence, query]
    lost = 1.0 - np.where(wanted.targets[sequence, query], rows, 0.0).sum(axis=-1)
    return bool(rows[np.arange(len(query)), query].sum() > 0.5 * lost.sum())


def _measure_beta(circuit: NamedCircuit) -> float:
    """Return how much position counts against the token's own place, in units of content's share.

    It is 0 where content of the same kind does not count for a token.
    """
    content, position = (circuit.entries[kind, kind] for kind in (CONTENT, POSITION))
    for_content = float(np.trace(content[:4, :4]))
    return -float(np.trace(position[:4, :4])) / for_content if for_content > 0 else 0.0


def _couples_right_directions(circuit: NamedCircuit) -> bool:
    """Whether both sides read the four contents and two pairs of 2d, and nothing else."""
    read = np.r_[CONTENT.start : CONTENT.start + 4, POSITION.start : POSITION.start + 4]
    kept = float((circuit.entries[np.ix_(read, read)] ** 2).sum())
    return kept > 0.99 * float((circuit.entries**2).sum())


@dataclass(frozen=True)
class Pointer(Mechanism):
    """The query reads a position that head 1 has copied, and the key reads its own."""

    def diagnose_clean(
        self, head: FailingHead, circuit: NamedCircuit, looks: AttendedPositions
    ) -> str | None:
        entries = circuit.entries
        reads_empty = float((entries[EMPTY, POSITION] ** 2).sum())
        if circuit.share(POSITION, SCRATCH) > 0.5:
            return "roles-swapped"
        if reads_empty > SMALL * float((entries**2).sum()):
            return "wrong-scratch"
        if circuit.share(SCRATCH, POSITION) < SMALL:
            return _diagnose_unpointed(head, circuit, looks)
        stream = head.trials.stream
        turns = measure_rotations(entries[POINTER_PAIRS, POSITION], stream.alpha, stream.lam)
        names = {0: "attends-to-copy-not-successor", -1: "attends-before-copy"}
        return diagnose_rotations(turns, 1, names)


def _diagnose_unpointed(
    head: FailingHead, circuit: NamedCircuit, looks: AttendedPositions
) -> str | None:
    """Name the mistake of a head that does not read the pointer at all."""
    if looks.copy >= MOSTLY:
        return "attends-to-copy-not-successor"
    if looks.itself >= MOSTLY:
        return "attends-to-self"
    if looks.following >= MOSTLY:
        return "attends-to-next"
    total = float((circuit.entries**2).sum())
    if float((circuit.entries[:, POSITION] ** 2).sum()) >= SMALL * total:
        return "wrong-scratch"
    # The scratch holds positions, too: whoever looks for them at the key has another mistake.
    in_scratch = float((circuit.entries[:, SCRATCH] ** 2).sum()) >= SMALL * total
    return None if in_scratch else "ignores-position"


@dataclass(frozen=True)
class Note(Mechanism):
    """The query reads its own content, and the key what head 1 has noted of the token before."""

    def diagnose_clean(
        self, head: FailingHead, circuit: NamedCircuit, looks: AttendedPositions
    ) -> str | None:
        stream = head.trials.stream
        noted = head.note @ stream.u_cont.T  # where head 1 puts each content component
        W_QK = head.W_Q.T @ head.W_K
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
