"""A new platform is one module and one row: every command then knows it."""

import ast
import inspect
import zipfile

import pytest

from course.demo.platforms import write_zip
from grader.cli import main
from grader.lms.platforms import PLATFORMS
from grader.lms.platforms.platform import Platform

from .campus import Campus
from .conftest import NAME

FILE = f"{NAME}.ipynb"
MEMBERS = [name for name in vars(Platform) if not name.startswith("_")]


@pytest.fixture
def campus(monkeypatch):
    monkeypatch.setitem(PLATFORMS, "campus", Campus())


@pytest.fixture
def archive(tmp_path):
    return write_zip(tmp_path / "campus.zip", [(f"hand-ins/ada/{FILE}", b"{}")])


@pytest.mark.usefixtures("campus")
@pytest.mark.parametrize("words", [(), ("--from", "campus")], ids=["recognised", "named"])
def test_its_hand_ins_are_collected(course, archive, words, capsys):
    assert main(["collect", str(archive), NAME, "--course", str(course.root), *words]) == 0
    assert "Campus: 1 hand-in: 1 new" in capsys.readouterr().out
    assert course.read("ada") == b"{}"


@pytest.mark.usefixtures("campus")
def test_its_table_is_filled(course, tmp_path, capsys):
    table = tmp_path / "marks.csv"
    table.write_text("login,mark\nada,\ngarcia,\n")
    course.grade(ada=2.5)
    main(["export", NAME, "--campus", str(table), "--course", str(course.root)])
    assert (tmp_path / "marks-filled.csv").read_text() == "login,mark\nada,2.5\ngarcia,\n"
    assert "to be imported into Campus" in capsys.readouterr().out


@pytest.mark.usefixtures("campus")
def test_its_feedback_is_named_as_it_wants(course, archive):
    main(["collect", str(archive), NAME, "--course", str(course.root)])
    page = course.root / "feedback" / "ada" / NAME / f"{NAME}.html"
    page.parent.mkdir(parents=True)
    page.write_text("well done")
    assert main(["return", NAME, "--course", str(course.root)]) == 0
    with zipfile.ZipFile(course.root / "returned" / f"{NAME}-campus.zip") as packed:
        assert packed.namelist() == [f"ada--{NAME}.html"]


def test_without_its_row_no_command_knows_it(course, archive, capsys):
    assert main(["collect", str(archive), NAME, "--course", str(course.root)]) == 1
    with pytest.raises(SystemExit):
        main(["export", NAME, "--campus", "marks.csv"])
    assert "unrecognized arguments: --campus" in capsys.readouterr().err


@pytest.mark.parametrize("platform", [*PLATFORMS.values(), Campus()], ids=lambda one: one.name)
def test_a_platform_has_all_that_is_asked_of_it_and_no_more_public_names(platform):
    """Mypy holds those of the table to it; the example stands in a test."""
    tree = ast.parse(inspect.getsource(type(platform))).body[0]
    named = {getattr(one, "name", None) or one.targets[0].id for one in tree.body[1:]}
    assert {name for name in named if not name.startswith("_")} == set(MEMBERS)
