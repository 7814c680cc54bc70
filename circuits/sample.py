"""Draw the one sequence that exercises 2 and 3 show, to look at and to try things on."""

from __future__ import annotations

import numpy as np

from circuits.sequences import draw_pairs
from circuits.shapes import FloatArray, IntArray
from circuits.stream import toy_stream

_SEED = 4
_N_TOKENS = 12


def draw_sample() -> tuple[IntArray, FloatArray]:
    """Return the sequence that learners see.

    A head that is right on it alone has been fitted to it; the checks say so.

    Returns:
        ``tokens`` of shape ``(12,)`` and the residual stream ``x`` of shape ``(12, 48)``.

    Example:
        >>> tokens, x = draw_sample()
        >>> tokens.shape, x.shape
        ((12,), (12, 48))
    """
    rng = np.random.default_rng(_SEED)
    tokens = draw_pairs(_N_TOKENS, 1, rng)[0]
    return tokens, toy_stream().embed(tokens, rng)
