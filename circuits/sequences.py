"""Draw random sequences of tokens, each kind with a name.

Every sequence opens with BOS (token 0); ordinary tokens are 1 to 64.
"""

from __future__ import annotations

import numpy as np

from circuits.content import VOCABULARY
from circuits.shapes import IntArray
from circuits.stream import BOS


def draw_pairs(n_tokens: int, count: int, rng: np.random.Generator) -> IntArray:
    """Draw sequences in which some tokens stand twice and none three times.

    Args:
        n_tokens: Length with BOS, from 3 to 129.
        count: How many sequences.
        rng: The source of randomness.

    Returns:
        Tokens, shape ``(count, n_tokens)``. At least one token stands twice.

    Raises:
        ValueError: If the length is out of range.
    """
    places = n_tokens - 1
    if not 2 <= places <= 2 * VOCABULARY:
        raise ValueError(f"n_tokens is {n_tokens}; wanted 3 to {2 * VOCABULARY + 1}")
    fewest, most = max(places - VOCABULARY, 1), places // 2
    rows = []
    for n_pairs in rng.integers(fewest, most, endpoint=True, size=count):
        tokens = 1 + rng.permutation(VOCABULARY)[: places - n_pairs]
        rows.append(rng.permutation(np.concatenate([tokens, tokens[:n_pairs]])))
    return _open_with_bos(np.array(rows, dtype=np.int64))


def draw_iid(n_tokens: int, count: int, rng: np.random.Generator) -> IntArray:
    """Draw sequences in which every place holds any token, independently of the others.

    Args:
        n_tokens: Length with BOS, at least 2.
        count: How many sequences.
        rng: The source of randomness.

    Returns:
        Tokens, shape ``(count, n_tokens)``.

    Raises:
        ValueError: If the length is out of range.
    """
    if n_tokens < 2:
        raise ValueError(f"n_tokens is {n_tokens}; wanted 2 or more")
    return _open_with_bos(rng.integers(1, VOCABULARY, endpoint=True, size=(count, n_tokens - 1)))


def draw_repeats(half: int, count: int, rng: np.random.Generator) -> IntArray:
    """Draw BOS, then ``half`` different tokens, then the same ``half`` tokens again.

    Args:
        half: Tokens before the repetition, from 1 to 64.
        count: How many sequences.
        rng: The source of randomness.

    Returns:
        Tokens, shape ``(count, 1 + 2 * half)``.

    Raises:
        ValueError: If ``half`` is out of range.
    """
    if not 1 <= half <= VOCABULARY:
        raise ValueError(f"half is {half}; wanted 1 to {VOCABULARY}")
    first = 1 + np.array([rng.permutation(VOCABULARY)[:half] for _ in range(count)])
    return _open_with_bos(np.concatenate([first, first], axis=1))


def _open_with_bos(tokens: IntArray) -> IntArray:
    start = np.full((len(tokens), 1), BOS, dtype=np.int64)
    return np.concatenate([start, tokens], axis=1)
