"""Build the toy residual stream of exercises 2 and 3: 48 dimensions with named directions.

A token's stream at the input is the sum of what it says, where it stands, and noise::

    x_n = sum_k content[token_n, k] u_cont[k]
        + sum_i lam[i] (cos(alpha[i] n) u_cos[i] + sin(alpha[i] n) u_sin[i])
        + sum_k noise_k spare[k]                                 noise_k ~ N(0, 1)

The named directions are the rows of one random orthogonal matrix. Nothing is aligned
with an axis, so an answer has to be built from directions and cannot be read off.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from circuits.content import CONTENT_NORM, TAIL_RMS, VOCABULARY, load_content
from circuits.shapes import FloatArray, IntArray, as_tokens

BOS = 0
"""Token 0 opens every sequence and has no content. Ordinary tokens are 1 to 64."""

PERIODS = (19.0, 7.0, 5.0, 3.0, 31.0, 23.0)
"""Tokens per turn of each position pair. The first two alone tell 133 positions apart."""

LAMBDAS = (15.0, 6.0, 5.0, 4.0, 2.0, 1.0)
"""Length of the position's hand in each pair, in the units of the stream."""

MARK = 30.0
"""Length of the two marks of exercises 4 and 5: what every token carries, and what BOS carries."""

_GROUPS = (("u_cont", 8), ("u_cos", 6), ("u_sin", 6), ("v", 16), ("spare", 12))


@dataclass(frozen=True, eq=False)
class ToyStream:
    """Named directions of the residual stream, and the embedding that uses them.

    All directions are rows of length 1, and every two of them are orthogonal.

    Attributes:
        u_cont: Principal components of the content, largest first, shape ``(8, 48)``.
        u_cos: Cosine directions of the position, largest first, shape ``(6, 48)``.
        u_sin: Sine directions of the position, shape ``(6, 48)``.
        v: Scratch space, empty at the input, shape ``(16, 48)``.
        spare: Where other heads left something: noise, shape ``(12, 48)``.
        alpha: Angle per token of each position pair, radians, shape ``(6,)``.
        lam: Length of the hand of each position pair, shape ``(6,)``.
        content: Coordinates of each token along ``u_cont``, shape ``(65, 8)``; row 0, BOS,
            is zero.
    """

    u_cont: FloatArray
    u_cos: FloatArray
    u_sin: FloatArray
    v: FloatArray
    spare: FloatArray
    alpha: FloatArray
    lam: FloatArray
    content: FloatArray

    @property
    def d_model(self) -> int:
        """Dimensions of the residual stream: 48."""
        return int(self.u_cont.shape[1])

    @property
    def position_rows(self) -> FloatArray:
        """``cos_0, sin_0, cos_1, sin_1, ...``: the pairs in turn, shape ``(12, 48)``."""
        return np.stack([self.u_cos, self.u_sin], axis=1).reshape(-1, self.d_model)

    @property
    def one(self) -> FloatArray:
        """The direction ``v_15``, along which every marked token carries 30; shape ``(48,)``."""
        direction: FloatArray = self.v[15]
        return direction

    @property
    def bos(self) -> FloatArray:
        """The direction ``v_14``, along which BOS alone carries 30 if marked; shape ``(48,)``."""
        direction: FloatArray = self.v[14]
        return direction

    def embed(
        self,
        tokens: ArrayLike,
        rng: np.random.Generator | None = None,
        *,
        marks: bool = False,
        positions: bool = True,
    ) -> FloatArray:
        """Return the residual stream of ``tokens`` before the first head.

        Args:
            tokens: Whole numbers from 0 to 64, shape ``(..., n_tokens)``.
            rng: Draws the noise in the spare directions. Without it they stay empty.
            marks: Whether every token carries 30 along ``one``, and BOS 30 along ``bos``.
            positions: Whether the stream says where a token stands.

        Returns:
            Shape ``(..., n_tokens, 48)``.

        Raises:
            ValueError: If a token is not in the vocabulary.
        """
        tokens = as_tokens(tokens, VOCABULARY)
        x: FloatArray = self.content[tokens] @ self.u_cont
        if positions:
            angles = np.arange(tokens.shape[-1])[:, None] * self.alpha
            x += (self.lam * np.cos(angles)) @ self.u_cos
            x += (self.lam * np.sin(angles)) @ self.u_sin
        if marks:
            x += self.mark(tokens)
        if rng is not None:
            x += rng.standard_normal((*tokens.shape, len(self.spare))) @ self.spare
        return x

    def mark(self, tokens: IntArray) -> FloatArray:
        """Return what the two marks add to the streams of ``tokens``, shape ``(..., 48)``."""
        marks: FloatArray = MARK * (self.one + (tokens == BOS)[..., None] * self.bos)
        return marks


@lru_cache(maxsize=8)
def toy_stream(seed: int = 0) -> ToyStream:
    """Return the toy stream of a seed; the exercises use seed 0.

    The same seed gives the same directions. The arrays are read-only, so that a cell
    cannot change the stream that the checks use.
    """
    rng = np.random.default_rng(seed)
    d_model = sum(size for _, size in _GROUPS)
    basis = _draw_orthogonal(d_model, rng)
    starts = np.cumsum([0] + [size for _, size in _GROUPS])
    groups = {
        name: basis[start : start + size]
        for (name, size), start in zip(_GROUPS, starts[:-1], strict=True)
    }
    stream = ToyStream(
        **groups,
        alpha=2 * np.pi / np.array(PERIODS),
        lam=np.array(LAMBDAS),
        content=_draw_content(rng),
    )
    for array in vars(stream).values():
        array.flags.writeable = False
    return stream


def _draw_orthogonal(size: int, rng: np.random.Generator) -> FloatArray:
    """Draw a rotation or reflection, all equally likely (Haar measure)."""
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    # QR alone is not uniform: the signs of R's diagonal have to be moved into Q.
    return np.ascontiguousarray((q * np.sign(np.diag(r))).T)


def _draw_content(rng: np.random.Generator) -> FloatArray:
    """Return the content table: four shipped columns and four small random ones."""
    head = CONTENT_NORM * load_content()
    fixed = np.column_stack([np.ones(VOCABULARY), head])
    noise = rng.standard_normal((VOCABULARY, len(TAIL_RMS)))
    tail = np.linalg.qr(np.column_stack([fixed, noise]))[0][:, fixed.shape[1] :]
    tail *= np.sqrt(VOCABULARY) * np.array(TAIL_RMS)
    return np.vstack([np.zeros((1, 8)), np.column_stack([head, tail])])
