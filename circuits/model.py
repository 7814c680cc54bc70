"""Run heads one after the other, and read a guess for the next word off the stream.

A model without an MLP layer is a sum: what the embedding put into the stream, and what each
head added. The unembedding turns what stands there at the end into a number for each word::

    x_0 = embedding of the tokens
    x_k = x_{k-1} + output of head k on x_{k-1}          k = 1, 2, ...
    logits_i = W_U x_n,i          p(word | tokens up to i) = softmax of logits_i

Source: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits", section
"Transformer Overview"; read straight off the stream as in nostalgebraist's logit lens.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from circuits.content import VOCABULARY
from circuits.shapes import FloatArray, IntArray, as_floats
from circuits.stream import toy_stream


class Adds(Protocol):
    """A head, or whatever else adds to the stream."""

    def output(self, x: ArrayLike, /) -> FloatArray:
        """Return what is added to the streams ``x``, of their shape."""


def run_model(
    tokens: ArrayLike, heads: Iterable[Adds], W_U: ArrayLike, *, marks: bool = False
) -> FloatArray:
    """Return the logits of all words behind every token.

    Args:
        tokens: Whole numbers from 0 to 64, shape ``(..., n_tokens)``; 0 is BOS.
        heads: One a layer, the first layer first.
        W_U: Unembedding, shape ``(64, 48)``; row k reads the logit of word k + 1.
        marks: Whether the stream has the marks of exercise 4 (d).

    Returns:
        Shape ``(..., n_tokens, 64)``.

    Raises:
        ValueError: If a token is not in the vocabulary, or a shape does not fit.
    """
    stream = toy_stream()
    W_U = as_floats("W_U", W_U, (VOCABULARY, stream.d_model))
    x = stream.embed(tokens, marks=marks)
    for head in heads:
        x = x + head.output(x)
    logits: FloatArray = x @ W_U.T
    return logits


def loss_per_token(logits: FloatArray, tokens: IntArray) -> FloatArray:
    """Return how surprised a model is by each next word, in nats.

    Args:
        logits: Behind every token, shape ``(..., n_tokens, 64)``.
        tokens: Shape ``(..., n_tokens)``; from the second on, words 1 to 64.

    Returns:
        ``-log p(tokens[i + 1] | tokens up to i)``, shape ``(..., n_tokens - 1)``.
    """
    before, following = logits[..., :-1, :], np.asarray(tokens)[..., 1:, None] - 1
    greatest = before.max(axis=-1, keepdims=True)
    total = np.log(np.exp(before - greatest).sum(axis=-1, keepdims=True))
    said = np.take_along_axis(before, following.astype(np.intp), axis=-1)
    losses: FloatArray = (greatest + total - said)[..., 0]
    return losses


def loss_and_accuracy(
    logits: FloatArray, tokens: IntArray, where: slice = slice(None)
) -> tuple[float, float]:
    """Return a model's mean loss and its share of right guesses.

    Args:
        logits: Behind every token, shape ``(..., n_tokens, 64)``.
        tokens: Shape ``(..., n_tokens)``; from the second on, words 1 to 64.
        where: Which of the ``n_tokens - 1`` tokens that are followed by another count.

    Returns:
        The mean of ``-log p`` of the word that follows, in nats; a model that takes all 64 words
        for equally likely has ln 64 = 4.159. And the share of tokens at which the word that
        follows has the highest logit, from 0 to 1.
    """
    losses = loss_per_token(logits, tokens)[..., where]
    guesses = 1 + logits[..., :-1, :].argmax(axis=-1)
    right = (guesses == np.asarray(tokens)[..., 1:])[..., where]
    return float(losses.mean()), float(right.mean())
