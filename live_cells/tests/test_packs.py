"""Which packages a book's cells need, and the archives that its pages fetch them in."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name
from sphinx_live_cells import optional, packs, pyodide
from sphinx_live_cells.optional import ASKED, find_asked
from sphinx_live_cells.packs import (
    find_files,
    find_named,
    find_packages,
    list_imports,
    make_packs,
    resolve_asked,
)
from sphinx_live_cells.pyodide import PyodideError, read_folder, read_lock, resolve_packages
from sphinx_live_cells.site import bring_python

OFFICIAL = read_lock()["packages"]


@pytest.mark.parametrize(
    ("named", "resolved"),
    [
        (["scipy"], ["numpy", "openblas", "scipy"]),
        (["pandas"], ["numpy", "six", "python-dateutil", "pytz", "pandas"]),
        (["sympy"], ["mpmath", "sympy"]),
        (["Scikit_Learn", "scipy"], ["numpy", "openblas", "scipy", "joblib", "threadpoolctl"]),
        (["ssl"], ["openssl", "ssl"]),
    ],
)
def test_packages_come_after_all_that_they_need(named: list[str], resolved: list[str]) -> None:
    assert resolve_packages(named, OFFICIAL)[: len(resolved)] == resolved


def test_every_package_of_the_lock_can_be_resolved() -> None:
    """Some needs are spelled otherwise than the package: prompt_toolkit is prompt-toolkit."""
    everything = resolve_packages(OFFICIAL, OFFICIAL)
    assert sorted(everything) == sorted(OFFICIAL)
    for index, name in enumerate(everything):
        needs = {str(canonicalize_name(need)) for need in OFFICIAL[name]["depends"]}
        assert needs <= set(everything[:index])


def test_a_package_that_pyodide_lacks_is_named_with_its_nearest() -> None:
    with pytest.raises(PyodideError, match=r"no package panda, .*Did you mean pandas\?"):
        resolve_packages(["panda"], OFFICIAL)
    with pytest.raises(PyodideError, match=r"pure Python one can come as a wheel"):
        resolve_packages(["a-book-s-own-thing"], OFFICIAL)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import scipy.linalg as la", ["scipy"]),
        ("from matplotlib import pyplot as plt", ["matplotlib"]),
        ("if True:\n    import bs4, yaml", ["beautifulsoup4", "pyyaml"]),
        ("%matplotlib inline\n!pip install x\nimport os, json", []),
        ("text = 'import me'", []),
        ("from .beside import pandas", []),
        ("from IPython.display import HTML", []),  # 5 MB in vain: the page has its own
    ],
)
def test_cells_tell_by_their_imports_what_they_need(code: str, found: list[str]) -> None:
    assert find_packages([code], OFFICIAL) == found


@pytest.mark.parametrize(
    ("code", "package", "asked"),
    [
        ("df.style.format(precision=2)", "pandas", ["jinja2"]),
        ("df.style.background_gradient()", "pandas", ["jinja2", "matplotlib"]),
        ("df['rain'].plot(kind='kde')", "pandas", ["matplotlib", "scipy"]),
        ("df.plot.bar()", "pandas", ["matplotlib"]),
        ("pd.read_excel('old.xls')", "pandas", ["xlrd"]),
        ("pd.read_excel('new.xlsx')", "pandas", []),  # no package of Pyodide's reads it
        ("df.describe()", "pandas", []),
        ("sp.plot(x**2)", "sympy", ["matplotlib"]),
        ("BeautifulSoup(text, 'lxml')", "beautifulsoup4", ["lxml"]),
        ("plt.style.use('ggplot')\nplt.bar(x, y, density=True)", "pandas", []),
        ("s.interpolate(); s.interpolate(method='cubic')", "pandas", ["scipy"]),
        ("pd.read_csv('a.csv', engine='pyarrow')", "pandas", ["pyarrow"]),
        ('df.convert_dtypes(dtype_backend="pyarrow")', "pandas", ["pyarrow"]),
        ('pd.read_sql(query, "sqlite:///rain.db")', "pandas", ["sqlalchemy"]),
        ("pd.read_sql(query, sqlite3.connect('rain.db'))", "pandas", []),
        ('xr.open_dataset("a.nc")', "xarray", ["netcdf4"]),
        ("influence_plot(fitted)", "statsmodels", ["matplotlib"]),
        ("nx.kamada_kawai_layout(graph)", "networkx", ["scipy"]),
    ],
)
def test_what_packages_import_when_a_cell_asks_is_told_by_its_code(
    code: str, package: str, asked: list[str]
) -> None:
    assert find_asked([code], {package}) == asked


def test_what_is_asked_for_may_ask_for_more() -> None:
    code = "load_iris(as_frame=True).frame.style.background_gradient()"
    asked = {*resolve_asked(["scikit-learn"], [code], OFFICIAL, set())}
    assert asked >= {"scikit-learn", "pandas", "jinja2", "markupsafe", "matplotlib", "pillow"}
    assert "pandas" not in resolve_asked(["scikit-learn"], [code], OFFICIAL, {"pandas"})


def test_every_package_that_may_be_asked_for_is_in_the_lock() -> None:
    assert {*ASKED} <= {*OFFICIAL}
    assert {asked for ways in ASKED.values() for asked in ways.values()} <= {*OFFICIAL}


def test_names_of_imports_are_read_without_their_aliases() -> None:
    assert list_imports("import numpy as np, pandas as pd  # both") >= {"numpy", "pandas"}
    assert "np" not in list_imports("import numpy as np")


def write_wheel(folder: Path, name: str, requires: str = "", module: str | None = None) -> Path:
    """Write a wheel with one module."""
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{module or name}/__init__.py", "value = 1\n")
        needs = f"Requires-Dist: {requires}\n" if requires else ""
        archive.writestr(f"{name}-1.0.dist-info/METADATA", f"Name: {name}\nVersion: 1.0\n{needs}")
    return wheel


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small release of Pyodide, with a lock of its own: a library, two packages, and the rest."""
    folder = tmp_path / "release"
    write_wheel(folder, "sums")
    write_wheel(folder, "matrices")
    with zipfile.ZipFile(folder / "blas-1.zip", "w") as archive:
        archive.writestr("libblas.so", "code")
    core = {name: name.encode() for name in pyodide.CORE}
    for name, content in core.items():
        (folder / name).write_bytes(content)

    def entry(file: str, kind: str, depends: list[str], imports: list[str]) -> dict[str, Any]:
        sha256 = hashlib.sha256((folder / file).read_bytes()).hexdigest()
        return {
            "file_name": file,
            "sha256": sha256,
            "depends": depends,
            "imports": imports,
            "package_type": kind,
        }

    lock = {
        "info": {"version": "1", "python": "3.12"},
        "packages": {
            "blas": entry("blas-1.zip", "shared_library", [], []),
            "sums": entry("sums-1.0-py3-none-any.whl", "package", [], ["sums"]),
            "matrices": entry(
                "matrices-1.0-py3-none-any.whl", "package", ["sums", "blas"], ["matrices"]
            ),
        },
    }
    monkeypatch.setattr(packs, "read_lock", lambda: lock)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in core.items()}
    monkeypatch.setattr(pyodide, "CORE", hashes)
    return folder


def make(tmp_path: Path, release: Path, *names: str, **more: Any) -> dict[str, Any]:
    return make_packs(
        tmp_path / "packs",
        names,
        sources=[read_folder(release)],
        keep=tmp_path / "kept",
        **more,
    )


def test_packs_say_what_they_bring_and_what_they_need(tmp_path: Path, release: Path) -> None:
    made = make(tmp_path, release, "matrices")
    assert made["matrices"]["needs"] == ["sums", "blas"]
    assert made["matrices"]["imports"] == ["matrices"]
    assert [name for name, pack in made.items() if not pack.get("inner")] == ["matrices"]
    assert made["blas"]["into"] == "library"
    assert "into" not in made["sums"]
    assert json.loads((tmp_path / "packs" / "packs.json").read_text()) == made
    for pack in made.values():
        assert (tmp_path / "packs" / pack["file"]).stat().st_size == pack["bytes"]


def test_a_wheel_of_the_author_s_brings_what_it_needs(tmp_path: Path, release: Path) -> None:
    first = write_wheel(tmp_path / "wheels", "mine", 'matrices>=1; sys_platform != "win32"')
    second = write_wheel(tmp_path / "wheels", "other_one", "mine", module="other")
    made = make(tmp_path, release, wheels=[first, second])
    assert made["own-mine"]["needs"] == ["matrices"]
    assert made["own-other-one"] | {"bytes": 0} == {
        "file": second.name,
        "bytes": 0,
        "imports": ["other"],
        "needs": ["own-mine"],
    }
    assert {"matrices", "sums", "blas"} <= set(made)


def test_extras_and_other_systems_are_no_needs_of_a_wheel(tmp_path: Path, release: Path) -> None:
    wheel = write_wheel(tmp_path / "wheels", "mine", 'absent; extra == "more"')
    assert make(tmp_path, release, wheels=[wheel])["own-mine"]["needs"] == []
    wheel = write_wheel(tmp_path / "wheels", "mine", 'absent; sys_platform == "linux"')
    assert make(tmp_path, release, wheels=[wheel])["own-mine"]["needs"] == []


def test_a_wheel_that_no_page_could_load_is_refused(tmp_path: Path, release: Path) -> None:
    compiled = tmp_path / "mine-1.0-cp312-cp312-linux_x86_64.whl"
    compiled.touch()
    with pytest.raises(PyodideError, match=r"linux_x86_64\.whl is not a wheel of pure Python"):
        make(tmp_path, release, wheels=[compiled])


def test_files_beside_the_pages_come_under_their_own_paths(tmp_path: Path, release: Path) -> None:
    book = tmp_path / "book"
    (book / "data").mkdir(parents=True)
    (book / "data" / "one.csv").write_text("1,2\n")
    (book / "helper.py").write_text("x = 1\n")
    made = make(tmp_path, release, files=find_files(["data/*.csv", "helper.py"], book))
    assert made["own"]["into"] == "home"
    with zipfile.ZipFile(tmp_path / "packs" / made["own"]["file"]) as archive:
        assert archive.namelist() == ["data/one.csv", "helper.py"]
        assert archive.read("data/one.csv") == b"1,2\n"
    with pytest.raises(PyodideError, match=r"live_cells_files names nothing\.csv"):
        find_files(["nothing.csv"], book)


def test_what_cells_name_beside_their_page_comes_without_a_setting(tmp_path: Path) -> None:
    book = tmp_path / "book"
    for name in (
        *("a/one.csv", "data/two.csv", "a/helper.py", "a/kit/__init__.py", "a/kit/inner.py"),
        *("a/script.py", "a/unnamed.csv"),
    ):
        (book / name).parent.mkdir(parents=True, exist_ok=True)
        (book / name).write_text(name)
    (tmp_path / "outside.csv").write_text("no part of the book")
    code = "import helper, kit\nread('one.csv'), read(\"../data/two.csv\")\n%run script.py"
    found = find_named({"a/page": [code, "open('../../outside.csv'), open('absent.csv')"]}, book)
    assert sorted(found) == [
        *("a/helper.py", "a/kit/__init__.py", "a/kit/inner.py", "a/one.csv", "a/script.py"),
        "data/two.csv",
    ]
    assert find_named({"page": ["open('one.csv')"]}, book) == {}
    outside = f"open({str(tmp_path / 'outside.csv')!r}), open('\0')"
    assert find_named({"page": [outside]}, book) == {}


def test_a_wheel_of_the_author_s_takes_the_place_of_pyodide_s(
    tmp_path: Path, release: Path
) -> None:
    wheel = write_wheel(tmp_path / "wheels", "sums")
    made = make(tmp_path, release, "sums", wheels=[wheel])
    assert list(made) == ["own-sums"]
    made = make(tmp_path, release, "matrices", wheels=[wheel])  # also where another needs it
    assert list(made) == ["blas", "matrices", "own-sums"]
    assert made["matrices"]["needs"] == ["own-sums", "blas"]


def test_what_a_package_imports_only_for_a_cell_comes_with_that_cell(
    tmp_path: Path, release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optional, "ASKED", {"sums": {r"\.draw\(": "matrices"}})
    assert list(make(tmp_path, release, "sums", cells=["sums.add(1)"])) == ["sums"]
    made = make(tmp_path, release, "sums", cells=["sums.draw(1)"])
    assert list(made) == ["sums", "blas", "matrices"]
    assert made["matrices"]["inner"], "no cell imports it"
    wheel = write_wheel(tmp_path / "wheels", "mine", "sums")
    made = make(tmp_path, release, wheels=[wheel], cells=["sums.draw(1)"])
    assert "matrices" in made, "the package may come with a wheel"


def test_a_package_that_is_wanted_no_longer_goes(tmp_path: Path, release: Path) -> None:
    make(tmp_path, release, "matrices")
    assert set(make(tmp_path, release, "sums")) == {"sums"}
    assert not list((tmp_path / "packs").glob("matrices*"))


def test_what_was_fetched_once_is_kept_for_the_next_build(tmp_path: Path, release: Path) -> None:
    make(tmp_path, release, "matrices")
    for file in release.iterdir():
        file.unlink()
    assert "matrices" in make(tmp_path, release, "matrices")


def test_a_file_that_cannot_be_had_ends_the_build(tmp_path: Path, release: Path) -> None:
    (release / "blas-1.zip").unlink()
    with pytest.raises(PyodideError, match=r"1 file missing, such as blas-1\.zip"):
        make(tmp_path, release, "matrices")


def test_the_book_s_own_do_not_change_the_address_of_python(tmp_path: Path, release: Path) -> None:
    bases = []
    for text in ("one", "two"):
        (tmp_path / "note.txt").write_text(text)
        make(tmp_path, release, "sums", files={"note.txt": tmp_path / "note.txt"})
        bases.append(bring_python(tmp_path / "packs", tmp_path / "site", ["own"])["base"])
    assert bases[0] == bases[1]


def test_the_list_of_fonts_is_that_of_this_matplotlib(tmp_path: Path) -> None:
    """Otherwise every page would look for its fonts for ten seconds."""
    inside, replacement = packs.ADDED["matplotlib"]
    old = tmp_path / "matplotlib.whl"
    with zipfile.ZipFile(old, "w") as archive:
        archive.writestr(inside, "another version's")
        archive.writestr("matplotlib/__init__.py", "")
    (tmp_path / "to").mkdir()
    with zipfile.ZipFile(packs.place_package("matplotlib", old, tmp_path / "to")) as archive:
        assert sorted(archive.namelist()) == ["matplotlib/__init__.py", inside]
        fonts = json.loads(archive.read(inside))
    assert archive.namelist().count(inside) == 1
    assert fonts["_version"] == 330  # what matplotlib 3.8.4 asks for
    assert replacement.is_file()
