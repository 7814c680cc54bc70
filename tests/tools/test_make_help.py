"""`make help` lists every target, whichever sed and awk a machine has, in whichever folder."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Debian's own awk is mawk; macOS has Kernighan's, and BSD's sed, which knows what POSIX asks for.
AWKS = [
    name
    for name in ("mawk", "gawk", "original-awk", "busybox awk")
    if shutil.which(name.split()[0])
]
LINE = re.compile(r"  make ([a-z-]+) +(\S.*)")


def list_help(folder, awk):
    """Return what ``make help`` says, target by target, with this awk and a sed as POSIX has it."""
    programs, course = folder / "programs", folder / "My course"
    for name, command in (("awk", awk), ("sed", f"{shutil.which('sed')} --posix")):
        programs.mkdir(exist_ok=True)
        (programs / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        (programs / name).chmod(0o755)
    course.mkdir()
    shutil.copy(ROOT / "Makefile", course)
    outcome = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=course,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert outcome.stderr == ""
    lines = [LINE.fullmatch(line) for line in outcome.stdout.splitlines()]
    assert all(lines), outcome.stdout
    return {line[1]: line[2] for line in lines}


@pytest.mark.parametrize("awk", AWKS)
def test_every_target_that_says_what_it_does_is_listed(tmp_path, awk):
    said = re.findall(r"^([a-z-]+).*:.* ## (.+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert len(said) > 20
    assert list_help(tmp_path, awk) == dict(said)


def test_every_target_says_what_it_does():
    text = (ROOT / "Makefile").read_text()
    (phony,) = re.findall(r"^\.PHONY: (.*)", text, re.MULTILINE)
    named = re.findall(r"^([a-z -]+):.*##", text, re.MULTILINE)
    assert sorted(phony.split()) == sorted(" ".join(named).split())
