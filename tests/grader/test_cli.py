"""The command line: thin, quick to refuse, one sentence on stderr."""

import errno
import os
import subprocess
import sys

import pytest

from circuits.exercises import ASSIGNMENTS
from grader.cli import main
from grader.terminal import PIPE_STATUS
from tests.programs import run_python


def test_weave_names_what_it_wrote(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["weave", "--course", "my-class"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"my-class/source/{name}/{name}.ipynb" for name in ASSIGNMENTS
    ]
    assert (tmp_path / "my-class" / "secret-seed").exists()


def test_an_error_is_one_sentence_and_a_status(tmp_path, capsys):
    (tmp_path / "precious.txt").write_text("a real class")
    assert main(["demo", "--course", str(tmp_path)]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("grader: ")
    assert "files that the demo did not make" in captured.err
    assert captured.err.count("\n") == 1
    assert (tmp_path / "precious.txt").read_text() == "a real class"


def test_ctrl_c_is_said_and_not_traced(monkeypatch, capsys, tmp_path):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("course.weave.weave_course", stop)
    assert main(["weave", "--course", str(tmp_path)]) == 130
    assert capsys.readouterr().err == "grader: stopped.\n"


@pytest.mark.parametrize("words", [[], ["release"], ["fly"]])
def test_a_wrong_command_shows_how_it_is_used(words, capsys):
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--help"], ["export", "--help"]], ids=" ".join)
@pytest.mark.parametrize("buffered", [True, False])
def test_help_that_nobody_reads_ends_as_any_command_whose_reader_has_left(words, buffered):
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "wb") as gone:
        ran = subprocess.run(
            [sys.executable, *([] if buffered else ["-u"]), "-m", "grader", *words],
            env={**os.environ, "PYTHONUNBUFFERED": ""},
            stdout=gone,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (ran.returncode, ran.stderr) == (PIPE_STATUS, "")


def test_help_imports_neither_nbgrader_nor_numpy():
    code = (
        "import sys\nfrom grader.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print([m for m in ('nbgrader', 'numpy', 'nbformat', 'rich') if m in sys.modules])"
    )
    ran = run_python(code)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_what_ends_is_not_looked_through_for_garbage():
    code = (
        "import atexit, gc, runpy\n"
        "atexit.register(lambda: print(len(gc.get_objects()) < gc.get_freeze_count()))\n"
        "import sys; sys.argv = ['grader', 'report', 'nothing']\n"
        "runpy.run_module('grader', run_name='__main__')"
    )
    ran = run_python(code, check=False)
    assert (ran.returncode, ran.stdout) == (1, "True\n")


@pytest.mark.parametrize("word", ["x", "0", "-1", "1.5", ""])
def test_a_number_that_is_none_is_answered_with_what_to_say(word, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["autograde", "exercise-1", "--workers", word])
    assert caught.value.code == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.endswith(f"argument --workers: say a whole number, 1 or more, not {word!r}")


@pytest.mark.parametrize("word", ["soon", "0", "nan", "inf"])
def test_seconds_that_are_none_are_answered_with_what_to_say(word, capsys):
    with pytest.raises(SystemExit):
        main(["autograde", "exercise-1", "--patience", word])
    assert f"say a number of seconds, more than 0, not {word!r}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        (["report", "one", "--student", "ada"], "--html, --json and --csv"),
        (["report", "one", "--part", "a"], "--html, --json and --csv"),
        (["texts", "one", "t", "--yes"], "--import"),
        (["export", "one", "--column", "Sheet one"], "--canvas, --moodle or --blackboard"),
    ],
    ids=lambda words: "_".join(words) if isinstance(words, list) else "",
)
def test_an_option_that_would_do_nothing_alone_is_not_passed_over(words, needed, tmp_path, capsys):
    assert main([*words, "--course", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert (said.out, needed in said.err) == ("", True)


def test_what_the_disk_refuses_is_one_sentence(tmp_path, capsys, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", "some/place")

    monkeypatch.setattr("course.weave.weave_course", refuse)
    assert main(["weave", "--course", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "grader: some/place cannot be used (Permission denied).\n"


def test_an_error_of_ours_is_not_hidden_as_one_of_the_disk(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise FileNotFoundError(errno.ENOENT, "No such file", "some/place")

    monkeypatch.setattr("course.weave.weave_course", fail)
    with pytest.raises(FileNotFoundError):
        main(["weave", "--course", str(tmp_path)])
