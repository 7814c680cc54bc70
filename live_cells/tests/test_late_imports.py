"""A pack that does not come is told in one sentence and asked for again by the next import."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

PYTHON = Path(__file__).parents[1] / "frontend" / "src" / "python"
sys.path.insert(0, str(PYTHON))

from live_cells_page.page import PackImporter  # noqa: E402

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
