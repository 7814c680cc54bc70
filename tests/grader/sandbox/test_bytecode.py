"""Packages that nobody compiled are compiled once, and the sandbox reads what came of it."""

import compileall
import importlib.util
import subprocess
import sys
from pathlib import Path
from py_compile import PycInvalidationMode

import pytest

from course.plugin import PLUGIN
from grader.sandbox import bubblewrap
from grader.sandbox.bubblewrap import _show_bytecode
from grader.sandbox.zygote import end_sandboxes
from tests.grader.sandbox.running import run_submission


@pytest.fixture
def package(tmp_path):
    """A package of two modules, of which nothing is compiled."""
    folder = tmp_path / "packages" / "heads"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("W = 1\n")
    (folder / "circuit.py").write_text("W = 2\n")
    return folder


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "nbgrader-sandbox"


@pytest.fixture
def find(cache, monkeypatch):
    """Look for the cache of a package, and count how often that compiles."""
    compiled = []

    def note(command, **_):
        compiled.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(bubblewrap.subprocess, "run", note)
    return lambda *paths: (bubblewrap.find_cache(paths, (), {}), len(compiled))


def test_what_is_compiled_already_is_read_where_it_lies(package, find, capsys):
    compileall.compile_dir(package, quiet=1)
    assert find(package) == (None, 0)
    assert capsys.readouterr().err == ""


def test_what_nobody_compiled_is_compiled_once_and_said_once(package, cache, find, capsys):
    assert find(package) == (cache, 1)
    assert capsys.readouterr().err.count(str(cache)) == 1
    assert find(package) == (cache, 1)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("mode", [PycInvalidationMode.TIMESTAMP, PycInvalidationMode.CHECKED_HASH])
def test_bytecode_of_an_earlier_version_counts_as_none(package, find, mode):
    compileall.compile_dir(package, quiet=1, invalidation_mode=mode)
    assert find(package)[1] == 0
    (package / "__init__.py").write_text("W = 1  # another version\n")
    assert find(package)[1] == 1


def test_a_package_of_which_one_module_alone_was_imported_is_not_compiled(package, find):
    for number in range(3):
        (package / f"more_{number}.py").write_text("")
    compileall.compile_file(package / "__init__.py", quiet=1)
    assert find(package)[1] == 1


def test_another_version_is_compiled_into_the_cache_too(package, find):
    find(package)
    (package / "__init__.py").write_text("W = 1  # another version\n")
    assert find(package)[1] == 2


@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_no_cache_is_read_in_which_others_may_write(package, cache, find, mode):
    cache.mkdir(parents=True)
    cache.chmod(mode)
    assert find(package) == (None, 0)


def test_a_home_that_does_not_exist_means_no_cache(package, find, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert find(package) == (None, 0)


def test_python_looks_for_bytecode_where_it_is_shown(package, cache, monkeypatch):
    alone = package.parent / "alone.py"
    alone.write_text("")
    words = list(_show_bytecode(cache, {"/packages/heads": package, "/packages/alone.py": alone}))
    shown = dict(zip(words[2::3], words[1::3], strict=True))
    monkeypatch.setattr(sys, "pycache_prefix", "/bytecode")
    circuit = importlib.util.cache_from_source("/packages/heads/circuit.py")
    assert str(Path(circuit).parent) in shown
    assert importlib.util.cache_from_source("/packages/alone.py") in shown
    monkeypatch.setattr(sys, "pycache_prefix", str(cache))
    for source, place in (
        (alone, "/packages/alone.py"),
        (package / "a.py", "/packages/heads/a.py"),
    ):
        kept = importlib.util.cache_from_source(str(source))
        assert any(kept.startswith(path) for path in shown.values()), place


def test_the_sandbox_reads_what_was_compiled_for_it(cache, monkeypatch, given, printed, capfd):
    """And can write nothing there."""
    monkeypatch.setattr(bubblewrap, "_is_compiled", lambda _: False)
    look = (
        "import json, numpy, circuits\n"
        "for module in (json, numpy, circuits):\n"
        "    head = open(module.__cached__, 'rb').read(4)\n"
        "    print(module.__cached__.startswith('/bytecode/'), head == MAGIC)\n"
        "try:\n    open(numpy.__cached__, 'w')\nexcept OSError as error:\n    print(error.errno)"
    )
    look = look.replace("MAGIC", repr(importlib.util.MAGIC_NUMBER))
    end_sandboxes()
    try:
        with run_submission([given, look], {"W": "matrix"}, packages=PLUGIN.packages) as execution:
            assert printed(execution) == "True True\n" * 3 + "30\n"
    finally:
        end_sandboxes()  # the tests after this one have one of their own
    assert capfd.readouterr().err.count("compiled once") == 1
