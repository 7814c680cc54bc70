"""Answers to the parts of exercise 6 that a check grades."""

from __future__ import annotations

import numpy as np

from circuits.behaviours.functions.measurement_cases import (
    BIGRAM_TABLE,
    COMPOSITION,
    COPYING,
    CUT,
    INDUCTION,
    PREVIOUS,
    Measurement,
)
from circuits.trials import draw_trials
from tests.bank import measuring
from tests.bank.case import Case, right, wrong
from tests.bank.finding import RIGHT_G, WRONG_G
from tests.bank.grafts import LOOK, MOVE, RIGHT_H, WRONG_H
from tests.bank.tables import dress, spoil
from tests.bank.warmup import list_functions

GRAFT = ("W_Q_graft", "W_K_graft", "W_V_graft", "W_out_graft")
HEADS = (GRAFT[:2], GRAFT[2:])


def _list_heads(answer):
    """Zeros are not read at all, and are zeros in every basis."""
    return HEADS if all(map(np.any, answer)) else ()


def _look_up(part: str, measurement: Measurement):
    """Return a function that knows the results of the public trials, and nothing else."""
    cases = measurement.draw_cases(draw_trials().rng(part))
    known = {
        tuple(np.asarray(a).tobytes() for a in case.arguments): case.wanted
        for group in cases.values()
        for case in group
    }
    shape = next(iter(known.values())).shape
    return lambda *given: known.get(
        tuple(np.ascontiguousarray(a).tobytes() for a in given), np.ones(shape)
    )


def _measuring(part: str, measurement: Measurement, letter: str) -> list[Case]:
    rights, wrongs = (getattr(measuring, f"{kind}_{letter}") for kind in ("RIGHT", "WRONG"))
    return [
        *list_functions(part, measurement.name, rights, wrongs),
        wrong(
            part,
            "remembers the public trials",
            {measurement.name: _look_up(part, measurement)},
            "fitted-to-one-sequence",
            holds=None,
            fitted=True,
        ),
    ]


def _graft(matrices) -> dict[str, object]:
    return dict(zip(GRAFT, matrices, strict=True))


_G = list_functions("ex6g", "find_circuit", RIGHT_G, WRONG_G)

_H = [
    *(right("ex6h", name, _graft(answer), *HEADS) for name, answer in RIGHT_H.items()),
    *dress("ex6h", _graft((*LOOK, *MOVE)), GRAFT),
    *(
        # Zeros are zeros in every basis, and are not read at all.
        wrong(
            "ex6h",
            name,
            _graft(answer),
            slug,
            *(HEADS if all(map(np.any, answer)) else ()),
            holds=holds,
        )
        for name, answer, slug, holds in WRONG_H
    ),
    *spoil("ex6h", _graft((*LOOK, *MOVE)), GRAFT),
]

CASES: tuple[Case, ...] = (
    *_measuring("ex6a", BIGRAM_TABLE, "A"),
    *_measuring("ex6b", PREVIOUS, "B"),
    *_measuring("ex6c", INDUCTION, "C"),
    *_measuring("ex6d", COPYING, "D"),
    *_measuring("ex6e", COMPOSITION, "E"),
    *_measuring("ex6f", CUT, "F"),
    *_G,
    *_H,
)
