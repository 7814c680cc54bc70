"""The environment with the oldest NumPy is like the course's own, but for what is to be old."""

import re
import subprocess
from importlib.metadata import packages_distributions, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.programs import run_python
from tools.build.environment import list_pins
from tools.test import oldest_numpy

PINS = oldest_numpy.REQUIREMENTS.read_text(encoding="utf-8")


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_what_is_to_be_old_is_pinned_once_and_the_rest_as_ever(version):
    oldest = oldest_numpy.choose_oldest(version)
    lines = oldest_numpy.write_constraints(PINS, oldest).splitlines()
    assert set(lines) - set(list_pins(PINS)) == set(oldest)
    for name in ("numpy", "matplotlib"):
        assert sum(line.startswith(f"{name}==") for line in lines) == 1
    for name in oldest_numpy.OTHERS:
        assert any(line.startswith(f"{name}==") for line in lines)


def test_the_oldest_are_those_that_the_toolkit_says_it_runs_on():
    said = (oldest_numpy.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for pin in oldest_numpy.OLDEST:
        name, version = pin.split("==")
        lowest = re.search(rf'"{name}>=([\d.]+)"', said)
        assert version.startswith(lowest[1] + ".")


def list_needed(names):
    """Return these distributions and all that they need."""
    found, left = set(), list(names)
    while left:
        name = canonicalize_name(left.pop())
        if name not in found:
            found.add(name)
            needs = map(Requirement, requires(name) or ())
            left += [
                need.name
                for need in needs
                if need.marker is None or need.marker.evaluate({"extra": ""})
            ]
    return found


def test_the_quick_tests_of_the_toolkit_need_no_package_that_is_not_there():
    code = (
        "import importlib, pathlib, sys\n"
        "for path in pathlib.Path('tests/circuits').glob('test_*.py'):\n"
        "    importlib.import_module(f'tests.circuits.{path.stem}')\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    ran = run_python(code, cwd=oldest_numpy.ROOT)
    owners = packages_distributions()
    used = {canonicalize_name(one) for name in ran.stdout.split() for one in owners.get(name, ())}
    ours = {"circuit-exercises", "sphinx-live-cells"}
    by_choice = {"setuptools", "typing-extensions"}  # others take them where they are
    needed = list_needed(["numpy", "matplotlib", *oldest_numpy.OTHERS])
    assert used <= needed | ours | by_choice


def test_an_environment_that_cannot_be_made_is_an_error_in_one_sentence(monkeypatch, capsys):
    def fail():
        raise subprocess.CalledProcessError(1, ["pip"])

    monkeypatch.setattr(oldest_numpy, "make_environment", fail)
    assert oldest_numpy.main([]) == 1
    assert "is not complete, for the reason above (status 1)" in capsys.readouterr().err
