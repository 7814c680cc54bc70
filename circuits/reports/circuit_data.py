"""Hand a learner's two heads over as data in HTML, so that a page may run them step by step.

Sentences about the heads stand in an element with these attributes. Where scripts of the page know
them (``explorables`` does, by the name "stepper"), a figure takes their place. Nothing here is a
script: a page cleans what a cell shows, and the figure checks what it is given.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Literal

import numpy as np

from circuits.shapes import FloatArray

CircuitName = Literal["pointer", "notes"]
"""The circuit of exercise 2, and that of exercises 3 and 4."""

Matrices = Mapping[str, FloatArray]
"""Of one head, by name: ``W_Q``, ``W_K`` and ``W_V`` (d_head, d), ``W_out`` (d, d_head)."""

MOST_ROWS = 64
"""A head of more dimensions is too much to carry in a page."""

_DIGITS = 9  # after the point
_TITLE = "Your heads at work, step by step"


@dataclass(frozen=True, eq=False)
class CircuitData:
    """The two heads of an induction circuit, as far as a learner has built them.

    Attributes:
        circuit: Which one.
        heads: The learner's matrices of head 1 and of head 2, in the coordinates of the figure. A
            head may lack both ``W_Q`` and ``W_K``, or both ``W_V`` and ``W_out``: the book's own
            stand for them.
        stream: What the figure needs to know of the stream: ``alpha``, ``lam`` and ``content``.
        words: The names of its words, from word 1 on.
        sentences: What the heads do, in words.
    """

    circuit: CircuitName
    heads: tuple[Matrices, Matrices]
    stream: Mapping[str, FloatArray]
    words: tuple[str, ...]
    sentences: str

    def __eq__(self, other: object) -> bool:
        """Compare number by number: two reports on the same answer are the same."""
        if not isinstance(other, CircuitData):
            return NotImplemented
        return (self.circuit, self.sentences) == (other.circuit, other.sentences) and all(
            ours.keys() == theirs.keys()
            and all(np.array_equal(ours[name], theirs[name]) for name in ours)
            for ours, theirs in zip(self.heads, other.heads, strict=True)
        )

    def __hash__(self) -> int:
        """Return the same number for what is equal."""
        return hash((self.circuit, self.sentences))

    def write_state(self) -> str | None:
        """Return what the figure begins with, in JSON; None where no page could run the heads."""
        matrices = [matrix for head in self.heads for matrix in head.values()]
        rows = [m.shape[name == "W_out"] for head in self.heads for name, m in head.items()]
        if max(rows, default=0) > MOST_ROWS or not all(np.isfinite(m).all() for m in matrices):
            return None
        heads = [{name: _shorten(matrix) for name, matrix in head.items()} for head in self.heads]
        stream: dict[str, object] = {name: _shorten(ours) for name, ours in self.stream.items()}
        stream["words"] = list(self.words)
        state = {
            "circuit": self.circuit,
            "own": {"heads": heads, "stream": stream},
            # The figure that trains a model compares its heads with these.
            "hands": ["train"] if self.circuit == "notes" else [],
        }
        return json.dumps(state, separators=(",", ":"))


def render_html(data: CircuitData) -> str:
    """Return the heads as HTML: sentences, and what a page's figure needs to take their place."""
    state = data.write_state()
    if state is None:
        return ""
    told = escape(state, quote=False).replace("'", "&#39;")
    return (
        f"<details open><summary>{_TITLE}</summary>"
        f'<div class="explorable" data-explorable="stepper" data-state=\'{told}\'>'
        f'<div class="explorable-still"><p>{escape(data.sentences)}</p></div></div></details>'
    )


def _shorten(numbers: FloatArray) -> object:
    """Return numbers as lists, without what rounding has left of zeros."""
    return (np.round(numbers, _DIGITS) + 0.0).tolist()
