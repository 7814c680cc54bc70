"""The pages for readers with a keyboard, a screen reader, a phone, a dark room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.live_cells.pages import LivePage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[[str], LivePage]
PAGE = "book/exercise-1.html"


END_ANIMATIONS = """() => {
  for (const each of document.getAnimations()) {
    if (each.effect.getComputedTiming().endTime === Infinity) each.cancel();
    else each.finish();
  }
}"""
"""Takes the page to where its animations lead.

Waiting for them can take for ever: one whose element has left the page, or is not drawn, never says
that it has ended.
"""

AXE = {"preload": False, "resultTypes": ["violations"]}
"""Preloading would fetch style sheets again, and their imports from the wrong folder.

What axe has nothing against it need not list node by node: that took half of its time.
"""


def list_pages(site: Path) -> list[str]:
    """Return the pages of the book: not those of JupyterLite, nor the dead end."""
    found = [path.relative_to(site) for path in sorted(site.rglob("*.html"))]
    apart = {"404.html", "_static", "lite"}
    return [path.as_posix() for path in found if path.parts[0] not in apart]


def find_violations(page: Page) -> list[str]:
    """Return what axe objects to, in both themes."""
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.locator(f"html[data-theme={theme}]").wait_for(state="attached")
        page.wait_for_timeout(500)  # the theme fades its colours over
        page.evaluate(END_ANIMATIONS)
        result = Axe().run(page, options=AXE)
        found += [
            f"{theme}: {entry['id']}: {node['html']}"
            for entry in result.response["violations"]
            for node in entry["nodes"]
        ]
    return found


@pytest.mark.parametrize("quarter", range(4))  # so that both workers of the suite take a share
def test_axe_finds_nothing_in_either_theme_and_no_page_complains(
    site: Path, visit: Visit, quarter: int
) -> None:
    findings: dict[str, list[str]] = {}
    for name in list_pages(site)[quarter::4]:
        live = visit(name)
        if found := find_violations(live.page):
            findings[name] = found
        live.page.close()
    assert findings == {}


def test_axe_waits_for_no_animation(context: BrowserContext) -> None:
    page = context.new_page()
    page.set_content(
        """<!doctype html><html lang="en" data-theme="light"><title>Colours</title><style>
        @keyframes there { to { color: #595959 } }
        .never { animation: there 5s infinite }
        .slowly { animation: there 900s forwards; color: #fff }
        .unseen { content-visibility: auto; margin-top: 9000px }
        </style><main><h1>Colours</h1><p class="never">without end</p><p class="slowly">slowly</p>
        <div class="unseen"><p class="slowly">out of sight</p></div></main></html>"""
    )
    page.evaluate(
        """() => matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
          document.documentElement.dataset.theme = event.matches ? "dark" : "light";
        })"""
    )
    assert find_violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_dead_end(context: BrowserContext, address: str, theme) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme=theme)
    page.goto(f"{address}404.html")
    assert Axe().run(page).response["violations"] == []


def test_axe_finds_nothing_on_a_page_in_use(visit: Visit) -> None:
    live = visit(PAGE)
    live.write("ex1a", "W_V_1 = np.zeros((4, 16))\nW_out_1 = np.zeros((16, 4))\nprint('x' * 500)")
    live.run("ex1a-test")
    live.write("ex1b", "1 / 0")
    live.run("ex1b")
    assert find_violations(live.page) == []


# What a printer finds of a page in the dark theme: how light its texts are, from 0 to 255.
NOTE_WHAT_IS_PRINTED = """() => addEventListener("beforeprint", () => {
    const printed = "article :is(h1, h2, p, li, td, a:not(.headerlink), pre *)";
    const lightness = (element) => {
        const [red, green, blue] = getComputedStyle(element).color.match(/[\\d.]+/g).map(Number);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    window.printed = Math.max(...[...document.querySelectorAll(printed)].map(lightness));
    const drawn = [...document.querySelectorAll("article figure img")];
    window.drawn = [...new Set(drawn.map((image) => getComputedStyle(image).colorScheme))];
})"""


def test_a_dark_page_is_light_on_paper_and_dark_again_after(visit: Visit) -> None:
    page = visit("book/exercise-2.html").page
    page.emulate_media(color_scheme="dark")
    page.locator("html[data-theme=dark]").wait_for(state="attached")
    page.evaluate(NOTE_WHAT_IS_PRINTED)
    for _ in range(2):
        page.pdf()
        assert page.evaluate("window.printed") < 128  # ink on white
        assert page.evaluate("window.drawn") == ["light"]
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")


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


def test_walking_through_the_page_with_tab_changes_no_code(visit: Visit) -> None:
    live = visit(PAGE)
    stub = live.read("1")
    walked = set()
    for key in ["Tab"] * 60 + ["Shift+Tab"] * 10:
        live.page.keyboard.press(key)
        walked.add(live.page.evaluate("() => document.activeElement.ariaLabel"))
    assert {"Code of cell 1", "Run cell 1"} <= walked
    assert live.read("1") == stub
    kept = "() => Object.keys(localStorage).filter((key) => /^live-cells:.*:text/.test(key))"
    assert live.page.evaluate(kept) == []
    bar = live.page.get_by_role("region", name="Work on this page")
    expect(bar).to_contain_text("Escape and then Tab moves on")


def test_tab_indents_inside_the_editor(visit: Visit) -> None:
    live = visit(PAGE)
    live.write("ex1a", "if True:")
    live.page.keyboard.press("Enter")
    live.page.keyboard.press("Tab")
    live.page.keyboard.type("print('within')")
    assert live.read("ex1a") == "if True:\n        print('within')"


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


@pytest.mark.parametrize("width", [390, 320])
def test_no_page_is_wider_than_a_phone(
    chromium: Browser, address: str, site: Path, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    wide = {}
    for name in list_pages(site):
        page.goto(address + name)
        page.wait_for_load_state("networkidle")  # the service worker loads the first page once more
        found = page.evaluate("() => document.documentElement.scrollWidth")
        if found > width:
            wide[name] = found
    context.close()
    assert wide == {}


def test_a_long_report_fits_a_phone(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(address + PAGE)
    live = LivePage(page, [])
    live.write("ex1a", "W_V_1 = np.eye(4, 16)\nW_out_1 = np.eye(16, 4)")
    live.run("ex1a-test")
    output = live.output("ex1a-test")
    for index in range(output.locator("table").count()):
        table = output.locator("table").nth(index)
        table.scroll_into_view_if_needed()
        box = table.bounding_box()
        assert box is not None
        assert box["width"] <= 390
    box = output.bounding_box()
    assert box is not None
    assert box["height"] < 2 * 844
    context.close()


def test_nothing_lies_over_the_report_of_a_check(visit: Visit) -> None:
    live = visit(PAGE)
    live.run("ex1a-test")
    expect(live.page.locator(".live-status-words")).to_have_text("Python is ready.")
    box = live.page.locator(".live-status").bounding_box()
    assert box is not None
    assert box["width"] < 5
    live.press("Restart Python")
    expect(live.page.locator(".live-status")).to_contain_text("restarted")
    live.press("Close")
    expect(live.page.locator(".live-status")).not_to_be_visible()


def test_the_bar_and_the_buttons_have_names_that_a_reader_knows(visit: Visit) -> None:
    live = visit(PAGE)
    bar = live.page.get_by_role("region", name="Work on this page")
    names = bar.locator(".live-parts a").all_inner_texts()
    assert [name.removesuffix("not attempted").strip() for name in names] == [
        *("(a)", "(b)", "(c)", "(c) in words", "(d)")
    ]
    assert "ex1" not in bar.inner_text()
    live.page.get_by_role("button", name="Check the answer to (a)").wait_for()
    expect(live.cell("ex1a-test").locator(".live-run")).to_have_text("Check")
    expect(live.cell("ex1a").locator(".live-run")).to_have_text("Run")


def test_what_is_seldom_needed_is_under_more(visit: Visit) -> None:
    page = visit(PAGE).page
    bar = page.get_by_role("region", name="Work on this page")
    shown = bar.get_by_role("button").all_inner_texts()
    more = bar.get_by_role("button", name="More", exact=True)
    assert shown == ["Run the whole page", "Download my answers", "More"]
    expect(more).to_have_attribute("aria-expanded", "false")
    more.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    for name in ("Bring in answers", "Restart Python", "Reset page"):
        expect(bar.get_by_role("button", name=name)).to_be_visible()
    expect(bar.get_by_role("link", name="Open as a notebook")).to_be_visible()
    more.press("Space")
    expect(bar.get_by_role("button", name="Restart Python")).not_to_be_visible()


def test_a_page_with_nothing_to_edit_has_no_bar(visit: Visit) -> None:
    live = visit("book/index.html")
    expect(live.page.locator("html")).to_have_attribute("data-live", "static")
    assert live.page.locator(".live-bar, .live-bar-place").count() == 0
    assert visit("book/notation.html").page.locator(".live-bar").count() == 1


def test_the_code_of_a_figure_is_one_link_below_it(visit: Visit) -> None:
    page = visit("book/exercise-2.html").page
    cells = page.locator(".cell.tag_hide-input")
    assert cells.count() > 5
    assert page.get_by_text("Show code cell source").count() == 0
    for cell in cells.all():
        kinds = cell.locator(":scope > *").evaluate_all("all => all.map((each) => each.className)")
        kinds = [kind for kind in kinds if kind and "live-age" not in kind]  # "": a label
        assert "cell_output" in kinds[0]
        assert "below-output" in kinds[-1]
    code = cells.first.locator(".cell_input")
    expect(code).not_to_be_visible()
    cells.first.locator("summary").click()
    expect(code).to_be_visible()


def test_contents_that_fold_beside_an_aside_open_for_the_keyboard(
    context: BrowserContext, address: str
):
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{address}book/exercise-5.html")
    page.locator("aside.margin").first.scroll_into_view_if_needed()
    folded = page.locator(".bd-sidebar-secondary.hide")
    folded.wait_for(state="attached")
    arrow = "all => getComputedStyle(all[0].querySelector('.onthispage'), '::after').content"
    assert folded.evaluate_all(arrow) == '"▾"'
    contents = folded.locator("nav.page-toc")
    expect(contents).to_have_css("opacity", "0")
    contents.locator("a").first.focus()
    expect(contents).to_have_css("opacity", "1")


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
