"""What is put into a built site, and where it comes from."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sphinx.errors import ExtensionError
from sphinx_live_cells import note_frontend
from sphinx_live_cells.__main__ import main
from sphinx_live_cells.pyodide import (
    VERSION,
    Contents,
    PyodideError,
    Source,
    bring_files,
    list_hashes,
    read_lock,
)
from sphinx_live_cells.site import FOLDER, WORKER, complete_site, find_cdn, fingerprint_frontend


def lay_out(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    return lay_out(
        tmp_path / "dist", {"main.js": "main", "worker-A1.js": "python", WORKER: "worker"}
    )


@pytest.fixture
def site(tmp_path: Path) -> Path:
    page = {"title": "One", "parts": [], "notebook": "notebooks/one.ipynb"}
    book = {
        "pages": {"one": page},
        "book": ["one.html", "plain.html"],
        "first": ["numpy", "own"],
        "launchers": {},
        "reportMimetype": "x",
        "words": {},
        "lite": "lite",
    }
    return lay_out(tmp_path / "site", {f"{FOLDER}/book.json": json.dumps(book)})


@pytest.fixture
def python(tmp_path: Path) -> Path:
    packs = {"numpy": {"file": "numpy-1.zip", "bytes": 4, "imports": ["numpy"], "needs": []}}
    lock = {"info": {"version": "0.27.7", "python": "3.12.7"}, "packages": {}}
    files = {
        "packs.json": json.dumps(packs),
        "pyodide-lock.json": json.dumps(lock),
        "numpy-1.zip": "pack",
    }
    core = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
    return lay_out(tmp_path / "python", files | dict.fromkeys(core, "core"))


def test_a_site_without_python_is_an_error_and_says_what_to_do(
    site: Path, dist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(PyodideError, match=r"no Python to run with.*live_cells_python"):
        complete_site(site, tmp_path / "nowhere", dist)
    assert main([str(site), "--python", str(tmp_path / "nowhere")]) == 1
    assert "no Python to run with" in capsys.readouterr().err


def test_what_a_site_does_not_have_is_not_offered(site: Path, dist: Path, python: Path) -> None:
    info = complete_site(site, python, dist)
    assert info["lite"] is None
    assert info["pages"]["one"]["notebook"] is None
    assert (site / WORKER).read_text() == "worker"


def test_complete_site_names_what_it_has(site: Path, dist: Path, python: Path) -> None:
    lay_out(site, {"notebooks/one.ipynb": "{}", "lite/notebooks/index.html": ""})
    info = complete_site(site, python, dist)
    assert info == json.loads((site / FOLDER / "site.json").read_text())
    assert info["pages"]["one"]["notebook"] == "notebooks/one.ipynb"
    assert info["book"] == ["one.html", "plain.html"]
    assert info["lite"] == "lite/"
    assert info["python"]["first"] == ["numpy"]
    assert (site / info["python"]["base"] / "numpy-1.zip").read_text() == "pack"
    assert (site / info["python"]["base"] / "pyodide.asm.wasm").is_file()


def test_the_last_line_of_a_build_tells_python_s_version_from_pyodide_s(
    site: Path, dist: Path, python: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    complete_site(site, python, dist)
    assert main([str(site), "--python", str(python)]) == 0
    assert "The pages run with Python 3.12.7 (Pyodide 0.27.7)" in capsys.readouterr().out


def test_another_pack_gets_another_address_and_the_old_one_goes(
    site: Path, dist: Path, python: Path
) -> None:
    before = complete_site(site, python, dist)["python"]["base"]
    packs = json.loads((python / "packs.json").read_text())
    packs["numpy"]["bytes"] = 5
    (python / "packs.json").write_text(json.dumps(packs))
    after = complete_site(site, python, dist)["python"]["base"]
    assert after != before
    assert not (site / before).exists()


def test_another_package_of_the_book_s_own_leaves_python_where_it_is(
    site: Path, dist: Path, python: Path
) -> None:
    packs = json.loads((python / "packs.json").read_text())
    bases = []
    for name in ("own-1.zip", "own-2.zip"):
        own = {"file": name, "bytes": 4, "imports": ["own"], "needs": []}
        lay_out(python, {"packs.json": json.dumps(packs | {"own": own}), name: name})
        info = complete_site(site, python, dist)
        bases.append(info["python"]["base"])
        assert info["python"]["packs"]["own"]["file"] == name
        assert [file.name for file in (site / bases[-1]).glob("own-*")] == [name]
    assert bases[0] == bases[1]


def test_what_pyodide_publishes_may_come_from_elsewhere(
    site: Path, dist: Path, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = {"numpy-1.zip": b"pack", "pyodide.asm.wasm": b"core", "python_stdlib.zip": b"larger"}
    hashes |= {"pyodide.js": b"core", "scipy-1.zip": b"pack"}
    official = {name: hashlib.sha256(content).hexdigest() for name, content in hashes.items()}
    monkeypatch.setattr("sphinx_live_cells.site.list_hashes", lambda _: official)
    book = site / FOLDER / "book.json"
    before = complete_site(site, python, dist)["python"]
    assert "elsewhere" not in before
    cdn = find_cdn("https://cdn.example.org/full")
    book.write_text(json.dumps(json.loads(book.read_text()) | {"cdn": cdn}))
    info = complete_site(site, python, dist)["python"]
    digest = base64.b64encode(hashlib.sha256(b"pack").digest()).decode()
    # neither what runs as a script nor what was made anew
    assert {*info["elsewhere"]} == {"numpy-1.zip", "pyodide.asm.wasm"}
    assert info["elsewhere"]["numpy-1.zip"] == {
        "url": "https://cdn.example.org/full/numpy-1.zip",
        "integrity": f"sha256-{digest}",
    }
    left = {file.name for file in (site / info["base"]).iterdir()}
    assert left == {"pyodide.js", "pyodide.asm.js", "python_stdlib.zip", "pyodide-lock.json"}
    assert info["base"] == before["base"]
    assert info["packs"] == before["packs"]


def test_twins_stay_while_their_files_do(site: Path, dist: Path, python: Path) -> None:
    (python / "pyodide.asm.wasm").write_bytes(b"wasm" * 900)
    book = site / FOLDER / "book.json"
    book.write_text(json.dumps(json.loads(book.read_text()) | {"twins": ["gz"]}))
    for _ in range(2):  # the second build finds what the first has left
        folder = site / complete_site(site, python, dist)["python"]["base"]
        assert [file.name for file in folder.glob("*.gz")] == ["pyodide.asm.wasm.gz"]


def test_a_policy_against_other_hosts_and_a_cdn_contradict_each_other() -> None:
    config: Any = SimpleNamespace(
        suppress_warnings=[], live_cells_cdn="official", live_cells_policy=True
    )
    with pytest.raises(ExtensionError, match="Take one of them out"):
        note_frontend(cast("Any", None), config)


def test_the_official_cdn_is_that_of_this_version() -> None:
    assert VERSION in find_cdn("official")
    assert find_cdn("official").endswith("/full/")


def test_scripts_of_an_earlier_front_end_go(site: Path, dist: Path, python: Path) -> None:
    assert complete_site(site, python, dist)["worker"] == f"{FOLDER}/worker-A1.js"
    (dist / "worker-A1.js").rename(dist / "worker-B2.js")
    assert complete_site(site, python, dist)["worker"] == f"{FOLDER}/worker-B2.js"
    assert [file.name for file in (site / FOLDER).glob("worker-*")] == ["worker-B2.js"]


def test_front_end_that_is_not_built_has_no_fingerprint(tmp_path: Path, dist: Path) -> None:
    assert fingerprint_frontend(tmp_path / "nowhere") == ""
    first = fingerprint_frontend(dist)
    (dist / "main.js").write_text("other")
    assert fingerprint_frontend(dist) not in {"", first}


HASHES = {
    "a.js": hashlib.sha256(b"a").hexdigest(),
    "b.whl": hashlib.sha256(b"b").hexdigest(),
}


def give(**files: bytes) -> Source:
    named = {name.replace("_", "."): content for name, content in files.items()}

    def read(missing: set[str]) -> Contents:
        yield from ((name, content) for name, content in named.items() if name in missing)

    return Source("a source", read)


def fail(missing: set[str]) -> Contents:
    raise OSError("no network")
    yield "", b""


def test_files_come_from_the_first_source_that_has_them(tmp_path: Path) -> None:
    bring_files(tmp_path, HASHES, [Source("a dead one", fail), give(a_js=b"a", b_whl=b"b")])
    assert (tmp_path / "a.js").read_bytes() == b"a"
    assert (tmp_path / "b.whl").read_bytes() == b"b"


def test_what_has_arrived_is_not_fetched_again(tmp_path: Path) -> None:
    bring_files(tmp_path, HASHES, [give(a_js=b"a", b_whl=b"b")])
    bring_files(tmp_path, HASHES, [Source("a dead one", fail)])


def test_a_damaged_file_is_fetched_again(tmp_path: Path) -> None:
    bring_files(tmp_path, HASHES, [give(a_js=b"a", b_whl=b"b")])
    (tmp_path / "a.js").write_bytes(b"changed")
    bring_files(tmp_path, HASHES, [give(a_js=b"a")])
    assert (tmp_path / "a.js").read_bytes() == b"a"


def test_a_file_with_another_hash_is_refused_and_named(tmp_path: Path) -> None:
    with pytest.raises(PyodideError, match=r"has another a\.js than the official lock"):
        bring_files(tmp_path, HASHES, [give(a_js=b"evil", b_whl=b"b")])
    assert not (tmp_path / "a.js").exists()


def test_no_source_at_all_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PyodideError, match=r"no network.*put the files into"):
        bring_files(tmp_path, HASHES, [Source("the archive", fail), Source("the package", fail)])


def test_every_file_of_the_official_lock_has_a_hash() -> None:
    hashes = list_hashes(read_lock()["packages"].values())
    assert {"pyodide.asm.wasm", "python_stdlib.zip"} <= set(hashes)
    assert any(name.startswith("matplotlib-3.8.4") for name in hashes)
    assert all(len(sha256) == 64 for sha256 in hashes.values())
    assert read_lock()["info"]["version"] == VERSION
