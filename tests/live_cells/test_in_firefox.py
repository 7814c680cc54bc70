"""What must survive, survives in Firefox too: kept texts, a new build, two books on one host."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live_cells.firefox import Firefox, FirefoxPage, find_firefox, start_firefox
from tests.live_cells.serving import serve
from tests.live_cells.test_a_new_build import NEWER, PAGE, TwoBooks, builds, deploy
from tests.live_cells.test_kept_texts import KEPT

__all__ = ["builds"]  # a fixture

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELL = "document.getElementById('cell-1')"
WORDS = "document.querySelector('.live-status-words').textContent"


@pytest.fixture
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """A reader with Firefox who has never been here."""
    path = find_firefox()
    if path is None:
        pytest.skip("no Firefox here: install Debian's package firefox-esr to run these tests")
    with start_firefox(path, tmp_path_factory.mktemp("profile")) as firefox:
        yield firefox


def press(page: FirefoxPage, name: str) -> None:
    """Press the button of this name."""
    found = f"[...document.querySelectorAll('button')].find((b) => b.textContent === {name!r})"
    page.evaluate(f"{found}.click()")


def run(page: FirefoxPage) -> bool:
    """Run the first cell; return whether it ran, and not told of a newer version at once."""
    page.wait_for("navigator.serviceWorker.controller !== null")
    page.evaluate(f"delete {CELL}.dataset.runs")
    page.evaluate(f"{CELL}.querySelector('.live-run').click()")
    page.wait_for(f"{CELL}.dataset.runs === 'ended' || {WORDS} === {NEWER!r}")
    ran: bool = page.evaluate(f"{CELL}.dataset.runs === 'ended'")
    return ran


def test_texts_of_an_earlier_version_are_shown_or_offered(firefox: Firefox, site: Path) -> None:
    with serve(site, "/course/") as address:
        page = firefox.open(address + PAGE)
        kept = {f"live-cells:/course/:{name}": json.dumps(value) for name, value in KEPT.items()}
        page.evaluate(f"Object.assign(localStorage, {json.dumps(kept)})")
        page.go(address + PAGE)
        page.evaluate("document.getElementById('cell-ex1a').scrollIntoView()")
        page.wait_for("document.querySelector('#cell-ex1a .cm-content') !== null")
        shown = page.evaluate("document.querySelector('#cell-ex1a .cm-content').textContent")
        assert shown == "W_V_1 = 'kept'"
        offered = page.evaluate("document.querySelector('.live-leftovers pre').textContent")
        assert offered == "W_V_2 = 'without a cell'"


@pytest.mark.parametrize("max_age", [None, 600])
def test_page_goes_on_or_says_that_there_is_a_newer_one(
    firefox: Firefox, builds: tuple[Path, Path], max_age: int | None
) -> None:
    first, second = builds
    with deploy(first, max_age) as (address, server):
        never, started = firefox.open(address + PAGE), firefox.open(address + PAGE)
        assert run(started)
        server.folder = second
        press(started, "Restart Python")
        assert run(started)
        run(never)
        fresh = firefox.open(address + PAGE)
        run(fresh)
    # The server is gone now.
    press(started, "Restart Python")
    run(started)


def test_two_books_on_one_host_leave_each_other_s_python_alone(
    firefox: Firefox, site: Path
) -> None:
    with serve(site, "/", handler=TwoBooks) as address:
        pages = [firefox.open(f"{address}{book}{PAGE}") for book in ("other/", "")]
        assert all(run(page) for page in pages)
    # The server is gone now.
    for page in pages:
        press(page, "Restart Python")
        assert run(page)
    stores = pages[0].evaluate("caches.keys()")
    assert {"live-cells-python:/", "live-cells-python:/other/"} <= set(stores)
