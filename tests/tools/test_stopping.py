"""Ctrl-C ends a step of the build quietly."""

from pathlib import Path

import pytest

from tools.build import stopping

BUILD = Path(stopping.__file__).parent
STEPS = ["frontend", "pyodide_assets", "learner_wheel", "lite", "printing/__main__"]


def test_a_step_that_ctrl_c_stops_has_the_status_of_one_and_no_traceback():
    def step():
        raise KeyboardInterrupt

    assert stopping.run_until_stopped(step) == stopping.STOPPED == 130


def test_a_step_that_fails_is_not_taken_for_one_that_was_stopped():
    assert stopping.run_until_stopped(lambda: 1) == 1
    with pytest.raises(ValueError, match="a fault"):
        stopping.run_until_stopped(lambda: int("a fault"))


@pytest.mark.parametrize("step", STEPS)
def test_every_program_that_takes_its_time_ends_so(step):
    assert "sys.exit(run_until_stopped(" in (BUILD / f"{step}.py").read_text()
