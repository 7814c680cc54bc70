"""Processes that grade side by side have one thread of linear algebra each."""

import os

import psutil
import pytest

from grader.one_thread import ONE_THREAD, use_one_thread
from grader.sandbox.bubblewrap import list_environment
from grader.sandbox.zygote import get_zygote
from tests.grader.sandbox.running import run_submission

MULTIPLY = """
import numpy as np
square = np.ones((600, 600))
square @ square
"""


def test_what_someone_chose_is_left_alone(monkeypatch):
    for name in ONE_THREAD:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    use_one_thread()
    assert [os.environ[name] for name in ONE_THREAD] == ["1", "4", "1"]


@pytest.mark.parametrize("no_sandbox", [False, True])
def test_a_learners_large_product_starts_no_thread(no_sandbox):
    assert list_environment().items() >= ONE_THREAD.items()
    with run_submission([MULTIPLY], {"W": "matrix"}, no_sandbox=no_sandbox) as execution:
        assert execution.ended is None
        # Its process lives until here. Inside, nobody can count threads: there is no /proc.
        outermost = psutil.Process(get_zygote(sandbox=not no_sandbox)._process.pid)
        below = outermost.children(recursive=True)
        assert len(below) >= 2
        assert {process.num_threads() for process in below} == {1}
