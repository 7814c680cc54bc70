"""An interpreter that another process started saves time; what ails it costs nothing else."""

import select

import pytest

from grader.plugin import Packages
from grader.sandbox import zygote
from grader.sandbox.zygote import Zygote, adopt_zygote, start_interpreter

PACKAGES = Packages()


@pytest.fixture
def ahead():
    process, line = start_interpreter(PACKAGES)
    assert select.select([line], [], [], 60)[0], "it greets"
    yield process, line
    line.close()
    process.kill()
    process.wait()


@pytest.fixture
def held(monkeypatch):
    """What this thread has to fork from, for this test alone."""
    monkeypatch.setattr(zygote._held, "zygotes", {})
    yield zygote._held.zygotes
    for one in zygote._held.zygotes.values():
        one.close()


def test_one_that_greets_and_lives_is_forked_from(ahead, held):
    adopt_zygote(ahead[1], PACKAGES)
    assert [one.alive for one in held.values()] == [True]


def test_a_greeting_that_outlived_its_sender_is_no_greeting(ahead, held, monkeypatch):
    # Its number may be another's by now, who must not be put into a control group of ours.
    monkeypatch.setattr(zygote, "make_control_group", lambda number: pytest.fail(f"of {number}"))
    process, line = ahead
    process.kill()
    process.wait()
    gone = select.poll()
    gone.register(line, 0)  # for nothing but that it hangs up
    assert gone.poll(60_000)
    adopt_zygote(line, PACKAGES)
    assert not held


def test_whatever_adopting_meets_is_no_fault_of_a_submission(ahead, held, monkeypatch):
    def fail(_):
        raise OSError("no space left")

    monkeypatch.setattr(Zygote, "_hear_greeting", fail)
    adopt_zygote(ahead[1], PACKAGES)
    assert not held
    assert ahead[1].fileno() < 0
