"""Packages of Node.js are installed where they are not whole, and only there."""

from pathlib import Path

import pytest

from tools.build import frontend
from tools.build.frontend import NodePackages


@pytest.mark.parametrize("there", ["nothing", "an emptied folder", "all"])
def test_packages_are_installed_unless_npm_has_brought_them_to_its_end(
    there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, ...]] = []
    monkeypatch.setattr(frontend, "ROOT", tmp_path)
    monkeypatch.setattr(frontend, "fingerprint", lambda *_: "as before")
    monkeypatch.setattr(frontend, "is_same", lambda *_: True)
    monkeypatch.setattr(frontend, "remember", lambda *_: None)
    monkeypatch.setattr(NodePackages, "run_npm", lambda _, *words: said.append(words))
    if there != "nothing":
        (tmp_path / "node_modules").mkdir()
    if there == "all":
        (tmp_path / "node_modules" / ".package-lock.json").write_text("{}")
    NodePackages("invented", tmp_path).install_packages()
    assert [words[0] for words in said] == ([] if there == "all" else ["ci"])
