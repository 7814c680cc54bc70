"""No package imports what it must not, and the guard that says so does notice."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import run_python

ROOT = Path(__file__).resolve().parent.parent
LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"
PACKAGES = ("circuits", "circuits/reports", "course", "explorables", "grader", "sphinx_live_cells")


def lint_imports(root):
    """Run the import linter in a folder."""
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": f"{root}:{root / 'live_cells'}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def small_house(tmp_path):
    """Return a house with the same walls and one empty room for each package."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        room = tmp_path / package
        room.mkdir()
        (room / "__init__.py").write_text("")
    return tmp_path


def test_the_walls_hold():
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


def test_an_empty_house_has_whole_walls(small_house):
    result = lint_imports(small_house)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("circuits/tasks", "import grader"),
        ("circuits/tasks", "from grader import hidden"),
        ("circuits/tasks", "import course"),
        ("circuits/tasks", "import sphinx_live_cells"),
        ("circuits/tasks", "import nbgrader"),
        ("sphinx_live_cells", "import circuits"),
        ("sphinx_live_cells", "import grader"),
        ("grader", "import sphinx_live_cells"),
        ("course", "import sphinx_live_cells"),
        ("circuits/tasks", "import tools.build.site"),
        ("course", "from tests.bank import case"),
        ("explorables", "from tools import serve"),
        ("grader", "import tests"),
        ("sphinx_live_cells", "from tools.build import node"),
    ],
)
def test_a_hole_in_a_wall_is_noticed(small_house, where, line):
    (small_house / "grader" / "hidden.py").write_text("")
    room = small_house / where
    room.mkdir(exist_ok=True)
    (room / "__init__.py").touch()
    (room / "hole.py").write_text(f"def reach():\n    {line}\n")
    result = lint_imports(small_house)
    assert result.returncode != 0
    assert f"{where.replace('/', '.')}.hole" in result.stdout


@pytest.mark.parametrize(
    ("imported", "importer"),
    [
        ("checking", "shapes"),
        ("tasks", "trials"),
        ("reports/report", "reports/comparison"),
        ("exercises", "judging/hole"),
    ],
)
def test_an_import_back_up_in_the_toolkit_is_noticed(small_house, imported, importer):
    toolkit = small_house / "circuits"
    for module, line in (
        (imported, ""),
        (importer, f"import circuits.{imported.replace('/', '.')}\n"),
    ):
        path = toolkit / f"{module}.py"
        path.parent.mkdir(exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(line)
    allowed = importer == "judging/hole"
    assert (lint_imports(small_house).returncode == 0) is allowed


def test_a_cycle_in_the_toolkit_is_noticed(small_house):
    room = small_house / "circuits" / "tasks"
    room.mkdir()
    (room / "__init__.py").write_text("")
    (room / "one.py").write_text("from circuits.tasks import two\n")
    assert lint_imports(small_house).returncode == 0
    (room / "two.py").write_text("def reach():\n    from circuits.tasks import one\n")
    assert "circuits has no cycle BROKEN" in lint_imports(small_house).stdout


OURS = {*PACKAGES, "tests", "tools", "live_cells_page"}
UNLINTED = {
    "book/_extensions": {"circuits", "explorables", "sphinx_live_cells"},
    "live_cells/frontend/packs": set(),
    "live_cells/frontend/src/python": {"live_cells_page"},
}
"""Folders that are no packages of the import linter's, and what of ours they may import."""


def list_imports(source):
    """Return the packages that a module imports, wherever it does."""
    nodes = list(ast.walk(ast.parse(source)))
    names = [one.name for node in nodes if isinstance(node, ast.Import) for one in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("folder", UNLINTED)
def test_what_the_linter_cannot_see_keeps_to_its_walls_too(folder):
    paths = sorted((ROOT / folder).rglob("*.py"))
    assert paths
    found = {path: list_imports(path.read_text()) & OURS - UNLINTED[folder] for path in paths}
    assert {str(path.relative_to(ROOT)): ours for path, ours in found.items() if ours} == {}


def test_an_import_in_a_function_is_noticed():
    source = "def reach():\n    from tools.build import node\n    import circuits.plots\n"
    assert list_imports(source) & OURS == {"tools", "circuits"}


def test_importing_the_toolkit_brings_nothing_but_numpy():
    code = (
        "import sys, circuits; "
        "print([m for m in ('matplotlib', 'course', 'grader', 'IPython', 'sphinx', "
        "'sphinx_live_cells') if m in sys.modules])"
    )
    result = run_python(code, cwd=ROOT)
    assert result.stdout.strip() == "[]"
