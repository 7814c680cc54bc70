"""Place the vocabulary's content: 64 points, equally long and far from one another.

Why so careful? A head that looks for tokens of the same content compares dot products.
If one token's vector were longer than the others, it would win against the right one.
So all 64 have the same norm and are spread over the 3-sphere by mutual repulsion. The
columns of the table are centred and orthogonal, with falling variances, so that they
*are* the principal components of the embedding.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import numpy as np

from circuits.shapes import FloatArray

VOCABULARY = 64
CONTENT_NORM = 48.0
VARIANCE_SHARES = (1.20, 1.07, 0.93, 0.80)
TAIL_RMS = (3.0, 2.5, 2.0, 1.5)


def spread_points(seed: int = 0, steps: int = 3000) -> FloatArray:
    """Return 64 unit vectors that repel one another, shape ``(64, 4)``.

    The mean is zero, the columns are orthogonal, and the columns' mean squares are
    ``VARIANCE_SHARES / 4``. The table that ships with the package is this function's
    result. Another processor or BLAS rounds differently, and the steps let that grow to
    about 0.02 in an entry; a test compares the two with that in mind.

    Args:
        seed: Where the descent starts.
        steps: Steps of the repulsion; each is followed by a projection.
    """
    rng = np.random.default_rng(seed)
    points = _project(rng.standard_normal((VOCABULARY, 4)), rounds=50)
    for step in range(steps):
        cosines = points @ points.T
        np.fill_diagonal(cosines, -1.0)
        # A soft maximum of the cosines: the closest pairs are pushed apart hardest.
        push = np.exp(80.0 * (cosines - cosines.max()))
        rate = 0.05 * (1.0 - step / steps)
        points = _project(points - rate * (push @ points), rounds=4)
    return _project(points, rounds=3000)


def _project(points: FloatArray, rounds: int) -> FloatArray:
    """Alternate between rows of length one and the wanted mean and variances."""
    scale = np.sqrt(np.array(VARIANCE_SHARES) / 4.0 * len(points))
    for _ in range(rounds):
        points = points - points.mean(axis=0)
        values, vectors = np.linalg.eigh(points.T @ points)
        # The symmetric inverse root moves the columns least, so axis k stays axis k.
        points = points @ (vectors / np.sqrt(values)) @ vectors.T * scale
        points = points / np.linalg.norm(points, axis=1, keepdims=True)
    return points


@lru_cache(maxsize=1)
def load_content() -> FloatArray:
    """Return the shipped table of content points: unit rows, shape ``(64, 4)``."""
    text = files("circuits").joinpath("content.csv").read_text(encoding="ascii")
    return np.array([row.split(",") for row in text.split()], dtype=np.float64)
