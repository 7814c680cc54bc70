"""An interrupt ends one cell and nothing else, however busy the machine is."""

import os
import signal
import socket
import time
from dataclasses import asdict

import numpy as np
import pytest

from grader.sandbox import Limits
from grader.sandbox.inside import confine, wire
from grader.sandbox.inside.runner import Learner

CROWD = "import os\nfor _ in range(16):\n    if os.fork() == 0:\n        while True: pass\n"
"""Makes the machine busy for as long as the notebook runs."""


@pytest.mark.parametrize(
    "loop",
    [
        "import sys\nwhile True: sys.stderr.write('x' * 1000)",
        "while True: pass",
        "print(1 / 3)\nwhile True: print('x' * 1000)",
    ],
)
def test_a_cell_that_hangs_on_a_busy_machine_costs_the_next_one_nothing(run, given, loop):
    execution = run(given, CROWD, loop, "W = 5 * W", limits=Limits(cell_seconds=1))
    assert execution.ended is None
    assert execution.interrupted == [3]
    assert np.array_equal(execution.values["W"], 5 * np.eye(3))


def test_a_frame_that_is_on_its_way_arrives_whole_before_an_interrupt_is_heard():
    ours, theirs = socket.socketpair()
    payload = b"x" * 2**23  # more than the kernel takes at once, so that the sender waits
    child = os.fork()
    if child == 0:
        code = 1
        try:
            learner = Learner.__new__(Learner)
            learner.channel, learner.busy = theirs, True
            signal.signal(signal.SIGINT, learner._interrupt)
            try:
                learner._send(wire.OUTPUT, payload)
            except KeyboardInterrupt:
                code = 0
        finally:
            os._exit(code)
    theirs.close()
    received = ours.recv(1)
    os.kill(child, signal.SIGINT)
    time.sleep(0.2)  # for the worse: what is heard at once would cut the frame
    while part := ours.recv(1 << 20):
        received += part
    assert received == wire.frame(wire.OUTPUT, payload)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_what_took_too_much_is_ended_before_an_interrupt_could_let_the_next_cell_begin(
    monkeypatch,
):
    ours, theirs = socket.socketpair()
    learner = os.fork()
    if learner == 0:
        time.sleep(100)
        os._exit(0)
    sent = []

    def kill(process, number, really=os.kill):
        sent.append(number)
        really(process, signal.SIGKILL)

    monkeypatch.setattr(confine.os, "kill", kill)
    # What is left below the watchdog is what pytest has begun, browsers of other tests included.
    monkeypatch.setattr(confine, "sweep", lambda learner: None)
    ours.send(confine.INTERRUPT)
    limits = {**asdict(Limits()), "processes": 0}
    confine.watch(learner, theirs, limits, confine.Gauges(()), sandbox=False)
    assert sent[0] == signal.SIGKILL
    assert ours.recv(100).startswith(b"processes:")
