"""Name what is wrong with the content block, or the position block, of a QK circuit."""

from __future__ import annotations

import numpy as np

from circuits.diagnosis.directions.named_basis import LARGEST_CONTENT
from circuits.diagnosis.directions.rotations import Rotations
from circuits.shapes import FloatArray

NAMED_STEPS = {
    0: "attends-to-self",
    1: "attends-to-next",
    -2: "attends-two-back",
}

FEW = 0.05**2
"""A fourth number below a 20th of the first is not used; the circuit has the squares of both."""

LEAST_NUMBERS = 4
"""So many numbers, two pairs, tell all positions apart."""


def diagnose_content(block: FloatArray) -> str | None:
    """Return what is wrong with a circuit that should compare contents.

    A right one is symmetric and positive on the four large components: the same token at
    both ends gives the same numbers.

    Args:
        block: Content of the query down, content at the key across, shape ``(8, 8)``.
    """
    large = block[:LARGEST_CONTENT, :LARGEST_CONTENT]
    values, of_large = (np.linalg.svd(part, compute_uv=False) for part in (block, large))
    kept = float((large**2).sum() / (block**2).sum())
    lacks_large = float(of_large[-1]) < 0.05 * float(values[0])
    if lacks_large and kept < 0.5:
        return "wrong-components"
    if values[LARGEST_CONTENT - 1] < FEW * values[0]:
        return "too-few-dimensions"
    if lacks_large and kept < 0.95:
        return "wrong-components"
    lopsided = float(np.linalg.norm(large - large.T) / np.linalg.norm(large))
    signs = np.sign(np.linalg.eigvalsh(large + large.T))
    return "different-bases" if lopsided > 0.2 or abs(signs.sum()) < len(signs) else None


def diagnose_rotations(turns: Rotations, steps: int, names: dict[int, str]) -> str | None:
    """Return what is wrong with a circuit that should look ``steps`` tokens on.

    Args:
        turns: How it turns each pair.
        steps: Where it should look, in tokens from where its query points.
        names: What it is called to look another number of steps on.
    """
    return _diagnose_pairing(turns) or _diagnose_angles(turns, steps, names)


def _diagnose_pairing(turns: Rotations) -> str | None:
    """Name what is wrong with which directions meet which."""
    if turns.off_diagonal > 0.9:
        return "frequencies-mixed-up"
    if turns.off_diagonal > 0.1:
        few = turns.values[LEAST_NUMBERS - 1] < FEW * turns.values[0]
        return "too-few-dimensions" if few else "different-bases"
    active = turns.active
    if not active[:2].any() and active.sum() > 1:
        return "wrong-components"
    if turns.one_number[active].all():
        return "cosines-only"
    if turns.skewed[active].any():
        return "not-a-rotation"
    return "cos-sin-swapped" if turns.mirrored else None


def _lacks_largest(turns: Rotations) -> bool:
    """Whether one of the two largest pairs gives way to a smaller one."""
    active = turns.active
    return not active[:2].all() and bool(active[2:].any())


def _diagnose_angles(turns: Rotations, steps: int, names: dict[int, str]) -> str | None:
    """Name what is wrong with how far each pair is turned."""
    if not turns.plain:
        return None
    for other, slug in names.items():
        if other != steps and turns.looks_by(other):
            return slug
    if turns.borrows(steps):
        return "frequencies-mixed-up"
    if not turns.looks_by(steps):
        return "wrong-angle"
    if turns.active.sum() == 1:
        return "one-frequency"
    return "wrong-components" if _lacks_largest(turns) else None
