"""The extension in a book that is not this course, with and without its front end."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sphinx_live_cells.site import CORE, fingerprint_frontend

pytestmark = pytest.mark.slow

PACKAGE = Path(__file__).parents[1] / "sphinx_live_cells"
BOOK = Path(__file__).parent / "book"
PAGE_DATA = re.compile(r'<script type="application/json" id="live-cells-page">(.*?)</script>')


def lay_out_python(folder: Path) -> None:
    """Write what stands for Python in a build: pages ask for it only when a reader does."""
    folder.mkdir()
    for name in CORE:
        (folder / name).write_text("core")
    (folder / "packs.json").write_text("{}")
    lock = {"info": {"version": "0.27.7", "python": "3.12.7"}, "packages": {}}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock))


def build(folder: Path, extension: Path) -> subprocess.CompletedProcess[str]:
    """Build the tiny book, warnings being errors, with the extension from another folder."""
    shutil.copytree(BOOK, folder, dirs_exist_ok=True)
    jupyter_book = Path(sys.executable).parent / "jupyter-book"
    return subprocess.run(
        [str(jupyter_book), "build", str(folder), "-W", "--keep-going", "-n"],
        env={**os.environ, "PYTHONPATH": str(extension)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_front_end_the_book_is_static_and_one_line_says_so(tmp_path: Path) -> None:
    copied = tmp_path / "extension" / "sphinx_live_cells"
    shutil.copytree(PACKAGE, copied, ignore=shutil.ignore_patterns("dist", "__pycache__"))
    outcome = build(tmp_path / "book", tmp_path / "extension")
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stderr.count("the cells of this book stay static") == 1
    page = (tmp_path / "book" / "_build" / "html" / "first.html").read_text()
    assert "live-cells/main.js" not in page
    assert "identity" in page
    assert "Write your answer here" in page


@pytest.mark.skipif(not fingerprint_frontend(), reason="the front end is not built: make site")
def test_with_front_end_pages_carry_their_cells_and_parts(tmp_path: Path) -> None:
    without = build(tmp_path / "book", PACKAGE.parent)
    assert without.returncode != 0, "a book whose cells have no Python to run with is not built"
    assert "no Python to run with" in without.stderr
    lay_out_python(tmp_path / "python")
    outcome = build(tmp_path / "book", PACKAGE.parent)
    assert outcome.returncode == 0, outcome.stderr
    site = tmp_path / "book" / "_build" / "html"
    page = (site / "first.html").read_text()
    found = PAGE_DATA.search(page)
    assert found is not None
    data = json.loads(found[1])
    assert [cell["id"] for cell in data["cells"]] == [
        *("cell-1", "cell-one", "cell-one-test", "cell-4", "cell-5", "cell-6", "cell-7")
    ]
    assert [cell["id"] for cell in data["cells"] if cell["skipped"]] == ["cell-7"]
    assert data["cells"][4]["code"].startswith("unseen = 42")
    assert 'data-grade-id="two"' in page
    book = json.loads((site / "live-cells" / "book.json").read_text())
    assert [part["id"] for part in book["pages"]["first"]["parts"]] == ["one", "two"]
    assert book["pages"]["first"]["parts"][0]["title"] == "Part one"
    assert book["pages"]["first"]["gradeIds"] == ["one", "one-test", "two"]
    assert book["pages"]["first"]["live"]
    assert book["pages"]["answers"]["gradeIds"] == []
    answers = (site / "answers.html").read_text()
    assert "A model answer." in answers
    assert "data-grade-id" not in answers
    assert book["pages"]["answers"]["parts"] == []
    assert not re.search(r"<script>|\son[a-z]+=\"", page)


def test_a_second_build_takes_nothing_that_the_first_one_made_for_a_page(tmp_path: Path) -> None:
    """Sphinx itself excludes nothing: not every project has ``exclude_patterns = ["_build"]``."""
    if fingerprint_frontend():
        lay_out_python(tmp_path / "python")
    book = tmp_path / "a [new] book"
    book.mkdir()
    settings = 'extensions = ["myst_nb", "sphinx_live_cells"]\nnb_execution_mode = "off"\n'
    (book / "conf.py").write_text(f'{settings}live_cells_python = "../python"\n')
    shutil.copy(BOOK / "first.md", book / "index.md")
    for output in ("_build/html", "[out]"):
        command = [sys.executable, "-m", "sphinx", "-q", "-W", ".", output]
        for _ in range(2):
            made = subprocess.run(command, cwd=book, capture_output=True, text=True, check=False)
            assert made.returncode == 0, made.stderr
        assert list((book / output).glob("*.html"))
