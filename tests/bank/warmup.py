"""Answers to the warm-up's parts that a check grades."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from circuits.behaviours.functions.calls import draw_head_cases, draw_read_cases
from circuits.trials import draw_trials
from tests.bank.case import Case, right, wrong
from tests.bank.forms import Disguised, Exits, Raises, WithoutName
from tests.bank.head_functions import RIGHT_W2, RIGHT_W5
from tests.bank.head_mistakes import WRONG_W2, WRONG_W5
from tests.bank.small_functions import RIGHT_W6, RIGHT_W7, WRONG_W6, WRONG_W7

_NO_FUNCTIONS: dict[str, tuple[object, str]] = {
    "never assigned": (..., "missing"),
    "None": (None, "returned-none"),
    "a number": (3, "not-an-array"),
    "a string with markup": ("<script>alert(1)</script>", "not-an-array"),
    "an array": (np.eye(3), "not-an-array"),
    "raises when looked at": (Raises(), "not-an-array"),
    "raises when asked what it is": (Disguised(), "not-an-array"),
    "raises when asked for its class's name": (WithoutName(), "not-an-array"),
}


def _look_up(part: str) -> Callable[..., object]:
    """Return a function that knows the results of the public trials, and nothing else."""
    rng = draw_trials().rng(part)
    cases = draw_read_cases(rng) if part == "w7" else draw_head_cases(rng, merged=part == "w5")
    known = {np.asarray(case.arguments[0]).tobytes(): case.wanted for case in cases}

    def remember(first, *rest):
        shape = (min(len(first), rest[0].shape[1]),) if part == "w7" else first.shape
        return known.get(np.ascontiguousarray(first).tobytes(), np.ones(shape))

    return remember


def list_functions(part, name, rights, wrongs) -> list[Case]:
    """Return the cases of a part whose answer is one function."""
    return [
        *(right(part, label, {name: function}) for label, function in rights.items()),
        *(
            right(part, "a partial function", {name: partial(function)})
            for function in list(rights.values())[:1]
        ),
        *(
            wrong(part, label, {name: function}, slug, holds=holds)
            for label, function, slug, holds in wrongs
        ),
        *(
            wrong(part, label, {name: thing}, slug)
            for label, (thing, slug) in _NO_FUNCTIONS.items()
        ),
        wrong(part, "not defined at all", {}, "missing"),
    ]


def _w3(reads: object, writes: object) -> dict[str, object]:
    return {"reads_from": reads, "writes_to": writes}


class Word(str):
    """A learner's own kind of string, which cannot be shown."""

    __slots__ = ()

    def __str__(self) -> str:
        raise RuntimeError("not to be shown")


W3 = [
    right("w3", "plain", _w3("W_V", "W_out")),
    right("w3", "lower case", _w3("w_v", "w_out")),
    right("w3", "upper case", _w3("W_V", "W_OUT")),
    right("w3", "with spaces", _w3(" W_V ", "\tW_out\n")),
    right("w3", "W_O for W_out", _w3("W_V", "W_O")),
    right("w3", "NumPy strings", _w3(np.str_("W_V"), np.array(["W_out"])[0])),
    right("w3", "a subclass of str", _w3(Word("W_V"), Word("W_out"))),
    right("w3", "put together", _w3("_".join("WV"), "W_" + "tuo"[::-1])),
    wrong("w3", "exchanged", _w3("W_out", "W_V"), "roles-swapped"),
    wrong("w3", "query and key", _w3("W_Q", "W_K"), None),
    wrong("w3", "key and query", _w3("W_K", "W_Q"), None),
    wrong("w3", "reads with the key", _w3("W_K", "W_out"), None, holds=("writes",)),
    wrong("w3", "reads with the query", _w3("W_Q", "W_out"), None, holds=("writes",)),
    wrong("w3", "writes with the query", _w3("W_V", "W_Q"), None, holds=("reads",)),
    wrong("w3", "writes with the key", _w3("W_V", "W_K"), None, holds=("reads",)),
    wrong("w3", "the value for both", _w3("W_V", "W_V"), None, holds=("reads",)),
    wrong("w3", "the output for both", _w3("W_out", "W_out"), None, holds=("writes",)),
    wrong("w3", "names of nothing", _w3("values", "<script>alert(1)</script>"), "not-an-array"),
    wrong("w3", "half done", _w3("W_V", ...), "missing", holds=("reads",)),
    wrong("w3", "the other half done", _w3(..., "W_out"), "missing", holds=("writes",)),
    wrong("w3", "half None", _w3("W_V", None), "returned-none", holds=("reads",)),
    wrong("w3", "one not defined", {"writes_to": "W_out"}, "missing", holds=("writes",)),
    wrong("w3", "two names in one", _w3("W_V, W_out", "W_out"), "not-an-array", holds=("writes",)),
    wrong(
        "w3", "a matrix for its name", _w3(np.eye(4), "W_out"), "not-an-array", holds=("writes",)
    ),
    wrong("w3", "bytes", _w3(b"W_V", b"W_out"), "not-an-array"),
    wrong("w3", "a list of one name", _w3(["W_V"], ["W_out"]), "not-an-array"),
    wrong("w3", "empty strings", _w3("", " "), "not-an-array"),
    wrong("w3", "control characters", _w3("\x1b[31mW_V", "\ud800"), "not-an-array"),
    wrong("w3", "raises when looked at", _w3(Raises(), "W_out"), "not-an-array", holds=("writes",)),
    wrong(
        "w3",
        "raises when asked what it is",
        _w3(Disguised(), "W_out"),
        "not-an-array",
        holds=("writes",),
    ),
    wrong(
        "w3",
        "raises when asked for its class's name",
        _w3(WithoutName(), "W_out"),
        "not-an-array",
        holds=("writes",),
    ),
    wrong("w3", "nothing attempted", _w3(..., ...), "missing"),
]


class _Names:
    """A collection that can only be walked through."""

    def __iter__(self):
        return iter(("W_K", "W_Q"))


class _WithoutEnd:
    """A collection that has no end."""

    def __iter__(self):
        while True:
            yield "W_Q"
            yield "W_K"


def _w4(names: object) -> dict[str, object]:
    return {"attention_matrices": names}


_LONG = ["W_Q", "W_K"] * 6

W4 = [
    right("w4", "a tuple", _w4(("W_Q", "W_K"))),
    right("w4", "the other order", _w4(("W_K", "W_Q"))),
    right("w4", "a list", _w4(["W_Q", "W_K"])),
    right("w4", "a set", _w4({"W_Q", "W_K"})),
    right("w4", "a frozenset", _w4(frozenset({"W_Q", "W_K"}))),
    right("w4", "a dictionary's keys", _w4({"W_Q": 1, "W_K": 2}.keys())),
    right("w4", "an array of strings", _w4(np.array(["W_Q", "W_K"]))),
    right("w4", "one string with a comma", _w4("W_Q, W_K")),
    right("w4", "one string with and", _w4("W_Q and W_K")),
    right("w4", "lower case", _w4(["w_q", "w_k"])),
    right("w4", "something that can be walked through", _w4(_Names())),
    right("w4", "one of them twice", _w4(["W_Q", "W_K", "W_Q"])),
    wrong(
        "w4",
        "value and out",
        _w4(("W_V", "W_out")),
        None,
    ),
    wrong("w4", "query and value", _w4(("W_Q", "W_V")), None),
    wrong("w4", "key and value", _w4(("W_K", "W_V")), None),
    wrong("w4", "key and out", _w4(("W_K", "W_out")), None),
    wrong("w4", "query and out", _w4({"W_Q", "W_out"}), None),
    wrong("w4", "three", _w4(("W_Q", "W_K", "W_V")), None),
    wrong("w4", "all four", _w4(("W_Q", "W_K", "W_V", "W_out")), None),
    wrong("w4", "one of the two", _w4(("W_Q",)), None),
    wrong("w4", "the same twice", _w4(("W_K", "W_K")), None),
    wrong("w4", "one string, one name", _w4("W_Q"), None),
    wrong("w4", "none", _w4(()), None),
    wrong("w4", "a third one at the end of a long list", _w4([*_LONG, "W_V"]), "not-an-array"),
    right("w4", "both of them four times", _w4(["W_Q", "W_K"] * 4)),
    wrong("w4", "nine names", _w4(["W_Q", *["W_Q", "W_K"] * 4]), "not-an-array"),
    wrong("w4", "without end", _w4(_WithoutEnd()), "not-an-array"),
    wrong("w4", "half done", _w4(("W_Q", ...)), "missing"),
    wrong("w4", "names of nothing", _w4(("query", "key")), "not-an-array"),
    wrong("w4", "markup", _w4("<script>alert(1)</script>"), "not-an-array"),
    wrong("w4", "the product", _w4("W_QK"), "not-an-array"),
    wrong("w4", "matrices for their names", _w4((np.eye(2), np.eye(2))), "not-an-array"),
    wrong("w4", "a number", _w4(2), "not-an-array"),
    wrong("w4", "bytes", _w4(b"W_Q W_K"), "not-an-array"),
    wrong("w4", "raises when looked at", _w4(Raises()), "not-an-array"),
    wrong("w4", "raises when an item is looked at", _w4([Raises(), "W_Q"]), "not-an-array"),
    wrong("w4", "ends the program when looked at", _w4(Exits()), "not-an-array"),
    wrong("w4", "raises when asked what it is", _w4(Disguised()), "not-an-array"),
    wrong("w4", "nothing attempted", _w4(...), "missing"),
    wrong("w4", "not defined at all", {}, "missing"),
]

CASES: tuple[Case, ...] = (
    *list_functions("w2", "attention_head", RIGHT_W2, WRONG_W2),
    wrong(
        "w2",
        "remembers the public trials",
        {"attention_head": _look_up("w2")},
        "fitted-to-one-sequence",
        holds=None,
        fitted=True,
    ),
    *W3,
    *W4,
    *list_functions("w5", "attention_head_qk_ov", RIGHT_W5, WRONG_W5),
    wrong(
        "w5",
        "remembers the public trials",
        {"attention_head_qk_ov": _look_up("w5")},
        "fitted-to-one-sequence",
        holds=None,
        fitted=True,
    ),
    *list_functions("w6", "max_rank", RIGHT_W6, WRONG_W6),
    *list_functions("w7", "read_strengths", RIGHT_W7, WRONG_W7),
    wrong(
        "w7",
        "remembers the public trials",
        {"read_strengths": _look_up("w7")},
        "fitted-to-one-sequence",
        holds=None,
        fitted=True,
    ),
)
