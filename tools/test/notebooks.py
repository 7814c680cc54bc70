"""Run every notebook under a folder from top to bottom, and say which ones cannot be.

    python -m tools.test.notebooks _build/html/notebooks

Each runs in a folder of its own, as on a learner's machine: nothing of the course's sources is
beside it. Whatever a cell leaves on stderr is a failure too, for a learner would see it in red. So
is a picture without words, and an output that fetches something: editors show notebooks in frames
of their own, where it would be missing.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

SECONDS_PER_CELL = 300
# attributes of what a page loads by itself
FETCHING = ("src", "srcset", "href", "xlink:href", "poster", "data")
IN_STYLE = re.compile(r"""url\(\s*["']?(?!["']?(?:data:|#))""")


def run_notebook(path: Path) -> list[str]:
    """Run one notebook; return a sentence for each thing that a learner should not see."""
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook, timeout=SECONDS_PER_CELL, resources={"metadata": {"path": folder}}
        )
        try:
            client.execute()
        except CellExecutionError as error:
            return [f"{path.name}: a cell fails: {error.ename}: {error.evalue}"]
    return [
        f"{path.name}, cell {number}: {problem}"
        for number, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", [])
        for problem in look_over(output)
    ]


def look_over(output: NotebookNode) -> Iterator[str]:
    """Yield what a learner should not see, or would miss, of an output of a cell."""
    if output.output_type == "stream" and output.name == "stderr":
        yield f"on stderr: {output['text'].strip()}"
    data = output.get("data", {})
    page = BeautifulSoup(data.get("text/html", ""), "html5lib")
    if any(kind.startswith("image/") for kind in data) and "text/html" not in data:
        yield "a picture without a text alternative"
    if IN_STYLE.search(data.get("text/html", "")):
        yield "an output whose style fetches something"
    for element in page.select("img, source, script, link, iframe, video, object, image, use"):
        for address in (str(element[name]) for name in FETCHING if name in element.attrs):
            if not address.startswith(("data:", "#")):
                yield f"an output that fetches {address}"
        if element.name == "img" and "alt" not in element.attrs:
            yield "a picture without a text alternative"


def main(arguments: Sequence[str]) -> int:
    """Run the notebooks under the folder that is named; return the exit status."""
    notebooks = sorted(Path(arguments[0]).rglob("*.ipynb")) if len(arguments) == 1 else []
    if not notebooks:
        print(
            "usage: python -m tools.test.notebooks FOLDER, where the folder holds notebooks",
            file=sys.stderr,
        )
        return 2
    problems = []
    for path in notebooks:
        print(f"running {path}", flush=True)
        problems += run_notebook(path)
    print("\n".join([*problems, f"{len(notebooks)} notebooks ran, {len(problems)} problems"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
