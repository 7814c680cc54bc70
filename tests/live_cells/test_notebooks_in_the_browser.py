"""The learner's notebooks in JupyterLite, from the same site."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.live_cells.pages import LivePage
from tests.live_cells.serving import Handler, serve

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class PlainHandler(Handler):
    """A host that has not heard of WebAssembly, and sends it as a mere file."""

    extensions_map = {**Handler.extensions_map, ".wasm": "application/octet-stream"}  # noqa: RUF012


def test_open_as_a_notebook_leads_to_one_that_imports_circuits(
    chromium: Browser, site: Path
) -> None:
    outside: list[str] = []

    def watch(url: str, origin: str) -> None:
        if not url.startswith((origin, "data:", "blob:")):
            outside.append(url)

    context = chromium.new_context()
    with serve(site, "/here/", handler=PlainHandler) as address:
        origin = address.removesuffix("/here/")  # it asks its own host for a heartbeat, too
        context.on("request", lambda request: watch(request.url, origin))
        page = context.new_page()
        page.goto(address + "book/exercise-1.html")
        LivePage(page, []).unfold()
        page.get_by_role("link", name="Open as a notebook").click()
        cell = page.locator(".jp-CodeCell").first
        cell.locator(".cm-content").wait_for(timeout=90_000)
        # JupyterLab drops what is run before its kernel is there, and so one would run it again.
        for patience in (30_000, 60_000, 120_000):
            cell.locator(".cm-content").click()
            page.keyboard.press("Control+a")
            page.keyboard.insert_text("import circuits; print('version', circuits.__version__)")
            page.keyboard.press("Shift+Enter")
            with contextlib.suppress(AssertionError):
                expect(cell.locator(".jp-OutputArea")).to_contain_text("version", timeout=patience)
                break
        expect(cell.locator(".jp-OutputArea")).to_contain_text("version")
        look_into_a_pattern(page, cell)
    context.close()
    assert outside == []


def look_into_a_pattern(page: Page, cell: Locator) -> None:
    """Run a check that is not passed, and move the pattern in its report by keys."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(
        "from circuits import check, toy_stream; check('ex2c', *[toy_stream().u_cont[:4]] * 2)"
    )
    page.keyboard.press("Control+Enter")
    pattern = cell.locator("[data-explorable=pattern]").first
    pattern.wait_for(timeout=60_000)
    pattern.scroll_into_view_if_needed()
    expect(pattern).to_have_attribute("data-awake", "")
    key = pattern.get_by_role("slider", name="Key, the token looked at")
    before = key.get_attribute("aria-valuetext")
    cells = page.locator(".jp-CodeCell").count()
    key.press("ArrowLeft")
    expect(key).not_to_have_attribute("aria-valuetext", before or "")
    for command in "bam":  # of JupyterLab: a cell below, above, another kind of cell
        key.press(command)
    expect(page.locator(".jp-CodeCell")).to_have_count(cells)


def scroll_to(page: Page, text: str) -> Locator:
    """Return the line of code with this text; JupyterLab makes no cells that are far away."""
    page.locator(".jp-CodeCell").first.wait_for(timeout=180_000)
    page.locator(".jp-WindowedPanel-outer").first.hover()
    line = page.locator(".jp-NotebookPanel .cm-line", has_text=text)
    for _ in range(200):
        if line.count() > 0:
            break
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(200)
    line.wait_for()
    return line


def test_open_as_a_notebook_takes_the_answers_along_and_replaces_none_unasked(
    chromium: Browser, site: Path
) -> None:
    context = chromium.new_context()
    with serve(site, "/here/") as address:
        page = context.new_page()
        page.goto(address + "book/exercise-1.html")
        live = LivePage(page, [])
        live.write("ex1a", "W_V_1 = 'from the page'")
        live.unfold()
        page.get_by_role("link", name="Open as a notebook").click()
        scroll_to(page, "W_V_1 = 'from the page'").click()
        page.keyboard.press("End")
        page.keyboard.type(" # and on")
        page.keyboard.press("Control+s")
        saved = """async () => {
          const all = await indexedDB.databases();
          const name = all.find((each) => each.name.startsWith('JupyterLite Storage')).name;
          const db = await new Promise((done) => {
            const asked = indexedDB.open(name);
            asked.onsuccess = () => done(asked.result);
          });
          const file = await new Promise((done) => {
            const asked = db.transaction('files').objectStore('files').get('exercise-1.ipynb');
            asked.onsuccess = () => done(asked.result);
          });
          db.close();
          return JSON.stringify(file).includes('# and on');
        }"""
        page.wait_for_function(saved)
        page.goto(address + "book/exercise-1.html")
        LivePage(page, []).unfold()
        page.get_by_role("link", name="Open as a notebook").click()
        expect(page.locator(".live-status-words")).to_contain_text("1 answer of yours that differs")
        page.get_by_role("button", name="Open it as it is").click()
        scroll_to(page, "W_V_1 = 'from the page' # and on")
    context.close()


def test_notebook_can_be_downloaded_blank(site: Path, chromium: Browser) -> None:
    with serve(site) as address:
        page = chromium.new_page()
        page.goto(address + "book/exercise-2.html")
        LivePage(page, []).unfold()
        with page.expect_download() as download:
            page.get_by_role("link", name="Blank notebook").click()
        assert download.value.suggested_filename == "exercise-2.ipynb"
        page.close()


def test_notebooks_ask_nobody_else_for_an_icon(site: Path, chromium: Browser) -> None:
    failed: list[str] = []
    with serve(site, "/here/") as address:
        page = chromium.new_page()
        page.on(
            "response",
            lambda answer: (
                failed.append(answer.url) if "favicon" in answer.url and not answer.ok else None
            ),
        )
        page.on(
            "console",
            lambda said: failed.append(str(said.location)) if "404" in said.text else None,
        )
        page.goto(address + "lite/notebooks/index.html?path=exercise-1.ipynb")
        page.locator(".jp-NotebookPanel").first.wait_for(timeout=180_000)
        page.close()
    assert failed == []
