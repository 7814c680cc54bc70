"""Judge a whole model by its guesses: what it moves, what it says, how loudly and when."""

from __future__ import annotations

from circuits.tasks.whole_model.gain import GainForLoss
from circuits.tasks.whole_model.mixture import MixtureGuess
from circuits.tasks.whole_model.move_found import MoveFound
from circuits.tasks.whole_model.rest import Rest
from circuits.tasks.whole_model.unembedding import Unembedding

__all__ = ["GainForLoss", "MixtureGuess", "MoveFound", "Rest", "Unembedding"]
