"""Hold the weights of a trained two-layer model and run it, head by head.

The equations, with ``p_n`` the vector of position n::

    h^0 = W_E[:, token]
    q_i = W_Q (h_i + p_i)    k_j = W_K (h_j + p_j)    v_j = W_V h_j
    h  += sum_j softmax(q_i . k_j) W_out v_j          of all heads of a layer, from the same h
    logits = W_U h

Positions reach queries and keys alone, so neither the values nor ``W_U`` ever see one (Press et al.
2021, "Shortformer"). They are sines and cosines of size 3 (Vaswani et al. 2017).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from circuits.attention import Head, softmax_scores
from circuits.shapes import FloatArray, as_tokens

D_MODEL = 64
D_HEAD = 16
LENGTH = 64
"""Tokens that the model reads."""

HEAD_NAMES = ("0.0", "0.1", "1.0", "1.1")
"""Layer and place of each head; the two of a layer read the same stream."""

SIZE = 3.0
"""Length of each pair of a position's vector."""


def find_positions() -> tuple[FloatArray, FloatArray]:
    """Return the vectors of the positions and the speeds of their pairs.

    Returns:
        ``positions`` of shape ``(64, 64)``, in which entries 2k and 2k + 1 are
        ``3 cos(turn[k] n)`` and ``3 sin(turn[k] n)``; and ``turn`` of shape ``(32,)``, in radians
        a token, from 1 down to 1/7499.
    """
    turn = 10000.0 ** (-np.arange(D_MODEL // 2) / (D_MODEL // 2))
    angles = np.arange(LENGTH)[:, None] * turn
    positions = np.empty((LENGTH, D_MODEL))
    positions[:, 0::2], positions[:, 1::2] = SIZE * np.cos(angles), SIZE * np.sin(angles)
    return positions, turn


@dataclass(frozen=True, eq=False)
class Run:
    """What a model computes on some lines.

    Attributes:
        logits: Shape ``(..., n_tokens, 65)``.
        streams: The stream before layer 0, between the layers, and after layer 1, each of shape
            ``(..., n_tokens, 64)``.
        patterns: By head, shape ``(..., n_tokens, n_tokens)``; of those that computed one.
        outputs: What each head adds to the stream, by head, shape ``(..., n_tokens, 64)``.
    """

    logits: FloatArray
    streams: tuple[FloatArray, FloatArray, FloatArray]
    patterns: Mapping[str, FloatArray]
    outputs: Mapping[str, FloatArray]


@dataclass(frozen=True, eq=False)
class Model:
    """A two-layer attention-only transformer.

    Attributes:
        W_E: The embedding, a column a token, shape ``(64, 65)``.
        W_U: The unembedding, a row a token, shape ``(65, 64)``.
        heads: By the names "0.0", "0.1", "1.0" and "1.1", layer first.
        positions: What queries and keys are told about each position, shape ``(64, 64)``.
        turn: How fast each pair of ``positions`` turns, in radians a token, shape ``(32,)``.
    """

    W_E: FloatArray
    W_U: FloatArray
    heads: Mapping[str, Head]
    positions: FloatArray = field(default_factory=lambda: find_positions()[0])
    turn: FloatArray = field(default_factory=lambda: find_positions()[1])

    def run(
        self,
        tokens: ArrayLike,
        heads: Mapping[str, Head | None] = MappingProxyType({}),
        outputs: Mapping[str, FloatArray] = MappingProxyType({}),
    ) -> Run:
        """Run the model, with some of its heads replaced if asked to.

        Args:
            tokens: Whole numbers from 0 to 64, shape ``(..., n_tokens)``, at most 64 a line.
            heads: Heads to put in the place of the model's own, by name; None cuts a head out.
            outputs: Of heads by name, what they are to add to the stream. They compute nothing
                then, so they have no pattern.

        Raises:
            ValueError: If a line is too long, a token is none of the 65, or there is no such head.
        """
        read = as_tokens(tokens, self.W_E.shape[1] - 1)
        if read.shape[-1] > LENGTH:
            raise ValueError(
                f"a line has {read.shape[-1]} tokens; wanted at most {LENGTH} (lines[:, :-1] "
                "leaves out the last one, which is only predicted)"
            )
        _refuse_strangers({*heads, *outputs})
        stream = self.W_E.T[read]
        streams, patterns, written = [stream], {}, {}
        for layer in "01":
            for name in list_layer(layer):
                if name in outputs:
                    written[name] = outputs[name]
                else:
                    head = heads.get(name, self.heads[name])
                    written[name], patterns[name] = self.attend(head, stream)
            stream = stream + sum(written[name] for name in list_layer(layer))
            streams.append(stream)
        logits = stream @ self.W_U.T
        return Run(logits, (streams[0], streams[1], streams[2]), patterns, written)

    def attend(self, head: Head | None, stream: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return what a head adds to a stream, and its pattern; None does nothing."""
        n_tokens = stream.shape[-2]
        if head is None:
            return np.zeros_like(stream), np.zeros((*stream.shape[:-1], n_tokens))
        placed = stream + self.positions[:n_tokens]
        scores = (placed @ head.W_Q.T) @ np.swapaxes(placed @ head.W_K.T, -1, -2)
        pattern = softmax_scores(scores)
        return pattern @ (stream @ head.W_V.T) @ head.W_out.T, pattern


def list_layer(layer: str) -> tuple[str, ...]:
    """Return the names of a layer's heads.

    Example:
        >>> list_layer("1")
        ('1.0', '1.1')
    """
    return tuple(name for name in HEAD_NAMES if name.startswith(layer))


def _refuse_strangers(names: set[str]) -> None:
    for name in sorted(names - set(HEAD_NAMES)):
        raise ValueError(f"there is no head {name!r}; the heads are {', '.join(HEAD_NAMES)}")


def unpack_model(arrays: Mapping[str, Any], prefix: str = "") -> Model:
    """Return the model whose weights are kept under ``E``, ``U``, ``Q0`` and so on.

    Args:
        arrays: ``E`` holds a row a token, ``U`` a column a token. ``Q0``, ``K0`` and ``V0`` hold
            the rows of both heads of layer 0 below each other, ``O0`` their columns side by side.
        prefix: What stands before each key.
    """

    def read(key: str) -> FloatArray:
        return np.asarray(arrays[prefix + key], dtype=np.float64)

    heads = {}
    for name in HEAD_NAMES:
        layer, place = name.split(".")
        rows = slice(int(place) * D_HEAD, (int(place) + 1) * D_HEAD)
        W_Q, W_K, W_V = (read(f"{letter}{layer}")[rows] for letter in "QKV")
        heads[name] = Head(W_Q, W_K, W_V, read(f"O{layer}")[:, rows])
    return Model(read("E").T, read("U").T, MappingProxyType(heads))


@lru_cache(maxsize=1)
def load_model() -> Model:
    """Return the trained model that comes with the course; its arrays cannot be written to."""
    with files("circuits.trained").joinpath("weights.npz").open("rb") as file:
        model = unpack_model(np.load(file))
    heads = [getattr(head, name) for head in model.heads.values() for name in vars(head)]
    for array in (model.W_E, model.W_U, model.positions, model.turn, *heads):
        array.flags.writeable = False
    return model
