"""Run the cells of four public books in the page, and say what share of them runs.

    python -m tools.bench.books                        fetches the books, runs every page
    python -m tools.bench.books --clones FOLDER        takes clones from there (owner+name/repo)
    python -m tools.bench.books --only python          one book

A book is not built where a package that its cells import cannot be had. On a machine without the
network, name the pages with such imports after ``--without``: they are not counted, and said.

Each book is laid out as a Sphinx project with the two lines that an author writes, its files as
they are. Every cell with a Run button is run by that button, from the top. A cell has run if it
ended well, or in the error that its book means it to end in. What needs the network is counted
apart, and so is what no notebook could run: a name that no cell of the page binds, or no Python.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from playwright.sync_api import BrowserContext, Page, sync_playwright
from sphinx_live_cells.packs import list_imports

from tools.bench import browser
from tools.test.chromium import demand_chromium

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "live_cells" / "frontend" / "src" / "python"))

from live_cells_page.magics import read_as_python  # noqa: E402

KEPT = ROOT / ".cache" / "books"
START = 180  # seconds that Python may take to start
PATIENCE = 120  # seconds that one cell may take
SCIENCE = {"numpy", "matplotlib", "mpl_toolkits", "pandas", "scipy", "sympy"}
NETWORK = re.compile(r"https?://|\bpip install\b|\bwget\b|yfinance|wbgapi|pandas_datareader")


# Whether a cell has ended; what it asks the reader is answered meanwhile.
DONE = """(id) => {
  const question = document.querySelector(".live-question");
  if (question !== null) {
    question.querySelector("input").value = "7";
    question.requestSubmit();
  }
  const cell = document.getElementById(id);
  const refused = cell.querySelector(".live-note")?.textContent.startsWith("Did not run");
  const idle = document.documentElement.dataset.livePython === "idle";
  return idle && (refused || cell.dataset.runs === "ended");
}"""


class Book(NamedTuple):
    """A public book: which version of it, where its pages are, and which of them are the sample."""

    repository: str
    commit: str
    folder: str
    pages: tuple[str, ...]
    files: tuple[str, ...] = ()
    wheels: tuple[str, ...] = ()


BOOKS = {
    "python": Book(
        "QuantEcon/lecture-python-programming.myst",
        "f365972c6a00c89d19b4a0793fb91de2893bf007",
        "lectures",
        (
            *("getting_started.md", "python_by_example.md", "functions.md", "oop_intro.md"),
            *("python_essentials.md", "names.md", "python_oop.md", "debugging.md", "numpy.md"),
            *("matplotlib.md", "scipy.md", "pandas.md", "sympy.md", "writing_good_code.md"),
            "python_advanced_features.md",
        ),
        ("_static/lecture_specific/*/*.csv", "_static/lecture_specific/*/*.txt"),
    ),
    "learn-python": Book(
        "TeachBooks/learn-python",
        "e31fa5151af2981f74ee88f5981868001d6b027c",
        "book",
        (
            *("basics/hello.ipynb", "basics/variables.ipynb", "basics/operators.ipynb"),
            *("basics/functions.ipynb", "flow/conditions.ipynb", "flow/loops.ipynb"),
            *("flow/structures.ipynb", "beyond/strings.ipynb", "beyond/functions.ipynb"),
            *("beyond/files.ipynb", "errors/error_types.ipynb", "errors/handling_errors.ipynb"),
            *("errors/asserts.ipynb", "errors/raise_errors.ipynb", "objects/objects.ipynb"),
            *("matplotlib/simple-plot.ipynb", "matplotlib/customize.ipynb", "numpy/1d.ipynb"),
            *("matplotlib/histograms.ipynb", "matplotlib/scatter.ipynb", "numpy/2d.ipynb"),
            *("matplotlib/subplots.ipynb", "pandas/series.ipynb", "pandas/frame.ipynb"),
            *("pandas/attributes.ipynb", "pandas/statistics.ipynb", "sympy/expressions.ipynb"),
            *("sympy/variables.ipynb", "sympy/functions.ipynb", "modules/modules.ipynb"),
        ),
        ("pandas/*.txt", "pandas/Exercises/*.csv", "numpy/Exercises/*.csv"),
    ),
    "data8": Book(
        "data-8/textbook",
        "2663433dc401a6767bc2f6cf66e710e4166edd50",
        ".",
        (
            *("chapters/03/1/Expressions.ipynb", "chapters/03/2/Names.ipynb"),
            *("chapters/03/3/Calls.ipynb", "chapters/04/1/Numbers.ipynb"),
            *("chapters/04/2/Strings.ipynb", "chapters/04/3/Comparison.ipynb"),
            *("chapters/05/1/Arrays.ipynb", "chapters/05/2/Ranges.ipynb"),
            *(
                "chapters/06/1/Sorting_Rows.ipynb",
                "chapters/07/1/Visualizing_Categorical_Distributions.ipynb",
            ),
            *("chapters/09/2/Iteration.ipynb", "chapters/09/4/Monty_Hall_Problem.ipynb"),
            *("chapters/13/1/Percentiles.ipynb", "chapters/15/2/Regression_Line.ipynb"),
        ),
        (
            *("assets/data/nba*.csv", "assets/data/top_movies*.csv", "assets/data/scores*.csv"),
            *("assets/data/family_heights.csv", "assets/data/imdb.csv", "assets/data/galton.csv"),
            *("assets/data/us_women.csv", "assets/data/baby.csv"),
        ),
        ("datascience", "folium", "branca", "xyzservices", "plotly"),
    ),
    "jupyter-book": Book(
        "jupyter-book/jupyter-book",
        "0e46c8b832970a795048bc9bac730c67a1bb9578",
        "docs",
        (
            *("content/code-outputs.md", "content/executable/output-insert.md"),
            *("content/layout.md", "file-types/myst-notebooks.md", "file-types/notebooks.ipynb"),
            *("interactive/hiding.md", "interactive/interactive.ipynb", "interactive/thebe.md"),
        ),
        ("images/cool.jpg", "images/fun-fish.png"),
    ),
}


class Outcome(NamedTuple):
    """What became of one cell."""

    book: str
    page: str
    cell: str
    ran: bool
    network: bool
    hopeless: bool
    science: bool
    seconds: float
    said: str


def run_git(where: Path, *arguments: str) -> bytes:
    """Return what git says about a repository."""
    return subprocess.run(
        ["git", "-C", str(where), *arguments], check=True, capture_output=True
    ).stdout


def find_clone(book: Book, clones: Path | None) -> Path:
    """Return a clone of the book's repository: one that lies there, or one that is made now."""
    name = book.repository.replace("/", "+")
    if clones is not None:
        return clones / name / "repo"
    clone = KEPT / name
    if not clone.is_dir():
        clone.parent.mkdir(parents=True, exist_ok=True)
        address = f"https://github.com/{book.repository}.git"
        command = ["git", "clone", "--quiet", "--bare", "--filter=blob:none", address, str(clone)]
        subprocess.run(command, check=True)
    return clone


def lay_out(book: Book, clone: Path, folder: Path) -> None:
    """Write the sample's pages and files into a folder, as they are in the book."""
    listed = run_git(clone, "ls-tree", "-r", "--name-only", book.commit, book.folder + "/")
    for path in listed.decode().splitlines():
        name = path if book.folder == "." else path.removeprefix(f"{book.folder}/")
        if name in book.pages or any(fnmatch(name, pattern) for pattern in book.files):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(run_git(clone, "show", f"{book.commit}:{path}"))


def write_project(book: Book, folder: Path, wheels: Path | None, pyodide: Path | None) -> None:
    """Write the settings: the two lines, and what this book's author would have to name."""
    settings = [
        'extensions = ["myst_nb", "sphinx_live_cells"]',
        'nb_execution_mode = "off"',
        'myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]',
        f"live_cells_files = {[one for one in book.files if list(folder.glob(one))]}",
    ]
    if wheels is not None:
        named = sorted(wheels.glob("*-none-any.whl"))
        (folder / "wheels").mkdir()
        for wheel in named:
            shutil.copy2(wheel, folder / "wheels")
        settings += [f"live_cells_wheels = {[f'wheels/{wheel.name}' for wheel in named]}"]
    if pyodide is not None:
        settings += [f"live_cells_pyodide = {str(pyodide.resolve())!r}"]
    (folder / "conf.py").write_text("\n".join(settings) + "\n")
    entries = "\n".join(Path(page).with_suffix("").as_posix() for page in book.pages)
    (folder / "index.md").write_text(f"# {book.repository}\n\n```{{toctree}}\n{entries}\n```\n")


def build(folder: Path) -> Path:
    """Build the project; return its site. Raises ``RuntimeError`` with what Sphinx said last."""
    site = folder / "_build" / "html"
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(folder), str(site)]
    made = subprocess.run(command, check=False, capture_output=True, text=True)
    if made.returncode != 0:
        raise RuntimeError(f"{folder} cannot be built: {made.stderr.strip()[-600:]}")
    return site


def find_meant(folder: Path, page: str) -> set[str]:
    """Return the code of the cells that the book shows with an error."""
    if not page.endswith(".ipynb"):
        return set()
    notebook = nbformat.read(folder / page, as_version=4)  # type: ignore[no-untyped-call]
    return {
        cell.source.rstrip()
        for cell in notebook.cells
        if cell.cell_type == "code" and any(out.output_type == "error" for out in cell.outputs)
    }


def run_cell(page: Page, cell: dict[str, Any], first: bool) -> tuple[bool, float, str]:
    """Press a cell's Run button; return whether it ended well, after how long, and what it said."""
    box = page.locator(f"[id='{cell['id']}']")
    started = time.perf_counter()
    box.locator(".live-run").first.evaluate("(button) => button.click()")
    patience = 1000 * (START + PATIENCE if first else PATIENCE)
    try:
        page.wait_for_function(DONE, arg=cell["id"], timeout=patience)
    except Exception as error:  # noqa: BLE001 - whatever it is, this cell did not run
        note = " ".join(box.locator(".live-note").all_inner_texts())
        page.locator(".live-bar-more button", has_text="Restart Python").dispatch_event("click")
        return False, time.perf_counter() - started, f"{note} ({type(error).__name__})"
    wrong = box.locator(".live-error").all_inner_texts()
    note = " ".join(box.locator(".live-note").all_inner_texts())
    bad = bool(wrong) or note.startswith(("Did not run", "Stopped", "Some of it"))
    said = (wrong[-1].strip().splitlines()[-1] if wrong and wrong[-1].strip() else "") or note
    return not bad, time.perf_counter() - started, said


def list_bound(code: str) -> set[str]:
    r"""Return the names that a cell binds anywhere in it; ``*`` for what a star brings.

    >>> sorted(list_bound("%pwd\nimport os.path, math as m\nfor x in y: z[0] = 1"))
    ['m', 'os', 'x']
    >>> sorted(list_bound("f?\n%time a = 1\nb = !ls\nif a:\n  !ls\nasync def c(): pass"))
    ['a', 'b', 'c']
    >>> sorted(list_bound("%%capture\ntry: f()\nexcept OSError as e: pass"))
    ['e']
    """
    body = re.sub(r"^\s*%%.*", "", code)  # of %%time or %%capture: it is Python, too
    reader = TransformerManager()  # type: ignore[no-untyped-call]
    try:
        tree = ast.parse(reader.transform_cell(read_as_python(body)))
    except SyntaxError:
        return set()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
        elif isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler
        ):
            found.update(filter(None, [node.name]))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


def is_hopeless(said: str, code: str, so_far: Iterable[str]) -> bool:
    r"""Tell whether a cell that failed would fail in a notebook, too, run from the top.

    Args:
        said: The last line of the error.
        code: The cell's code.
        so_far: The code of the cells above, and its own.

    >>> is_hopeless("NameError: name 'plt' is not defined", "plt.plot()", ["plt.plot()"])
    True
    >>> is_hopeless("NameError: name 'x' is not defined", "x", ["for x in range(3): pass", "x"])
    False
    >>> is_hopeless(r"FileNotFoundError: [Errno 44] No such file: 'C:\\Users\\me'", "f()", [])
    True
    """
    if re.search(r"FileNotFoundError: .*'[A-Z]:\\", said):
        return True  # a folder of the author's own machine
    name = re.search(r"NameError: name '(\w+)' is not defined", said)
    if name is not None:
        return not {name[1], "*"} & set[str]().union(*map(list_bound, so_far))
    if not said.startswith("SyntaxError") or "notebook command" in said:
        return False
    try:
        ast.parse(code)
    except SyntaxError:
        return True
    return False


def run_page(
    context: BrowserContext, root: str, name: str, folder: Path, title: str
) -> Iterator[Outcome]:
    """Run every cell of a page that has a button; yield what became of it."""
    page = context.new_page()
    page.goto(f"{root}{Path(name).with_suffix('.html').as_posix()}")
    page.locator("html[data-live]").wait_for(state="attached", timeout=60_000)
    data = json.loads(page.locator("#live-cells-page").text_content() or "{}")
    meant = find_meant(folder, name)
    imported: set[str] = set()
    # what a cell says that waits for one that no notebook could run, or that needs the network
    follow: dict[bool, list[str]] = {True: [], False: []}
    for index, cell in enumerate(data["cells"]):
        code = cell["code"]
        imported |= {module.split(".")[0] for module in list_imports(code)}
        if page.locator(f"[id='{cell['id']}'] .live-run").count() == 0:
            continue  # hidden, or no place of its own: it runs where another needs it
        good, seconds, said = run_cell(page, cell, index == 0)
        intended = cell["raises"] or code.rstrip() in meant
        ran = good or (intended and "Error" in said and "notebook command" not in said)
        known = imported <= SCIENCE | set(sys.stdlib_module_names)
        waits = {kind: said.startswith(tuple(follow[kind])) for kind in follow}
        needs = NETWORK.search(code) is not None or (not ran and waits[True])
        so_far = [above["code"] for above in data["cells"][: index + 1]]
        hopeless = not ran and (is_hopeless(said, code, so_far) or waits[False])
        if not ran and (needs or hopeless):
            follow[needs].append(f"Did not run: {cell['label']} stopped")
        said = "" if ran else said
        yield Outcome(title, name, cell["id"], ran, needs, hopeless, known, seconds, said)
    page.close()


def count(outcomes: Sequence[Outcome]) -> str:
    """Return the table of what ran."""
    counted = [one for one in outcomes if not one.network and not one.hopeless]
    lines = [f"{'':16}{'cells':>7}{'ran':>6}{'share':>8}   of those that need no network"]
    titles = [*dict.fromkeys(one.book for one in outcomes), "all"]
    lines += [
        describe(title, [one for one in counted if title in ("all", one.book)]) for title in titles
    ]
    science = [one for one in counted if one.science]
    lines.append(describe("science", science) + "   numpy, matplotlib, pandas, scipy, sympy alone")
    lines.append(f"{sum(one.network for one in outcomes)} more cells need the network,")
    hopeless = sum(one.hopeless and not one.network for one in outcomes)
    lines.append(f"{hopeless} would fail in a notebook, too.")
    return "\n".join(lines)


def describe(title: str, own: Sequence[Outcome]) -> str:
    """Return a line of the table."""
    ran = sum(one.ran for one in own)
    return f"{title:16}{len(own):7}{ran:6}{ran / max(1, len(own)):8.1%}"


def run_book(title: str, context: BrowserContext, options: argparse.Namespace) -> Iterator[Outcome]:
    """Lay out a book, build it and run its pages."""
    book = BOOKS[title]
    book = book._replace(pages=tuple(name for name in book.pages if name not in options.without))
    folder = KEPT / "built" / title
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lay_out(book, find_clone(book, options.clones), folder)
    write_project(book, folder, options.wheels, options.pyodide)
    site = build(folder)
    with browser.serve(site, browser.Counter()) as root:
        for name in book.pages:
            if (folder / name).is_file():
                taken = list(run_page(context, root, name, folder, title))
                ran = sum(one.ran for one in taken)
                print(f"{title} {name}: {ran} of {len(taken)}", flush=True)
                for one in taken:
                    if options.report and not one.ran:
                        print(f"    {one.cell}: {one.said[:160]}", flush=True)
                yield from taken
            else:
                print(f"{title} has no {name}", file=sys.stderr)


def main(arguments: Sequence[str]) -> int:
    """Run the books and print the table; return the exit status."""
    parser = argparse.ArgumentParser(description="Run the cells of public books in the page.")
    parser.add_argument("--clones", type=Path, help="a folder with clones, owner+name/repo")
    parser.add_argument("--pyodide", type=Path, help="a folder with Pyodide's files")
    parser.add_argument("--wheels", type=Path, help="a folder with wheels for the books' authors")
    parser.add_argument("--only", choices=BOOKS, help="one of the books")
    parser.add_argument(
        "--without", nargs="+", default=[], help="pages to pass over, whose packages are not here"
    )
    parser.add_argument("--report", action="store_true", help="say what stopped each cell")
    options = parser.parse_args(arguments)
    chromium = demand_chromium()
    outcomes: list[Outcome] = []
    with sync_playwright() as playwright, browser.fresh_browser(playwright, chromium) as context:
        for title in [options.only] if options.only else BOOKS:
            outcomes += run_book(title, context, options)
    print(f"\n{count(outcomes)}")
    if options.without:
        print(f"Passed over: {', '.join(options.without)}")
    reasons = Counter(one.said.split(":")[0][:60] for one in outcomes if not one.ran)
    for reason, times in reasons.most_common(8):
        print(f"{times:5}  {reason}")
    report = KEPT / "outcomes.json"
    report.write_text(json.dumps([one._asdict() for one in outcomes], indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
