"""Describe an attention pattern in words, for those who do not see it."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from .inputs import Floats
from .words import weight

_FEW = 12


def describe_pattern(pattern: Floats, tokens: list[str] | None, wanted: NDArray[np.bool_]) -> str:
    """Return where each query looks, query by query for few tokens and summed up for many."""
    n = len(pattern)
    words = [f"Attention pattern over {n} token{'s' * (n != 1)}."]
    if n <= _FEW:
        words += [_describe_query(pattern[i], i, tokens) for i in range(n)]
    else:
        words.append(_sum_up(pattern))
    if wanted.any():
        mass = (pattern * wanted).sum(axis=1)[wanted.any(axis=1)]
        least, mean = weight(float(mass.min())), weight(float(mass.mean()))
        words.append(
            f"Wanted cells are outlined: each such query puts at least {least} on them, "
            f"{mean} on average."
        )
    return " ".join(words)


def _describe_query(row: Floats, query: int, tokens: list[str] | None) -> str:
    heavy = [int(j) for j in np.argsort(-row, kind="stable") if row[j] >= 0.2][:3]
    if not heavy:
        return f"Query {_name(query, tokens)} puts less than .20 on every key."
    parts = [f"{_name(j, tokens)} with weight {weight(float(row[j]))}" for j in heavy]
    return f"Query {_name(query, tokens)} attends to {' and to '.join(parts)}."


def _name(position: int, tokens: list[str] | None) -> str:
    return f"{position} ({tokens[position]})" if tokens else str(position)


def _sum_up(pattern: Floats) -> str:
    n = len(pattern)
    strongest = pattern.argmax(axis=1)
    back = Counter((np.arange(n) - strongest).tolist())
    words = []
    for distance, queries in sorted(back.items(), key=lambda item: (-item[1], item[0]))[:2]:
        if queries > 1:
            words.append(f"For {queries} of {n} queries the strongest key is {_far(distance)}.")
    if not words:
        words.append("The strongest key lies at a different distance for every query.")
    top = pattern.max(axis=1)
    words.append(
        f"The strongest weights run from {weight(float(top.min()))} to {weight(float(top.max()))}, "
        f"{weight(float(top.mean()))} on average."
    )
    return " ".join(words)


def _far(distance: int) -> str:
    if distance == 0:
        return "the query's own position"
    if distance == 1:
        return "the position before"
    return f"{abs(distance)} positions {'before' if distance > 0 else 'after'}"
