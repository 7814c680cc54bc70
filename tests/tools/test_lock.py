"""The pins are compiled for every Python that the project declares, and need no compiler there."""

import subprocess

import pytest

from tools.build import lock


@pytest.fixture
def run(monkeypatch, tmp_path):
    """What would be run, in order; for a Python that is in ``lacking``, a wheel is missing."""
    commands, lacking = [], set()

    def note(command, **_):
        commands.append(command)
        return subprocess.CompletedProcess(command, int(bool(lacking & set(command))))

    monkeypatch.setattr(lock, "REQUIREMENTS", tmp_path / "requirements.txt")
    lock.REQUIREMENTS.write_text("numpy==2.4.0\n")
    monkeypatch.setattr(lock.subprocess, "run", note)
    return commands, lacking


def test_every_python_that_is_declared_is_asked_for_wheels_alone(run):
    commands, _ = run
    assert lock.main([]) == 0
    asked = [command[command.index("--python-version") + 1] for command in commands[1:]]
    assert asked == lock.list_pythons() == ["3.11", "3.12", "3.13", "3.14"]
    for command in commands[1:]:
        assert command[command.index("--only-binary") + 1] == ":all:"
        assert {"--dry-run", "--require-hashes", "--no-deps"} <= set(command)


def test_a_python_that_a_wheel_is_missing_for_is_named(run, capsys):
    _, lacking = run
    lacking.add("3.14")
    assert lock.main([]) == 1
    assert "For Python 3.14 not every pin has a wheel" in capsys.readouterr().err
