"""Write attention patterns as data into HTML, so that a page may show them in a viewer.

A picture or a table of patterns stands in an element with these attributes. Where scripts of the
page know them (``explorables`` does, by the name "pattern"), a viewer takes its place; everywhere
else the picture stays. Nothing here is a script: a page cleans what a cell shows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from circuits.shapes import BoolArray, FloatArray

MOST_TOKENS = 128
"""Longer patterns are too much to carry in a page, and too fine to point at."""

MOST_PATTERNS = 4

_WHOLE = 10_000
_LONGEST_NAME = 80  # characters


@dataclass(frozen=True, eq=False)
class PatternData:
    """Attention patterns over the same tokens, to be looked into.

    Attributes:
        names: What each pattern is, such as "wanted" and "seen".
        patterns: Each of shape ``(n_tokens, n_tokens)``, weights from 0 to 1.
        tokens: A label for each token; none where they have no names.
        wanted: Where each query should look, of the same shape.
        query: The query to look at first.
    """

    names: Sequence[str]
    patterns: Sequence[FloatArray]
    tokens: Sequence[str]
    wanted: BoolArray
    query: int

    def __eq__(self, other: object) -> bool:
        """Compare number by number: two reports on the same answer are the same."""
        if not isinstance(other, PatternData):
            return NotImplemented
        return (
            (*self.names, self.query, *self.tokens) == (*other.names, other.query, *other.tokens)
            and len(self.patterns) == len(other.patterns)
            and all(map(np.array_equal, self.patterns, other.patterns))
            and np.array_equal(self.wanted, other.wanted)
        )

    def __hash__(self) -> int:
        """Return the same number for what is equal."""
        return hash((*self.names, self.query, *self.tokens))

    def write_attributes(self) -> str:
        """Return the attributes of the element, or "" where no viewer could show it.

        Example:
            >>> one = PatternData([""], [np.eye(2)], [], np.eye(2, dtype=bool), 1)
            >>> one.write_attributes()[:37]
            ' data-explorable="pattern" data-state'
        """
        weights = [np.asarray(pattern) for pattern in self.patterns]
        n_tokens = len(self.wanted)
        if not (
            0 < n_tokens <= MOST_TOKENS
            and 0 < len(weights) <= MOST_PATTERNS
            and all(np.isfinite(w).all() and w.min() >= 0 and w.max() <= 1.001 for w in weights)
        ):
            return ""
        shown = weights[-1][self.query]
        state = {
            "patterns": [
                {"name": name[:_LONGEST_NAME], "rows": [_shorten(row) for row in pattern]}
                for name, pattern in zip(self.names, weights, strict=True)
            ],
            "tokens": [label[:_LONGEST_NAME] for label in self.tokens],
            "wanted": np.argwhere(self.wanted).tolist(),
            "query": self.query,
            "key": int(shown.argmax()),
        }
        # In single quotes the many double ones of JSON stand as they are.
        told = escape(json.dumps(state, separators=(",", ":"), ensure_ascii=False), quote=False)
        told = told.replace("'", "&#39;")
        return f" data-explorable=\"pattern\" data-state='{told}'"


def _shorten(row: FloatArray) -> list[int]:
    """Return weights in ten-thousandths, without the zeros at the end."""
    parts = np.rint(_WHOLE * np.clip(row, 0, 1)).astype(int)
    filled = np.flatnonzero(parts)
    return [int(part) for part in parts[: filled[-1] + 1 if len(filled) else 0]]
