"""Read the table of scores that were taken at twelve steps of the training."""

from __future__ import annotations

from importlib.resources import files

import numpy as np

from circuits.shapes import FloatArray


def load_formation() -> dict[str, FloatArray]:
    """Return the columns of the table by name, each of shape ``(12,)``.

    ``step``; ``list_loss`` and ``accuracy`` on targets of lists that can be copied, ``text_loss``;
    ``bigrams``, how like the direct path's table is to the true one (a correlation); ``copying``
    of head 1.1; ``previous``-token score of head 0.0; ``induction`` score of head 1.1; and ``K``-
    and ``Q``-composition between the two. ``tools/train/formation.py`` made it.
    """
    text = files("circuits.trained").joinpath("formation.csv").read_text(encoding="ascii")
    names, *rows = [line.split(",") for line in text.split()]
    values = np.array(rows, dtype=np.float64)
    return {name: values[:, column] for column, name in enumerate(names)}
