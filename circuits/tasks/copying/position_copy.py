"""Judge whether a head copies the position, by the product of its two matrices."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from circuits.behaviours.copying import TOLERANCE
from circuits.diagnosis.directions.copied_directions import diagnose_pointer_copy
from circuits.parts import Part, Task
from circuits.reports.examination import Examination, GivenAnswers, Judgement, postpone
from circuits.shapes import FloatArray
from circuits.tasks.copying.copying import multiply
from circuits.tasks.tables import find_worst, show_block, show_share, show_unlike
from circuits.trials import Trials


@dataclass(frozen=True)
class PositionCopy(Task):
    """Copy the eight largest position numbers to ``v_0`` to ``v_7``.

    The answers are ``W_V`` and ``W_out``.
    """

    def list_properties(self, part: Part) -> Collection[str]:
        return "pointer", "clean"

    def examine(self, part: Part, given: GivenAnswers, trials: Trials) -> Examination:
        stream = trials.stream
        net = multiply(*given.matrices)
        W_V, W_out = (answer.name for answer in part.answers)
        block = stream.v @ net @ stream.position_rows.T
        wanted = np.eye(*block.shape)
        wanted[8:] = 0.0
        wanted[:, 8:] = 0.0
        pointer = np.abs(block - wanted)[:8, :8]
        k, m = find_worst(pointer)
        inside = stream.v[:8].T @ block[:8, :8] @ stream.position_rows[:8]
        diagnosis = diagnose_pointer_copy(stream, net)
        names = [f"{wave}{i}" for i in range(4) for wave in ("cos", "sin")]
        return Examination(
            {
                "pointer": Judgement(
                    float(pointer.max()) <= TOLERANCE,
                    "All eight position numbers arrive where they should, with gain 1."
                    if pointer.max() <= TOLERANCE
                    else f"{names[m]} arrives at v_{k} with gain "
                    f"{show_unlike(block[k, m], wanted[k, m])}; "
                    f"wanted {wanted[k, m]:.0f}.",
                ),
                "clean": _judge_clean(net, inside),
            },
            next_step=f"Look at v @ {W_out} @ {W_V} @ u_cos.T: row k says what arrives at v_k.",
            diagnosis=diagnosis,
            comparison=show_block(
                "What arrives at v_k (rows) from each position number (columns)",
                [f"v_{k}" for k in range(8)],
                names,
                wanted[:8, :8],
                block[:8, :8],
            ),
            question=_ask_directions(W_V, W_out)
            if diagnosis in ("wrong-dimensions", "leak")
            else None,
        )


def _ask_directions(W_V: str, W_out: str) -> str:
    return (
        f"Which of the named directions do the rows of {W_V} read, and which do the columns of "
        f"{W_out} write? {W_V} @ u_cont.T and v @ {W_out} show a part of it."
    )


def _judge_clean(net: FloatArray, inside: FloatArray) -> Judgement:
    """Return whether a product is nothing but what it moves from the position to the pointer."""
    if float(np.abs(net).max()) <= TOLERANCE:
        return postpone("The head moves nothing, so nothing else either.")
    if float(np.abs(net - inside).max()) <= TOLERANCE:
        return Judgement(
            True, "Nothing but the position is read, and nothing outside v_0 to v_7 is written."
        )
    return Judgement(False, _say_outside(net, inside))


def _say_outside(net: FloatArray, inside: FloatArray) -> str:
    total = float((net**2).sum())
    share = float(((net - inside) ** 2).sum()) / total if np.isfinite(total) else 1.0
    return (
        f"Something else is read or written: {show_share(share, 1)} of the product, by the sum of "
        "its squares, lies outside the eight position directions and v_0 to v_7."
    )
