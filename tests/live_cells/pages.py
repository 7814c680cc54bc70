"""A page of live cells as its reader sees it: buttons, editors, marks."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

PATIENCE = 90_000  # milliseconds; Python may have to start on a busy machine


class LivePage:
    """What a reader does on a page, in a few verbs."""

    def __init__(self, page: Page, complaints: list[str]) -> None:
        self.page = page
        self.complaints = complaints
        page.set_default_timeout(30_000)
        page.locator("html[data-live]").wait_for(state="attached")

    def come_again(self) -> LivePage:
        """Reload the page once the service worker lets it share memory with its Python."""
        ready = "async () => (await navigator.serviceWorker.ready).active !== null"
        self.page.wait_for_function(ready)
        self.page.reload()
        return LivePage(self.page, self.complaints)

    def cell(self, name: str) -> Locator:
        """Return the box of a cell: a grade_id, or a number counted from 1."""
        return self.page.locator(f"[id='cell-{name}']")

    def editor(self, name: str) -> Locator:
        """Return the editor of a cell, scrolled into view so that it is there."""
        self.cell(name).scroll_into_view_if_needed()
        editor = self.cell(name).locator(".cm-content")
        editor.wait_for()
        return editor

    def write(self, name: str, code: str) -> None:
        """Replace a cell's code by typing it over, as pasting does."""
        editor = self.editor(name)
        editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)

    def read(self, name: str) -> str:
        """Return a cell's code."""
        lines = self.editor(name).locator(".cm-line").all_inner_texts()
        return "\n".join(line.rstrip("\n") for line in lines)

    def run(self, name: str) -> None:
        """Run a cell by its button and wait until Python is done."""
        self.cell(name).scroll_into_view_if_needed()
        self.cell(name).locator(".live-run").click()
        try:
            expect(self.cell(name)).to_have_attribute("data-runs", re.compile("."), timeout=10_000)
        except AssertionError:  # the page moved under the pointer: one would press again
            self.cell(name).locator(".live-run").click()
        self.wait_until_done(name)

    def wait_until_done(self, name: str) -> None:
        """Wait until the cell has begun and ended."""
        expect(self.cell(name)).to_have_attribute("data-runs", "ended", timeout=PATIENCE)

    def output(self, name: str) -> Locator:
        """Return a cell's output."""
        return self.cell(name).locator(".cell_output")

    def mark(self, part: str) -> Locator:
        """Return the mark of a part in the bar under the title."""
        entry = self.page.locator(
            ".live-parts li", has=self.page.locator(f"a[href='#cell-{part}']")
        )
        return entry.locator(".live-mark")

    def unfold(self) -> None:
        """Show what the bar has under "More"."""
        more = self.page.get_by_role("button", name="More", exact=True)
        if more.get_attribute("aria-expanded") == "false":
            more.click()

    def press(self, name: str) -> None:
        """Press the button of this name, in the bar or elsewhere."""
        button = self.page.get_by_role("button", name=name, exact=True)
        folded = self.page.locator(".live-bar-more[hidden]").get_by_text(name, exact=True)
        if folded.count() and not button.count():
            self.unfold()
        button.click()
