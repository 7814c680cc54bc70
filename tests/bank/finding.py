"""Right and wrong ways to find an induction circuit: part ex6g."""

from __future__ import annotations

import numpy as np

from tests.bank.measuring import composition_plain, induction_plain, previous_loop

NAMES = ("0.0", "0.1", "1.0", "1.1")


def previous_scores(patterns):
    return [previous_loop(pattern) for pattern in patterns]


def induction_scores(patterns, tokens):
    return [induction_plain(pattern, tokens) for pattern in patterns]


def feeders(W_QK, W_OV, later):
    """How strongly each head of layer 0 reaches each input of a later head."""
    return {
        (earlier, path): score
        for earlier in (0, 1)
        for path, score in zip(
            "QKV",
            composition_plain(W_QK[earlier], W_OV[earlier], W_QK[later], W_OV[later]),
            strict=True,
        )
    }


def best(scores):
    return max(scores, key=scores.get)


def find_plain(patterns, tokens, W_QK, W_OV, least=0.4):
    scores = induction_scores(patterns, tokens)
    later = 2 if scores[2] > scores[3] else 3
    if scores[later] < least:
        return None
    earlier, path = best(feeders(W_QK, W_OV, later))
    return NAMES[earlier], NAMES[later], path


def find_from_arrays(patterns, tokens, W_QK, W_OV):
    behind = np.tril(tokens[:, None] == np.r_[-1, tokens[:-1]])
    rows = behind.any(1)
    scores = (patterns[2:] * behind).sum(2)[:, rows].mean(1)
    if max(scores) < 0.3:
        return None
    at = 2 + int(np.argmax(scores))
    table = np.array(
        [
            [np.linalg.norm(R @ W) / np.linalg.norm(R) / np.linalg.norm(W) for W in W_OV[:2]]
            for R in (W_QK[at].T, W_QK[at], W_OV[at])
        ]
    )
    path, earlier = np.unravel_index(table.argmax(), table.shape)
    return [f"0.{earlier}", f"1.{at - 2}", "QKV"[path]]


def find_above_all(patterns, tokens, W_QK, W_OV):
    """Any head with a clear score, the last one first."""
    for later in (3, 2):
        if induction_plain(patterns[later], tokens) > 0.25:
            earlier, path = best(feeders(W_QK, W_OV, later))
            return NAMES[earlier], NAMES[later], path
    return None


def unnormalised(W_QK, W_OV, later):
    readers = {"Q": W_QK[later].T, "K": W_QK[later], "V": W_OV[later]}
    return {
        (earlier, path): np.linalg.norm(R @ W_OV[earlier]) / np.linalg.norm(R)
        for earlier in (0, 1)
        for path, R in readers.items()
    }


def in_capitals(*given):
    found = find_plain(*given)
    return found and (found[0], f" {found[1]} ", found[2].lower())


def as_array(*given):
    found = find_plain(*given)
    return None if found is None else np.array(found)


RIGHT_G = {
    "plain": find_plain,
    "arrays, in a list": find_from_arrays,
    "the last clear one": find_above_all,
    "least 0.2": lambda *given: find_plain(*given, least=0.2),
    "least 0.5": lambda *given: find_plain(*given, least=0.5),
    "small letters and blanks": in_capitals,
    "an array of strings": as_array,
    "a list": lambda *given: None if find_plain(*given) is None else list(find_plain(*given)),
    "NumPy strings": lambda *given: (
        None if find_plain(*given) is None else tuple(np.str_(name) for name in find_plain(*given))
    ),
}


def without_control(patterns, tokens, W_QK, W_OV):
    return find_plain(patterns, tokens, W_QK, W_OV, least=-1.0)


def control(function):
    """The same, with silence where no head has a clear induction score."""

    def found(patterns, tokens, W_QK, W_OV):
        if max(induction_scores(patterns, tokens)) < 0.4:
            return None
        return function(patterns, tokens, W_QK, W_OV)

    return found


def complete(W_QK, W_OV, earlier, later):
    strengths = feeders(W_QK, W_OV, later)
    path = max("QKV", key=lambda letter: strengths[earlier, letter])
    return NAMES[earlier], NAMES[later], path


def induction_head(patterns, tokens):
    return 2 + int(np.argmax(induction_scores(patterns, tokens)[2:]))


def by_previous(patterns, tokens, W_QK, W_OV):
    earlier = int(np.argmax(previous_scores(patterns[:2])))
    return complete(W_QK, W_OV, earlier, induction_head(patterns, tokens))


def by_previous_and_silent(patterns, tokens, W_QK, W_OV):
    """None unless there is a previous-token head: wrong about exercise 2's circuit."""
    if max(previous_scores(patterns[:2])) < 0.4:
        return None
    return by_previous(patterns, tokens, W_QK, W_OV)


def by_sharpness(patterns, tokens, W_QK, W_OV):
    sharp = patterns.max(axis=2).mean(axis=1)
    return complete(W_QK, W_OV, int(sharp[:2].argmax()), 2 + int(sharp[2:].argmax()))


def strongest_pair(patterns, tokens, W_QK, W_OV):
    strengths = {
        (earlier, later, path): score
        for later in (2, 3)
        for (earlier, path), score in feeders(W_QK, W_OV, later).items()
    }
    earlier, later, path = best(strengths)
    return NAMES[earlier], NAMES[later], path


def always(path):
    def found(patterns, tokens, W_QK, W_OV):
        right = find_plain(patterns, tokens, W_QK, W_OV)
        return right and (*right[:2], path)

    return found


def other_earlier(patterns, tokens, W_QK, W_OV):
    right = find_plain(patterns, tokens, W_QK, W_OV)
    return right and ("0.1" if right[0] == "0.0" else "0.0", right[1], right[2])


def other_later(*given):
    right = find_plain(*given)
    return right and (right[0], "1.1" if right[1] == "1.0" else "1.0", right[2])


def instead(answer, silence=None):
    """Something else than names where there is a circuit, or than None where there is none."""
    return lambda *given: silence if find_plain(*given) is None else answer


def undecided(*given):
    found = find_plain(*given)
    return ... if found is None else found


def exchanged(*given):
    right = find_plain(*given)
    return right and (right[1], right[0], right[2])


WRONG_G = (
    ("the names of the trained model", lambda *given: ("0.0", "1.1", "K"), "found-fixed-names", ()),
    ("other names", lambda *given: ("0.1", "1.0", "Q"), "found-fixed-names", ()),
    ("the names of the trained model, or None", control(lambda *given: ("0.0", "1.1", "K")),
     "found-fixed-names", ("none",)),
    ("never None", without_control, "found-no-control", ("heads", "path")),
    ("None below 0.01", lambda *given: find_plain(*given, least=1e-4), "found-no-control",
     ("heads", "path")),
    ("too hard to please", lambda *given: find_plain(*given, least=0.95), None, ("none",)),
    ("the strongest pair", control(strongest_pair), "found-strongest-pair", ("none",)),
    ("the strongest pair, never None", strongest_pair, "found-strongest-pair", ()),
    ("by the previous-token score", control(by_previous), "found-by-previous-score", None),
    ("by the previous-token score, never None", by_previous, "found-by-previous-score", None),
    ("silent without a previous-token head", by_previous_and_silent, "found-by-previous-score",
     None),
    ("by sharpness", control(by_sharpness), "found-by-sharpness", None),
    ("always K", always("K"), "found-fixed-path", ("heads", "none")),
    ("always Q", always("Q"), "found-fixed-path", ("heads", "none")),
    ("always V", always("V"), "found-fixed-path", ("heads", "none")),
    ("the other earlier head", other_earlier, None, ("path", "none")),
    ("the other later head", other_later, None, ("path", "none")),
    ("the heads exchanged", exchanged, None, ("path", "none")),
    ("always None", lambda *given: print(end=""), "returned-none", ()),
    ("a dictionary", lambda *given: {"earlier": "0.0", "induction": "1.1", "path": "K"}, None, ()),
    ("numbers of heads", lambda *given: (0, 3, 1), None, ()),
    ("two names", lambda *given: ("0.0", "1.1"), None, ()),
    ("one string", lambda *given: "0.0 1.1 K", None, ()),
    ("numbers of heads, or None", instead((0, 3, 1)), None, ()),
    ("a word of three letters, or None", instead("yes"), None, ()),
    ("three pairs of names, or None", instead([["0.0", "1.1"]] * 3), None, ()),
    ("four names, or None", instead(["0.0", "0.1", "1.0", "1.1"]), None, ()),
    ("nothing yet where there is no circuit", undecided, None, ("heads", "path")),
    ("an error", lambda *given: given[9], None, ()),
)  # fmt: skip
