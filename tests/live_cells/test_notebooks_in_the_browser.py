"""The learner's notebooks in JupyterLite, from the same site."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.live_cells.pages import LivePage
from tests.live_cells.serving import serve

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_open_as_a_notebook_leads_to_one_that_imports_circuits(
    chromium: Browser, site: Path
) -> None:
    outside: list[str] = []

    def watch(url: str, origin: str) -> None:
        if not url.startswith((origin, "data:", "blob:")):
            outside.append(url)

    context = chromium.new_context()
    with serve(site, "/here/") as address:
        origin = address.removesuffix("/here/")  # it asks its own host for a heartbeat, too
        context.on("request", lambda request: watch(request.url, origin))
        page = context.new_page()
        page.goto(address + "book/exercise-1.html")
        LivePage(page, [])
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
    context.close()
    assert outside == []


def test_notebook_can_be_downloaded_blank(site: Path, chromium: Browser) -> None:
    with serve(site) as address:
        page = chromium.new_page()
        page.goto(address + "book/exercise-2.html")
        LivePage(page, [])
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
