"""The families of chapters 4 to 6: right answers that turn wrong as one number grows or shrinks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from circuits.rotary import SPEEDS
from circuits.shapes import FloatArray
from tests.bank import exercise_4 as four
from tests.bank import exercise_5 as five
from tests.bank import finding, grafts, measuring
from tests.bank.directions import SPARE, C, P, S, V
from tests.bank.model_functions import CONTENT, gain_by_halving
from tests.bank.rotary_functions import probe_plain, scores_of
from tests.thresholds.family import Family

Make = Callable[[float], Mapping[str, object]]


def _plane(angle: float) -> FloatArray:
    """Return a rotation of the first two of four numbers."""
    rotation = np.eye(4)
    rotation[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return rotation


def _off(name: str, function: Callable[..., object], way: str) -> Make:
    """Return a function whose result is off by a share of itself, or by a number in one entry."""

    def make(number: float) -> Mapping[str, object]:
        def answer(*arguments: object) -> FloatArray:
            result = np.array(function(*arguments), dtype=np.float64)
            if way == "gain":
                return result * (1 + number)
            result[(0,) * result.ndim] += number * np.abs(result).max()
            return result

        return {name: answer}

    return make


def _results() -> list[Family]:
    """Return the families of functions whose results are compared with the right ones."""
    return [
        Family(part, way, _off(name, function, way), 1e-8, 1e-1)
        for part, name, function in (
            ("ex5a", "rotary_scores", scores_of),
            ("ex5d", "probe", probe_plain),
            ("ex6a", "bigram_table", measuring.bigram_plain),
            ("ex6b", "previous_token_score", measuring.previous_loop),
            ("ex6c", "induction_score", measuring.induction_plain),
            ("ex6d", "copying_score", measuring.copying_plain),
            ("ex6e", "composition", measuring.composition_plain),
            ("ex6f", "cut_paths", measuring.cut_plain),
        )
        for way in (("gain", "one entry") if part in {"ex5a", "ex6a"} else ("gain",))
    ]


def _moves(W_V: FloatArray, W_out: FloatArray) -> Mapping[str, object]:
    return four.move(W_V, W_out)


def _unembeds(read: FloatArray, gain: float = 0.02) -> Mapping[str, object]:
    return four.unembed(gain * CONTENT @ read)


def _gains(factor: float) -> Mapping[str, object]:
    return {"gain_for": lambda loss: factor * gain_by_halving(loss)}


def _rests(
    query: FloatArray | float = 0.0, key: FloatArray | float = 0.0, scale: float = 1.0
) -> Mapping[str, object]:
    """Return the plain head that rests, with something added to the rows of its query and key."""
    plain = four.rest()
    changed = {
        "W_Q_rest": scale * (np.asarray(plain["W_Q_rest"]) + query),
        "W_K_rest": np.asarray(plain["W_K_rest"]) + key,
    }
    return {**plain, **changed}


def _fifth(row: FloatArray) -> FloatArray:
    return np.vstack([np.zeros((4, 48)), row])


def _rest_says(share: float) -> Mapping[str, object]:
    """Return a head that rests, and says a word when it does."""
    return four.rest(
        W_V_rest=np.vstack([C[:4], share * S.bos]), W_out_rest=np.vstack([V[8:12], V[8]]).T
    )


def _guess_counting(times: float) -> Mapping[str, object]:
    """Return a guess for which each copy after a word's first counts ``times``."""

    def mixture_guess(content: FloatArray, words: FloatArray) -> int:
        rows, copies = np.unique(np.asarray(words, dtype=np.intp), return_counts=True)
        return int((content @ ((1 + times * (copies - 1)) @ content[rows])).argmax())

    return {"mixture_guess": mixture_guess}


def _looks_back(rows: FloatArray, steps: float, factor: float = 1.0) -> Mapping[str, object]:
    return five.prev(factor * five.turned(rows, steps), five.hands())


def _slow(rows: FloatArray, factor: float = 1.0) -> FloatArray:
    return five.at(five.SLOW, rows, factor)


def _next(query: FloatArray, key: FloatArray) -> Mapping[str, object]:
    return five.find(_slow(query), _slow(key))


def _latest(query: FloatArray, key: FloatArray, size: float = 0.75) -> Mapping[str, object]:
    plain = five.latest(4, size)
    return {
        "W_Q_latest": np.asarray(plain["W_Q_latest"]) + _slow(query),
        "W_K_latest": np.asarray(plain["W_K_latest"]) + _slow(key),
    }


def _finds(least: float) -> Mapping[str, object]:
    return {"find_circuit": lambda *given: finding.find_plain(*given, least=least)}


def _graft(
    look: tuple[FloatArray, FloatArray] = grafts.LOOK,
    move: tuple[FloatArray, FloatArray] = grafts.MOVE,
) -> Mapping[str, object]:
    return dict(
        zip(("W_Q_graft", "W_K_graft", "W_V_graft", "W_out_graft"), (*look, *move), strict=True)
    )


_NOISE = np.random.default_rng(0).standard_normal((4, 16, 64))

BEYOND: tuple[Family, ...] = (
    *_results(),
    Family("ex4a", "over the noise", lambda n: _moves(n * C[:4], SPARE[:4].T), 1.0, 1e-3),
    Family("ex4a", "over one's own word", lambda n: _moves(n * C[:4], C[4:8].T), 30.0, 1e-3),
    Family(
        "ex4a",
        "noise besides",
        lambda n: _moves(C[:4] + n * SPARE[:4], V[8:12].T),
        1e-3,
        30.0,
    ),
    Family(
        "ex4a", "small content besides", lambda n: _moves(C[:4] + n * C[4:], V[8:12].T), 0.01, 100.0
    ),
    Family("ex4b", "gain", lambda n: _unembeds(V[8:12], n), 0.02, 1e-4),
    Family("ex4b", "own word besides", lambda n: _unembeds(V[8:12] + n * C[:4]), 1e-3, 2.0),
    Family("ex4b", "note besides", lambda n: _unembeds(V[8:12] + n * V[:4]), 1e-3, 2.0),
    Family("ex4b", "position besides", lambda n: _unembeds(V[8:12] + n * P[:4]), 1e-3, 10.0),
    Family(
        "ex4b",
        "noise besides",
        lambda n: _unembeds(V[8:12] + n * SPARE[:4]),
        1e-2,
        100.0,
    ),
    Family("ex4b", "turned", lambda n: _unembeds(_plane(n) @ V[8:12]), 1e-3, 1.5),
    Family(
        "ex4b",
        "fourth number small",
        lambda n: _unembeds(np.diag([1, 1, 1, n]) @ V[8:12]),
        1.0,
        1e-3,
    ),
    Family("ex4c", "gain too large", lambda n: _gains(1 + n), 1e-4, 1.0),
    Family("ex4c", "gain too small", lambda n: _gains(1 - n), 1e-4, 0.9),
    Family("ex4d", "tau large", four.rest, 2000.0, 4000.0),
    Family("ex4d", "tau small", four.rest, 2000.0, 100.0),
    Family("ex4d", "scale", lambda n: _rests(scale=n), 1.0, 1e-4),
    Family("ex4d", "position besides", lambda n: _rests(n * P[:5], n * P[:5]), 1e-3, 10.0),
    Family(
        "ex4d",
        "noise in the fifth row",
        lambda n: _rests(_fifth(n * SPARE[:1])),
        1e-3,
        1e3,
    ),
    Family("ex4d", "noise in the notes", lambda n: _rests(key=n * SPARE[:5]), 1e-3, 1e3),
    Family("ex4d", "rest says a word", _rest_says, 1e-5, 1.0),
    Family("ex4e", "copies count less", _guess_counting, 1.0, 1e-2),
    Family("ex4e", "copies count more", _guess_counting, 1.0, 1e3),
    Family(
        "ex5a",
        "all speeds off",
        lambda n: {"rotary_scores": lambda *given: scores_of(*given, speeds=(1 + n) * SPEEDS)},
        1e-9,
        1e-1,
    ),
    Family("ex5b", "scale", lambda n: _looks_back(five.hands(), -1, n), 1.0, 1e-4),
    Family("ex5b", "slip", lambda n: _looks_back(five.hands(), -1 + n), 1e-4, 1.0),
    Family(
        "ex5b",
        "constant lost in the noise",
        lambda n: _looks_back(five.hands(of=S.one + n * SPARE[0]), -1),
        1e-2,
        1e3,
    ),
    Family(
        "ex5b",
        "content besides",
        lambda n: _looks_back(five.hands(of=S.one + n * C[0]), -1),
        1e-3,
        30.0,
    ),
    Family("ex5c", "scale", lambda n: _next(n * C[:4], V[:4]), 1.0, 1e-5),
    Family(
        "ex5c",
        "noise besides",
        lambda n: _next(C[:4] + n * SPARE[:4], V[:4] + n * SPARE[4:8]),
        1e-2,
        300.0,
    ),
    Family("ex5c", "own word besides", lambda n: _next(C[:4], V[:4] + n * C[:4]), 1e-3, 3.0),
    Family("ex5c", "turned", lambda n: _next(_plane(n) @ C[:4], V[:4]), 1e-3, 1.5),
    Family(
        "ex5c",
        "constant besides",
        lambda n: five.find(_slow(C[:4]) + n * five.hands(4), _slow(V[:4]) + n * five.hands(4)),
        1e-2,
        10.0,
    ),
    Family("ex5e", "size large", lambda n: five.latest(4, n), 0.75, 3.0),
    Family("ex5e", "size small", lambda n: five.latest(4, n), 0.75, 0.05),
    Family("ex5e", "key small", lambda n: five.latest(4, 0.75, key=n), 1.0, 0.05),
    Family("ex5e", "noise besides", lambda n: _latest(n * SPARE[:4], n * SPARE[4:8]), 1e-2, 300.0),
    Family("ex5e", "own word besides", lambda n: _latest(0 * C[:4], n * C[:4]), 1e-6, 3.0),
    Family("ex6g", "least score large", _finds, 0.4, 2.0),
    Family("ex6g", "least score small", _finds, 0.4, 1e-3),
    Family(
        "ex6h", "pattern soft", lambda n: _graft((n * grafts.LOOK[0], grafts.LOOK[1])), 1.0, 1e-2
    ),
    Family("ex6h", "slip", lambda n: _graft(grafts.look(back=1.0 - n)), 1e-3, 1.0),
    Family(
        "ex6h",
        "noise in the query",
        lambda n: _graft((grafts.LOOK[0] + n * _NOISE[0], grafts.LOOK[1])),
        1e-4,
        10.0,
    ),
    Family("ex6h", "quiet", lambda n: _graft(move=grafts.solved(n)), 11.0, 1.0),
    Family("ex6h", "loud", lambda n: _graft(move=grafts.solved(n)), 11.0, 1e3),
    Family(
        "ex6h",
        "noise in the values",
        lambda n: _graft(move=(grafts.MOVE[0] + n * _NOISE[1], grafts.MOVE[1])),
        1e-4,
        10.0,
    ),
)
