"""Train the two-layer model of chapter 6 with JAX, which nothing else here needs.

    pip install --group training        JAX; the weights are kept, so nobody has to
    python -m tools.train.train 4 FOLDER

writes ``FOLDER/seed4.npz`` with the weights in float16 and ``FOLDER/seed4.txt`` with what was
printed. It takes some minutes on one core. Another processor or another version rounds
differently, and 3000 steps let that grow: a training with the same seed ends in another model of
the same kind, or, as one of two that were run with this program did, in one that has not found the
circuit by the last step: ``printed/`` has both. The weights in ``circuits/trained`` come from an
earlier program with the same recipe in PyTorch, with which five of five seeds found it. They are
kept, and never made anew by a test.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from circuits.shapes import FloatArray, IntArray
from circuits.trained import (
    HEAD_NAMES,
    draw_lists,
    draw_texts,
    find_positions,
    mark_second,
    measure_accuracy,
    measure_loss,
    unpack_model,
)

Weights = dict[str, Any]

STEPS, BATCH, RATE = 3000, 64, 3e-3
WARM_UP, CONSTANT, LAST = 200, 1500, 0.02
"""Steps of linear warm-up, steps until the rate falls, and the share of the rate at the end."""

BETAS, DECAY, EPSILON = (0.9, 0.98), 0.1, 1e-8
WIDTH, WORDS, HEADS, LAYERS = 64, 65, 2, 2
REPORTED = (0, 100, 200, 300, 500, 600, 700, 800, 900, 1000, 1400, 2000, 3000)


def draw_weights(seed: int) -> Weights:
    """Return the weights at the start: all normal, of size 1/8."""
    rng = np.random.default_rng(seed)
    shapes = {"E": (WORDS, WIDTH), "U": (WIDTH, WORDS)}
    for layer in range(LAYERS):
        shapes |= {f"{name}{layer}": (WIDTH // 2, WIDTH) for name in "QKV"}
        shapes[f"O{layer}"] = (WIDTH, WIDTH // 2)
    return {name: rng.standard_normal(shape) / 8 for name, shape in shapes.items()}


def draw_batch(rng: np.random.Generator) -> IntArray:
    """Return fresh lines, half of them text and half of them lists, shape ``(64, 65)``."""
    return np.concatenate([draw_texts(BATCH // 2, rng), draw_lists(BATCH // 2, rng)])


def set_rate(step: int) -> float:
    """Return the learning rate of a step."""
    fall = 1.0 - (1.0 - LAST) * max(0.0, (step - CONSTANT) / (STEPS - CONSTANT))
    return RATE * min(1.0, (step + 1) / WARM_UP) * fall


def make_step() -> Callable[..., Any]:
    """Return one compiled step of AdamW: weights and both moments in, the same and the loss out."""
    import jax
    import jax.numpy as jnp

    positions = jnp.asarray(find_positions()[0], jnp.float32)
    mask = jnp.tril(jnp.ones((WIDTH, WIDTH), bool))

    def split(x: Any) -> Any:  # noqa: ANN401  JAX's own arrays
        return x.reshape(*x.shape[:-1], HEADS, -1)

    def predict(w: Weights, tokens: Any) -> Any:  # noqa: ANN401
        h = w["E"][tokens]
        for layer in range(LAYERS):
            placed = h + positions
            q, k = (split(placed @ w[f"{name}{layer}"].T) for name in "QK")
            v = split(h @ w[f"V{layer}"].T)
            scores = jnp.einsum("bihe,bjhe->bhij", q, k) / 4  # the root of d_head
            pattern = jax.nn.softmax(jnp.where(mask, scores, -jnp.inf), axis=-1)
            mixed = jnp.einsum("bhij,bjhe->bihe", pattern, v)
            h = h + mixed.reshape(*h.shape[:-1], -1) @ w[f"O{layer}"].T
        return h @ w["U"]

    def lose(w: Weights, lines: Any) -> Any:  # noqa: ANN401
        said = jax.nn.log_softmax(predict(w, lines[:, :-1]))
        return -jnp.take_along_axis(said, lines[:, 1:, None], axis=-1).mean()

    def step(
        w: Weights,
        first: Weights,
        second: Weights,
        lines: Any,  # noqa: ANN401
        rate: float,
        count: int,
    ) -> tuple[Weights, Weights, Weights, Any]:
        loss, slopes = jax.value_and_grad(lose)(w, lines)
        b1, b2 = BETAS
        first = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, first, slopes)
        second = jax.tree.map(lambda s, g: b2 * s + (1 - b2) * g * g, second, slopes)
        new = jax.tree.map(
            lambda x, m, s: (
                x
                - rate * (m / (1 - b1**count)) / (jnp.sqrt(s / (1 - b2**count)) + EPSILON)
                - rate * DECAY * x
            ),
            w,
            first,
            second,
        )
        return new, first, second, loss

    return jax.jit(step)  # type: ignore[no-any-return]


def fold(weights: Weights) -> dict[str, FloatArray]:
    """Return the weights as they are kept: float16, the division of the scores inside ``W_Q``."""
    kept = {name: np.asarray(value, np.float64) for name, value in weights.items()}
    for layer in range(LAYERS):
        kept[f"Q{layer}"] = kept[f"Q{layer}"] / 4
    return {name: value.astype(np.float16) for name, value in kept.items()}


def describe(weights: Weights, lists: IntArray, texts: IntArray) -> str:
    """Return one line: accuracy and loss on lists, loss on text, and where each head looks."""
    model, second = unpack_model(fold(weights)), mark_second(lists)
    run = model.run(lists[:, :-1])
    text = measure_loss(model.run(texts[:, :-1]).logits, texts)
    back = [np.diagonal(run.patterns[name], -1, 1, 2).mean() for name in HEAD_NAMES]
    return (
        f"accuracy {measure_accuracy(run.logits, lists, second):.3f}  "
        f"list loss {measure_loss(run.logits, lists, second):.3f}  text loss {text:.3f}  "
        f"previous {' '.join(f'{share:.2f}' for share in back)}"
    )


def train(seed: int, say: Callable[[str], None]) -> Weights:
    """Train one model.

    Args:
        seed: Draws the first weights; 1000 more draws the lines.
        say: Takes what is to be printed.
    """
    step, rng = make_step(), np.random.default_rng(1000 + seed)
    watched = np.random.default_rng(77)
    lists, texts = draw_lists(64, watched), draw_texts(48, watched)
    weights = {name: value.astype(np.float32) for name, value in draw_weights(seed).items()}
    first = {name: np.zeros_like(value) for name, value in weights.items()}
    second = {name: np.zeros_like(value) for name, value in weights.items()}
    start = time.monotonic()
    for count in range(STEPS + 1):
        if count in REPORTED:
            seconds = time.monotonic() - start
            say(f"step {count:4}  {seconds:4.0f} s  {describe(weights, lists, texts)}")
        if count < STEPS:
            weights, first, second, _ = step(
                weights, first, second, draw_batch(rng), set_rate(count), count + 1
            )
    return weights


def main(arguments: Sequence[str]) -> int:
    """Train, print and keep; return the exit status."""
    if len(arguments) != 2 or not arguments[0].isdecimal():
        print("usage: python -m tools.train.train SEED FOLDER", file=sys.stderr)
        return 2
    seed, folder = int(arguments[0]), Path(arguments[1])
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"seed{seed}.txt"
    log.write_text("", encoding="utf-8")

    def say(line: str) -> None:
        print(line, flush=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    np.savez_compressed(folder / f"seed{seed}.npz", **fold(train(seed, say)))  # type: ignore[arg-type]
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
