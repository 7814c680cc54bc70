"""The site is built anew while pages of it are open, and two books lie on one host."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sphinx_live_cells.site import DIST, PYTHON_WORKER, complete_site

from tests.live_cells.pages import LivePage
from tests.live_cells.serving import Handler, serve

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PYTHON = Path(__file__).parents[2] / "build" / "python"
PAGE = "book/exercise-1.html"
NEWER = "This page has a newer version: reload it (your answers are kept)."
OUTCOME = """async (newer) => {
  for (;;) {
    if (document.getElementById('cell-1').dataset.runs === 'ended') return true;
    if (document.querySelector('.live-status-words').textContent === newer) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}"""
LOOKED_AFTER = """async () => {
  const workers = navigator.serviceWorker;
  while (workers.controller === null) await new Promise((resolve) => setTimeout(resolve, 100));
}"""
LIST_PAGES = """async () => {
  const pages = await caches.open('live-cells-pages:/');
  return (await pages.keys()).map((request) => request.url);
}"""


class Deployed(Handler):
    """Serves whichever build stands on the server now, with a life time for each file if wanted."""

    folder: ClassVar[Path]
    max_age: ClassVar[int | None]

    def translate_path(self, path: str) -> str:
        self.directory = str(self.folder)
        return super().translate_path(path)

    def end_headers(self) -> None:
        if self.max_age is not None:
            self.send_header("Cache-Control", f"max-age={self.max_age}")
        super().end_headers()


class TwoBooks(Handler):
    """Serves the same site as two books: at the root, and below ``/other/``."""

    def translate_path(self, path: str) -> str:
        return super().translate_path("/" + path.removeprefix("/other/").removeprefix("/"))


def link_or_copy(source: str, target: str) -> None:
    """Link what nobody writes in."""
    if source.endswith((".zip", ".wasm")):
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def copy_site(site: Path, target: Path) -> Path:
    """Copy what a page needs."""
    unused = shutil.ignore_patterns("lite", "notebooks", "solutions", "_sources")
    shutil.copytree(site, target, copy_function=link_or_copy, ignore=unused)
    return target


@pytest.fixture(scope="module")
def builds(site: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The site, and the site with another Python and another front end."""
    folder = tmp_path_factory.mktemp("builds")
    first, second = (copy_site(site, folder / name) for name in ("first", "second"))
    python, dist = folder / "python", folder / "dist"
    shutil.copytree(PYTHON, python, copy_function=link_or_copy)
    packs = json.loads((python / "packs.json").read_text())
    packs["numpy"]["imports"].append("another_module")
    (python / "packs.json").write_text(json.dumps(packs))
    shutil.copytree(DIST, dist)
    for file in dist.iterdir():
        if PYTHON_WORKER.fullmatch(file.name):
            file.rename(dist / "worker-ANOTHER1.js")
    before = json.loads((first / "live-cells" / "site.json").read_text())
    after = complete_site(second, python, dist)
    assert before["python"]["base"] != after["python"]["base"]
    assert not (second / before["worker"]).exists()
    assert not (second / before["python"]["base"]).exists()
    for page in second.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(before["version"], after["version"]), encoding="utf-8")
    return first, second


@contextmanager
def deploy(first: Path, max_age: int | None) -> Iterator[tuple[str, type[Deployed]]]:
    """Serve a build on one port; set ``folder`` of what is yielded to serve another."""
    handler = type("OneDeployed", (Deployed,), {"folder": first, "max_age": max_age})
    with serve(first, "/course/", handler=handler) as address:
        yield address, handler


@pytest.fixture
def reader(chromium: Browser) -> Iterator[BrowserContext]:
    """A reader who has never been here."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


def open_page(reader: BrowserContext, address: str) -> LivePage:
    """Open the page and wait until the service worker is in charge of it."""
    page = reader.new_page()
    page.goto(address + PAGE)
    live = LivePage(page, [])
    page.evaluate(LOOKED_AFTER)
    return live


def try_to_run(live: LivePage) -> bool:
    """Run the first cell: it runs, or the page says at once that it is old, and runs when reloaded.

    Returns whether it ran without being loaded anew.
    """
    live.page.bring_to_front()
    live.page.evaluate("delete document.getElementById('cell-1').dataset.runs")
    live.cell("1").locator(".live-run").click()
    if live.page.evaluate(OUTCOME, NEWER):
        return True
    live.press("Reload")
    expect(live.page.locator(".live-status-words")).not_to_have_text(NEWER)
    again = LivePage(live.page, live.complaints)
    assert again.read("ex1a") == "W_V_1 = 'mine'"
    again.run("1")
    return False


def write_mine(live: LivePage) -> None:
    live.write("ex1a", "W_V_1 = 'mine'")


@pytest.mark.parametrize("max_age", [None, 600])
def test_page_goes_on_or_says_that_there_is_a_newer_one(
    builds: tuple[Path, Path], reader: BrowserContext, max_age: int | None
) -> None:
    first, second = builds
    with deploy(first, max_age) as (address, server):
        never, started = open_page(reader, address), open_page(reader, address)
        write_mine(started)
        started.run("1")
        server.folder = second
        # Python that has run here is kept: it starts again, without the network too.
        started.press("Restart Python")
        assert try_to_run(started)
        reader.set_offline(True)
        started.press("Restart Python")
        assert try_to_run(started)
        reader.set_offline(False)
        # A page that was open all the time, and a tab that is new.
        try_to_run(never)
        fresh = open_page(reader, address)
        try_to_run(fresh)
        # By now the new build's Python is kept in place of the old one's.
        started.press("Restart Python")
        try_to_run(started)


@pytest.mark.parametrize("max_age", [None, 600])
def test_page_that_never_ran_python_says_so_at_once(
    builds: tuple[Path, Path], reader: BrowserContext, max_age: int | None
) -> None:
    first, second = builds
    with deploy(first, max_age) as (address, server):
        live = open_page(reader, address)
        write_mine(live)
        server.folder = second
        assert not try_to_run(live)


@pytest.mark.parametrize("file", ["pyodide.asm.wasm", "pyodide.asm.js", "own"])
def test_file_that_is_gone_is_a_failure_at_once_and_comes_when_it_is_back(
    builds: tuple[Path, Path], reader: BrowserContext, tmp_path: Path, file: str
) -> None:
    """The site is not newer, but damaged."""
    damaged = copy_site(builds[0], tmp_path / "damaged")
    info = json.loads((damaged / "live-cells" / "site.json").read_text())
    name = info["python"]["packs"]["own"]["file"] if file == "own" else file
    path = damaged / info["python"]["base"] / name
    with deploy(damaged, None) as (address, _):
        live = open_page(reader, address)
        path.rename(path.with_name("away"))
        live.cell("1").locator(".live-run").click()
        status = live.page.locator(".live-status-words")
        expect(status).to_contain_text(f"{name} did not come, the server said 404")
        expect(live.cell("1")).to_contain_text("Did not run: Python has not started.")
        path.with_name("away").rename(path)
        live.run("1")


def test_page_that_loaded_past_the_service_worker_is_looked_after_all_the_same(
    site: Path, reader: BrowserContext
) -> None:
    # As a page does that is still loading when the worker takes charge of those that are there.
    with serve(site, "/") as address:
        live = open_page(reader, address)
        devtools = reader.new_cdp_session(live.page)
        with live.page.expect_navigation():
            devtools.send("Page.reload", {"ignoreCache": True})
        live.page.evaluate(LOOKED_AFTER)


def count_kept(page: Page) -> dict[str, int]:
    """Return how many of Python's files are kept, by the store's name."""
    counted: dict[str, int] = page.evaluate(
        """async () => {
          const names = (await caches.keys()).filter((name) => name.includes('python'));
          const count = async (name) => [name, (await (await caches.open(name)).keys()).length];
          return Object.fromEntries(await Promise.all(names.map(count)));
        }"""
    )
    return counted


def test_two_books_on_one_host_leave_each_other_s_python_alone(
    site: Path, reader: BrowserContext
) -> None:
    with serve(site, "/", handler=TwoBooks) as address:
        outer, inner = open_page(reader, address), open_page(reader, f"{address}other/")
        for live in (inner, outer):
            live.page.bring_to_front()
            write_mine(live)
            live.run("1")
        for again in (address, f"{address}other/"):
            open_page(reader, again).page.wait_for_timeout(1000)  # each looks after its own store
        kept = count_kept(outer.page)
        assert set(kept) == {"live-cells-python:/", "live-cells-python:/other/"}
        assert min(kept.values()) > 5
        names = outer.page.evaluate("Object.keys(localStorage)")
        texts = [name for name in names if name.endswith(":text/answer/ex1a")]
        assert sorted(texts) == [f"live-cells:{root}:text/answer/ex1a" for root in ("/", "/other/")]
        pages = outer.page.evaluate(LIST_PAGES)
        assert not [url for url in pages if re.search(r"/other/live-cells/", url)]
    # The server is gone now.
    for live in (inner, outer):
        live.page.bring_to_front()
        live.press("Restart Python")
        assert try_to_run(live)
