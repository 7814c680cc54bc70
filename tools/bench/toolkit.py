"""Measure how fast the toolkit is: the two-head circuit beside PyTorch and the machine's peak.

All figures are medians of several rounds in one run, on one thread, and the circuit's times
are that thread's own. This machine may be shared, so only the ratios mean something. The
peak is what one big matrix product reaches; only visible pairs of tokens count as work.
"""

from __future__ import annotations

import os

# Before NumPy: the comparison is thread against thread.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from circuits import Head
from circuits.trials import HIDDEN_SIZES, draw_trials
from tools.bench.stage_clock import PRODUCTS, clock_stages

SEQUENCES, N_TOKENS, D_MODEL, D_HEAD = 2048, 64, 48, 8
TOGETHER = 32
ROUNDS = 15


def draw_heads(rng: np.random.Generator) -> list[Head]:
    """Return two heads whose scores are as large as those of the exercises."""
    heads = []
    for _ in range(2):
        W_Q, W_K, W_V = 0.5 * rng.standard_normal((3, D_HEAD, D_MODEL))
        heads.append(Head(W_Q, W_K, W_V, 0.3 * rng.standard_normal((D_MODEL, D_HEAD))))
    return heads


def run_ours(x: np.ndarray, heads: list[Head]) -> None:
    """Send a batch through both heads, a few sequences at a time."""
    for start in range(0, len(x), TOGETHER):
        chunk = x[start : start + TOGETHER]
        for head in heads:
            chunk = chunk + head.output(chunk)


def prepare_torch(x: np.ndarray, heads: list[Head]) -> Callable[[], None] | None:
    """Return the same circuit in PyTorch's own attention, or None where it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    stream = torch.tensor(x)
    matrices = [
        [torch.tensor(m) for m in (head.W_Q, head.W_K, head.W_V, head.W_out)] for head in heads
    ]

    def run() -> None:
        with torch.no_grad():
            for start in range(0, len(stream), TOGETHER):
                chunk = stream[start : start + TOGETHER]
                for W_Q, W_K, W_V, W_out in matrices:
                    moved = torch.nn.functional.scaled_dot_product_attention(
                        chunk @ W_Q.T, chunk @ W_K.T, chunk @ W_V.T, is_causal=True, scale=1.0
                    )
                    chunk = chunk + moved @ W_out.T

    return run


def count_operations() -> float:
    """Return multiplications and additions of one sequence, without those the mask hides."""
    inside = 2 * N_TOKENS * D_MODEL * 3 * D_HEAD
    pairs = 2 * 2 * D_HEAD * N_TOKENS * (N_TOKENS + 1) / 2
    outside = 2 * N_TOKENS * D_HEAD * D_MODEL
    return 2 * (inside + pairs + outside)


def time_rounds(runs: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Time every run in every round, in turn, so that all meet the same noise."""
    for run in runs.values():
        run()
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            start = time.thread_time()
            run()
            times[name].append(time.thread_time() - start)
    return times


def bench_circuit() -> None:
    """Print sequences per second of the two-head circuit, and the share of the peak."""
    rng = np.random.default_rng(0)
    x, heads = rng.standard_normal((SEQUENCES, N_TOKENS, D_MODEL)), draw_heads(rng)
    square = rng.standard_normal((1024, 1024))
    runs: dict[str, Callable[[], object]] = {
        "circuits": lambda: run_ours(x, heads),
        "peak": lambda: square @ square,
    }
    torch_run = prepare_torch(x, heads)
    if torch_run:
        runs["PyTorch"] = torch_run
    times = time_rounds(runs)
    ours = median(times["circuits"])
    print(f"two-head circuit, {SEQUENCES} sequences of {N_TOKENS} tokens, d_head {D_HEAD}, float64")
    print(f"  circuits   {SEQUENCES / ours:9,.0f} sequences/s")
    if torch_run:
        ratio = median(b / a for a, b in zip(times["circuits"], times["PyTorch"], strict=True))
        print(f"  PyTorch    {SEQUENCES / median(times['PyTorch']):9,.0f} sequences/s")
        print(f"  ratio      {ratio:9.2f} times PyTorch")
    else:
        print("  PyTorch is not installed here, so there is nothing to compare with")
    share = median(
        (SEQUENCES * count_operations() / a) / (2 * 1024**3 / b)
        for a, b in zip(times["circuits"], times["peak"], strict=True)
    )
    print(f"  peak       {share:9.0%} of what one big matrix product reaches")
    print_stages(lambda: run_ours(x, heads), share)


def print_stages(run: Callable[[], object], share: float) -> None:
    """Print where the time goes, and how near to the peak the products alone come."""
    rounds = [clock_stages(run) for _ in range(ROUNDS)]
    print("  where the time goes")
    for stage in rounds[0]:
        print(f"    {stage:38} {median(shares[stage] for shares in rounds):4.0%}")
    alone = share / median(shares[PRODUCTS] for shares in rounds)
    print(f"  the products alone reach {alone:.0%} of the peak")


def bench_checks() -> None:
    """Print how long each part's check takes, with the reference answers and with noise."""
    from tests.bank import CASES

    public, hidden = draw_trials(), draw_trials(1, HIDDEN_SIZES)
    from circuits.judging import judge

    print("one check in milliseconds: right answer, wrong ones with their diagnosis, hidden test")
    total = 0.0
    for part in dict.fromkeys(case.part for case in CASES):
        cases = [case for case in CASES if case.part == part]
        right = next(case for case in cases if case.right)
        wrong = [case for case in cases if not case.right]
        figures = []
        for chosen, trials in (([right], public), (wrong, public), ([right], hidden)):
            for case in chosen:
                judge(part, case.answers, trials)
            took = []
            for case in chosen * (3 if len(chosen) == 1 else 1):
                start = time.perf_counter()
                judge(part, case.answers, trials)
                took.append(1000 * (time.perf_counter() - start))
            figures.append(median(took))
        total += figures[2]
        print(f"  {part:6} {figures[0]:7.1f} {figures[1]:7.1f} {figures[2]:7.1f}")
    print(f"  hidden tests of one whole sheet: {total:.0f} ms")


def main() -> int:
    """Print both benches."""
    bench_circuit()
    bench_checks()
    return 0


if __name__ == "__main__":
    sys.exit(main())
