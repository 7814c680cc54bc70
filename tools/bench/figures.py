"""Measure how fast figures answer: from a reader's input to the picture on the screen.

    python -m tools.bench.figures                  every figure with a slider or a grid
    python -m tools.bench.figures --inputs 600 --train

All figures stand on a page of their own. The first slider of each is moved, or its grid filled, at
moments that are spread evenly over frames. The same is done on an empty page, which shows what the
browser itself takes: an input that comes soon after a frame waits for the next, 16.7 ms after it,
and others have a frame begin for them at once. The figure's own work is the rest: its script,
style, layout and painting. The empty page and the figures take turns in rounds, so that whatever
else this machine does falls on all of them.

``--train`` also lets the model of the figure "train" learn, and prints how long it takes until it
guesses 95 % of the words, and how long the page's frames were meanwhile.
"""

from __future__ import annotations

import argparse
import gzip
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from explorables.figures import DIST, load_figures
from explorables.place import write_place
from tools.bench.pages import serve
from tools.test.chromium import FLAGS, demand_chromium

GOAL = 16.0  # milliseconds, of the 95th percentile
MOST_SCRIPT = 12_000  # bytes, compressed, before a figure is near the screen
FRAMES = 6  # a wait before each input, in frames at most
ROUNDS = 5
PATIENCE = 120_000  # milliseconds for a training

# Time from an input until its frame was painted: a message that is sent in the frame's last
# callback is heard after painting. `move` is what the input does. Multiples of the golden ratio
# spread the waits evenly, also over the rounds: with random ones, the longest differ by luck.
MEASURE = """async ({ name, first, inputs, frames }) => {
    const place = document.querySelector(`[data-explorable=${name}]`);
    const root = place?.querySelector(".explorable-stage > div")?.shadowRoot;
    const slider = root?.querySelector("input[type=range]");
    const cells = root?.querySelectorAll("[role=grid] button") ?? [];
    const move = root === undefined ? () => {} : slider === null ? (i) => {
        cells[(i * 7) % cells.length].click();
    } : (i) => {
        const { min, max, step } = slider;
        const count = Math.round((max - min) / step);
        slider.value = Number(min) + Number(step) * ((i * 7) % (count + 1));
        slider.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    };
    place?.scrollIntoView({ block: "center" });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { port1, port2 } = new MessageChannel();
    const heard = () => new Promise((resolve) => { port1.onmessage = resolve; });
    const times = [];
    for (let i = first; i < first + inputs; i++) {
        const share = (i * 0.6180339887) % 1;
        await new Promise((resolve) => setTimeout(resolve, (1000 / 60) * frames * share));
        const from = performance.now();
        move(i + 1);
        const handled = performance.now();
        const painted = heard();
        let begun = 0;
        requestAnimationFrame((time) => { begun = time; port2.postMessage(null); });
        await painted;
        const end = performance.now();
        const waited = Math.max(0, begun - handled);
        times.push([end - from, waited, end - from - waited]);
    }
    return times;
}"""

# How long the page's frames were while a model trained, and when it had learned.
TRAIN = """async (patience) => {
    const stage = document.querySelector("[data-explorable=train] .explorable-stage");
    const root = stage.firstElementChild.shadowRoot;
    const from = performance.now();
    root.querySelector(".controls button").click();
    const frames = [];
    let last = from;
    for (;;) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        frames.push(performance.now() - last);
        last = performance.now();
        const words = root.querySelector(".words").textContent;
        const [, step, percent] = /At step (\\d+) .* guesses ([\\d.]+)\\s%/.exec(words) ?? [];
        if (last - from > patience) throw new Error(`no 95 % within ${patience} ms: ${words}`);
        if (Number(percent) >= 95) return { step: Number(step), time: last - from, frames };
    }
}"""


@contextmanager
def serve_figures() -> Iterator[str]:
    """Serve a page with every figure, and an empty one, on a free port."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "explorables").symlink_to(DIST)
        places = "\n".join(
            write_place(presets["start"], f"explorables/still/{figure}-start.svg", "")
            for figure, presets in load_figures().items()
        )
        head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Figures</title>'
        (folder / "empty.html").write_text(f"{head}<p>Nothing.</p>", encoding="utf-8")
        (folder / "index.html").write_text(
            f'{head}<link rel="stylesheet" href="explorables/explorables.css">{places}'
            '<script type="module" src="explorables/host.js"></script>',
            encoding="utf-8",
        )
        with serve(folder) as root:
            yield root


def find_late(times: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return sorted(times)[min(len(times) - 1, int(0.95 * len(times)))]


def measure(page: Page, name: str, first: int, inputs: int) -> list[list[float]]:
    """Move a figure's first slider; return the milliseconds until painted, of waiting, of work."""
    page.bring_to_front()
    wanted = {"name": name, "first": first, "inputs": inputs, "frames": FRAMES}
    times: list[list[float]] = page.evaluate(MEASURE, wanted)
    return times


def write_row(name: str, times: Sequence[Sequence[float]]) -> str:
    """Write a line about a figure: median and 95th percentile of each time."""
    columns = [[row[k] for row in times] for k in range(3)]
    numbers = [f(column) for column in columns for f in (statistics.median, find_late)]
    late = "" if numbers[1] < GOAL else f"   over {GOAL:.0f} ms"
    return f"{name:12}" + "".join(f"{number:10.1f}" for number in numbers) + late


def main(arguments: Sequence[str]) -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--inputs", type=int, default=300, help="inputs for each figure")
    parser.add_argument("--train", action="store_true", help="let the model learn as well")
    options = parser.parse_args(arguments)
    chromium = demand_chromium()
    print(f"load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    script = len(gzip.compress((DIST / "host.js").read_bytes(), mtime=0))
    print(f"script before a figure is near: {script} of at most {MOST_SCRIPT} bytes\n")
    with serve_figures() as root, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        empty, page = (browser.new_page(viewport={"width": 1200, "height": 900}) for _ in "ab")
        empty.goto(root + "/empty.html")
        page.goto(root)
        for place in page.locator("[data-explorable]").all():
            place.scroll_into_view_if_needed()
            expect(place).to_have_attribute("data-awake", "")
        pages = {"empty": empty}
        for name in load_figures():
            if page.locator(
                f"[data-explorable={name}] :is(input[type=range], [role=grid])"
            ).count():
                pages[name] = page
        times: dict[str, list[list[float]]] = {name: [] for name in pages}
        inputs = -(-options.inputs // ROUNDS)
        for turn in range(ROUNDS):
            for name, where in pages.items():
                times[name] += measure(where, name, turn * inputs, inputs)
        heads = ("input to painted", "waiting for a frame", "own work")
        print(f"{'ms':12}" + "".join(f"{head:>20}" for head in heads))
        print(f"{'':12}" + f"{'median':>10}{'95 %':>10}" * 3)
        for name, rows in times.items():
            print(write_row(name, rows))
        if options.train:
            learned = page.evaluate(TRAIN, PATIENCE)
            frames = learned["frames"]
            print(
                f"\ntraining: 95 % after {learned['step']} steps, {learned['time'] / 1000:.1f} s; "
                f"frames meanwhile {statistics.median(frames):.1f} ms at the median, "
                f"{find_late(frames):.1f} ms at 95 %"
            )
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
