"""Write a learner's two heads in the coordinates of the figure that runs them, and tell of them."""

from __future__ import annotations

import numpy as np

from circuits.attention import attention_pattern
from circuits.reports.circuit_data import CircuitData, CircuitName, Matrices
from circuits.shapes import FloatArray, IntArray
from circuits.stream import ToyStream
from circuits.vocabulary import WORDS, name_tokens, read_line

TOKENS: IntArray = read_line("star fish swims past star")
"""The line of the figure."""

LINE = tuple(name_tokens(TOKENS))
"""The same in words, as the figure shows them."""

_READ = 4  # content numbers that the figure's own heads read
_WRITTEN = 12  # scratch directions that they write to


def embed_line(stream: ToyStream) -> FloatArray:
    """Return the stream of the figure's line before the first head, shape ``(6, 48)``."""
    return stream.embed(TOKENS)


def hand_over(
    circuit: CircuitName, stream: ToyStream, first: Matrices, second: Matrices, behind: FloatArray
) -> CircuitData:
    """Return two heads as a report carries them.

    The spare directions, which hold noise, are left out, and so is the noise of the line.

    Args:
        circuit: Which circuit they are.
        stream: Names the directions.
        first: The learner's matrices of head 1, over the 48 directions; those that are missing are
            the book's.
        second: Those of head 2.
        behind: The stream of the line behind head 1, shape ``(6, 48)``.
    """
    axes = list_axes(stream)
    heads = tuple(
        {name: axes @ m if name == "W_out" else m @ axes.T for name, m in head.items()}
        for head in (first, second)
    )
    numbers = {"alpha": stream.alpha, "lam": stream.lam, "content": stream.content}
    told = _tell((first, embed_line(stream)), (second, behind))
    return CircuitData(circuit, (heads[0], heads[1]), numbers, WORDS, told)


def list_axes(stream: ToyStream) -> FloatArray:
    """Return the directions along which the figure's coordinates lie, shape ``(36, 48)``.

    Those come first that its own heads use: four of the content, the position, twelve of scratch;
    then the other four of the content and of scratch.
    """
    content, scratch = np.split(stream.u_cont, [_READ]), np.split(stream.v, [_WRITTEN])
    return np.vstack([content[0], stream.position_rows, scratch[0], content[1], scratch[1]])


def _tell(*heads: tuple[Matrices, FloatArray]) -> str:
    """Say where heads look from the last token of the line, each with the stream before it."""
    told = []
    for number, (head, x) in enumerate(heads, start=1):
        if "W_Q" in head:
            shares = attention_pattern(x, head["W_Q"], head["W_K"])[-1]
            at = int(shares.argmax())
            told.append(
                f"your head {number} gives {shares[at]:.2f} of its attention to {LINE[at]} "
                f"at position {at}"
            )
    does = ", and ".join(told) or "your head 2 brings the word that it has found"
    return f"In the line “{' '.join(LINE)}”, at the last {LINE[-1]}, {does}."
