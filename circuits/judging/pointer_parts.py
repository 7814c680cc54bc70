"""Examine the copy of the position: part 2e."""

from __future__ import annotations

import numpy as np

from circuits.behaviours.copying import TOLERANCE
from circuits.diagnosis.moves import diagnose_pointer_copy
from circuits.exercises import Part
from circuits.judging.copy_parts import multiply_own
from circuits.judging.examination import Examination, Given, Verdict
from circuits.judging.tables import compare_block, show_number
from circuits.trials import Trials


def examine_ex2e(part: Part, given: Given, trials: Trials) -> Examination:
    """Judge the copy of the position by the product of its two matrices."""
    stream = trials.stream
    net = multiply_own(given, "same")
    block = stream.v @ net @ stream.position_rows.T
    wanted = np.eye(*block.shape)
    wanted[8:] = 0.0
    wanted[:, 8:] = 0.0
    pointer = np.abs(block - wanted)[:8, :8]
    k, m = (int(i) for i in np.unravel_index(pointer.argmax(), pointer.shape))
    inside = stream.v[:8].T @ block[:8, :8] @ stream.position_rows[:8]
    rest = float(np.abs(net - inside).max())
    names = [f"{wave}{i}" for i in range(4) for wave in ("cos", "sin")]
    return Examination(
        {
            "pointer": Verdict(
                float(pointer.max()) <= TOLERANCE,
                "All eight position numbers arrive where they should, with gain 1."
                if pointer.max() <= TOLERANCE
                else f"{names[m]} arrives at v_{k} with gain {show_number(block[k, m])}; "
                f"wanted {wanted[k, m]:.0f}.",
            ),
            "clean": Verdict(
                rest <= TOLERANCE and bool(np.abs(block).max() > TOLERANCE),
                "Nothing but the position is read, and nothing outside v_0 to v_7 is written."
                if rest <= TOLERANCE
                else f"Something else is read or written: up to {rest:.2g} of the product lies "
                "outside the eight position directions and v_0 to v_7.",
            ),
        },
        next_step="Look at v @ W_out_same @ W_V_same @ u_cos.T: row k says what arrives at v_k.",
        diagnosis=diagnose_pointer_copy(stream, net),
        comparison=compare_block(
            "what arrives at v_k (rows) from each position number (columns)",
            [f"v_{k}" for k in range(8)],
            names,
            wanted[:8, :8],
            block[:8, :8],
        ),
    )
