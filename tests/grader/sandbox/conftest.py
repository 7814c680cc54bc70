"""Runs of small notebooks, kept quick by one warm interpreter for all."""

import functools

import pytest

from course.plugin import PLUGIN
from grader.sandbox import Limits, SandboxUnavailable
from grader.sandbox.zygote import get_zygote
from tests.grader.sandbox.running import run_submission

# Only calls are short: cells that hang have limits of their own in their tests.
CALLS = Limits(call_seconds=3)
GIVEN = "import numpy as np\nW = np.eye(3)\ndef f(x):\n    return 2 * x"


@pytest.fixture(scope="session")
def sandbox():
    try:
        return get_zygote(sandbox=True, packages=PLUGIN.packages)
    except SandboxUnavailable as reason:
        pytest.fail(str(reason))


@pytest.fixture
def run(sandbox):
    """Run cells with the answers W (matrix) and f (function), and close the run at the end."""
    runs = []

    @functools.wraps(run_submission)
    def start(*cells, answers=(("W", "matrix"), ("f", "function")), limits=CALLS, **more):
        more = {"packages": PLUGIN.packages, **more}
        runs.append(run_submission(cells, answers, limits, **more))
        return runs[-1]

    yield start
    for finished in runs:
        finished.close()


@pytest.fixture
def given():
    """A cell that answers W and f."""
    return GIVEN


def show(execution, place=-1):
    """Join what a cell printed."""
    return "".join(output.get("text", "") for output in execution.outputs[place])


@pytest.fixture
def printed():
    return show
