"""Compressed twins of a site's files."""

from __future__ import annotations

import gzip
import random
import sys
from pathlib import Path

import pytest
from sphinx_live_cells.pyodide import PyodideError
from sphinx_live_cells.twins import write_twins

TEXT = b"python " * 500


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "python.wasm").write_bytes(TEXT)
    (tmp_path / "numpy.zip").write_bytes(random.Random(0).randbytes(2000))
    return tmp_path


def list_names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_a_twin_unpacks_to_its_file_and_what_is_packed_has_none(folder: Path) -> None:
    write_twins(folder, ["gz"])
    assert list_names(folder) == {"python.wasm", "python.wasm.gz", "numpy.zip"}
    assert gzip.decompress((folder / "python.wasm.gz").read_bytes()) == TEXT


def test_brotli_makes_smaller_ones(folder: Path) -> None:
    brotli = pytest.importorskip("brotli")
    write_twins(folder, ["gz", "br"])
    packed = (folder / "python.wasm.br").read_bytes()
    assert brotli.decompress(packed) == TEXT
    assert len(packed) < (folder / "python.wasm.gz").stat().st_size


def test_a_twin_of_another_file_is_made_anew_and_one_that_is_right_is_kept(folder: Path) -> None:
    write_twins(folder, ["gz"])
    twin = folder / "python.wasm.gz"
    kept = gzip.compress(TEXT, 1, mtime=7)
    twin.write_bytes(kept)
    write_twins(folder, ["gz"])
    assert twin.read_bytes() == kept
    for wrong in (gzip.compress(b"older"), kept[:-9]):
        twin.write_bytes(wrong)
        write_twins(folder, ["gz"])
        assert gzip.decompress(twin.read_bytes()) == TEXT


def test_twins_that_are_wanted_no_longer_go(folder: Path) -> None:
    write_twins(folder, ["gz"])
    write_twins(folder, [])
    assert list_names(folder) == {"python.wasm", "numpy.zip"}


@pytest.mark.parametrize("names", [[], ["gz"]])
def test_what_has_no_twin_is_not_read(
    folder: Path, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "six.whl").write_bytes(TEXT)
    read: list[str] = []
    plainly = Path.read_bytes

    def note(path: Path) -> bytes:
        read.append(path.name)
        return plainly(path)

    monkeypatch.setattr(Path, "read_bytes", note)
    write_twins(folder, names)
    assert {*read} - {"python.wasm.gz"} == ({"python.wasm"} if names else set())


def test_what_cannot_be_packed_is_said_with_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PyodideError, match=r"takes .* not 'zst': correct the setting"):
        write_twins(folder, ["zst"])
    monkeypatch.setitem(sys.modules, "brotli", None)
    with pytest.raises(PyodideError, match=r"pip install \"sphinx-live-cells\[brotli\]\""):
        write_twins(folder, ["br"])
