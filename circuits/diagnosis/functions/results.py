"""Name what is wrong with a function's results, whatever the function should compute."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from circuits.behaviours.functions.calls import TOLERANCE, CallResult, relative_error
from circuits.guard import LEARNERS_ERRORS
from circuits.shapes import FloatArray


def diagnose_results(outcomes: Sequence[CallResult], sizes: bool = True) -> str | None:
    """Return the slug that all results of a function share, or None.

    Args:
        outcomes: What a function returned; calls that failed are left out.
        sizes: Whether a common factor means anything for this function.
    """
    results = [outcome for outcome in outcomes if outcome.failure is None]
    mild = [outcome for outcome in results if not outcome.case.extreme]
    slugs = {_classify(outcome) for outcome in mild}
    if len(slugs) == 1 and results:
        slug = slugs.pop()
        return slug or _diagnose_zero(mild) or (_diagnose_gain(mild) if sizes else None)
    if "not-real" in slugs and slugs <= {"not-real", None}:  # real by chance here and there
        return "not-real"
    if "wrong-shape" in slugs and slugs <= {"wrong-shape", "transposed"}:
        return "wrong-shape"
    # A column is a row of the wanted shape where there is but one token.
    return "transposed" if slugs == {"transposed", None} else None


def _classify(outcome: CallResult) -> str | None:
    try:
        array = np.array(outcome.result, subok=False)
    except LEARNERS_ERRORS:
        return "not-an-array"
    wanted = outcome.case.wanted
    if array.dtype.kind not in "fiub":
        return "not-real" if array.dtype.kind == "c" else "not-an-array"
    if array.shape != wanted.shape:
        return "transposed" if array.shape == wanted.shape[::-1] else "wrong-shape"
    return None if np.isfinite(array).all() else "not-finite"


def _diagnose_zero(outcomes: Sequence[CallResult]) -> str | None:
    return None if any(_floats(outcome).any() for outcome in outcomes) else "all-zero"


def _diagnose_gain(outcomes: Sequence[CallResult]) -> str | None:
    """Name results of the right shape that are all too large, or too small, by one factor."""
    pairs = [(_floats(outcome), outcome.case.wanted) for outcome in outcomes]
    norm = sum(float((wanted**2).sum()) for _, wanted in pairs)
    gain = sum(float((seen * wanted).sum()) for seen, wanted in pairs) / norm
    near = [relative_error(seen, gain * wanted) for seen, wanted in pairs if wanted.any()]
    other = abs(gain) > TOLERANCE and abs(gain - 1.0) > TOLERANCE
    return "gain" if other and max(near) <= TOLERANCE else None


def _floats(outcome: CallResult) -> FloatArray:
    return np.asarray(outcome.result, dtype=np.float64)
