"""Name the mistake of a function that looks for induction circuits in models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from circuits.behaviours.functions.model_cases import Found, ModelCase, compose_heads, score_heads
from circuits.behaviours.head_scores import measure_previous
from circuits.shapes import FloatArray
from circuits.trained.model import HEAD_NAMES, list_layer

Strategy = Callable[[ModelCase], Found]


def diagnose_finding(
    cases: Sequence[ModelCase], wanted: Sequence[frozenset[Found]], said: Sequence[object]
) -> str | None:
    """Return how a function comes to its wrong names.

    Args:
        cases: The models.
        wanted: The circuits of each; empty where there is none.
        said: What the function said of each: three names, None, or what was wrong, as a string.
    """
    trios = list(zip(cases, wanted, said, strict=True))
    if all(answer in circuits if circuits else answer is None for _, circuits, answer in trios):
        return None
    if all(answer is None for answer in said):
        return "returned-none"
    there = [(case, circuits, answer) for case, circuits, answer in trios if circuits]
    named = [answer for *_, answer in there if isinstance(answer, tuple)]
    if len(named) == len(there) and len({names[:2] for names in named}) == 1:
        return "found-fixed-names"
    if all(answer in circuits for _, circuits, answer in there):
        elsewhere = [answer for _, circuits, answer in trios if not circuits]
        return "found-no-control" if any(isinstance(a, tuple) for a in elsewhere) else None
    for slug, strategy in _STRATEGIES:
        if all(_agrees(strategy(case), answer) for case, _, answer in there):
            return slug
    heads_right = all(_agrees_in_heads(circuits, answer) for _, circuits, answer in there)
    return "found-fixed-path" if heads_right and len({names[2] for names in named}) == 1 else None


def _agrees(found: Found, answer: object) -> bool:
    return isinstance(answer, tuple) and found == answer


def _agrees_in_heads(circuits: frozenset[Found], answer: object) -> bool:
    return isinstance(answer, tuple) and answer[:2] in {found[:2] for found in circuits}


def _name_best(case: ModelCase, layer: str, score: Callable[[str], float]) -> str:
    return max(list_layer(layer), key=score)


def _pattern(case: ModelCase, name: str) -> FloatArray:
    pattern: FloatArray = case.patterns[HEAD_NAMES.index(name)]
    return pattern


def _strongest_pair(case: ModelCase) -> Found:
    pairs = _list_pairs(case)
    return max(pairs, key=lambda pair: pair[1])[0]


def _list_pairs(case: ModelCase) -> Iterator[tuple[Found, float]]:
    for later in list_layer("1"):
        for (earlier, path), strength in compose_heads(case, later).items():
            yield (earlier, later, path), strength


def _by_previous_score(case: ModelCase) -> Found:
    earlier = _name_best(case, "0", lambda name: float(measure_previous(_pattern(case, name))))
    return _complete(case, earlier, _find_induction(case))


def _by_sharpness(case: ModelCase) -> Found:
    earlier, later = (
        _name_best(case, layer, lambda name: float(_pattern(case, name).max(axis=1).mean()))
        for layer in "01"
    )
    return _complete(case, earlier, later)


def _find_induction(case: ModelCase) -> str:
    scores = score_heads(case)
    return max(scores, key=lambda name: scores[name])


def _complete(case: ModelCase, earlier: str, later: str) -> Found:
    strengths = compose_heads(case, later)
    path = max("QKV", key=lambda letter: strengths[earlier, letter])
    return earlier, later, path


_STRATEGIES: tuple[tuple[str, Strategy], ...] = (
    ("found-strongest-pair", _strongest_pair),
    ("found-by-previous-score", _by_previous_score),
    ("found-by-sharpness", _by_sharpness),
)
