"""Express a QK circuit in the named directions of the toy stream.

``W_QK`` is the same for every basis inside the head, so whatever is read off here is the
same for all ways of writing the head down. Only its proportions are used, so the head's
scale does not matter either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from circuits.shapes import FloatArray
from circuits.stream import ToyStream

CONTENT = slice(0, 8)
POSITION = slice(8, 20)
SCRATCH = slice(20, 36)
SPARE = slice(36, 48)

CLEAN_BLOCKS = (
    (CONTENT, CONTENT),
    (POSITION, POSITION),
    (SCRATCH, POSITION),
    (POSITION, SCRATCH),
    (CONTENT, SCRATCH),
    (SCRATCH, CONTENT),
    (SCRATCH, SCRATCH),
    (SPARE, SPARE),
)
"""Where a circuit lies that was built from directions, rightly or wrongly."""

LARGEST_CONTENT = 4
"""The components that tell tokens apart; the other four are small and not equally long."""


@dataclass(frozen=True, eq=False)
class NamedCircuit:
    """``W_QK`` between named directions: queries down, keys across.

    Attributes:
        entries: ``B W_QK B^T`` with the named directions as rows of ``B``, shape ``(48, 48)``.
        query_size: Root mean square of the stream along each direction at the queries, ``(48,)``.
        key_size: The same at the keys.
    """

    entries: FloatArray
    query_size: FloatArray
    key_size: FloatArray

    @property
    def felt(self) -> FloatArray:
        """The entries weighted with how large the stream is there: what scores are made of."""
        return self.entries * self.query_size[:, None] * self.key_size[None, :]

    def share(self, queries: slice, keys: slice) -> float:
        """Return how much of the felt circuit lies in one block, 0 to 1."""
        felt = self.felt**2
        total = float(felt.sum())
        # A circuit on empty directions feels nothing but rounding errors.
        loudest = float((self.query_size.max() * self.key_size.max()) ** 2)
        if total < 1e-12 * loudest * float((self.entries**2).sum()):
            return 0.0
        return float(felt[queries, keys].sum()) / total

    @property
    def stray(self) -> float:
        """The share of the entries that couple directions of different kinds, 0 to 1."""
        energy = self.entries**2
        clean = sum(float(energy[rows, columns].sum()) for rows, columns in CLEAN_BLOCKS)
        return 1.0 - clean / float(energy.sum())


def name_circuit(
    stream: ToyStream, W_Q: FloatArray, W_K: FloatArray, x: FloatArray
) -> NamedCircuit:
    """Return the QK circuit of two matrices in named directions.

    Args:
        stream: Names the directions.
        W_Q: Query matrix, shape ``(d_head, 48)``.
        W_K: Key matrix, of the same shape.
        x: Streams that the head acts on, shape ``(count, n_tokens, 48)``; they say how large
            each direction is.
    """
    basis = np.concatenate([stream.u_cont, stream.position_rows, stream.v, stream.spare])
    entries = (W_Q @ basis.T).T @ (W_K @ basis.T)
    largest = float(np.abs(entries).max())
    size = np.sqrt(np.mean((x @ basis.T) ** 2, axis=(0, 1)))
    return NamedCircuit(entries / largest if largest > 0 else entries, size, size)
