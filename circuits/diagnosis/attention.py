"""Name the mistake of a head that looks at the wrong tokens.

The most basic mistake comes first. Where nothing fits, the answer is None: the report then
says what was seen and claims nothing.
"""

from __future__ import annotations

import numpy as np

from circuits.behaviours.selection import Selection
from circuits.diagnosis.attended_positions import MOSTLY, AttendedPositions, find_attended
from circuits.diagnosis.failing_head import FailingHead
from circuits.diagnosis.fitted import is_fitted
from circuits.diagnosis.named_basis import NamedCircuit, name_circuit
from circuits.diagnosis.rows import diagnose_rows

STRAY = 0.25
"""A circuit built from directions keeps more than three quarters of itself in clean blocks."""


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
        fitted = made_of == "data-not-directions" and is_fitted(head, selection.failing)
        return "fitted-to-one-sequence" if fitted else made_of
    if looks.upside_down >= MOSTLY and looks.upside_down > 1 - selection.failing:
        return "opposite-sign"
    if circuit.stray > STRAY:
        fitted = is_fitted(head, selection.failing)
        return "fitted-to-one-sequence" if fitted else mechanism.diagnose_stray(circuit)
    return mechanism.diagnose_clean(head, circuit, looks)
