"""Measure how the circuit formed, at twelve steps of the training, and keep the table.

    python -m tools.train.formation            print the table
    python -m tools.train.formation --write    keep it in circuits/trained/formation.csv

``checkpoints.npz`` holds the weights at each step, as int8 with a scale a row: 29 kB each.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from circuits.behaviours.head_scores import (
    make_bigram_table,
    measure_composition,
    measure_copying,
    measure_induction,
    measure_previous,
)
from circuits.shapes import FloatArray
from circuits.trained import (
    Model,
    draw_lists,
    draw_texts,
    load_bigrams,
    mark_second,
    measure_accuracy,
    measure_loss,
    unpack_model,
)

CHECKPOINTS = Path(__file__).with_name("checkpoints.npz")
KEPT = Path(__file__).resolve().parents[2] / "circuits" / "trained" / "formation.csv"
SEED = 77
COLUMNS = (
    "step",
    "list_loss",
    "accuracy",
    "text_loss",
    "bigrams",
    "copying",
    "previous",
    "induction",
    "K",
    "Q",
)


def load_checkpoints() -> dict[int, Model]:
    """Return the model at each step that was kept."""
    with np.load(CHECKPOINTS) as arrays:
        keys = [key for key in arrays if not key.endswith("/scale")]
        whole = {key: arrays[key].astype(np.float64) * arrays[f"{key}/scale"] for key in keys}
    steps = sorted({int(key.split("/")[0]) for key in keys})
    return {step: unpack_model(whole, f"{step}/") for step in steps}


def measure(model: Model) -> list[float]:
    """Return the scores of one checkpoint, in the order of ``COLUMNS`` but for the step."""
    rng = np.random.default_rng(SEED)
    lists, texts = draw_lists(96, rng), draw_texts(48, rng)
    run, second = model.run(lists[:, :-1]), mark_second(lists)
    previous, reader = model.heads["0.0"], model.heads["1.1"]
    pairs = zip(run.patterns["1.1"], lists[:, :-1], strict=True)
    through = measure_composition(previous.W_OV, reader.W_QK, reader.W_OV)
    return [
        measure_loss(run.logits, lists, second),
        measure_accuracy(run.logits, lists, second),
        measure_loss(model.run(texts[:, :-1]).logits, texts),
        _correlate(make_bigram_table(model.W_E, model.W_U)[1:, 1:]),
        measure_copying(model.W_U[1:], reader.W_OV, model.W_E[:, 1:]),
        float(measure_previous(run.patterns["0.0"]).mean()),
        float(np.mean([measure_induction(pattern, tokens) for pattern, tokens in pairs])),
        float(through[1]),
        float(through[0]),
    ]


def _correlate(table: FloatArray) -> float:
    """Return how like the true one a table is: both in logarithms, less the mean of each row."""
    logs = [np.log(one) for one in (table, load_bigrams()[1:, 1:])]
    centred = [(log - log.mean(axis=1, keepdims=True)).ravel() for log in logs]
    return float(np.corrcoef(*centred)[0, 1])


def main() -> int:
    """Print the table, and keep it if asked to."""
    rows = [",".join(COLUMNS)]
    for step, model in load_checkpoints().items():
        rows.append(",".join([str(step), *(f"{value:.3f}" for value in measure(model))]))
    text = "\n".join(rows) + "\n"
    sys.stdout.write(text)
    if "--write" in sys.argv[1:]:
        KEPT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
