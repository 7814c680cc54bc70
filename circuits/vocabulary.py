"""Give the 64 words of the toy vocabulary names, so that a line can be typed and read."""

from __future__ import annotations

import numpy as np

from circuits.shapes import IntArray
from circuits.stream import BOS

_LIST = """
sun a under past moon cat dog tree river stone bird sings star rain falls on the fish in swims
over old blue red green house door opens wind night day road boat sea wave hill field horse runs
slow fast child sleeps dream light shadow hand voice song bell rings snow fire cup tea bread
apple garden rose grows home and then again
"""

WORDS = tuple(_LIST.split())
"""Word k + 1 is ``WORDS[k]``. The names mean nothing to a model; its words are arrows.

Those of the book's line, "star fish swims past star", point well apart."""


def read_line(line: str) -> IntArray:
    """Return a line of words as tokens, with BOS in front.

    Args:
        line: Words of :data:`WORDS` with blanks between them.

    Raises:
        ValueError: If a word is not in the vocabulary.

    Example:
        >>> read_line("star fish swims")
        array([ 0, 13, 18, 20])
    """
    words = line.lower().split()
    strange = [word for word in words if word not in WORDS]
    if strange:
        raise ValueError(
            f"the model does not know {', '.join(map(repr, strange))}; its words are "
            + " ".join(WORDS)
        )
    return np.array([BOS, *(1 + WORDS.index(word) for word in words)])


def name_tokens(tokens: IntArray) -> list[str]:
    """Return the names of tokens.

    Example:
        >>> name_tokens(np.array([0, 1, 64]))
        ['BOS', 'sun', 'again']
    """
    return ["BOS" if token == BOS else WORDS[token - 1] for token in tokens]
