"""The clock meets every stage of the fast path, and leaves the path as it was."""

import numpy as np

from circuits import Head, fast_attention
from tools.bench.stage_clock import REST, STAGES, ClockedNumpy, clock_stages


def run_a_head():
    rng = np.random.default_rng(0)
    head = Head(*rng.standard_normal((3, 4, 6)), rng.standard_normal((6, 4)))
    return head.output(rng.standard_normal((40, 64, 6)))


def test_the_shares_of_all_stages_and_the_rest_make_one_whole():
    shares = clock_stages(run_a_head)
    assert list(shares) == [*dict.fromkeys(STAGES.values()), REST]
    assert np.isclose(sum(shares.values()), 1)


def test_every_function_that_has_a_stage_is_called_by_the_path(monkeypatch):
    called = set()
    numpy = ClockedNumpy()
    clock = numpy.clock

    def note(function, stage):
        def call(*args, **options):
            called.add(function)
            return function(*args, **options)

        return clock(call, stage)

    monkeypatch.setattr(numpy, "clock", note)
    monkeypatch.setattr(fast_attention, "np", numpy)
    run_a_head()
    assert {getattr(np, name) for name in STAGES} <= called
    assert np.maximum.reduce in called


def test_what_the_path_returns_is_the_same_under_the_clock(monkeypatch):
    plain = run_a_head()
    with monkeypatch.context() as patched:
        patched.setattr(fast_attention, "np", ClockedNumpy())
        clocked = run_a_head()
    assert np.array_equal(plain, clocked)
    clock_stages(run_a_head)
    assert fast_attention.np is np
