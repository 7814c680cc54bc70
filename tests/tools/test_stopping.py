"""Ctrl-C ends a step of the build quietly, and what a person has asked for says how to go on."""

import re
import runpy
from pathlib import Path

import pytest

from tools.build import stopping

BUILD = Path(stopping.__file__).parent
ROOT = BUILD.parents[1]
PROGRAM = 'if __name__ == "__main__":'
PROGRAMS = [path for path in sorted(BUILD.rglob("*.py")) if PROGRAM in path.read_text()]
TARGET = re.compile(r"^[a-z-]+:(?!=).*\n((?:\t.*\n)+)", re.MULTILINE)


def find_ends():
    """Return the programs with which targets of the Makefile end: after them nothing is said."""
    recipes = TARGET.findall((ROOT / "Makefile").read_text())
    ends = [re.search(r"-m tools\.build\.([\w.]+)", r.splitlines()[-1]) for r in recipes]
    return {end[1].replace(".", "/") for end in ends if end is not None}


def name_of(path):
    """Return what ``-m tools.build.`` is followed by, with slashes."""
    return path.relative_to(BUILD).as_posix().removesuffix(".py").removesuffix("/__main__")


def stop():
    raise KeyboardInterrupt


def test_a_step_that_ctrl_c_stops_has_the_status_of_one_and_no_traceback(capsys):
    assert stopping.run_until_stopped(stop) == stopping.STOPPED == 130
    assert capsys.readouterr().out == ""


def test_a_step_says_how_to_go_on_if_it_was_asked_for(capsys):
    assert stopping.run_until_stopped(stop, stopping.GOES_ON) == stopping.STOPPED
    assert capsys.readouterr().out == f"{stopping.GOES_ON}\n"


def test_a_step_that_fails_is_not_taken_for_one_that_was_stopped():
    assert stopping.run_until_stopped(lambda: 1) == 1
    with pytest.raises(ValueError, match="a fault"):
        stopping.run_until_stopped(lambda: int("a fault"))


def test_the_makefile_ends_with_programs_of_the_build():
    assert find_ends() == {"environment", "site", "printing"}


@pytest.mark.parametrize("path", PROGRAMS, ids=name_of)
def test_every_program_of_the_build_ends_so_and_those_that_are_asked_for_say_how_to_go_on(
    path, monkeypatch
):
    words = []

    def note(step, said=""):
        del step
        words.append(said)
        return 0

    monkeypatch.setattr(stopping, "run_until_stopped", note)
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(path), run_name="__main__")
    assert end.value.code == 0
    assert words == [stopping.GOES_ON if name_of(path) in find_ends() else ""]
