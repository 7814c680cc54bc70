"""One hostile or broken submission: how it is made from the released notebook, what it deserves."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

EXERCISE, WARMUP = "exercise-1", "warmup"

HONEST = {
    EXERCISE: {"ex1a": 4.0, "ex1b": 4.0, "ex1c": 2.0, "ex1d": 4.0},
    WARMUP: {"w2": 5.0, "w3": 2.0, "w4": 2.0, "w5": 5.0, "w6": 2.0, "w7": 3.0},
}
"""What a submission with the reference answers earns without anybody's reading."""

RIGHT = {
    "ex1a": "W_V_1 = np.eye(16)[0:4]\nW_out_1 = np.eye(16)[8:12].T",
    "ex1b": "W_V_2 = np.eye(16)[[8, 4, 5, 6]]\nW_out_2 = np.eye(16)[12:16].T",
    "ex1c": "W_net_1 = np.array(W_out_1) @ np.array(W_V_1)\nW_net_2 = W_out_2 @ W_V_2",
    "ex1d": "two_token_copy = W_net_2 @ W_net_1\none_token_copy = W_net_2 + W_net_1",
    "w2": "def attention_head(x, W_Q, W_K, W_V, W_out):\n"
    "    return Head(W_Q, W_K, W_V, W_out).output(x)",
    "w3": 'reads_from = "W_V"\nwrites_to = "W_out"',
    "w4": 'attention_matrices = ["W_Q", "W_K"]',
    "w5": "def attention_head_qk_ov(x, W_QK, W_OV):\n"
    "    scores = x @ W_QK @ x.T\n"
    "    scores = np.where(np.tri(len(x), dtype=bool), scores, -np.inf)\n"
    "    weights = np.exp(scores - scores.max(axis=1, keepdims=True))\n"
    "    return weights / weights.sum(axis=1, keepdims=True) @ x @ W_OV.T",
    "w6": "def max_rank(d_model, d_head):\n    return min(d_model, d_head)",
    "w7": "def read_strengths(W_V_2, W_out_1):\n"
    "    return np.linalg.svd(W_V_2 @ W_out_1, compute_uv=False)",
}
"""Right answers, by part."""

WRONG = "W_V_2 = np.ones((4, 16))\nW_out_2 = np.ones((16, 4))"
"""Matrices for (b) that deserve nothing."""

LIVES = {"ex1a": 4.0, "ex1b": 0.0, "ex1c": 1.0, "ex1d": 0.0}
"""What :func:`attack` deserves if the notebook goes on after its hostile cell."""

DIES = {**LIVES, "ex1c": 0.0}
"""The same if the hostile cell ends its process: what was answered before counts."""


@dataclass
class Desk:
    """A submission while it is written.

    Attributes:
        folder: ``submitted/<student>/<assignment>``, an empty folder.
        assignment: Its name.
        notebook: The released notebook, as JSON values, to be changed at will.
        token: Random, for names of files and processes that are looked for afterwards.
        raw: What to write in the notebook's place.
    """

    folder: Path
    assignment: str
    notebook: dict[str, Any]
    token: str
    raw: bytes | None = None
    elsewhere: bool = False

    @property
    def path(self) -> Path:
        return self.folder / f"{self.assignment}.ipynb"

    @property
    def cells(self) -> list[dict[str, Any]]:
        return self.notebook["cells"]

    def find(self, grade_id: str) -> dict[str, Any]:
        return next(cell for cell in self.cells if about(cell).get("grade_id") == grade_id)

    def write_answer(self, grade_id: str, source: str) -> None:
        self.find(grade_id)["source"] = source.replace("@TOKEN@", self.token)

    def write_all(self, **changed: str) -> None:
        """Write right answers to all parts, but for those that are named."""
        for part in HONEST[self.assignment]:
            self.write_answer(part, changed.get(part, RIGHT[part]))

    def dump(self) -> bytes:
        return json.dumps(self.notebook, indent=1).encode()

    def hand_in(self) -> None:
        """Write the notebook's file, unless the case has put something else there."""
        if not self.elsewhere:
            self.path.write_bytes(self.dump() if self.raw is None else self.raw)


@dataclass(frozen=True)
class Case:
    """One submission.

    Attributes:
        kind: What it attacks, or how it is broken.
        name: Unique, and usable as a student's name.
        prepare: Writes it.
        points: What its answers deserve, by part.
        assignment: Which notebook it is.
        unreadable: Whether nothing can be graded and a person has to look.
        stock: Whether stock nbgrader may be asked to run it, behind a wall of its own.
    """

    kind: str
    name: str
    prepare: Callable[[Desk], None]
    points: Mapping[str, float] = field(default_factory=lambda: dict(LIVES))
    assignment: str = EXERCISE
    unreadable: bool = False
    stock: bool = True


def attack(
    kind: str, name: str, code: str, points: Mapping[str, float] = LIVES, *, stock: bool = True
) -> Case:
    """Make a case: (a) is right, (b) is wrong and hostile, (c) half right, (d) left as it was."""

    def prepare(desk: Desk) -> None:
        desk.write_answer("ex1a", RIGHT["ex1a"])
        desk.write_answer("ex1b", f"{WRONG}\n{code}")
        desk.write_answer(
            "ex1c", "W_net_1 = np.eye(16)[8:12].T @ np.eye(16)[0:4]\nW_net_2 = -np.eye(16)"
        )

    return Case(kind, name, prepare, points, stock=stock)


def attack_by_function(
    kind: str, name: str, w2: str, points: Mapping[str, float], *, stock: bool = True
) -> Case:
    """Make a case: all answers of the warm-up are right but the function of W2."""

    def prepare(desk: Desk) -> None:
        desk.write_all(w2=w2)

    return Case(kind, name, prepare, {**HONEST[WARMUP], **points}, WARMUP, stock=stock)


def about(cell: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a cell says of itself to nbgrader."""
    return cell.get("metadata", {}).get("nbgrader", {})
