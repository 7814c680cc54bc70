"""Measure how long a reader waits for Python in the page, and beside it in JupyterLite.

    python -m tools.bench.browser          five runs of each, on the site in _build/html
    python -m tools.bench.browser --before FOLDER    an earlier site in turn with it, run by run

From the click on "Run" to the first passed check of exercise 1, and to a figure; with an empty
browser (cold) and on a second visit (warm). The server is this machine's own and sends files as
they are: these are the bytes that count for the goal. What a server would send that compresses,
with gzip or with brotli, is computed after the runs and stands beside them.
JupyterLite is timed from opening the notebook, because it starts Python by itself.

With an earlier site each run measures both, and what is printed is the median of the runs' ratios:
a machine that is slow for a while is slow for both.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright
from sphinx_live_cells.twins import find_packers

from tools.serve import run_beside
from tools.test.chromium import FLAGS, demand_chromium

ROOT = Path(__file__).resolve().parents[2]
PAGE = "book/exercise-1.html"
NOTEBOOK = "lite/notebooks/index.html?path=exercise-1.ipynb"
ANSWER = "W_V_1 = np.eye(4, 16)\nW_out_1 = np.eye(16, 4, -8)"
WHOLE_ANSWER = f"import numpy as np\nfrom circuits import check\n{ANSWER}\n"
WHOLE_ANSWER += 'print(check("ex1a", W_V_1, W_out_1).status)'
PATIENCE = 180_000  # milliseconds
SLOWER = 1.1  # times the seconds of an earlier site
GOALS = {
    "first passed check, cold": "6 s, 16.9 MB, with brotli 10",
    "first passed check, warm": "4 s",
    "figure, cold": "8 s",
}


@dataclass
class Sample:
    """One run: seconds waited, and the files that were sent."""

    seconds: float
    files: list[Path]

    def weigh(self, packing: str = "") -> int:
        """Return how many bytes the files have, as they are or packed."""
        return sum(weigh_file(file, packing) for file in self.files)


@dataclass
class Counter:
    """What the server has sent since it was last asked."""

    files: list[Path] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, path: Path) -> None:
        """Count one file."""
        with self.lock:
            self.files.append(path)

    def take(self) -> list[Path]:
        """Return what was sent and begin anew."""
        with self.lock:
            files, self.files = self.files, []
        return files


@cache
def weigh_file(path: Path, packing: str) -> int:
    """Return how many bytes a server sends of a file: as it is, or packed once and well."""
    content = path.read_bytes()
    packers = find_packers([packing] if packing else []).values()
    return min([len(content), *(len(packer.pack(content)) for packer in packers)])


class CountingHandler(SimpleHTTPRequestHandler):
    """Sends files as they are, over connections that stay open, and counts them."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: object, counter: Counter, directory: str) -> None:
        self.counter = counter
        super().__init__(*arguments, directory=directory)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.is_file() and "If-Modified-Since" not in self.headers:
            self.counter.add(path)
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's
        """Stay quiet."""


@contextmanager
def serve(site: Path, counter: Counter) -> Iterator[str]:
    """Serve the site; yield its address."""
    for path in site.rglob("*"):  # warm: every file has been read
        if path.is_file() and path.parts[-2] != "_images":
            path.read_bytes()
    handler = partial(CountingHandler, counter=counter, directory=str(site))
    with run_beside(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as root:
        yield f"{root}/"


@contextmanager
def fresh_browser(playwright: Playwright, chromium: str) -> Iterator[BrowserContext]:
    """A browser that has never been anywhere."""
    with tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium, args=FLAGS
        )
        yield context
        context.close()


def open_page(page: Page, address: str) -> None:
    """Open exercise 1 and wait until its cells are live."""
    page.goto(address)
    page.locator("html[data-live=ready]").wait_for(state="attached", timeout=PATIENCE)
    page.wait_for_timeout(1000)  # whatever the page does on its own is over


def pass_first_check(page: Page) -> None:
    """Click Run on the check of exercise 1 (a) and wait until it has passed.

    A page that is opened again shows the mark of its last report before anything runs.
    """
    page.locator("[id='cell-ex1a-test'] .live-run").click()
    page.locator("[id='cell-ex1a-test'][data-runs=ended]").wait_for(timeout=PATIENCE)
    right = page.locator(".live-parts li:first-child .live-mark[data-status=right]")
    right.wait_for(timeout=PATIENCE)


def draw_figure(page: Page) -> None:
    """Run the first figure's cell and wait until it is drawn."""
    cell = page.locator(".live-cell", has=page.locator("figure img")).first
    cell.locator(".live-run").click()
    page.locator(".live-cell[data-runs=ended] figure img").first.wait_for(timeout=PATIENCE)


def write_answer(page: Page) -> None:
    """Put the right answer into the cell of exercise 1 (a)."""
    page.locator("[id='cell-ex1a']").scroll_into_view_if_needed()
    page.locator("[id='cell-ex1a'] .cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(ANSWER)
    page.evaluate("localStorage.removeItem('live-cells:/:marks')")


def pass_in_notebook(page: Page, address: str) -> None:
    """Open the notebook in JupyterLite, run the answer with its check, wait until it has passed."""
    page.goto(address)
    # JupyterLab drops what is run before its kernel is there.
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=PATIENCE)
    cell = page.locator(".jp-CodeCell").first
    cell.locator(".cm-content").click(timeout=PATIENCE)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(WHOLE_ANSWER)
    page.keyboard.press("Shift+Enter")
    cell.locator(".jp-OutputArea-output", has_text="right").first.wait_for(timeout=PATIENCE)


def sample(counter: Counter, action: Callable[[], None]) -> Sample:
    """Time an action and count what was sent for it."""
    counter.take()
    started = time.perf_counter()
    action()
    return Sample(time.perf_counter() - started, counter.take())


def measure(
    playwright: Playwright, chromium: str, address: str, counter: Counter
) -> dict[str, Sample]:
    """Return one sample of everything."""
    found: dict[str, Sample] = {}
    with fresh_browser(playwright, chromium) as context:
        page = context.new_page()
        open_page(page, address + PAGE)
        write_answer(page)
        found["first passed check, cold"] = sample(counter, lambda: pass_first_check(page))
        page.wait_for_timeout(3000)  # the browser keeps what it compiled
        page.evaluate("localStorage.removeItem('live-cells:/:marks')")
        open_page(page, address + PAGE)
        found["first passed check, warm"] = sample(counter, lambda: pass_first_check(page))
    with fresh_browser(playwright, chromium) as context:
        page = context.new_page()
        open_page(page, address + PAGE)
        page.locator(".live-cell", has=page.locator("figure img")).first.locator("summary").click()
        found["figure, cold"] = sample(counter, lambda: draw_figure(page))
    with fresh_browser(playwright, chromium) as context:
        page = context.new_page()
        lite = address + NOTEBOOK
        found["JupyterLite, cold"] = sample(counter, lambda: pass_in_notebook(page, lite))
        page.wait_for_timeout(3000)
        page.goto("about:blank")
        found["JupyterLite, warm"] = sample(counter, lambda: pass_in_notebook(page, lite))
    return found


def write_table(samples: dict[str, list[Sample]]) -> str:
    """Return the medians as a table."""
    lines = [f"{'':28}{'seconds':>9}{'MB':>8}{'gzip':>8}{'brotli':>8}   goal"]
    for name, taken in samples.items():
        seconds = statistics.median(one.seconds for one in taken)
        weights = [
            statistics.median(one.weigh(packing) for one in taken) / 1e6
            for packing in ("", "gz", "br")
        ]
        told = "".join(f"{weight:8.2f}" for weight in weights)
        lines.append(f"{name:28}{seconds:9.1f}{told}   {GOALS.get(name, '')}".rstrip())
    return "\n".join(lines)


def write_ratios(now: dict[str, list[Sample]], before: dict[str, list[Sample]]) -> str:
    """Return the medians of how long this site takes for each second of the earlier one."""
    lines = [f"{'':28}{'median':>9}{'range':>14}   goal"]
    for name, taken in now.items():
        ratios = [new.seconds / old.seconds for new, old in zip(taken, before[name], strict=True)]
        told = f"{min(ratios):.2f} to {max(ratios):.2f}"
        lines.append(f"{name:28}{statistics.median(ratios):9.2f}{told:>14}   at most {SLOWER}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(description="Time Python in the page and in JupyterLite.")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--before", type=Path, help="an earlier site, measured in turn")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args(arguments)
    chromium = demand_chromium()
    sites = [options.site, *([options.before] if options.before else [])]
    for site in sites:
        if not (site / "lite").is_dir():
            print(f"{site} is not complete: make site first.", file=sys.stderr)
            return 1
    found: dict[Path, dict[str, list[Sample]]] = {site: {} for site in sites}
    with sync_playwright() as playwright:
        for run in range(1, options.runs + 1):
            print(f"run {run} of {options.runs}", flush=True)
            for site in sites if run % 2 else reversed(sites):  # none is always the second
                counter = Counter()
                with serve(site, counter) as address:
                    for name, one in measure(playwright, chromium, address, counter).items():
                        found[site].setdefault(name, []).append(one)
    samples = found[options.site]
    if options.before:  # first, for to pack what was sent takes minutes
        ratios = write_ratios(samples, found[options.before])
        print(f"\nSeconds, over those of {options.before}:\n{ratios}", flush=True)
    print(f"\nMedians of {options.runs} runs:\n{write_table(samples)}", flush=True)
    if options.before:
        print(f"\nThe same of {options.before}:\n{write_table(found[options.before])}")
    report = ROOT / "build" / "bench-browser.json"
    report.parent.mkdir(exist_ok=True)
    kept = {
        name: [{"seconds": one.seconds, "sent": one.weigh()} for one in taken]
        for name, taken in samples.items()
    }
    report.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
