"""The environment is made of the files whose hashes are pinned, and of nothing else."""

import subprocess

import pytest

from tools.build import environment


@pytest.fixture
def commands(monkeypatch, tmp_path):
    """What would be run, in order, while uv cannot be had."""
    run = []

    def note(command, **_):
        run.append([str(word) for word in command])
        uv = any(word.endswith("uv.txt") for word in run[-1]) and "uv" in missing
        return subprocess.CompletedProcess(command, int(uv))

    missing = {"uv"}
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "STAMP", tmp_path / "made-from")
    monkeypatch.setattr(environment.subprocess, "run", note)
    return run, missing


@pytest.mark.parametrize("uv", [False, True])
def test_nothing_is_installed_whose_hash_is_not_checked(commands, uv):
    run, missing = commands
    if uv:
        missing.clear()
    environment.make_environment()
    installs = [command for command in run if "install" in command]
    assert len(installs) == 3
    assert ["uv" in command for command in installs[1:]] == [uv, uv]
    assert ["--compile-bytecode" in command for command in installs[1:]] == [
        uv,
        uv,
    ]  # pip always does
    for command in installs[:2]:
        assert "--require-hashes" in command
    assert installs[2][-6:] == [
        "--no-deps",
        "--no-build-isolation",
        "-e",
        ".",
        "-e",
        "./live_cells",
    ]


def test_uv_itself_is_pinned_with_hashes():
    pin = environment.find_pin(environment.REQUIREMENTS.read_text(), "uv")
    assert pin.startswith("uv==")
    assert pin.count("--hash=sha256:") > 0
