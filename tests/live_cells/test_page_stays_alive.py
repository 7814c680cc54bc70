"""Whatever a cell does, and whatever becomes of the network, the page goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.live_cells.pages import LivePage
from tests.live_cells.serving import read_policy, serve

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[[str], LivePage]
PAGE = "book/exercise-1.html"


def is_isolated(page: Page) -> bool:
    """Tell whether the page can share memory with its worker."""
    return bool(page.evaluate("() => window.crossOriginIsolated"))


def start_endless_loop(live: LivePage) -> None:
    """Run a cell that never ends, and see the page answer meanwhile."""
    live.write("ex1a", "found = 1\nwhile True:\n    found += 1")
    live.cell("ex1a").locator(".live-run").click()
    expect(live.cell("ex1a")).to_have_attribute("data-runs", "begun", timeout=90_000)
    live.page.get_by_label("Your answer to (c), in words").fill("still writing")


def test_endless_loop_is_interrupted_and_its_values_are_kept(visit: Visit) -> None:
    live = visit(PAGE).come_again()
    assert is_isolated(live.page)
    live.run("1")
    start_endless_loop(live)
    live.press("Stop the answer to (a)")
    live.wait_until_done("ex1a")
    expect(live.output("ex1a")).to_contain_text("Stopped.")
    live.write("ex1a", "found > 1, d_model")
    live.run("ex1a")
    expect(live.output("ex1a")).to_contain_text("(True, 16)")


def test_without_shared_memory_stop_ends_python_and_says_what_is_lost(visit: Visit) -> None:
    live = visit(PAGE)
    assert not is_isolated(live.page)
    start_endless_loop(live)
    live.press("Stop the answer to (a)")
    expect(live.page.locator(".live-status-words")).to_contain_text("is gone, your text is not")
    assert live.read("ex1a").startswith("found = 1")
    live.write("ex1a", "d_model + 1")
    live.run("ex1a")
    expect(live.output("ex1a")).to_contain_text("17")


def test_restart_forgets_values_and_keeps_text(visit: Visit) -> None:
    live = visit(PAGE)
    live.write("ex1a", "leftover = 5")
    live.run("ex1a")
    live.write("ex1a-test", "leftover")
    live.write("ex1a", "pass")
    live.press("Restart Python")
    expect(live.page.locator(".live-status-words")).to_contain_text("restarted")
    live.run("ex1a-test")
    expect(live.output("ex1a-test")).to_contain_text("NameError: name 'leftover' is not defined")
    assert live.read("ex1a-test") == "leftover"


def test_error_names_the_line_and_no_library(visit: Visit) -> None:
    live = visit(PAGE)
    live.write("ex1a", "import numpy as np\n\nnp.ones((2, 3)) @ np.ones(2)")
    live.run("ex1a")
    expect(live.output("ex1a")).to_contain_text("line 3 of this cell")
    expect(live.output("ex1a")).to_contain_text("ValueError")
    expect(live.output("ex1a")).not_to_contain_text("site-packages")


def test_check_whose_answer_fails_says_why_it_did_not_run(visit: Visit) -> None:
    live = visit(PAGE)
    live.write("ex1a", "W_V_1 = W_out_1 = 1 / 0")
    live.cell("ex1a-test").locator(".live-run").click()
    live.wait_until_done("ex1a")
    expect(live.output("ex1a")).to_contain_text("ZeroDivisionError")
    expect(live.cell("ex1a-test")).to_contain_text(
        "Did not run: the answer to (a) stopped at an error (ZeroDivisionError)."
    )
    expect(live.page.locator(".live-status-words")).to_contain_text("stopped: ZeroDivisionError")


def test_flood_of_output_is_cut_and_the_page_stays_quick(visit: Visit) -> None:
    live = visit(PAGE)
    live.write("ex1a", "for number in range(300_000):\n    print(number)")
    live.run("ex1a")
    printed = live.output("ex1a").inner_text()
    assert 200_000 < len(printed) < 201_000
    assert printed.rstrip().endswith("the rest of what this cell prints is cut.")


def test_second_visit_needs_no_network(site: Path, context: BrowserContext) -> None:
    with serve(site, "/course/", read_policy()) as address:
        page = context.new_page()
        page.goto(address + PAGE)
        live = LivePage(page, [])
        live.run("ex1a-test")
        live = live.come_again()
        live.run("ex1a-test")
        page.wait_for_timeout(1000)
    # The server is gone now.
    page.reload()
    live = LivePage(page, [])
    live.write("ex1a", "W_V_1 = np.eye(4, 16)\nW_out_1 = np.eye(16, 4, -8)")
    live.run("ex1a-test")
    expect(live.mark("ex1a")).to_have_attribute("data-status", "right")


def test_plain_server_at_the_root_is_enough(site: Path, context: BrowserContext) -> None:
    with serve(site) as address:
        page = context.new_page()
        page.goto(address + PAGE)
        live = LivePage(page, [])
        live.write("ex1a", "1 + 1")
        live.run("ex1a")
        expect(live.output("ex1a")).to_contain_text("2")


def test_python_is_not_fetched_before_it_is_asked_for(visit: Visit) -> None:
    live = visit(PAGE)
    live.page.wait_for_timeout(1500)
    names = "() => performance.getEntriesByType('resource').map((entry) => entry.name)"
    assert not [name for name in live.page.evaluate(names) if "/live-cells/python/" in name]
