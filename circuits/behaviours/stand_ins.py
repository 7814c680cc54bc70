"""Stand in for the two heads of exercise 3: compute their result without an answer's matrices.

A later exercise needs heads that leave notes and find them. Whoever has not brought any gets
these, which compute the result directly and hold no answer that could be copied.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from circuits.attention import softmax_scores
from circuits.behaviours.copying import move_from_previous
from circuits.behaviours.first_head import CONTENT_NUMBERS, note_map
from circuits.shapes import FloatArray, as_floats
from circuits.stream import toy_stream


@dataclass(frozen=True)
class LeaveNotes:
    """A head 1 that looks at exactly the previous token, and notes its word in v_0 to v_3."""

    def output(self, x: ArrayLike, /) -> FloatArray:
        """Return what is added to the streams ``x``, of their shape ``(..., n_tokens, 48)``."""
        stream = toy_stream()
        streams = as_floats("x", x, (None, "n_tokens", stream.d_model))
        return move_from_previous(streams, note_map(stream))


@dataclass(frozen=True, eq=False)
class FollowNotes:
    """A head 2 that looks for its own word in the notes, and moves what it finds.

    Attributes:
        W_V: What is read from the token found, shape ``(d_head, 48)``.
        W_out: Where it is written, shape ``(48, d_head)``.
    """

    W_V: FloatArray
    W_out: FloatArray

    @staticmethod
    def pattern(x: ArrayLike) -> FloatArray:
        """Return where each token looks, shape ``(..., n_tokens, n_tokens)``."""
        stream = toy_stream()
        streams = as_floats("x", x, (None, "n_tokens", stream.d_model))
        asked = streams @ stream.u_cont[:CONTENT_NUMBERS].T
        noted = streams @ stream.v[:CONTENT_NUMBERS].T
        return softmax_scores(np.matmul(asked, noted.swapaxes(-1, -2)))

    def output(self, x: ArrayLike, /) -> FloatArray:
        """Return what is added to the streams ``x``, of their shape ``(..., n_tokens, 48)``."""
        W_V = as_floats("W_V", self.W_V, ("d_head", toy_stream().d_model))
        W_out = as_floats("W_out", self.W_out, W_V.shape[::-1])
        moved: FloatArray = self.pattern(x) @ (np.asarray(x) @ W_V.T) @ W_out.T
        return moved
