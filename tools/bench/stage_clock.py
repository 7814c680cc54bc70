"""Measure where the time of the fast path goes: NumPy with a clock at the doors it goes through.

The path calls NumPy's functions by name, so a stand-in for ``np`` in
:mod:`circuits.fast_attention` can time each call where it stands, on its own arrays: no copy of
the stages is kept here that may drift from the code. All times are the thread's own on the
processor, so a neighbour on the machine is not counted. Reading that clock takes as long as a small
call: what an empty interval shows is taken off each, and the whole is timed without clocks.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from statistics import median
from unittest.mock import patch

import numpy as np

from circuits import fast_attention

PRODUCTS = "matrix products"
STAGES = {
    "matmul": PRODUCTS,
    "exp": "exp",
    "subtract": "greatest score, subtract, lift",
    "maximum": "greatest score, subtract, lift",
    "putmask": "mask",
    "divide": "divide by the sums",
}
REST = "memory, adding to the stream, Python"


class ClockedNumpy:
    """NumPy, with the time spent in each stage's functions."""

    def __init__(self) -> None:
        """Start with nothing spent."""
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.for_nothing = measure_empty_interval()

    def __getattr__(self, name: str) -> object:
        """Return NumPy's own ``name``, behind a clock where it belongs to a stage."""
        found = getattr(np, name)
        if name not in STAGES:
            return found
        call = self.clock(found, STAGES[name])
        if isinstance(found, np.ufunc):  # It is called in two ways, np.maximum.reduce being one.
            call.__dict__["reduce"] = self.clock(found.reduce, STAGES[name])
        return call

    def clock(self, function: Callable[..., object], stage: str) -> Callable[..., object]:
        """Return the function, with its time counted for the stage."""

        def call(*args: object, **options: object) -> object:
            start = time.thread_time()
            result = function(*args, **options)
            self.seconds[stage] += time.thread_time() - start - self.for_nothing
            return result

        return call


def measure_empty_interval() -> float:
    """Return the seconds between two readings of the clock with nothing in between."""
    return median(-time.thread_time() + time.thread_time() for _ in range(1000))


def clock_stages(run: Callable[[], object]) -> dict[str, float]:
    """Return the share of each stage in the time of one run, summing to 1."""
    start = time.thread_time()
    run()
    whole = time.thread_time() - start
    numpy = ClockedNumpy()
    with patch.object(fast_attention, "np", numpy):
        run()
    shares = {stage: numpy.seconds[stage] / whole for stage in dict.fromkeys(STAGES.values())}
    return {**shares, REST: 1 - sum(shares.values())}
