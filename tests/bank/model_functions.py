"""Right and wrong ways to write the functions of exercise 4: parts 4c and 4e."""

from __future__ import annotations

import numpy as np

from circuits import toy_stream

CONTENT = toy_stream().content[1:, :4]
LIKENESS = CONTENT @ CONTENT.T
OWN = np.diag(LIKENESS)

# 4c: the gain of the unembedding that has a given loss.


def loss_at(gain):
    logits = gain * (LIKENESS - OWN[:, None])
    return np.log(np.exp(logits).sum(axis=1)).mean()


def gain_by_halving(loss):
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if loss_at(middle) > loss:
            low = middle
        else:
            high = middle
    return middle


def gain_from_a_table(loss):
    gains = np.geomspace(1e-4, 1, 4000)
    losses = np.array([loss_at(gain) for gain in gains])
    return gains[np.abs(losses - loss).argmin()]


def gain_interpolated(loss):
    gains = np.linspace(0, 0.03, 600)
    losses = [loss_at(gain) for gain in gains]
    return np.interp(-np.log(loss), -np.log(losses), gains)


def gain_by_newton(loss):
    gain, step = 0.001, 1e-7
    for _ in range(60):
        slope = (np.log(loss_at(gain + step)) - np.log(loss_at(gain))) / step
        gain += (np.log(loss) - np.log(loss_at(gain))) / slope
    return float(gain)


def gain_step_by_step(loss):
    gain = 0.0
    while loss_at(gain) > loss:
        gain += 1e-5
    return gain


def gain_in_coarse_steps(loss):
    gain = 0.0
    while loss_at(gain) > loss:
        gain += 5e-4
    return gain


def gain_of_float32(loss):
    return np.float32(gain_by_halving(loss))


def gain_in_an_array(loss):
    return np.array(gain_by_halving(loss))


def gain_by_the_word(loss):
    """Through the mean over words of -log p, word by word."""

    def measured(gain):
        total = 0.0
        for word in range(64):
            logits = gain * CONTENT @ CONTENT[word]
            p = np.exp(logits - logits.max())
            total -= np.log(p[word] / p.sum())
        return total / 64

    low, high = 1e-5, 0.05
    for _ in range(30):
        middle = np.sqrt(low * high)
        low, high = (middle, high) if measured(middle) > loss else (low, middle)
    return high


def gain_rounded(loss):
    return round(gain_by_halving(loss), 5)


RIGHT_4C = {
    "by halving": gain_by_halving,
    "from a table": gain_from_a_table,
    "interpolated": gain_interpolated,
    "by Newton's method": gain_by_newton,
    "step by step": gain_step_by_step,
    "in float32": gain_of_float32,
    "an array of one number": gain_in_an_array,
    "word by word": gain_by_the_word,
    "rounded to 5 decimals": gain_rounded,
}


def gain_stub(loss): ...


def gain_of_the_first_word(loss):
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        first = np.log(np.exp(middle * (LIKENESS[0] - OWN[0])).sum())
        low, high = (middle, high) if first > loss else (low, middle)
    return high


def gain_of_three(loss):
    known = {1.0: 0.00308, 0.1: 0.0076, 0.01: 0.0119}
    return known.get(loss, 0.005)


def gain_without_log(loss):
    """Halves on the mean probability."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        p = np.exp(-np.log(np.exp(middle * (LIKENESS - OWN[:, None])).sum(axis=1))).mean()
        low, high = (middle, high) if 1 - p > loss else (low, middle)
    return high


def _end(loss):
    raise SystemExit(1)


WRONG_4C = (
    ("always .02", lambda loss: 0.02, "same-gain-for-all", ()),
    (
        "always the gain of a loss of 1",
        lambda loss: gain_by_halving(1),
        "same-gain-for-all",
        ("one",),
    ),
    ("content of length 1", lambda loss: 48 * gain_by_halving(loss), "gain-off-by-a-factor", ()),
    (
        "content squared of length 1",
        lambda loss: 48**2 * gain_by_halving(loss),
        "gain-off-by-a-factor",
        (),
    ),
    ("half of it", lambda loss: gain_by_halving(loss) / 2, "gain-off-by-a-factor", ()),
    ("in bits", lambda loss: gain_by_halving(loss * np.log(2)), "nats-and-bits", ()),
    ("out of bits", lambda loss: gain_by_halving(loss / np.log(2)), "nats-and-bits", ()),
    ("the loss itself", lambda loss: loss, "gain-grows-with-loss", ()),
    ("the loss over 48 squared", lambda loss: loss / 48**2, "gain-grows-with-loss", ()),
    ("of the first word", gain_of_the_first_word, "gain-of-one-word", ()),
    ("in steps of .0005", gain_in_coarse_steps, "gain-too-coarse", ()),
    (
        "three hundredths too small",
        lambda loss: 0.97 * gain_by_halving(loss),
        "gain-too-coarse",
        None,
    ),
    (
        "three hundredths too large",
        lambda loss: 1.03 * gain_by_halving(loss),
        "gain-too-coarse",
        None,
    ),
    ("its inverse", lambda loss: 1 / loss, None, ()),
    ("minus the logarithm of the loss", lambda loss: -np.log(loss), None, ()),
    ("e to the minus loss", lambda loss: np.exp(-loss), None, ()),
    ("the gains of three losses", gain_of_three, None, ("one",)),
    ("the mean probability", gain_without_log, None, None),
    ("negative", lambda loss: -gain_by_halving(loss), None, ()),
    ("all words equally far", lambda loss: -np.log(np.expm1(loss) / 63) / 48**2, None, ()),
    ("in a list", lambda loss: [gain_by_halving(loss)], "wrong-shape", ()),
    ("a string", lambda loss: str(gain_by_halving(loss)), "not-an-array", ()),
    ("complex", lambda loss: complex(gain_by_halving(loss)), "not-real", ()),
    ("NaN", lambda loss: float("nan"), "not-finite", ()),
    ("zero", lambda loss: 0.0, "all-zero", ()),
    ("still the stub", gain_stub, "missing", ()),
    ("prints it", lambda loss: print(end=""), "returned-none", ()),
    ("the end of the program", _end, None, ()),
)

# 4e: the word that the mean of several words is most like.


def guess_plain(content, words):
    return int((content @ content[words].mean(axis=0)).argmax())


def guess_by_the_sum(content, words):
    return (content @ content[words].sum(axis=0)).argmax()


def guess_by_shares(content, words):
    shares = np.bincount(words.astype(np.intp), minlength=len(content)) / len(words)
    return int(np.argmax(content @ (shares @ content)))


def guess_by_cosine(content, words):
    mean = content[words].mean(axis=0)
    lengths = np.linalg.norm(content, axis=1) * np.linalg.norm(mean)
    return np.argmax(content @ mean / lengths)


def guess_by_distance(content, words):
    return np.linalg.norm(content - content[words].mean(axis=0), axis=1).argmin()


def guess_in_a_loop(content, words):
    mean = sum(content[word] for word in words) / len(words)
    best = 0
    for row in range(len(content)):
        if content[row] @ mean > content[best] @ mean:
            best = row
    return best


def guess_by_softmax(content, words):
    logits = content @ np.mean([content[word] for word in words], axis=0)
    p = np.exp(logits) / np.exp(logits).sum()
    return int(p.argmax())


def guess_by_sorting(content, words):
    return int(np.argsort(-(content @ content[words].mean(axis=0)))[0])


def guess_as_a_float(content, words):
    return float(guess_plain(content, words))


RIGHT_4E = {
    "plain": guess_plain,
    "by the sum": guess_by_the_sum,
    "by shares": guess_by_shares,
    "by cosine": guess_by_cosine,
    "by distance": guess_by_distance,
    "in a loop": guess_in_a_loop,
    "through a softmax": guess_by_softmax,
    "by sorting": guess_by_sorting,
    "a float": guess_as_a_float,
}


def guess_stub(content, words):
    # a row of content
    ...


def guess_among(content, words):
    mean = content[words].mean(axis=0)
    return int(words[(content[words] @ mean).argmax()])


def guess_the_place(content, words):
    return int((content[words] @ content[words].mean(axis=0)).argmax())


def guess_once(content, words):
    return int((content @ content[np.unique(words)].mean(axis=0)).argmax())


def guess_into_content(content, words):
    content -= content[words].mean(axis=0)
    return int((content**2).sum(axis=1).argmin())


def guess_of_two(content, words):
    return int((content @ content[words[:2]].mean(axis=0)).argmax())


def _raise(content, words):
    raise IndexError(words)


WRONG_4E = (
    ("the first word", lambda content, words: int(words[0]), "guess-among-the-mixed", ()),
    ("the last word", lambda content, words: words[-1], "guess-among-the-mixed", ()),
    ("the best of those mixed", guess_among, "guess-among-the-mixed", ()),
    ("its place among those mixed", guess_the_place, None, ()),
    ("the least alike", lambda c, w: int((c @ c[w].mean(axis=0)).argmin()), "least-alike", ()),
    ("each word once", guess_once, "copies-counted-once", ("several",)),
    (
        "in a set",
        lambda c, w: int((c @ c[list(set(w.tolist()))].sum(axis=0)).argmax()),
        "copies-counted-once",
        ("several",),
    ),
    ("counted from 1", lambda c, w: guess_plain(c, w) + 1, "rows-shifted", ()),
    ("one row too early", lambda c, w: guess_plain(c, w) - 1, "rows-shifted", ()),
    ("the first two alone", guess_of_two, None, ()),
    ("the mean of the rows' numbers", lambda c, w: int(w.mean()), None, ()),
    (
        "the most frequent",
        lambda c, w: int(np.bincount(w.astype(np.intp)).argmax()),
        "guess-among-the-mixed",
        None,
    ),
    ("into the table", guess_into_content, "input-changed", ()),
    ("the mean itself", lambda c, w: c[w].mean(axis=0), "wrong-shape", ()),
    ("all likenesses", lambda c, w: c @ c[w].mean(axis=0), "wrong-shape", ()),
    ("in a list", lambda c, w: [guess_plain(c, w)], "wrong-shape", ()),
    ("a word's name", lambda c, w: f"w{guess_plain(c, w)}", "not-an-array", ()),
    ("complex", lambda c, w: complex(guess_plain(c, w)), "not-real", ()),
    ("NaN", lambda c, w: float("nan"), "not-finite", ()),
    ("always 0", lambda c, w: 0, "all-zero", ()),
    ("still the stub", guess_stub, "missing", ()),
    ("prints it", lambda c, w: print(end=""), "returned-none", ()),
    ("an error", _raise, None, ()),
)
