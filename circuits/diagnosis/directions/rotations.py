"""Measure how a circuit rotates the pairs of cosine and sine, block by block.

On a pair with angle alpha, the query at i is (cos alpha i, sin alpha i), the key at j
likewise. A block M between them gives the score ``q^T M k``. Split M into a turn and a
mirror image::

    M = size [[cos phi, -sin phi], [sin phi, cos phi]] + mirror

The turn gives ``size cos(alpha (i - j) - phi)``, which is largest at ``j = i - phi / alpha``.
So ``-phi / alpha`` is where the pair looks, in tokens from where its query points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from circuits.shapes import BoolArray, FloatArray

ACTIVE = 0.05
"""A pair takes part if its block is at least this share of the largest one."""

ANGLE_TOLERANCE = 0.01
"""In turns. Smaller errors of an angle are rounding, larger ones are mistakes."""


FOREIGN_TOLERANCE = 0.001
"""In turns. So close that an angle is another pair's own, and not near it by chance."""


@dataclass(frozen=True, eq=False)
class Rotations:
    """A position circuit, pair by pair.

    Attributes:
        blocks: Size of each block between a query pair and a key pair, shape ``(6, 6)``.
        sizes: Size of the turn in each pair's own block, ``(6,)``.
        mirrors: Size of the mirror image in each pair's own block, ``(6,)``.
        angles: Angle of the turn, radians, ``(6,)``.
        alpha: Angle per token of each pair, ``(6,)``.
        weights: How much each pair's own block weighs in the scores, ``(6,)``.
        one_number: Whether each pair's own block compares a single number on each side.
        skewed: Whether each pair's own block has rows and columns of equal lengths, as a turn
            has, and yet stretches the hand: a sign is wrong.
        values: Singular values of the whole circuit, each pair weighted by its hand, ``(12,)``.
    """

    blocks: FloatArray
    sizes: FloatArray
    mirrors: FloatArray
    angles: FloatArray
    alpha: FloatArray
    weights: FloatArray
    one_number: BoolArray
    skewed: BoolArray
    values: FloatArray

    @property
    def active(self) -> BoolArray:
        """Which pairs take part, shape ``(6,)``."""
        own: BoolArray = self.weights > ACTIVE * max(float(self.weights.max()), 1e-300)
        return own

    @property
    def off_diagonal(self) -> float:
        """The share of the blocks between different pairs, 0 to 1."""
        energy = self.blocks**2
        total = float(energy.sum())
        return 1.0 - float(np.trace(energy)) / total if total > 0 else 0.0

    @property
    def mirrored(self) -> bool:
        """Whether an active pair is a mirror image rather than a turn."""
        return bool((self.mirrors[self.active] > 2 * self.sizes[self.active]).any())

    @property
    def plain(self) -> bool:
        """Whether the active pairs are turns, with hardly any mirror image."""
        return bool((self.mirrors[self.active] < 0.2 * self.sizes[self.active]).all())

    def looks_by(self, steps: float) -> bool:
        """Whether every active pair looks ``steps`` tokens on from where the query points."""
        wanted = -steps * self.alpha
        error = np.angle(np.exp(1j * (self.angles - wanted)))[self.active] / (2 * np.pi)
        return bool(np.abs(error).max(initial=0.0) < ANGLE_TOLERANCE)

    def borrows(self, steps: float) -> bool:
        """Whether the active pairs look ``steps`` on, but some with another pair's angle."""
        chosen = np.flatnonzero(self.active)
        if len(chosen) < 2 or self.looks_by(steps):
            return False
        gaps = np.exp(1j * self.angles[chosen])[:, None] * np.exp(1j * steps * self.alpha)
        errors = np.abs(np.angle(gaps)) / (2 * np.pi)
        # The angle of a pair that is not used counts only if it is met nearly exactly.
        near = np.where(self.active, ANGLE_TOLERANCE, FOREIGN_TOLERANCE)
        return bool((errors < near).any(axis=1).all())


def measure_rotations(entries: FloatArray, alpha: FloatArray, lam: FloatArray) -> Rotations:
    """Return how a circuit turns each pair.

    Args:
        entries: The circuit between pairs, ``cos_0, sin_0, cos_1, ...`` on both sides, shape
            ``(2 p, 2 p)``.
        alpha: Angles per token, shape ``(p,)``.
        lam: Length of each pair's hand, shape ``(p,)``.
    """
    pairs = len(alpha)
    blocks = entries.reshape(pairs, 2, pairs, 2).transpose(0, 2, 1, 3)
    blocks = blocks * np.multiply.outer(lam, lam)[:, :, None, None]
    own = blocks[np.arange(pairs), np.arange(pairs)]
    turn = (own[:, 0, 0] + own[:, 1, 1]) / 2 + 1j * (own[:, 1, 0] - own[:, 0, 1]) / 2
    mirror = (own[:, 0, 0] - own[:, 1, 1]) / 2 + 1j * (own[:, 1, 0] + own[:, 0, 1]) / 2
    size = np.sqrt((own**2).sum(axis=(1, 2)))
    # The singular values of a block are the sum and the difference of its two sizes.
    smaller, larger = np.sort([np.abs(turn), np.abs(mirror)], axis=0)
    even = np.ones(pairs, dtype=np.bool_)
    for axis in (1, 2):
        lengths = np.sqrt((own**2).sum(axis=axis))
        even &= np.ptp(lengths, axis=1) < 0.05 * lengths.max(axis=1)
    weighted = blocks.transpose(0, 2, 1, 3).reshape(entries.shape)
    values = np.linalg.svd(weighted, compute_uv=False).astype(np.float64, copy=False)
    return Rotations(
        blocks=np.sqrt((blocks**2).sum(axis=(2, 3))),
        sizes=np.abs(turn),
        mirrors=np.abs(mirror),
        angles=np.angle(turn),
        alpha=alpha,
        weights=size,
        one_number=(size > 0) & (larger - smaller < 0.05 * (larger + smaller)),
        skewed=even & (smaller > 0.1 * larger),
        values=values,
    )
