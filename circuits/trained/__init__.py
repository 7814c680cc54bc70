"""Load and run a small transformer that was trained, not written by hand.

Two layers of two attention heads, 24,704 weights, no norm, no bias and no MLP. The conventions are
those of :class:`circuits.Head`; what differs is that positions are given to queries and keys alone.
"""

from circuits.trained.export import LENS_CONFIGURATION, export_state
from circuits.trained.formation import load_formation
from circuits.trained.language import (
    ENTROPY_RATE,
    draw_lists,
    draw_texts,
    load_bigrams,
    mark_second,
)
from circuits.trained.model import (
    HEAD_NAMES,
    Model,
    Run,
    find_positions,
    list_layer,
    load_model,
    unpack_model,
)
from circuits.trained.scores import measure_accuracy, measure_loss

__all__ = [
    "ENTROPY_RATE",
    "HEAD_NAMES",
    "LENS_CONFIGURATION",
    "Model",
    "Run",
    "draw_lists",
    "draw_texts",
    "export_state",
    "find_positions",
    "list_layer",
    "load_bigrams",
    "load_formation",
    "load_model",
    "mark_second",
    "measure_accuracy",
    "measure_loss",
    "unpack_model",
]
