"""Measure how long a reader waits for Python in the page, and beside it in JupyterLite.

    python -m tools.bench.browser          five runs of each, on the site in _build/html

From the click on "Run" to the first passed check of exercise 1, and to a figure; with an empty
browser (cold) and on a second visit (warm). The server is this machine's own and sends files as
they are, so the bytes are uncompressed; what they would be with gzip is counted beside them.
JupyterLite is timed from opening the notebook, because it starts Python by itself.
"""

from __future__ import annotations

import argparse
import gzip
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

from tools.test.chromium import FLAGS, find_chromium

ROOT = Path(__file__).resolve().parents[2]
PAGE = "book/exercise-1.html"
NOTEBOOK = "lite/notebooks/index.html?path=exercise-1.ipynb"
ANSWER = "W_V_1 = np.eye(4, 16)\nW_out_1 = np.eye(16, 4, -8)"
WHOLE_ANSWER = f"import numpy as np\nfrom circuits import check\n{ANSWER}\n"
WHOLE_ANSWER += 'print(check("ex1a", W_V_1, W_out_1).status)'
PATIENCE = 180_000  # milliseconds
GOALS = {
    "first passed check, cold": "6 s, 17 MB",
    "first passed check, warm": "4 s",
    "figure, cold": "8 s",
}


@dataclass
class Sample:
    """One run: seconds waited, bytes sent as they are, and bytes if they were gzipped."""

    seconds: float
    sent: int
    zipped: int


@dataclass
class Counter:
    """What the server has sent since it was last asked."""

    sent: int = 0
    zipped: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, path: Path) -> None:
        """Count one file."""
        with self.lock:
            self.sent += path.stat().st_size
            self.zipped += zipped_size(path)

    def take(self) -> tuple[int, int]:
        """Return the counts and begin anew."""
        with self.lock:
            counts = self.sent, self.zipped
            self.sent = self.zipped = 0
        return counts


@cache
def zipped_size(path: Path) -> int:
    """Return how many bytes a file has after gzip, as a server would send it."""
    content = path.read_bytes()
    return min(len(content), len(gzip.compress(content, compresslevel=6)))


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
    for path in site.rglob("*"):  # warm: every file has been read, and its gzipped size is known
        if path.is_file() and path.parts[-2] != "_images":
            zipped_size(path)
    handler = partial(CountingHandler, counter=counter, directory=str(site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


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
    """Click Run on the check of exercise 1 (a) and wait until it has passed."""
    page.locator("[id='cell-ex1a-test'] .live-run").click()
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
    return Sample(time.perf_counter() - started, *counter.take())


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
    lines = [f"{'':28}{'seconds':>9}{'MB':>8}{'MB gzip':>9}   goal"]
    for name, taken in samples.items():
        seconds = statistics.median(one.seconds for one in taken)
        sent = statistics.median(one.sent for one in taken) / 1e6
        zipped = statistics.median(one.zipped for one in taken) / 1e6
        goal = GOALS.get(name, "")
        lines.append(f"{name:28}{seconds:9.1f}{sent:8.1f}{zipped:9.1f}   {goal}".rstrip())
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(description="Time Python in the page and in JupyterLite.")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args(arguments)
    chromium = find_chromium()
    if chromium is None:
        print("There is no Chromium here: install Debian's package chromium.", file=sys.stderr)
        return 1
    if not (options.site / "lite").is_dir():
        print(f"{options.site} is not complete: make site first.", file=sys.stderr)
        return 1
    counter = Counter()
    samples: dict[str, list[Sample]] = {}
    with serve(options.site, counter) as address, sync_playwright() as playwright:
        for run in range(1, options.runs + 1):
            print(f"run {run} of {options.runs}", flush=True)
            for name, one in measure(playwright, chromium, address, counter).items():
                samples.setdefault(name, []).append(one)
    print(f"\nMedians of {options.runs} runs:\n{write_table(samples)}")
    report = ROOT / "build" / "bench-browser.json"
    report.parent.mkdir(exist_ok=True)
    kept = {name: [vars(one) for one in taken] for name, taken in samples.items()}
    report.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
