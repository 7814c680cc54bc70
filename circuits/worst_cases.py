"""Build the sequences on which a criterion is decided: the worst that random ones may bring.

Whether a head is right on every sequence depends on a few of them: those in which the two
words that are most alike stand at the distances at which positions mislead most, under loud
noise. Random sequences meet such a coincidence now and then, and one seed more often than
another. So these stand in the public trials and in all hidden ones, and both draw the same line.

Two tokens l apart score ``lam_0^2 cos(alpha_0 l) + lam_1^2 cos(alpha_1 l)`` by position. After
FAR tokens that is nearly what it is at l = 0, and after NEAR or FAR - NEAR it is as low as it
gets: a word's copy FAR away is punished most for where it stands, where its position counts
against it, and a like word NEAR its query least.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from circuits.attention import Head
from circuits.shapes import FloatArray, IntArray
from circuits.stream import ToyStream

EXTREME_SCORE = 1e4
"""Of a head that is tried with large scores."""

N_TOKENS = 128

FAR = 77
"""The distance at which two positions are most alike: about four turns of 19, eleven turns of 7."""

NEAR = 10
"""The distance at which two positions are least alike; so is FAR - NEAR."""

LOUDNESS = 2.2
"""Size of the noise in each spare direction, in units of its standard deviation."""

HALF = 64
"""Words of the worst lines before they are said again: all there are."""

NOISE = 1.5
"""Standard deviation of the noise of the worst lines, louder in all directions than of others."""

CROWD = 42
"""How many neighbours a word is lost among: each stands three times in 126 places."""

_SEED = 0


def list_close_words(stream: ToyStream) -> list[tuple[int, int]]:
    """Return pairs of words that are most alike, the closest first, no word in two of them."""
    content = stream.content[1:, :4]
    likeness = np.triu(content @ content.T, k=1)
    pairs: list[tuple[int, int]] = []
    taken: set[int] = set()
    ones, others = np.unravel_index(np.argsort(-likeness, axis=None), likeness.shape)
    above = ones < others
    for one, other in zip((ones[above] + 1).tolist(), (others[above] + 1).tolist(), strict=True):
        if one not in taken and other not in taken:
            pairs.append((one, other))
            taken |= {one, other}
    return pairs


def arrange_worst(stream: ToyStream) -> tuple[tuple[str, IntArray], ...]:
    """Return the worst sequences, with the kind of each batch of them."""
    return ("pairs", arrange_close_words(stream)), ("iid", crowd_word(stream)[None])


def arrange_close_words(stream: ToyStream) -> IntArray:
    """Return sequences of the kind "pairs" with close words at the worst distances.

    Of each pair of words a and b, one of two things is put down, at one place after another:

    - a, then b after NEAR, b again after FAR - NEAR, and a again after FAR. For a head that
      wants other copies and counts their position against them, this is the worst.
    - b, then a after NEAR, a again after FAR, and b again after FAR + NEAR. For a head that
      wants all copies alike and reads the position by mistake, this is the worst.

    The other places are filled with the words that are left, each at most twice.

    Returns:
        Tokens, shape ``(2, 128)``: what is the one thing in the first is the other in the second.
    """
    rng = np.random.default_rng(_SEED)
    pairs = list_close_words(stream)
    rows = []
    for parity in (0, 1):
        row = np.zeros(N_TOKENS, dtype=np.int64)
        for number, (one, other) in enumerate(pairs):
            first = (one, other, other, one), (0, NEAR, FAR - NEAR, FAR)
            second = (other, one, one, other), (0, NEAR, FAR, FAR + NEAR)
            words, distances = first if number % 2 == parity else second
            places = _find_places(row, np.array(distances))
            if places is not None:
                row[places] = words
        words_left = np.arange(1, len(stream.content))
        # In the browser NumPy counts in 32 bits, and takes no index of 64.
        times = np.bincount(row.astype(np.intp), minlength=len(stream.content))
        left = np.repeat(words_left, (2 - times)[1:])
        empty = np.flatnonzero(row[1:] == 0) + 1
        row[empty] = rng.permutation(left)[: len(empty)]
        rows.append(row)
    return np.array(rows)


def crowd_word(stream: ToyStream) -> IntArray:
    """Return a sequence of the kind "iid" in which one word is lost among those most like it.

    The word is the one that has most such neighbours. It stands at the end, where it sees them
    all, as many of each as there is room for.

    Returns:
        Tokens, shape ``(128,)``.
    """
    content = stream.content[1:, :4]
    likeness = content @ content.T
    nearest = np.sort(likeness, axis=1)[:, -CROWD - 1 : -1]
    word = int(nearest.sum(axis=1).argmax())
    neighbours = np.argsort(-likeness[word])[1 : CROWD + 1] + 1
    row: IntArray = np.resize(neighbours, N_TOKENS)
    row[0], row[-1] = 0, word + 1
    return row


def arrange_lines(stream: ToyStream) -> IntArray:
    """Return lines that are said twice, in which what misleads stands side by side.

    Line w ends its first half with word w, and begins with the word least like the one that w is
    most easily taken for. Between them stand, as many as there is room for,

    - b, a, and the word least like a, where a and b are among the words most alike: whoever reads
      a key's own word besides its note takes a, behind b, for what comes behind a;
    - o and a, next to each other in every other line and else with one word between them, where o
      of all words does most to make another word than a look right: whoever reads the word before
      a, or its note, besides what was found, guesses wrong.

    Returns:
        Tokens, shape ``(64, 129)``.
    """
    content = stream.content[1:, :4]
    alike = content @ content.T
    others = alike - np.diag(np.full(len(alike), np.inf))
    least, nearest = alike.argmin(axis=1), others.argmax(axis=1)
    close = [pair for one, two in list_close_words(stream) for pair in ((one, two), (two, one))]
    behind, ahead = _find_tempting(alike)
    rng = np.random.default_rng(_SEED)
    rows = []
    for word in range(HALF):
        middle = int(rng.integers(HALF))
        tempting = (ahead, behind) if word % 2 else (ahead, middle, behind)
        near = np.roll(np.array(close) - 1, -2 * word, axis=0)
        blocks = [tempting, *((int(b), int(a), int(least[a])) for b, a in near)]
        first = int(least[nearest[word]])
        first = first if first != word else int(alike[nearest[word]].argsort()[1])
        taken = {first, word}
        row = [first]
        for block in blocks:
            if len(set(block)) == len(block) and not taken & set(block):
                row += block
                taken |= set(block)
        left = [k for k in rng.permutation(HALF).tolist() if k not in taken]
        rows.append([*row, *left, word])
    half = 1 + np.array(rows, dtype=np.int64)
    return np.hstack([np.zeros((HALF, 1), dtype=np.int64), half, half])


def _find_tempting(alike: FloatArray) -> tuple[int, int]:
    """Return word a and word o, of which the least share makes another word look righter than a."""
    lead = np.diag(alike)[:, None] - alike  # of a, over another word
    # Of o, a share s adds s * (o . other - o . a) to the other word's score.
    temptation = alike[:, None, :] - alike[:, :, None]  # o, a, other
    share = np.full_like(temptation, np.inf)
    np.divide(lead[None], temptation, out=share, where=temptation > 0)
    o, a, _ = np.unravel_index(share.argmin(), share.shape)
    return int(a), int(o)


def embed_lines(stream: ToyStream, tokens: IntArray, *, marks: bool = False) -> FloatArray:
    """Return the streams of the worst lines, with noise that is the same in all trials."""
    x: FloatArray = stream.embed(tokens, marks=marks)
    noise = np.random.default_rng(_SEED).standard_normal((*tokens.shape, len(stream.spare)))
    return x + NOISE * noise @ stream.spare


def _find_places(row: IntArray, distances: IntArray) -> IntArray | None:
    """Return the first places at these distances that are all empty, or None."""
    for start in range(1, len(row) - int(distances[-1])):
        places: IntArray = start + distances
        if not row[places].any():
            return places
    return None


def embed_loudly(stream: ToyStream, tokens: IntArray) -> FloatArray:
    """Return the streams of ``tokens`` with noise of full size, and a random sign, everywhere."""
    signs = np.random.default_rng(_SEED).choice([-1.0, 1.0], (*tokens.shape, len(stream.spare)))
    x: FloatArray = stream.embed(tokens) + LOUDNESS * signs @ stream.spare
    return x


def make_worst_heads() -> Iterator[tuple[FloatArray, Head, bool]]:
    """Yield the streams and heads that no seed changes, and whether their scores are extreme.

    The first is the most sensitive to an error of the scores: at the last query one token has
    half of the weight, and the others, which say the opposite, share the other half. In the
    second, the first token sees itself with a score of -10,000, and those that are hidden from it
    have +10,000: whoever subtracts a number from hidden scores has to subtract twice as much.
    """
    n_others = 22
    x = np.zeros((n_others + 1, 3))
    x[:, 0] = 1.0
    x[0, 1] = np.log(n_others)
    x[:, 2] = -1.0
    x[0, 2] = 1.0
    one = np.eye(3)
    yield x, Head(one[:1], one[1:2], one[2:], np.array([[0.5], [-1.0], [1.0]])), False
    x = np.array([[-1.0, 1.0, 2.0], [1.0, 2.0, 1.0], [1.0, 3.0, -1.0]])
    W_Q = np.array([[0.0, EXTREME_SCORE, 0.0]])
    yield x, Head(W_Q, one[:1], one[2:], np.array([[0.5], [0.25], [-0.5]])), True
