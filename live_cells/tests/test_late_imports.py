"""A pack that does not come is told in one sentence and asked for again by the next import."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

PYTHON = Path(__file__).parents[1] / "frontend" / "src" / "python"
sys.path.insert(0, str(PYTHON))

from live_cells_page.page import PackImporter, enter  # noqa: E402

NAME = "module_of_a_late_pack"
REASON = "late has not been fetched yet."


def test_pack_is_asked_for_until_it_comes_and_then_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    network = False

    def load(pack: str) -> str:
        asked.append(pack)
        if network:
            (tmp_path / f"{NAME}.py").write_text("value = 42\n")
        return "" if network else REASON

    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, PackImporter({"late": [NAME]}, load)])
    for _ in range(2):
        with pytest.raises(ImportError, match=REASON):
            importlib.import_module(NAME)
    network = True
    assert importlib.import_module(NAME).value == 42
    monkeypatch.delitem(sys.modules, NAME)
    importlib.import_module(NAME)
    assert asked == ["late"] * 3


def test_cells_run_in_the_folder_of_their_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a notebook: what lies beside the page is opened and imported by its name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    folder = tmp_path / "chapters" / "one"
    enter(str(folder))
    (folder / "data.csv").write_text("1,2\n")
    (folder / "module_beside_a_page.py").write_text("value = 1\n")
    (tmp_path / "chapters" / "shared.csv").write_text("3\n")
    importlib.invalidate_caches()
    assert importlib.import_module("module_beside_a_page").value == 1
    assert Path("data.csv").read_text() == "1,2\n"
    assert Path("../shared.csv").read_text() == "3\n"
