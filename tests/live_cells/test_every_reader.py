"""The pages for readers with a keyboard, a screen reader, a phone, a dark room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.live_cells.pages import LivePage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[[str], LivePage]
PAGE = "book/exercise-1.html"


def list_pages(site: Path) -> list[str]:
    """Return the pages of the book, not those of JupyterLite."""
    found = [path.relative_to(site) for path in sorted(site.rglob("*.html"))]
    return [path.as_posix() for path in found if path.parts[0] not in {"lite", "_static"}]


def find_violations(page: Page) -> list[str]:
    """Return what axe objects to, in both themes."""
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.locator(f"html[data-theme={theme}]").wait_for(state="attached")
        page.wait_for_timeout(500)  # the theme fades its colours over
        page.evaluate("() => Promise.all(document.getAnimations().map((each) => each.finished))")
        # axe would load style sheets again, and their imports from the wrong folder
        result = Axe().run(page, options={"preload": False})
        found += [
            f"{theme}: {entry['id']}: {node['html']}"
            for entry in result.response["violations"]
            for node in entry["nodes"]
        ]
    return found


def test_axe_finds_nothing_in_either_theme_and_no_page_complains(site: Path, visit: Visit) -> None:
    findings: dict[str, list[str]] = {}
    for name in list_pages(site):
        live = visit(name)
        if found := find_violations(live.page):
            findings[name] = found
        live.page.close()
    assert findings == {}


def test_axe_finds_nothing_on_a_page_in_use(visit: Visit) -> None:
    live = visit(PAGE)
    live.write("ex1a", "W_V_1 = np.zeros((4, 16))\nW_out_1 = np.zeros((16, 4))\nprint('x' * 500)")
    live.run("ex1a-test")
    live.write("ex1b", "1 / 0")
    live.run("ex1b")
    assert find_violations(live.page) == []


def test_keyboard_alone_writes_runs_and_leaves_the_editor(visit: Visit) -> None:
    live = visit(PAGE)
    live.editor("ex1a").focus()
    keyboard = live.page.keyboard
    keyboard.press("Control+a")
    keyboard.type("W_V_1 = np.eye(4, 16)")
    keyboard.press("Enter")
    keyboard.type("W_out_1 = np.eye(16, 4, -8)")
    keyboard.press("Escape")
    keyboard.press("Tab")
    expect(live.cell("ex1a").locator(".live-run")).to_be_focused()
    live.editor("ex1a").focus()
    keyboard.press("Shift+Enter")
    live.wait_until_done("ex1a")
    expect(live.editor("ex1a-test")).to_be_focused()
    keyboard.press("Control+Enter")
    live.wait_until_done("ex1a-test")
    expect(live.mark("ex1a")).to_have_attribute("data-status", "right")


def test_tab_indents_inside_the_editor(visit: Visit) -> None:
    live = visit(PAGE)
    live.write("ex1a", "if True:")
    live.page.keyboard.press("Enter")
    live.page.keyboard.type("print('within')")
    assert live.read("ex1a") == "if True:\n    print('within')"


def test_phone_shows_everything_within_its_width(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(address + PAGE)
    live = LivePage(page, [])
    live.write("ex1a", "W_V_1 = np.eye(4, 16)\nW_out_1 = np.eye(16, 4, -8)")
    live.run("ex1a-test")
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= 390
    box = live.cell("ex1a-test").locator(".live-run").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    context.close()


def test_progress_is_told_in_words_and_seldom(visit: Visit) -> None:
    live = visit(PAGE)
    live.page.evaluate(
        """() => {
            window.spoken = [];
            const words = document.querySelector(".live-status-words");
            const listen = () => window.spoken.push(words.textContent);
            new MutationObserver(listen).observe(words, {childList: true});
        }"""
    )
    live.run("1")
    spoken = live.page.evaluate("() => window.spoken")
    assert spoken[0] == "Fetching Python"
    assert "Starting Python" in spoken
    assert len(spoken) < 8
