"""The time left is an estimate from results; the start of a run is none of its work."""

import io

import pytest

from grader.batch import progress
from grader.batch.progress import Finished, Found, Throughput


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def count(pace, clock, at, results):
    clock.now = at
    for _ in range(results):
        pace.count()
        clock.now += 0.001


def test_a_slow_start_does_not_slow_the_rate(clock):
    pace = Throughput(clock)
    count(pace, clock, 60.0, 11)
    assert pace.rate is None
    count(pace, clock, 65.0, 20)
    assert pace.rate is None
    count(pace, clock, 70.0, 20)
    assert pace.rate == pytest.approx(4.0, rel=0.01)


def test_a_burst_that_is_not_over_does_not_count(clock):
    pace = Throughput(clock)
    for at in (5.0, 10.0, 15.0):
        count(pace, clock, at, 50)
    before = pace.rate
    count(pace, clock, 20.0, 1)
    assert pace.rate == pytest.approx(10.0, rel=0.01)
    assert before == pytest.approx(10.0, rel=0.01)


def test_results_one_by_one_have_a_rate_too(clock):
    pace = Throughput(clock)
    for number in range(100):
        count(pace, clock, 3.0 + number / 20, 1)
    assert pace.rate == pytest.approx(20.0, rel=0.05)


def test_plain_lines_leave_the_time_out_until_it_is_known(clock, monkeypatch):
    monkeypatch.setattr(progress, "Throughput", lambda: Throughput(clock))
    out = io.StringIO()
    tell = progress.PlainLines(out, explain=False, every=0.0)
    tell(Found(75))
    for burst in range(3):
        for number in range(10):
            clock.now = 10.0 + 5.0 * burst + number / 1000
            tell(Finished(f"s{burst}-{number}", 1.0, 0.1))
    lines = out.getvalue().splitlines()
    assert lines[0] == "1 of 75, 0 failed"
    assert not any("left" in line for line in lines[:20])
    assert lines[20] == "21 of 75: 2.0 a second, about 27 s left, 0 failed"
