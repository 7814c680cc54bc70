"""The small books that show how it is done have what their cells need."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sphinx_live_cells.packs import find_files, find_packages, list_imports
from sphinx_live_cells.pyodide import read_lock

EXAMPLES = Path(__file__).parents[1] / "examples"
CELL = re.compile(r"^```\{code-cell\}.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILES = re.compile(r"live_cells_files\s*[:=]\s*\[(.*)\]")


@pytest.mark.parametrize(
    ("book", "settings"), [("sphinx", "conf.py"), ("jupyter-book", "_config.yml")]
)
def test_all_that_the_cells_import_and_open_comes_along(book: str, settings: str) -> None:
    folder = EXAMPLES / book
    cells = CELL.findall((folder / "index.md").read_text())
    assert len(cells) == 4
    packages = read_lock()["packages"]
    assert find_packages(cells, packages) == ["matplotlib", "numpy", "pandas", "scipy"]
    text = (folder / settings).read_text()
    assert "sphinx_live_cells" in text
    named = FILES.search(text)
    assert named is not None
    files = find_files([name.strip(' "') for name in named[1].split(",")], folder)
    opened = re.findall(r'read_csv\("(.*?)"\)', "".join(cells))
    own = {f"{name}.py" for name in set().union(*map(list_imports, cells)) if f"{name}.py" in files}
    assert own == {"falling.py"}
    assert set(opened) | own == set(files)
