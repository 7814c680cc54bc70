"""The small books that show how it is done, and the documentation, have what their cells need."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sphinx_live_cells.packs import find_named, find_packages
from sphinx_live_cells.pyodide import read_lock
from sphinx_live_cells.settings import SETTINGS, write_table

PACKAGE = Path(__file__).parents[1]
CELL = re.compile(r"^```\{code-cell\}.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
ALL = ["matplotlib", "numpy", "pandas", "scipy"]


def read_cells(page: Path) -> list[str]:
    return CELL.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("book", "settings"), [("sphinx", "conf.py"), ("jupyter-book", "_config.yml")]
)
def test_all_that_the_cells_import_and_open_comes_along(book: str, settings: str) -> None:
    folder = PACKAGE / "examples" / book
    cells = read_cells(folder / "index.md")
    assert len(cells) == 4
    assert find_packages(cells, read_lock()["packages"]) == ALL
    assert sorted(find_named({"index": cells}, folder)) == ["drops.csv", "falling.py"]
    text = (folder / settings).read_text()
    assert "sphinx_live_cells" in text
    assert "live_cells_" not in text.replace("sphinx_live_cells", ""), "no setting is needed"
    assert "language: python" in (folder / "index.md").read_text()


def test_all_that_the_documentation_s_cells_need_comes_along() -> None:
    docs = PACKAGE / "docs"
    pages = {page.relative_to(docs).with_suffix("").as_posix(): page for page in docs.rglob("*.md")}
    codes = {name: read_cells(page) for name, page in pages.items() if "_" not in name}
    cells = [code for page in codes.values() for code in page]
    assert find_packages(cells, read_lock()["packages"]) == [*ALL, "sympy"]
    assert sorted(find_named(codes, docs)) == ["gallery/measured/rain.csv", "gallery/seasons.py"]


def test_the_readme_s_table_of_settings_is_that_of_the_code() -> None:
    assert write_table() in (PACKAGE / "README.md").read_text(encoding="utf-8")
    for name, *_ in SETTINGS:
        assert name in write_table()
