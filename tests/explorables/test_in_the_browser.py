"""Figures under a reader's hands: keyboard, mouse, screen reader, both themes, paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, BrowserContext, FloatRect, Locator, Page, expect

from circuits import check, toy_stream
from explorables.figures import DIST, find_figure, load_figures
from explorables.notebook import Shown
from explorables.place import write_place
from tests.explorables.test_same_mathematics import build_reference
from tests.live_cells.serving import read_policy, serve

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("figures")]

expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def address(figures: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page with every figure, under the strict policy of the course's pages."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "explorables").symlink_to(DIST)
    places = "\n".join(
        write_place(presets["start"], f"explorables/still/{name}-start.svg", "")
        for name, presets in load_figures().items()
    )
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en"><head><title>Figures</title><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="explorables/explorables.css">'
        "<style>html { color-scheme: light dark } body { background: Canvas; color: CanvasText; "
        "max-width: 720px; margin: 1rem auto; font-family: sans-serif }</style></head>"
        f"<body><main><h1>Figures</h1>{places}</main>"
        '<script type="module" src="explorables/host.js"></script></body></html>'
    )
    with serve(folder, policy=read_policy()) as root:
        yield root


@pytest.fixture
def page(context: BrowserContext, address: str) -> Iterator[Page]:
    """The page, opened by a reader; it must not complain."""
    yield from open_page(context, address)


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A reader with a screen of the usual size."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    yield context
    context.close()


def open_page(context: BrowserContext, address: str) -> Iterator[Page]:
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    for place in page.locator("[data-explorable]").all():
        place.scroll_into_view_if_needed()
        expect(place).to_have_attribute("data-awake", "")
    yield page
    assert complaints == []


def words(page: Page, name: str) -> str:
    return page.locator(f"[data-explorable={name}] .words").inner_text()


def find_box(element: Locator) -> FloatRect:
    box = element.bounding_box()
    assert box is not None
    return box


def test_two_keys_turn_both_clocks_back_by_one_step_and_the_head_looks_one_back(
    page: Page,
) -> None:
    clock = page.locator("[data-explorable=clock]")
    slider = clock.get_by_role("slider", name="Both clocks")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "turned back by 1 step")
    expect(clock.locator(".words")).to_contain_text("The head looks 1 token back")
    expect(clock.get_by_role("status")).to_contain_text("The head looks 1 token back")


def test_the_same_angle_on_both_clocks_sends_the_head_far_away(page: Page) -> None:
    clock = page.locator("[data-explorable=clock]")
    clock.get_by_role("slider", name="Both clocks").fill("3")
    expect(clock.locator(".words")).to_contain_text("looks 3 tokens back")
    clock.get_by_role("radio", name="by the same angle").check()
    expect(clock.locator(".words")).to_contain_text("looks 22 tokens back")
    expect(clock.locator(".words")).to_contain_text("79 tokens back and outside the picture")


def test_a_clock_by_itself_can_be_dragged(page: Page) -> None:
    clock = page.locator("[data-explorable=clock]")
    clock.get_by_role("radio", name="each alone").check()
    grip = clock.locator("[data-grip='0']")
    grip.scroll_into_view_if_needed()
    box = find_box(grip)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 30, steps=4)
    page.mouse.up()
    first = clock.get_by_role("slider", name="Clock 0")
    expect(first).not_to_have_attribute("aria-valuetext", "not turned")
    expect(clock.get_by_role("slider", name="Clock 1")).to_have_attribute(
        "aria-valuetext", "not turned"
    )
    said = first.get_attribute("aria-valuetext")
    page.mouse.move(x - 60, y + 60)  # the button is up: the hand no longer follows
    expect(first).to_have_attribute("aria-valuetext", said or "")


def test_the_safe_window_is_told_after_both_edges_were_found(page: Page) -> None:
    beta = page.locator("[data-explorable=beta]")
    slider = beta.get_by_role("slider")
    expect(beta.locator("svg")).to_contain_text("find both edges")
    for value in ("0.04", "0.5", "1.04"):
        slider.fill(value)
        expect(slider).to_have_attribute("aria-valuetext", f"{float(value):.2f}")
    expect(beta.locator("svg")).to_contain_text("find both edges")
    slider.fill("1.2")
    expect(beta.locator(".words")).to_contain_text("to another word, “sleeps”, 10")
    expect(beta.locator("svg")).to_contain_text("Safe here from 0.50 to 1.04")


def test_turning_the_inside_of_a_head_changes_entries_and_no_score(page: Page) -> None:
    rotation = page.locator("[data-explorable=rotation]")
    rotation.get_by_role("slider").fill("40")
    expect(rotation.locator(".words")).to_have_text(
        "20 of the 20 entries have changed, and no score has changed."
    )
    rotation.get_by_role("checkbox").uncheck()
    expect(rotation.locator(".words")).to_contain_text("a score has changed by")


def test_scaling_moves_the_attention_and_not_the_order(page: Page) -> None:
    softness = page.locator("[data-explorable=softness]")
    expect(softness.locator(".words")).to_contain_text("still it is too soft")
    softness.get_by_role("slider").fill("2")
    expect(softness.locator(".words")).to_contain_text("That is sharp enough")


def test_sliding_through_a_training_shows_its_moments_and_their_patterns(page: Page) -> None:
    formation = page.locator("[data-explorable=formation]")
    expect(formation.locator(".words")).to_contain_text("At step 3000 the model guesses 98 %")
    shades = formation.locator("path.cell")
    trained = [shade.get_attribute("d") for shade in shades.all()]
    assert 0 < len(trained) <= 2 * 20  # a shape a shade and head, however many cells
    moment = formation.get_by_role("slider", name="Moment")
    moment.fill("0")
    expect(formation.locator(".words")).to_contain_text("At step 0 the model guesses 2 %")
    assert [shade.get_attribute("d") for shade in shades.all()] != trained
    moment.press("ArrowRight")
    expect(formation.locator(".words")).to_contain_text("At step 100 ")


CLICK_AT_REST = """async (button) => {
    const root = button.getRootNode();
    for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
    button.click();
    return root.querySelector("button").textContent;
}"""
"""Click when nothing waits to be drawn; what the first button says within the same event."""


def test_a_model_trains_in_the_page_which_goes_on_answering(page: Page) -> None:
    train = page.locator("[data-explorable=train]")
    expect(train.locator(".words")).to_contain_text("Nothing is trained yet")
    start = train.get_by_role("button", name="Start", exact=True)
    assert start.evaluate(CLICK_AT_REST) == "Pause"
    expect(train.locator(".words")).to_contain_text(re.compile(r"At step [1-9]"), timeout=120_000)
    train.get_by_role("button", name="Pause").click()
    expect(train.get_by_role("button", name="Go on")).to_be_visible()
    steps = train.get_by_role("slider", name="Look at step")
    steps.fill("0")
    expect(train.locator(".words")).to_contain_text("At step 0 ")
    train.get_by_role("radio", name="head 2").check()
    expect(train.locator(".words")).to_contain_text("the model without head 2 guesses")
    train.get_by_role("radio", name="one", exact=True).check()
    expect(train.locator("svg")).to_contain_text("the only head")
    expect(train.get_by_role("radio", name="head 2")).to_have_count(0)
    train.get_by_role("button", name="Pause").click()


def press_through(page: Page, times: int) -> str:
    """Press Tab until a name in the figure has the focus, and return what has it."""
    for _ in range(times):
        page.keyboard.press("Tab")
    focused: str = page.evaluate(
        "document.activeElement.shadowRoot?.activeElement?.textContent.trim() ?? ''"
    )
    return focused


@pytest.mark.parametrize(
    ("circuit", "guesses", "verdicts"),
    [
        (
            "pointers",
            [0, 0, 1, 0],
            ["Right: “star” at 1", "Not so. The answer: position 1", "Right: “fish” at 2"],
        ),
        (
            "notes",
            [2, 0, 0, 0],
            ["Right: “past” at 4", "Right: the word “past”", "Not so. The answer: “fish” at 2"],
        ),
    ],
)
def test_keys_alone_lead_through_all_steps_of_a_circuit(
    page: Page, circuit: str, guesses: list[int], verdicts: list[str]
) -> None:
    stepper = page.locator("[data-explorable=stepper]")
    stepper.get_by_role("radio", name="pointers").focus()
    if circuit == "notes":
        page.keyboard.press("ArrowRight")
    expect(stepper.get_by_role("radio", name=circuit)).to_be_checked()
    press_through(page, 1)  # the token that looks
    for step, verdict in enumerate([*verdicts, "Right: “fish”"]):
        expect(stepper.locator("legend").last).to_contain_text(f"Step {step + 1} of 4")
        if step > 0:  # from the last button back to the first guess
            for _ in range(stepper.locator("fieldset.buttons button").count() + 1):
                page.keyboard.press("Shift+Tab")
        else:
            press_through(page, 1)
        press_through(page, guesses[step])
        page.keyboard.press("Enter")
        expect(stepper.locator(".words")).to_contain_text(verdict)
        expect(stepper.get_by_role("status")).to_contain_text(verdict)
        left = stepper.locator("fieldset.buttons button").count() - guesses[step]
        name = press_through(page, left + 1)  # past Back
        assert name == ("Next step" if step < 3 else "Begin again")
        page.keyboard.press("Space")
    expect(stepper.locator("legend").last).to_contain_text("Step 1 of 4")
    expect(stepper.locator(".words")).to_contain_text("its scratch space is empty")


def look_at(button: Locator) -> str:
    colour: str = button.evaluate("(button) => getComputedStyle(button).color")
    return colour


def test_a_step_is_drawn_when_it_is_shown_and_not_before(page: Page) -> None:
    stepper = page.locator("[data-explorable=stepper]")
    picture = stepper.locator("svg")
    show = stepper.get_by_role("button", name="Show without a guess")
    go_on = stepper.get_by_role("button", name="Next step")
    back = stepper.get_by_role("button", name="Back")
    ready, not_ready = (look_at(button) for button in (show, back))
    assert ready != not_ready  # nothing comes before the first step
    expect(picture).not_to_contain_text("%")
    show.click()
    expect(picture).to_contain_text("100 %")
    expect(picture).not_to_contain_text("→ 1")
    go_on.click()
    expect(picture).not_to_contain_text("→ 1")
    show.click()
    expect(picture).to_contain_text("→ 1")
    assert look_at(back) == ready
    back.click()
    expect(picture).not_to_contain_text("→ 1")
    expect(stepper.get_by_role("button", name="✓ “star” at 1")).to_be_visible()
    stepper.get_by_role("radio", name="fish (2)").check()
    expect(picture).not_to_contain_text("%")
    expect(stepper.locator("legend").last).to_contain_text(
        "Where will head 1 look from “fish” at 2?"
    )


LISTEN = """(take) => document.addEventListener("figure-code", (event) => {
    window.handed = event.detail;
    if (take) event.preventDefault();
})"""


def put_with_keys(page: Page, grid: str, places: list[tuple[int, int]]) -> None:
    """Walk through a grid of the figure with the arrow keys, and press Space at each place."""
    first = page.get_by_role("grid", name=grid).locator("button[tabindex='0']")
    first.focus()
    row, column = 0, 0
    for to_row, to_column in places:
        for _ in range(to_row - row):
            page.keyboard.press("ArrowDown")
        sideways = "ArrowRight" if to_column > column else "ArrowLeft"
        for _ in range(abs(to_column - column)):
            page.keyboard.press(sideways)
        page.keyboard.press("Space")
        row, column = to_row, to_column


def test_part_1a_can_be_written_with_keys_alone_and_handed_over(page: Page) -> None:
    fill = page.locator("[data-explorable=fill]")
    put_with_keys(page, "W_V,", [(0, 0), (1, 1), (2, 2), (3, 3)])
    put_with_keys(page, "W_out,", [(8, 0), (9, 1), (10, 2), (11, 3)])
    expect(fill.locator(".words")).to_have_text(
        "The head copies 0 to 8, 1 to 9, 2 to 10 and 3 to 11."
    )
    page.evaluate(LISTEN, True)
    fill.get_by_role("button", name="Write this into my answer").click()
    expect(fill.locator(".message")).to_have_text("The code stands in your answer now.")
    handed = page.evaluate("window.handed")
    assert handed["gradeId"] == "ex1a"
    names: dict[str, np.ndarray] = {}
    exec(handed["code"], {"np": np}, names)
    assert check("ex1a", names["W_V_1"], names["W_out_1"]).status == "right"


def test_code_that_the_page_does_not_take_is_shown(page: Page) -> None:
    fill = page.locator("[data-explorable=fill]")
    page.evaluate(LISTEN, False)
    fill.get_by_role("button", name="Write this into my answer").click()
    expect(fill.locator("pre")).to_contain_text("W_V_1 = np.zeros((4, 16))")
    fill.get_by_role("button", name="line 2 reads dimension 3: 0").click()
    expect(fill.locator("pre")).to_have_count(0)  # it was the code of the state before


# Fills both matrices but for what reads dimension 0, and counts the nodes that each of these four
# clicks then changes beside the grid.
COUNT_CHANGES = """async () => {
    const place = document.querySelector("[data-explorable=fill] .explorable-stage > div");
    const cells = [...place.shadowRoot.querySelectorAll("[role=grid] button")];
    const last = cells.filter((cell) => cell.ariaLabel.includes("reads dimension 0:"));
    const settle = async () => {
        for (let i = 0; i < 2; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
    };
    for (const cell of cells) if (!last.includes(cell)) cell.click();
    await settle();
    let seen = 0;
    const watcher = new MutationObserver((changes) => { seen += changes.length; });
    const all = { attributes: true, characterData: true, childList: true, subtree: true };
    watcher.observe(place.shadowRoot.querySelector(".middle"), all);
    const counted = [];
    for (const cell of last) {
        seen = 0;
        cell.click();
        await settle();
        counted.push(seen);
    }
    return counted;
}"""


def test_a_click_into_full_matrices_changes_what_follows_from_it_and_nothing_else(
    page: Page,
) -> None:
    fill = page.locator("[data-explorable=fill]")
    # First 16 arrows and squares come, in a shape each; then a number in each of these squares.
    # What the picture says changes every time.
    assert page.evaluate(COUNT_CHANGES) == [3, 17, 17, 17]
    expect(fill.locator(".words")).to_have_text(
        "The head copies 256 pairs, from 16 dimensions to 16 dimensions, "
        "256 of them more than once."
    )
    picture = fill.get_by_role("img", name="Arrows from the dimensions")
    expect(picture).to_have_attribute("aria-label", re.compile(r"15 gets 0 \(4 times\), 1 \(4"))
    fill.get_by_role("button", name="Clear").click()
    expect(fill.locator(".words")).to_have_text("The head copies nothing.")


def test_on_a_phone_the_arrows_stand_beside_the_matrices_that_move_them(
    chromium: Browser, address: str
) -> None:
    # A phone of 375 pixels leaves this much beside the book's own margins.
    with chromium.new_context(viewport={"width": 323, "height": 800}) as context:
        for page in open_page(context, address):
            fill = page.locator("[data-explorable=fill]")
            above, beside = (
                find_box(fill.get_by_role("grid", name=name)) for name in ("W_V,", "W_out,")
            )
            picture = find_box(fill.locator("svg.picture"))
            assert picture["x"] >= beside["x"] + beside["width"]
            assert picture["x"] + picture["width"] <= 323
            assert picture["y"] < beside["y"]  # both are in sight of whoever clicks into W_V
            assert picture["y"] + picture["height"] - above["y"] < 800


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 375])
def test_nothing_is_in_the_way_of_a_reader_who_needs_help(
    chromium: Browser, address: str, scheme: str, width: int
) -> None:
    with chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    ) as context:
        for page in open_page(context, address):
            found = Axe().run(page)
            assert found.response["violations"] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            dark = page.locator("[data-explorable] .explorable-stage > [data-dark]").count()
            assert dark == (len(load_figures()) if scheme == "dark" else 0)
            for height in page.evaluate(
                "[...document.querySelectorAll('.explorable-stage > div')].flatMap((host) => "
                "[...host.shadowRoot.querySelectorAll('label, button')]"
                ".map((target) => target.getBoundingClientRect().height))"
            ):
                assert height >= 24  # CSS pixels that a finger needs


def test_a_pattern_is_looked_into_by_keys_mouse_and_finger(page: Page) -> None:
    pattern = page.locator("[data-explorable=pattern]")
    query = pattern.get_by_role("slider", name="Query, the token that looks")
    query.focus()
    page.keyboard.press("ArrowLeft")
    expect(query).to_have_attribute("aria-valuetext", "4 (star)")
    said = (
        "query 4 (star), key 3 (swims) gets 0 (wanted), 0.088 (seen). "
        "Key 2 (fish) gets most, 1 (wanted). Key 2 (fish) gets most, 0.649 (seen)."
    )
    expect(pattern.locator(".words")).to_contain_text(said)
    expect(pattern.get_by_role("status")).to_contain_text(said)
    pattern.get_by_role("radio", name="a column: one key").check()
    expect(pattern.locator("svg")).to_contain_text("Key 3 (swims) is looked at by the queries")
    cell = pattern.locator("svg text", has_text=re.compile(r"^\.60$")).first  # of query 5
    cell.hover()
    expect(query).to_have_attribute("aria-valuetext", "5 (fish)")
    page.mouse.move(0, 0)
    expect(query).to_have_attribute("aria-valuetext", "5 (fish)")


def test_a_finger_that_scrolls_over_a_pattern_changes_nothing(
    chromium: Browser, address: str
) -> None:
    with chromium.new_context(
        viewport={"width": 375, "height": 800}, has_touch=True, is_mobile=True
    ) as context:
        for page in open_page(context, address):
            pattern = page.locator("[data-explorable=pattern]")
            query = pattern.get_by_role("slider", name="Query, the token that looks")
            pattern.locator("svg text", has_text=re.compile(r"^\.65$")).first.tap()
            expect(query).to_have_attribute("aria-valuetext", "4 (star)")
            svg = pattern.locator("svg.picture")
            svg.dispatch_event("pointermove", {"pointerType": "touch", "clientX": 60, "clientY": 9})
            expect(query).to_have_attribute("aria-valuetext", "4 (star)")


def test_figures_come_and_go_with_the_outputs_of_cells(page: Page) -> None:
    page.evaluate(
        """() => {
            const place = document.createElement("div");
            place.id = "late";
            place.className = "explorable";
            place.dataset.explorable = "pattern";
            place.dataset.state = JSON.stringify({
                patterns: [{ name: "late", rows: [[10000], [2500, 7500]] }],
                tokens: [], wanted: [], query: 1, key: 0,
            });
            place.innerHTML = '<div class="explorable-still"><p>the still picture</p></div>';
            document.querySelector("main").prepend(place);
            window.late = place;
        }"""
    )
    late = page.locator("#late")
    late.scroll_into_view_if_needed()
    expect(late.locator(".words")).to_contain_text("key 0 gets 0.25. Key 1 gets most, 0.75.")
    expect(late.get_by_text("the still picture")).to_be_hidden()
    page.evaluate("window.late.remove()")
    page.wait_for_function("() => !('awake' in window.late.dataset)")
    assert page.evaluate("window.late.querySelector('.explorable-stage')") is None
    page.evaluate("document.querySelector('main').prepend(window.late)")
    expect(late.locator(".words")).to_contain_text("Key 1 gets most")


def read_report_of_heads() -> str:
    """Return the report on heads of exercise 3 that do what was asked."""
    one, two = build_reference("notes", toy_stream())
    first = {f"{name}_1": matrix for name, matrix in vars(one).items()}
    return check("ex3b", two.W_Q, two.W_K, **first)._repr_html_()


def test_a_learners_heads_are_run_and_held_beside_those_that_train(page: Page) -> None:
    page.evaluate(
        """(html) => {
            window.report = document.createElement("div");
            window.report.id = "report";
            window.report.innerHTML = html;
            document.querySelector("main").prepend(window.report);
        }""",
        read_report_of_heads(),
    )
    report = page.locator("#report")
    report.scroll_into_view_if_needed()
    expect(report.get_by_text("gives 1.00 of its attention to fish")).to_be_hidden()
    group = report.get_by_role("group", name="Step 1 of 4")
    expect(group).to_contain_text("Where will your head 1 look")
    report.get_by_role("button", name="“past” at 4").press("Enter")
    expect(report.locator(".words")).to_contain_text("Right: “past” at 4. Here your own queries")
    report.get_by_role("radio", name="the book’s").check()
    expect(group).to_contain_text("Where will head 1 look")
    train = page.locator("[data-explorable=train]")
    train.get_by_role("button", name="Start", exact=True).click()
    row = train.get_by_role("row", name="head 1, on the token before: on average")
    expect(row).to_contain_text(re.compile(r"0\.95\s*0\.\d\d [✓✗]\s*1\.00 ✓"), timeout=120_000)
    train.get_by_role("button", name="Pause").click()
    page.evaluate("window.report.remove()")
    expect(train.get_by_role("columnheader")).to_have_text(["wanted", re.compile("trained, step")])


@pytest.mark.parametrize("name", ["pattern", "stepper", "../explorables/pattern", "nothing"])
def test_data_that_fit_no_figure_leave_the_still_picture(
    context: BrowserContext, address: str, name: str
) -> None:
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(address)
    page.evaluate(
        """(name) => {
            const place = document.createElement("div");
            place.id = "late";
            place.dataset.explorable = name;
            place.dataset.state = JSON.stringify({ patterns: "none", own: "none" });
            place.innerHTML = '<div class="explorable-still">the still picture</div>';
            document.querySelector("main").prepend(place);
        }""",
        name,
    )
    with page.expect_console_message(lambda message: "stays still" in message.text):
        page.locator("#late").scroll_into_view_if_needed()
    expect(page.get_by_text("the still picture")).to_be_visible()
    assert page.locator("#late .explorable-stage").count() == 0


def test_a_line_that_is_typed_is_continued_and_heads_can_be_cut(page: Page) -> None:
    model = page.locator("[data-explorable=model]")
    words = model.locator(".words")
    expect(words).to_contain_text("Behind “star” at 5 the model says “fish”, with 100 %")
    line = model.get_by_label("A line")
    line.fill("tea bread apple")
    line.press_sequentially(" tee tea")
    expect(words).to_contain_text("Behind “tea” at 4 the model says “bread”")
    expect(words).to_contain_text("It does not know “tee”")
    expect(model.get_by_role("status")).to_contain_text("It does not know “tee”")
    model.get_by_role("radio", name="head 2").check()
    expect(words).to_contain_text("no word gets more than 1.6 %")
    expect(model.locator("svg")).to_contain_text("the other 59 words together: 92 %")
    model.get_by_role("button", name="several copies").click()
    model.get_by_role("radio", name="nothing").check()
    expect(words).to_contain_text("Behind “the” at 7 the model says “rose”")
    model.get_by_role("checkbox").check()
    model.get_by_role("slider").fill("2")
    expect(words).to_contain_text("The line goes on with “and”: a loss of 4.16 nats")
    model.get_by_role("radio", name="pointers").check()
    expect(model.get_by_role("checkbox")).to_have_count(0)


def test_without_scripts_the_still_picture_stands_there(chromium: Browser, address: str) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(address)
        for still in page.locator(".explorable-still").all():
            still.scroll_into_view_if_needed()
            expect(still).to_be_visible()


def test_on_paper_the_still_picture_stands_there(page: Page) -> None:
    still = page.locator(".explorable-still").first
    expect(still).to_be_hidden()
    page.emulate_media(media="print")
    expect(still).to_be_visible()
    expect(page.locator(".explorable-stage").first).to_be_hidden()


def test_on_paper_the_still_picture_has_its_light_form(chromium: Browser, address: str) -> None:
    with chromium.new_context(color_scheme="dark") as context:
        for page in open_page(context, address):
            page.emulate_media(media="print", color_scheme="dark")
            for still in page.locator("img.explorable-still").all():
                look = still.evaluate(
                    "(image) => [getComputedStyle(image).colorScheme, "
                    "getComputedStyle(image).backgroundColor]"
                )
                assert look == ["light", "rgb(255, 255, 255)"]


# Moves a slider four times within one frame, and notes the words after each and after the frame.
MOVE_AT_ONCE = """async () => {
    const place = document.querySelector("[data-explorable=softness] .explorable-stage > div");
    const root = place.shadowRoot;
    const slider = root.querySelector("input");
    const read = () => /it gets (\\d+)/.exec(root.querySelector(".words").textContent)[1];
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const words = [];
    await frame();
    for (const power of [1, 2, -4, 3]) {
        slider.value = power;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        words.push(read());
    }
    await frame();
    return [...words, read()];
}"""


def test_an_input_is_answered_within_its_event_and_more_of_them_at_the_next_frame(
    page: Page,
) -> None:
    assert page.evaluate(MOVE_AT_ONCE) == ["65", "65", "65", "65", "98"]


def test_a_figure_is_painted_again_without_the_page_around_it(page: Page) -> None:
    for place in page.locator("[data-explorable]").all():
        isolation = place.locator(".explorable-stage > div").evaluate(
            "(host) => getComputedStyle(host).isolation"
        )
        assert isolation == "isolate", place.get_attribute("data-explorable")
    grids = page.get_by_role("grid").all()
    assert grids
    for grid in grids:
        assert grid.evaluate("(grid) => getComputedStyle(grid).isolation") == "isolate"


def test_a_figure_waits_until_the_reader_comes_near(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(Path(request.url).name))
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => {"
        " document.querySelector('h1').style.marginBottom = '5000px'; })"
    )
    page.goto(address, wait_until="networkidle")
    assert "host.js" in asked
    assert "softness.js" not in asked
    page.locator("[data-explorable=softness]").scroll_into_view_if_needed()
    expect(page.locator("[data-explorable=softness]")).to_have_attribute("data-awake", "")


def test_a_notebooks_output_comes_alive_by_itself(context: BrowserContext) -> None:
    page = context.new_page()
    page.set_content(Shown(find_figure("softness"))._repr_mimebundle_()["text/html"])
    expect(page.locator("[data-explorable=softness] .words")).to_contain_text("too soft")


@pytest.fixture(scope="module")
def converted(figures: None) -> str:
    """A notebook with a figure among its outputs, as nbconvert makes a page of it."""
    bundle = Shown(find_figure("softness"))._repr_mimebundle_()
    shown = nbformat.v4.new_output("display_data", bundle)
    cell = nbformat.v4.new_code_cell("show('softness')", outputs=[shown])
    page: str
    page, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    return page


@pytest.mark.parametrize(
    ("scripts", "media", "shown", "hidden"),
    [
        (True, "screen", ".explorable-stage", ".explorable-still"),
        (True, "print", ".explorable-still", ".explorable-stage"),
        (False, "screen", ".explorable-still", ".explorable-stage"),
    ],
)
def test_a_notebook_made_a_page_has_its_figure_or_the_still_picture(
    chromium: Browser, converted: str, scripts: bool, media: Any, shown: str, hidden: str
) -> None:
    with chromium.new_context(java_script_enabled=scripts, offline=True) as context:
        page = context.new_page()
        page.set_content(converted, wait_until="domcontentloaded")
        page.emulate_media(media=media)
        place = page.locator("[data-explorable=softness]")
        expect(place.locator(shown)).to_be_visible()
        expect(place.locator(hidden)).to_be_hidden()


GUEST = """async (name) => {
    const figure = (await import(`/explorables/alone/${name}.mjs`)).default;
    const nothing = () => { throw new Error("there is no kernel"); };
    const values = new Map([["state", {}]]);
    const model = {
        get: (key) => values.get(key), set: (key, value) => values.set(key, value),
        on: () => {}, off: nothing, send: nothing, save_changes: nothing,
    };
    const el = document.createElement("div");
    el.id = "guest";
    document.querySelector("main").prepend(el);
    window.end = figure.render({ model, el });
}"""


def test_a_host_of_widgets_without_a_kernel_shows_figures_that_move(page: Page) -> None:
    page.evaluate(GUEST, "clock")  # which needs numbers that this host does not have
    guest = page.locator("#guest")
    guest.get_by_role("slider", name="Both clocks").fill("2")
    expect(guest.locator(".words")).to_contain_text("The head looks 2 tokens back")
    page.evaluate("window.end()")
    expect(guest.locator(".words")).to_have_count(0)


SANDBOX = "allow-scripts"  # an origin of its own, as the frames of outputs in Colab have it
WEBVIEW = (  # what the webview of a notebook in VS Code allows
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'unsafe-inline'; img-src data: blob:; worker-src blob:"
)


def test_an_output_in_a_frame_of_its_own_answers(context: BrowserContext) -> None:
    page = context.new_page()
    output = Shown(find_figure("softness"))._repr_mimebundle_()["text/html"]
    page.set_content("<iframe width=700 height=600></iframe>")
    page.evaluate(
        "([html, sandbox]) => { const frame = document.querySelector('iframe');"
        " frame.sandbox = sandbox; frame.srcdoc = html; }",
        [output, SANDBOX],
    )
    frame = page.frame_locator("iframe")
    frame.get_by_role("slider").fill("2")
    expect(frame.locator(".words")).to_contain_text("That is sharp enough")


def test_an_output_that_is_put_in_as_text_and_run_after_answers(context: BrowserContext) -> None:
    page = context.new_page()
    outputs = [
        Shown(find_figure(name))._repr_mimebundle_()["text/html"] for name in ("softness", "train")
    ]
    page.set_content(
        f'<meta http-equiv="Content-Security-Policy" content="{WEBVIEW}"><div id="output"></div>'
    )
    page.evaluate(
        """(html) => {
            const place = document.querySelector("#output");
            place.innerHTML = html;
            for (const script of place.querySelectorAll("script")) {
                const run = document.createElement("script");
                run.textContent = script.textContent;
                script.replaceWith(run);
            }
        }""",
        "".join(outputs),
    )
    softness, train = (page.locator(f"[data-explorable={name}]") for name in ("softness", "train"))
    softness.get_by_role("slider").fill("2")
    expect(softness.locator(".words")).to_contain_text("That is sharp enough")
    train.get_by_role("button", name="Start", exact=True).click()
    expect(train.locator(".words")).to_contain_text(re.compile(r"At step [1-9]"), timeout=120_000)
    train.get_by_role("button", name="Pause").click()
