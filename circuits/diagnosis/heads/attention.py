"""Name the mistake of a head that looks at the wrong tokens.

The most basic mistake comes first. Where nothing fits, the answer is None: the report then
says what was seen and claims nothing.
"""

from __future__ import annotations

import numpy as np

from circuits.behaviours.heads.selection import MARGIN, Selection, measure_rows
from circuits.behaviours.heads.targets import find_wanted
from circuits.diagnosis.directions.named_basis import NamedCircuit, name_circuit
from circuits.diagnosis.directions.rows import diagnose_rows
from circuits.diagnosis.heads.attended_positions import MOSTLY, AttendedPositions, find_attended
from circuits.diagnosis.heads.failing_head import FailingHead
from circuits.sample import draw_sample
from circuits.trials import Batch, draw_trials

STRAY = 0.25
"""A circuit built from directions keeps more than three quarters of itself in clean blocks."""

_MOSTLY_WRONG = 0.5


class Mechanism:
    """How a head is meant to find its tokens, and what the mistakes on that way are called.

    As it stands it names no mistake but those that all heads share.
    """

    def diagnose_soft(self, head: FailingHead) -> str:
        """Return why a head that ranks its tokens rightly attends to them too little."""
        return "too-soft"

    def diagnose_stray(self, circuit: NamedCircuit) -> str | None:
        """Return what is wrong with a circuit that compares directions of different kinds."""
        return None

    def diagnose_clean(
        self, head: FailingHead, circuit: NamedCircuit, looks: AttendedPositions
    ) -> str | None:
        """Return what is wrong with a circuit that is built from directions.

        Args:
            head: The head, which ranks some tokens wrongly.
            circuit: Its QK circuit in named directions.
            looks: What it attends to instead.
        """
        return None


def diagnose_attention(head: FailingHead, selection: Selection, mechanism: Mechanism) -> str | None:
    """Return the slug of the mistake, or None."""
    if selection.ranks and not selection.sharp:
        return mechanism.diagnose_soft(head)
    if selection.ranks:
        return None if selection.alike else "copies-not-alike"
    scores = head.score(head.batch)
    if not np.isfinite(scores).all():
        return "overflow"
    looks = find_attended(scores, head.rule, head.batch, head.causal)
    circuit = name_circuit(head.trials.stream, head.W_Q, head.W_K, head.stream_of(head.batch))
    if not circuit.entries.any():
        return "all-zero"
    made_of = diagnose_rows(head.W_Q, head.W_K)
    if made_of:
        fitted = made_of == "data-not-directions" and _is_fitted(head, selection.failing)
        return "fitted-to-one-sequence" if fitted else made_of
    if looks.upside_down >= MOSTLY and looks.upside_down > 1 - selection.failing:
        return "opposite-sign"
    if circuit.stray > STRAY:
        fitted = _is_fitted(head, selection.failing)
        return "fitted-to-one-sequence" if fitted else mechanism.diagnose_stray(circuit)
    return mechanism.diagnose_clean(head, circuit, looks)


def _is_fitted(head: FailingHead, failing: float) -> bool:
    """Whether a head was fitted to sequences: it has no structure, and is right on public ones.

    Args:
        head: The head.
        failing: The share of the queries of all trials at which it is wrong.
    """
    if _right_on_sample(head, head.causal) or _right_in_public(head):
        return True
    # The pages show causal patterns, so a head may be made for those alone. They have few
    # graded queries; a head that is right elsewhere, too, is right there by no fitting.
    return failing > _MOSTLY_WRONG and _right_on_sample(head, causal=True)


def _right_on_sample(head: FailingHead, causal: bool) -> bool:
    tokens, x = draw_sample()
    return _right_on(head, Batch("sample", tokens[None], x[None]), causal)


def _right_in_public(head: FailingHead) -> bool:
    batches = draw_trials().of_kind(*head.kinds)[:4]
    return all(_right_on(head, batch, head.causal) for batch in batches)


def _right_on(head: FailingHead, batch: Batch, causal: bool) -> bool:
    wanted = find_wanted(head.rule, batch, causal)
    if not wanted.graded.any():
        return False
    scores = head.score(batch)
    return bool(np.all(measure_rows(scores, wanted, batch).margin > MARGIN))
