"""Measure how fast the pages open on a phone, by Lighthouse: the median of five runs of each page.

    python -m tools.bench.pages                     index, exercises 2 and 6, of _build/html
    python -m tools.bench.pages --runs 3 book/warmup.html

Lighthouse opens a page in a browser that has never been there, and computes what a middling phone
on a slow network would have seen. A machine that is busy makes the figures worse, so its load is
printed above them. Where Chromium gave Lighthouse no trace, the run is tried again, and it says so.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.build.frontend import NodePackages
from tools.build.node import NoNodeError, node_environment
from tools.serve import open_server, run_beside
from tools.test.chromium import FLAGS, demand_chromium

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
PAGES = ("book/index.html", "book/exercise-2.html", "book/exercise-6.html")
LIGHTHOUSE = NodePackages("lighthouse", ROOT / "tools" / "bench" / "lighthouse")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TIMES = {
    "first-contentful-paint": "FCP ms",
    "largest-contentful-paint": "LCP ms",
    "total-blocking-time": "TBT ms",
    "cumulative-layout-shift": "shift",
    "total-byte-weight": "kB",
}
GOAL = 95  # of 100, in every category
NO_TRACE = "NO_NAVSTART"  # Lighthouse's name of a trace in which no page begins to load
MOST_TRIES = 4  # of one run, before the bench gives it up


class NoTraceError(ValueError):
    """Chromium gave Lighthouse no trace of the page; another try may give one."""


@dataclass(frozen=True)
class Audits:
    """What one run of Lighthouse found.

    Attributes:
        scores: Category -> points of 100.
        figures: Audit -> its number, in Lighthouse's own unit.
    """

    scores: dict[str, float]
    figures: dict[str, float]


def read_report(report: dict[str, Any]) -> Audits:
    """Return what matters of a report.

    Raises ``NoTraceError`` if Chromium gave no trace, ``ValueError`` if the page did not open.
    """
    fault = report.get("runtimeError")
    if fault is not None:
        kind = NoTraceError if fault["code"] == NO_TRACE else ValueError
        raise kind(f"Lighthouse could not measure {report['requestedUrl']}: {fault['message']}")
    scores = {name: 100 * report["categories"][name]["score"] for name in CATEGORIES}
    figures = {name: float(report["audits"][name]["numericValue"]) for name in TIMES}
    return Audits(scores, figures)


def find_median(outcomes: Sequence[Audits]) -> Audits:
    """Return the median of each number over several runs."""
    return Audits(
        {n: statistics.median(each.scores[n] for each in outcomes) for n in CATEGORIES},
        {n: statistics.median(each.figures[n] for each in outcomes) for n in TIMES},
    )


def measure_page(url: str, chromium: str) -> Audits:
    """Measure one page once; try again, and say so, where Chromium gives no trace."""
    for _ in range(MOST_TRIES - 1):
        try:
            return run_lighthouse(url, chromium)
        except NoTraceError:
            print(f"Chromium gave no trace of {url} ({NO_TRACE}): once more.", flush=True)
    return run_lighthouse(url, chromium)


def run_lighthouse(url: str, chromium: str) -> Audits:
    """Run Lighthouse on one page."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        flags = " ".join(["--headless=new", *FLAGS])
        command = [
            *("node", str(LIGHTHOUSE.folder / "node_modules" / "lighthouse" / "cli" / "index.js")),
            *(url, "--quiet", "--output=json", f"--output-path={report}"),
            *(f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={flags}"),
        ]
        environment = {**node_environment(), "CHROME_PATH": chromium}
        ran = subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)
        if not report.is_file():  # with a report, that says best what was wrong
            ran.check_returncode()
        return read_report(json.loads(report.read_text(encoding="utf-8")))


def serve(site: Path) -> AbstractContextManager[str]:
    """Serve a site as ``make serve`` does, on a free port; give its address."""
    return run_beside(open_server(site, "127.0.0.1", 0))


def format_row(page: str, outcome: Audits, html: int) -> str:
    """Return a line of the table: the scores, the figures, and the page's own HTML, gzipped."""
    scores = " ".join(f"{outcome.scores[name]:>5.0f}" for name in CATEGORIES)
    raw = outcome.figures
    figures = (
        f"{raw['first-contentful-paint']:>7.0f} {raw['largest-contentful-paint']:>7.0f} "
        f"{raw['total-blocking-time']:>7.0f} {raw['cumulative-layout-shift']:>7.3f} "
        f"{raw['total-byte-weight'] / 1000:>6.0f}"
    )
    return f"{page:<24} {scores} {figures} {html / 1000:>8.1f}"


def measure(site: Path, pages: Sequence[str], runs: int, chromium: str) -> bool:
    """Print a table of the pages; return whether each reaches the goal in every category."""
    heads = " ".join(f"{name:>5}" for name in ("perf.", "acc.", "best", "SEO"))
    times = " ".join(f"{name:>7}" for name in ("FCP ms", "LCP ms", "TBT ms", "shift"))
    print(f"Lighthouse, mobile, median of {runs}; load of this machine {os.getloadavg()[0]:.1f}")
    print(f"{'':<24} {heads} {times} {'kB':>6} {'HTML gz':>8}", flush=True)
    good = True
    with serve(site) as root:
        for page in pages:
            outcome = find_median([measure_page(f"{root}/{page}", chromium) for _ in range(runs)])
            html = len(gzip.compress((site / page).read_bytes()))
            print(format_row(page, outcome, html), flush=True)
            good &= all(score >= GOAL for score in outcome.scores.values())
    return good


def main(arguments: Sequence[str]) -> int:
    """Measure the pages that are named, or the three; return the exit status."""
    parser = argparse.ArgumentParser(description="Measure how fast pages open on a phone.")
    parser.add_argument("pages", nargs="*", help="such as book/warmup.html")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--site", type=Path, default=SITE)
    options = parser.parse_args(arguments)
    chromium = demand_chromium()
    pages = options.pages or [page for page in PAGES if (options.site / page).is_file()]
    missing = [page for page in pages if not (options.site / page).is_file()]
    if missing or not pages:
        named = " and ".join(missing) or "none of the pages"
        print(f"{options.site} lacks {named}: build the site first (make site).", file=sys.stderr)
        return 1
    try:
        LIGHTHOUSE.install_packages()
        good = measure(options.site, pages, options.runs, chromium)
    except (NoNodeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"Lighthouse ended with status {error.returncode}, see above.", file=sys.stderr)
        return 1
    print(f"Goal: {GOAL} in every category. {'Reached' if good else 'NOT reached'}.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
