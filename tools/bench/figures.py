"""Measure how fast figures answer: from a reader's input to the picture on the screen.

    python -m tools.bench.figures                  every figure with a slider or a grid
    python -m tools.bench.figures --inputs 50 --train

All figures stand on a page of their own. The first slider of each is moved, or its grid filled, at
random moments of a frame. The same is done on an empty page, which shows what the browser itself
takes: half a frame at the median, since a frame begins every 16.7 ms. The figure's own work is the
rest: its script, style, layout and painting.

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
from tools.test.chromium import FLAGS, find_chromium

GOAL = 16.0  # milliseconds, of the 95th percentile
MOST_SCRIPT = 12_000  # bytes, compressed, before a figure is near the screen
FRAMES = 6  # a random wait before each input, in frames at most
PATIENCE = 120_000  # milliseconds for a training

# Time from an input until its frame was painted: a message that is sent in the frame's last
# callback is heard after painting. `move` is what the input does.
MEASURE = """async ({ name, inputs, frames }) => {
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
    for (let i = 0; i < inputs; i++) {
        await new Promise((resolve) => setTimeout(resolve, 16.7 * frames * Math.random()));
        const from = performance.now();
        move(i + 1);
        const handled = performance.now();
        const painted = heard();
        let begun = 0;
        requestAnimationFrame((time) => { begun = time; port2.postMessage(null); });
        await painted;
        const end = performance.now();
        times.push([end - from, handled - from + end - Math.max(begun, handled)]);
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


def find_percentile(times: Sequence[float], share: float) -> float:
    """Return the time that this share of all times stays below."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def measure(page: Page, name: str, inputs: int) -> None:
    """Move a figure's first slider, and print one line about it."""
    times = page.evaluate(MEASURE, {"name": name, "inputs": inputs, "frames": FRAMES})
    painted, own = ([pair[k] for pair in times] for k in (0, 1))
    row = (
        statistics.median(painted),
        find_percentile(painted, 0.95),
        statistics.median(own),
        find_percentile(own, 0.95),
    )
    late = "" if row[3] < GOAL else f"   over {GOAL:.0f} ms"
    print(f"{name:12}" + "".join(f"{value:12.1f}" for value in row) + late, flush=True)


def measure_scripts() -> int:
    """Return the bytes of script, compressed, that a page loads before a figure is near."""
    return len(gzip.compress((DIST / "host.js").read_bytes(), mtime=0))


def main(arguments: Sequence[str]) -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--inputs", type=int, default=100, help="inputs for each figure")
    parser.add_argument("--train", action="store_true", help="let the model learn as well")
    options = parser.parse_args(arguments)
    chromium = find_chromium()
    if chromium is None:
        print("There is no Chromium on this machine: install one, then try again.", file=sys.stderr)
        return 1
    print(f"load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"script before a figure is near: {measure_scripts()} of at most {MOST_SCRIPT} bytes\n")
    with serve_figures() as root, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.goto(root + "/empty.html")
        print(f"{'ms':12}" + f"{'input to painted':>24}{'own work':>24}")
        print(f"{'':12}" + f"{'median':>12}{'95 %':>12}" * 2)
        measure(page, "empty", options.inputs)
        page.goto(root)
        for place in page.locator("[data-explorable]").all():
            place.scroll_into_view_if_needed()
            expect(place).to_have_attribute("data-awake", "")
        for name in load_figures():
            if page.locator(
                f"[data-explorable={name}] :is(input[type=range], [role=grid])"
            ).count():
                measure(page, name, options.inputs)
        if options.train:
            learned = page.evaluate(TRAIN, PATIENCE)
            frames = learned["frames"]
            print(
                f"\ntraining: 95 % after {learned['step']} steps, {learned['time'] / 1000:.1f} s; "
                f"frames meanwhile {statistics.median(frames):.1f} ms at the median, "
                f"{find_percentile(frames, 0.95):.1f} ms at 95 %"
            )
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
