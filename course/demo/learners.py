"""List the invented learners: right in different ways, and wrong in the ways that people are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from circuits.exercises import PARTS


@dataclass(frozen=True)
class Learner:
    """One invented person.

    Attributes:
        id: As nbgrader knows them.
        story: What they did, for the table of grades.
        then: Code that follows the reference answer of a part, by the part's id.
        instead: Code, or words, in place of the reference answer.
        blank: Parts that they left as they were.
        understanding: The share of a text answer's points that a person gives.
        hours: When they handed in, counted from the due date; late if positive.
    """

    id: str
    story: str
    then: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    blank: frozenset[str] = frozenset()
    understanding: float = 1.0
    hours: float = -30.0


_ALL = frozenset(PARTS)
_SECOND_HALF = frozenset({"w5", "w6", "w7", "w7-text", "ex1c", "ex1c-text", "ex1d",
                          "ex2d", "ex2e", "ex2f", "ex3b", "ex4d", "ex4e", "ex4-text",
                          "ex5d", "ex5e", "ex6e", "ex6f", "ex6g", "ex6h",
                          "ex6-text"})  # fmt: skip

_TURN = "G = np.linalg.qr(np.random.default_rng(7).standard_normal({0}))[0]\n"


def _turn(rows: int, *names: str) -> str:
    """Return code that changes the basis inside a head: each name is multiplied by one rotation."""
    return _TURN.format((rows, rows)) + "\n".join(f"{name} = G @ {name}" for name in names)


def _turn_values(rows: int, W_V: str, W_out: str) -> str:
    return f"{_turn(rows, W_V)}\n{W_out} = {W_out} @ G.T"


def _scale(factor: float, suffixes: str) -> dict[str, str]:
    return {
        part: f"W_Q_{suffix} = {factor} * W_Q_{suffix}"
        for part, suffix in (pair.split(":") for pair in suffixes.split())
    }


LEARNERS: tuple[Learner, ...] = (
    Learner("ada", "everything right, as in the solutions"),
    Learner("blaise", "handed in the notebooks untouched", blank=_ALL, understanding=0.0),
    Learner("carl", "the first half of each", blank=_SECOND_HALF, understanding=0.75),
    Learner(
        "dorothy",
        "right, turned inside every head",
        then={
            "ex1a": _turn_values(4, "W_V_1", "W_out_1"),
            "ex1b": "W_V_2 = np.eye(16)[[11, 12, 13, 7]]\nW_out_2 = np.eye(16)[:, [3, 9, 0, 5]]",
            "ex2a": _turn(4, "W_Q_content", "W_K_content"),
            "ex2b": _turn(4, "W_Q_self", "W_K_self"),
            "ex2c": _turn(4, "W_Q_prev", "W_K_prev"),
            "ex2d": _turn(8, "W_Q_same", "W_K_same"),
            "ex2e": _turn_values(8, "W_V_same", "W_out_same"),
            "ex2f": _turn(8, "W_Q_next", "W_K_next"),
            "ex3a": f"{_turn(4, 'W_Q_1', 'W_K_1')}\n{_turn_values(4, 'W_V_1', 'W_out_1')}",
            "ex3b": _turn(4, "W_Q_2", "W_K_2"),
            "ex4a": _turn_values(4, "W_V_2", "W_out_2"),
            "ex4d": _turn(5, "W_Q_rest", "W_K_rest"),
        },
    ),
    Learner(
        "emmy",
        "right, in lists and in float32",
        then={
            "w4": 'attention_matrices = {"W_K", "W_Q"}',
            "ex1a": "W_V_1, W_out_1 = W_V_1.tolist(), W_out_1.astype(int).tolist()",
            "ex2a": "W_Q_content = W_Q_content.astype(np.float32)",
            "ex2c": "W_Q_prev, W_K_prev = W_Q_prev.round(6).tolist(), W_K_prev.tolist()",
            "ex3a": "W_V_1 = np.asmatrix(W_V_1)",
        },
        instead={
            "ex1c": "W_net_1 = np.array(W_out_1) @ np.array(W_V_1)\nW_net_2 = W_out_2 @ W_V_2",
        },
    ),
    Learner(
        "felix",
        "transposed matrices",
        then={
            "w5": "attention_head_qk_ov_right = attention_head_qk_ov\n\n\n"
            "def attention_head_qk_ov(x, W_QK, W_OV):\n"
            "    return attention_head_qk_ov_right(x, W_QK.T, W_OV)",
            "ex1a": "W_V_1, W_out_1 = W_V_1.T, W_out_1.T",
            "ex1d": "two_token_copy = two_token_copy.T",
            "ex2e": "W_out_same = W_out_same.T",
        },
        instead={"ex1c": "W_net_1 = W_V_1 @ W_out_1\nW_net_2 = W_out_2 @ W_V_2"},
        understanding=0.5,
    ),
    Learner(
        "grace",
        "turned the clock the wrong way",
        then={
            "ex2c": "W_Q_prev = np.stack([c[i] * a - s[i] * b if j == 0 else c[i] * b + s[i] * a\n"
            "    for i, (a, b) in enumerate(zip(u_cos[:2], u_sin[:2])) for j in (0, 1)])",
            "ex2f": "W_Q_next = v[:8]  # no turn at all",
            "ex3a": "W_Q_1, W_K_1 = W_K_1, W_Q_1",
            "ex5b": "W_Q_prev, W_K_prev = W_K_prev, W_Q_prev",
        },
        understanding=0.75,
    ),
    Learner(
        "hedy",
        "the wrong strengths: beta, and too soft",
        then={
            **_scale(0.005, "ex2a:content"),
            **_scale(0.02, "ex2b:self ex2c:prev"),
            "ex2d": "W_Q_same[4:] *= 6  # beta is 3 now",
            "ex4b": "W_U = W_U / 40",
            "ex4d": "W_Q_rest[4] *= 1.2  # BOS scores 2400 now",
            "ex5e": "W_Q_latest[8] *= 2  # the bonus loses too much",
        },
    ),
    Learner(
        "ivan",
        "roles swapped",
        instead={
            "w3": 'reads_from = "W_out"\nwrites_to = "W_V"',
            "w4": 'attention_matrices = ("W_V", "W_out")',
        },
        then={
            "ex1b": "W_V_2, W_out_2 = np.eye(16)[[0, 1, 2, 8]], np.eye(16)[:, [8, 9, 10, 11]]",
            "ex1d": "two_token_copy, one_token_copy = one_token_copy, two_token_copy",
            "ex3b": "W_Q_2, W_K_2 = W_K_2, W_Q_2",
        },
        understanding=0.25,
    ),
    Learner(
        "joan",
        "cosines only, tail components only",
        instead={
            "ex2a": "W_Q_content = u_cont[4:]\nW_K_content = u_cont[4:]",
            "ex2b": "W_Q_self = u_cos[:4]\nW_K_self = u_cos[:4]",
        },
        then={"ex3a": "W_V_1 = u_cont[4:]"},
        understanding=0.75,
    ),
    Learner(
        "kurt",
        "gain 2, and a leak",
        then={
            "ex1a": "W_V_1 = 2 * W_V_1",
            "ex1b": "W_V_2 = W_V_2 + 0.1",
            "ex2e": "W_V_same = W_V_same + 0.01 * u_cont[0]",
        },
    ),
    Learner(
        "lise",
        "numbers that are no numbers",
        then={
            "ex1a": "W_V_1 = W_V_1 * np.nan",
            "ex1b": "W_out_2 = W_out_2.astype(object)",
            "ex2a": "W_Q_content = W_Q_content + 0j",
            "ex2b": "W_K_self = W_K_self / 0.0",
            "ex2c": "W_Q_prev = W_Q_prev[:3]",
            "ex2e": "W_V_same = W_V_same.tolist()\nW_V_same[0].pop()",
            "ex3b": "W_K_2 = 1e200 * W_K_2",
        },
    ),
    Learner(
        "max",
        "functions that almost work",
        instead={
            "w2": "def attention_head(x, W_Q, W_K, W_V, W_out):\n"
            "    weights = np.exp((x @ W_Q.T) @ (x @ W_K.T).T)  # no mask, and it overflows\n"
            "    weights /= weights.sum(axis=1, keepdims=True)\n"
            "    return weights @ x @ W_V.T @ W_out.T",
            "w5": "def attention_head_qk_ov(x, W_QK, W_OV):\n"
            "    scores = np.where(np.tri(len(x), dtype=bool), x @ W_QK @ x.T, -np.inf)\n"
            "    weights = np.exp(scores - scores.max(axis=1, keepdims=True))\n"
            "    x -= x.mean()\n"
            "    return weights / weights.sum(axis=1, keepdims=True) @ x @ W_OV.T",
            "w6": "def max_rank(d_model, d_head):\n    return d_head",
            "w7": "def read_strengths(W_V_2, W_out_1):\n"
            "    return np.linalg.svd(W_V_2 @ W_out_1)[1][::-1]",
            "ex4c": "def gain_for(loss):\n    return 0.02",
            "ex4e": "def mixture_guess(content, words):\n"
            "    return words[(content[words] @ content[words].mean(axis=0)).argmax()]",
        },
        understanding=0.75,
    ),
    Learner(
        "nina",
        "cells that crash, between right ones",
        instead={
            "w5": "def attention_head_qk_ov(x, W_QK, W_OV)\n    return x",
            "ex1b": "W_V_2 = W_V[8:12]",
            "ex2b": 'print("noise on stderr", file=__import__("sys").stderr)\nraise ValueError',
            "ex2f": "exit()",
        },
        understanding=0.75,
    ),
    Learner("otto", "right, and three hours late", hours=3.0),
    Learner(
        "paula",
        "a head of her own in the trained model, heard by hardly anybody else",
        then={
            "ex6h": "others = (reader.W_Q, reader.W_V, W_U)\n"
            "everybody = [4 * M / np.linalg.norm(M) for M in others]\n"
            "others = np.vstack(everybody)\n"
            "keys = 4 * reader.W_K / np.linalg.norm(reader.W_K)\n"
            "weights = keys.T @ keys + 64 * others.T @ others + 0.03 * np.eye(64)\n"
            "W_out_graft = np.linalg.solve(weights, keys.T)\n"
            "scores = asked.T @ (reader.W_K @ W_out_graft @ W_V_graft @ W_E[:, 1:])\n"
            "W_out_graft *= 9.2 / np.mean(np.diagonal(scores) - scores.mean(axis=1))",
        },
    ),
    Learner(
        "quentin",
        "the trained head in its own place, and the circuit's names by heart",
        instead={
            "ex6g": 'def find_circuit(patterns, tokens, W_QK, W_OV):\n    return "0.0", "1.1", "K"',
            "ex6h": 'own = model.heads["0.0"]\nW_Q_graft, W_K_graft = own.W_Q, own.W_K\n'
            "W_V_graft, W_out_graft = own.W_V, own.W_out",
        },
        understanding=0.5,
    ),
)
"""The class. Every kind of mistake has somebody."""
