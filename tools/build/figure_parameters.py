"""Export the numbers that the explorable figures compute with or show.

The figures know nothing of ``circuits``; a page hands them these numbers, so that a figure and a
check can never disagree about a period or a word.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from circuits.behaviours.lines import GAIN
from circuits.content import VOCABULARY
from circuits.stream import BOS, MARK, ToyStream, toy_stream
from circuits.trained import load_formation
from circuits.vocabulary import WORDS
from tools.train.formation import load_checkpoints

LENGTH = 64  # tokens of the hardest line: the shortest round number that holds the worst distances
CLOCKS = 2  # that part (d) of exercise 2 compares
READ = 4  # content coordinates that it compares
FORMING = ("0.0", "1.1")  # the heads of exercise 6 that are shown as they form
SAID = (8, 3)  # words of the list that they are shown on, and how often it is said


def find_closest_words(stream: ToyStream) -> tuple[int, int]:
    """Return the two words whose contents point most nearly the same way."""
    arrows = stream.content[1:, :READ]
    alike = arrows @ arrows.T
    np.fill_diagonal(alike, -np.inf)
    first, second = np.unravel_index(int(alike.argmax()), alike.shape)
    return int(first) + 1, int(second) + 1


def write_hardest_line(stream: ToyStream) -> list[int]:
    """Return a line on which part (d) of exercise 2 is as hard as it can be.

    One word stands twice, at the distance at which its positions are most alike; the word closest
    to it stands where positions are least alike. The other words fill the line in pairs.
    """
    distance = np.arange(1, LENGTH - 1)
    alike = (stream.lam[:CLOCKS] ** 2) @ np.cos(np.outer(stream.alpha[:CLOCKS], distance))
    word, neighbour = find_closest_words(stream)
    query = LENGTH - 1
    places = {
        0: BOS,
        query: word,
        query - int(distance[alike.argmax()]): word,
        query - int(distance[alike.argmin()]): neighbour,
    }
    others = [other for other in range(1, VOCABULARY + 1) if other not in (word, neighbour)]
    rest = [place for place in range(LENGTH) if place not in places]
    half = (len(rest) + 1) // 2
    rng = np.random.default_rng(0)
    chosen = rng.choice(others, half, replace=False)
    fill = rng.permutation(np.concatenate([chosen, chosen])[: len(rest)])
    places |= dict(zip(rest, fill.tolist(), strict=True))
    return [places[place] for place in range(LENGTH)]


def find_rest(stream: ToyStream) -> float:
    """Return a score at which BOS loses to a note that matches, and beats any other.

    The middle between the two, to the hundred, as in part (d) of exercise 4.
    """
    arrows = stream.content[1:, :READ]
    first, second = find_closest_words(stream)
    match = float(arrows[0] @ arrows[0])
    stranger = float(stream.content[first, :READ] @ stream.content[second, :READ])
    return round((match + stranger) / 2, -2)


def show_formation() -> dict[str, Any]:
    """Return the scores of the trained model at each checkpoint, and what two heads look at.

    A pattern is kept as the percentages of its lower triangle, row by row.
    """
    n_words, often = SAID
    words = 1 + np.random.default_rng(0).permutation(VOCABULARY)[:n_words]
    line = np.array([BOS, *np.tile(words, often)])
    visible = np.tril_indices(len(line))
    patterns: dict[str, list[list[int]]] = {name: [] for name in FORMING}
    for model in load_checkpoints().values():
        run = model.run(line[None])
        for name in FORMING:
            shares = run.patterns[name][0][visible]
            patterns[name].append(np.rint(100 * shares).astype(int).tolist())
    scores = {name: column.tolist() for name, column in load_formation().items()}
    return {"scores": scores, "line": line.tolist(), "patterns": patterns}


def collect_parameters() -> dict[str, Any]:
    """Return everything that a figure may ask for, by the names that the figures use."""
    stream = toy_stream()
    return {
        "alpha": stream.alpha.tolist(),
        "lam": stream.lam.tolist(),
        "content": stream.content[:, :READ].tolist(),
        "hardest_line": write_hardest_line(stream),
        "words": list(WORDS),
        "gain": GAIN,
        "mark": MARK,
        "rest": find_rest(stream),
        "formation": show_formation(),
    }


def write_parameters(path: Path) -> None:
    """Write them as JSON, unless the same stand there."""
    text = json.dumps(collect_parameters()) + "\n"
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
