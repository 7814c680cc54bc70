"""Books that are not this course run in a browser: the documentation, a book with two lines."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from playwright.sync_api import BrowserContext, expect
from sphinx_live_cells.pyodide import find_missing, list_hashes, read_lock, resolve_packages

from tests.live_cells.pages import PATIENCE, LivePage
from tests.live_cells.serving import Handler, read_policy, serve
from tools.build.pyodide_assets import EXAMPLES, KEPT

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "live_cells" / "docs"
# Python is idle; what a cell asks the reader is answered meanwhile.
DONE = """() => {
  const question = document.querySelector(".live-question");
  if (question !== null) {
    question.querySelector("input").value = "Bruges";
    question.requestSubmit();
  }
  return document.documentElement.dataset.livePython === "idle";
}"""

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def build(source: Path, target: Path, **settings: str) -> Path:
    """Build a book of Sphinx's, warnings being errors; return its site."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html"]
    command += [f"-D{name}={value}" for name, value in settings.items()]
    made = subprocess.run(
        [*command, str(source), str(target / "html")], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return target / "html"


@pytest.fixture(scope="module")
def docs(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The documentation, run by the course's packs: numpy and matplotlib are there."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(DOCS, folder / "docs", ignore=shutil.ignore_patterns("_build", "_made"))
    shutil.copy(DOCS.parent / "README.md", folder)
    made = build(folder / "docs", folder, live_cells_python=str(ROOT / "build" / "python"))
    with serve(made, "/docs/", read_policy()) as address:
        yield address


def run_page(context: BrowserContext, address: str) -> LivePage:
    """Run a whole page; return it when Python has come to rest."""
    page = context.new_page()
    page.goto(address)
    live = LivePage(page, [])
    live.press("Run the whole page")
    page.wait_for_function(DONE, timeout=PATIENCE)
    return live


def list_errors(live: LivePage) -> list[str]:
    return [error.inner_text() for error in live.page.locator(".live-error").all()]


def test_the_documentation_runs_itself(context: BrowserContext, docs: str) -> None:
    live = run_page(context, f"{docs}index.html")
    assert list_errors(live) == []
    assert live.cell("2").locator("img").count() == 1
    live = run_page(context, f"{docs}gallery/figures.html")
    assert list_errors(live) == []
    # What reads Markdown comes when a page first needs it, which may be after the cell has ended.
    expect(live.output("2")).to_contain_text(re.compile(r"^\s*3 of 3"), timeout=PATIENCE)
    live = run_page(context, f"{docs}gallery/commands.html")
    assert "0, 1, 4, 9" in live.output("3").inner_text()
    assert [text.splitlines()[-1] for text in list_errors(live)] == [
        "ZeroDivisionError: division by zero"
    ]
    assert "still here" in live.output("6").inner_text()
    live = run_page(context, f"{docs}gallery/meetings.html")
    assert "54% of them live in Ghent" in live.output("4").inner_text()
    # On a later visit the page can wait for what the reader types; on the first it says so.
    assert "24%" in live.output("5").inner_text() or "reload the page" in list_errors(live)[0]


def test_a_check_of_the_documentation_sets_its_mark(context: BrowserContext, docs: str) -> None:
    page = context.new_page()
    page.goto(f"{docs}answers.html")
    live = LivePage(page, [])
    live.write("mean", "def mean(numbers):\n    return sum(numbers) / len(numbers)")
    live.run("mean-test")
    live.page.locator(".live-parts [data-status=right]").wait_for()


def test_a_stranger_s_book_needs_two_lines(context: BrowserContext, tmp_path: Path) -> None:
    """Shared libraries, a file and a module beside the page, and a frame of another host."""
    packages = read_lock()["packages"]
    needed = [packages[name] for name in resolve_packages((*EXAMPLES, "matplotlib"), packages)]
    missing = find_missing(KEPT, list_hashes(needed))
    if missing:
        pytest.skip(f"{KEPT} lacks {min(missing)}: remove build/python and make site")
    book = tmp_path / "book"
    shutil.copytree(DOCS / "gallery", book / "gallery")
    (book / "conf.py").write_text('extensions = ["myst_nb", "sphinx_live_cells"]\n')
    pages = ("tables", "fitting")
    listed = "\n".join(f"gallery/{name}" for name in pages)
    (book / "index.md").write_text(f"# A book\n\n```{{toctree}}\n{listed}\n```\n")
    for page in (book / "gallery").glob("*.md"):
        if page.stem not in pages:
            page.unlink()
    settings = {"live_cells_pyodide": str(KEPT), "nb_execution_mode": "off"}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "page.html").write_text("<title>x</title><p id='there'>from another host")
    (elsewhere / "script.js").write_text("window.fromElsewhere = true")
    with serve(elsewhere) as other:
        shown = f'\n<iframe src="{other}page.html"></iframe>\n'
        shown += f'<script src="{other}script.js"></script>\n'
        with (book / "gallery" / "fitting.md").open("a") as page:
            page.write(shown)
        made = build(book, tmp_path, **settings)
        try_pages(context, made)


OUTPUT_ONLY = """
```{code-cell} ipython3
size = 3
```

```{code-cell} ipython3
:tags: [remove-cell]
double = 2 * size
```

```{code-cell} ipython3
:tags: [remove-input]
print("double:", double)
```

```{code-cell} ipython3
triple = 3 * size
```

```{code-cell} ipython3
:tags: [remove-input]
print("triple:", triple)
```
"""


def test_an_output_whose_code_does_not_show_follows_the_cells_above(
    site: Path, context: BrowserContext, tmp_path: Path
) -> None:
    del site  # its packs are here
    book = tmp_path / "book"
    book.mkdir()
    (book / "conf.py").write_text('extensions = ["myst_nb", "sphinx_live_cells"]\n')
    kernel = "{name: python3, display_name: Python 3, language: python}"
    head = f"---\nfile_format: mystnb\nkernelspec: {kernel}\n---\n# A book\n"
    (book / "index.md").write_text(head + OUTPUT_ONLY)
    made = build(book, tmp_path, live_cells_python=str(ROOT / "build" / "python"))
    with serve(made, "/book/") as address:
        page = context.new_page()
        page.goto(f"{address}index.html")
        live = LivePage(page, [])
        expect(live.output("3")).to_have_text("double: 6")
        live.write("1", "size = 5")
        live.run("1")
        expect(live.output("3")).to_have_text("double: 10")
        expect(live.output("5")).to_have_text("triple: 9")  # its reader has the cell to run
        live.run("4")
        expect(live.output("5")).to_have_text("triple: 15")


class OtherHost(Handler):
    """Sends Pyodide's files to pages of any host, and remembers which; one is not as published."""

    sent: ClassVar[list[str]] = []

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def do_GET(self) -> None:
        self.sent.append(self.path.lstrip("/"))
        super().do_GET()


def test_python_may_come_from_another_host_that_sends_what_was_published(
    context: BrowserContext, tmp_path: Path
) -> None:
    packages = read_lock()["packages"]
    named = {name: packages[name] for name in ("numpy", "pyparsing", "six")}
    hashes = list_hashes(named.values())
    missing = find_missing(KEPT, hashes)
    if missing:
        pytest.skip(f"{KEPT} lacks {min(missing)}: remove build/python and make site")
    release = tmp_path / "release"
    release.mkdir()
    for name in hashes:
        shutil.copy(KEPT / name, release)
    with (release / named["six"]["file_name"]).open("ab") as wheel:
        wheel.write(b"and more")
    cells = [  # the second and the third import what no page can read in the code
        "import numpy as np\nint(np.arange(4).sum())",
        "__import__('py' + 'parsing').__name__",
        "__import__('si' + 'x')",
    ]
    book = tmp_path / "book"
    book.mkdir()
    (book / "conf.py").write_text('extensions = ["myst_nb", "sphinx_live_cells"]\n')
    kernel = "{name: python3, display_name: Python 3, language: python}"
    head = f"---\nfile_format: mystnb\nkernelspec: {kernel}\n---\n# A book\n"
    page = "".join(f"\n```{{code-cell}} ipython3\n{cell}\n```\n" for cell in cells)
    (book / "index.md").write_text(head + page)
    OtherHost.sent.clear()
    with serve(release, handler=OtherHost) as other:
        settings = {"live_cells_pyodide": str(KEPT), "live_cells_packages": "pyparsing,six"}
        settings |= {"live_cells_cdn": other, "nb_execution_mode": "off"}
        made = build(book, tmp_path, **settings)
        with serve(made, "/book/") as address:
            live = run_page(context, f"{address}index.html")
            assert live.output("1").inner_text().strip() == "6"
            assert "pyparsing" in live.output("2").inner_text()
            (error,) = list_errors(live)
            assert "sends another file than was published" in error
    wanted = {"pyodide.asm.wasm", "python_stdlib.zip"}
    wanted |= {package["file_name"] for package in named.values()}
    assert {*OtherHost.sent} == wanted
    assert not [name for name in wanted if list((made / "live-cells").rglob(name))]


def try_pages(context: BrowserContext, site: Path) -> None:
    """Run the two pages; the second shows something of another host, as many a book does."""
    with serve(site, "/book/") as address:
        live = run_page(context, f"{address}gallery/tables.html")
        assert list_errors(live) == []
        assert "766 mm in 12 months" in live.output("1").inner_text()
        assert "summer" in live.output("3").inner_text()
        assert live.cell("4").locator("img").count() == 1  # pandas itself asks for matplotlib
        live = run_page(context, f"{address}gallery/fitting.html")
        assert list_errors(live) == []
        assert "array([2" in live.output("1").inner_text()
        assert live.cell("2").locator("img").count() == 1
        assert live.page.frame_locator("iframe").locator("#there").count() == 1
        assert live.page.evaluate("() => window.fromElsewhere")
        # From the second visit on, the service worker sees to the page.
        assert not live.page.evaluate("() => window.crossOriginIsolated")
        context.new_page().goto(f"{address}gallery/tables.html")
        assert context.pages[-1].evaluate("() => window.crossOriginIsolated")
