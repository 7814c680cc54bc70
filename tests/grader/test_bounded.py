"""A call in a process of its own gives its result, or says that it costs too much."""

import os
import signal
import threading
from pathlib import Path

import nh3
import psutil
import pytest

from grader.bounded import TooCostlyError, call_bounded


def test_what_is_returned_comes_back():
    assert call_bounded(lambda: {"a": [1.5, "x" * 3_000_000]}) == {"a": [1.5, "x" * 3_000_000]}


def test_what_is_raised_is_raised_here():
    with pytest.raises(ZeroDivisionError):
        call_bounded(lambda: 1 / 0)


def loop():
    while True:
        pass


def hold(size):
    return len(bytearray(size))


@pytest.mark.parametrize(
    "costly",
    [
        loop,
        lambda: nh3.clean("<div>" * 400_000),  # compiled code, which no exception reaches
        lambda: hold(1 << 30),
        lambda: os.kill(os.getpid(), signal.SIGKILL),
        lambda: os._exit(0),
    ],
    ids=["python", "compiled", "memory", "crash", "exit"],
)
def test_what_costs_too_much_is_ended(costly):
    with pytest.raises(TooCostlyError):
        call_bounded(costly, seconds=0.3, memory=200 << 20)


def test_what_waits_instead_of_working_is_ended_too(monkeypatch):
    monkeypatch.setattr("grader.bounded._WAIT", 2)
    with pytest.raises(TooCostlyError):
        call_bounded(threading.Event().wait, seconds=0.1)


def test_no_process_and_no_open_file_is_left():
    before = len(list(Path("/proc/self/fd").iterdir()))
    children = set(psutil.Process().children())  # of other tests in this process
    for _ in range(3):
        call_bounded(int)
        with pytest.raises(TooCostlyError):
            call_bounded(lambda: os._exit(1))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert set(psutil.Process().children()) == children
