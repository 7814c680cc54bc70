"""Name the mistake of a head that copies the wrong directions of the stream."""

from __future__ import annotations

import numpy as np

from circuits.behaviours.copying import NOTHING, TOLERANCE
from circuits.behaviours.first_head import CONTENT_NUMBERS, POSITION_NUMBERS
from circuits.diagnosis.directions.named_basis import CONTENT, POSITION, SCRATCH, SPARE
from circuits.diagnosis.directions.rotations import measure_rotations
from circuits.diagnosis.directions.rows import diagnose_rows, find_span
from circuits.diagnosis.directions.values import has_other_gains, is_multiple, is_rearranged
from circuits.shapes import FloatArray
from circuits.stream import ToyStream

LARGE_POSITION = slice(POSITION.start, POSITION.start + POSITION_NUMBERS)
POINTER = slice(SCRATCH.start, SCRATCH.start + POSITION_NUMBERS)
LARGE_CONTENT = slice(CONTENT.start, CONTENT.start + CONTENT_NUMBERS)


def name_product(stream: ToyStream, net: FloatArray) -> FloatArray:
    """Return ``W_OV`` between named directions: written down, read across, ``(48, 48)``."""
    basis = np.concatenate([stream.u_cont, stream.position_rows, stream.v, stream.spare])
    named: FloatArray = basis @ net @ basis.T
    return named


def _share(named: FloatArray, rows: slice, columns: slice) -> float:
    return float((named[rows, columns] ** 2).sum() / (named**2).sum())


def diagnose_pointer_copy(stream: ToyStream, net: FloatArray) -> str | None:
    """Return what is wrong with a product that should copy eight position numbers to ``v``."""
    named = name_product(stream, net)
    everything = slice(None)
    if float(np.abs(named).max()) <= NOTHING:
        return "all-zero"
    made_of = diagnose_rows(find_span(net), find_span(net.T))
    if made_of:
        return made_of
    if _share(named, LARGE_POSITION, POINTER) > 0.5:
        return "roles-swapped"
    block = named[POINTER, LARGE_POSITION]
    identity = np.eye(POSITION_NUMBERS)
    inside = _share(named, POINTER, LARGE_POSITION)
    if 1 - inside <= 1e-9:
        return _diagnose_block(block, stream.alpha[: POSITION_NUMBERS // 2])
    if float(np.abs(block - identity).max()) <= TOLERANCE:
        return "leak"
    if _share(named, everything, LARGE_POSITION) > 0.99:
        return "wrong-scratch"
    if _share(named, POINTER, POSITION) > 0.99:
        return "wrong-components"
    one_kind = max(_share(named, everything, kind) for kind in (CONTENT, SCRATCH, SPARE))
    return "wrong-dimensions" if max(one_kind, _share(named, SCRATCH, everything)) > 0.99 else None


def _diagnose_block(block: FloatArray, alpha: FloatArray) -> str:
    identity = np.eye(len(block))
    if is_multiple(block, identity) or has_other_gains(block, identity):
        return "gain"
    if is_rearranged(block):
        return "wrong-order"
    if np.linalg.matrix_rank(block, tol=TOLERANCE) < len(block):
        return "too-few-dimensions"
    turns = measure_rotations(block, alpha, np.ones_like(alpha))
    turned = np.abs(turns.sizes - 1.0).max() <= TOLERANCE and turns.off_diagonal <= TOLERANCE
    return "pointer-turned" if turned and turns.plain else "not-one-to-one"


def diagnose_note_copy(stream: ToyStream, net: FloatArray) -> str | None:
    """Return why the previous token's content cannot be read back: part 3a."""
    named = name_product(stream, net)
    if float(np.abs(named).max()) <= NOTHING:
        return "all-zero"
    everything = slice(None)
    # What is written along axes can be read in the empty scratch; only the values matter.
    made_of = diagnose_rows(find_span(net))
    if made_of:
        return made_of
    if _share(named, CONTENT, SCRATCH) > 0.9:
        return "roles-swapped"
    read = _share(named, everything, CONTENT)
    if read < 0.5:
        others = (POSITION, SCRATCH, SPARE)
        one_kind = max(_share(named, everything, kind) for kind in others)
        return "wrong-dimensions" if one_kind > 0.9 else None
    if _share(named, everything, LARGE_CONTENT) < 0.5 * read:
        return "wrong-components"
    values = np.linalg.svd(named[:, LARGE_CONTENT], compute_uv=False)
    if values[-1] < 0.02 * values[0]:
        return "too-few-dimensions"
    if _share(named, SCRATCH, everything) < 0.5:
        return "wrong-scratch"
    return None
