"""Pages of mystmd's, on which Jupyter Book 2 is built: one widget a cell, one Python a page.

mystmd and its theme are not here. Its part is played by a page that does what its renderer of
widgets does (``@myst-theme/anywidget``): each module is imported by its address and gets an element
in a shadow of its own; what it returns is called when the reader goes on to another page.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sphinx_live_cells.mystmd import PLUGIN, main, read_data, read_pages, shows_others
from sphinx_live_cells.site import fingerprint_frontend

from tests.live_cells.pages import PATIENCE
from tests.live_cells.serving import serve
from tools.build.node import NoNodeError, node_environment

PYTHON = Path(__file__).parents[2] / "build" / "python"
SOURCE = """\
---
kernelspec: {display_name: Python 3, language: python, name: python3}
---
# A page

```{code-cell} ipython3
import numpy as np
steps = np.arange(4)
```

## (a) Adding

```{code-cell} ipython3
---
nbgrader: {grade_id: sum, solution: true}
---
total = 0
```

```{code-cell} ipython3
:tags: [remove-cell]
wanted = int(steps.sum())
```

```{code-cell} ipython3
:tags: [remove-input]
print(wanted)
```

```{code-cell} ipython3
---
grade_id: sum-test
---
print("right" if total == wanted else "wrong")
```

```{code-cell} bash
ls
```

+++ {"grade_id": "why"}

*Write here.*

+++

```{code-cell} ipython3
total = 0
```

```{code-cell} ipython3
:tags: [remove-input, remove-output]
print("nobody reads this")
```
"""
RUN_PLUGIN = """
import { readFileSync, writeFileSync } from "node:fs";
const [plugin, path, file] = process.argv.slice(1);
const { default: { transforms } } = await import(plugin);
const tree = JSON.parse(readFileSync(file, "utf8"));
function list(name, node) {
  const below = (node.children ?? []).flatMap((child) => list(name, child));
  return node.type === name ? [node, ...below] : below;
}
for (const { stage, plugin } of transforms) {
  if (stage === "project") plugin(undefined, { selectAll: list })(tree, { path });
}
writeFileSync(file, JSON.stringify(tree));
"""
HOST = """
<!DOCTYPE html>
<html lang="en"><title>A page</title><body><main></main>
<script type="module">
class Model {
  constructor(state) { this.state = state; }
  get(name) { return this.state[name]; }
}
const ways = [];
async function show(node, into) {
  if (node.type !== "anywidget") {
    if (node.type === "block" && node.kind === undefined) {
      for (const child of node.children) await show(child, into);
      return;
    }
    const box = document.createElement(node.type === "block" ? "section" : "div");
    box.className = node.type;
    box.append(node.value ?? (node.type === "outputs" ? "built" : ""));
    into.append(box);
    for (const child of node.children ?? []) await show(child, box);
    return;
  }
  const host = document.createElement("div");
  host.className = `myst-anywidget ${node.class}`;
  into.append(host);
  const el = document.createElement("div");
  host.attachShadow({ mode: "open" }).replaceChildren(el);
  const { default: widget } = await import(node.esm);
  ways.push(await widget.render({ model: new Model(node.model), el }));
}
window.leave = () => ways.splice(0).forEach((leave) => leave?.());
window.open_page = async () => {
  const before = document.createElement("p");
  before.append("Before the bar");
  document.querySelector("main").replaceChildren(before);
  await show((await (await fetch("page.json")).json()).mdast, document.querySelector("main"));
};
await window.open_page();
document.documentElement.dataset.shown = "";
</script></body></html>
"""

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def make_tree(lang: str = "python") -> dict[str, Any]:
    """Return the tree that mystmd makes of the page: it has lost what headers say."""

    def cell(code: str, visibility: str = "show", lang: str = lang) -> dict[str, Any]:
        code_node = {"type": "code", "lang": lang, "executable": True, "value": code}
        children = [code_node, {"type": "outputs", "children": []}]
        return {
            "type": "block",
            "kind": "notebook-code",
            "visibility": visibility,
            "children": children,
        }

    def output_only(code: str, outputs: str = "show") -> dict[str, Any]:
        made = cell(code)
        made["children"][0]["visibility"] = "remove"
        made["children"][1]["visibility"] = outputs
        return made

    def text(kind: str, value: str, **more: Any) -> dict[str, Any]:
        return {"type": kind, "children": [{"type": "text", "value": value}], **more}

    answer = {"data": {"grade_id": "why"}, "children": [text("paragraph", "Write here.")]}
    return {
        "type": "root",
        "children": [
            cell("import numpy as np\nsteps = np.arange(4)"),
            text("heading", "(a) Adding", depth=2),
            cell("total = 0"),
            cell("wanted = int(steps.sum())", "remove"),
            output_only("print(wanted)"),
            cell('print("right" if total == wanted else "wrong")'),
            cell("ls", lang="bash"),
            {"type": "block", **answer},
            {**cell("total = 0"), "data": {"tags": ["skip-execution"]}},
            output_only('print("nobody reads this")', "remove"),
        ],
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site as mystmd leaves it, completed."""
    if not fingerprint_frontend() or not (PYTHON / "packs.json").is_file():
        pytest.skip("neither the front end nor Python for the pages is built here: make site")
    folder = tmp_path_factory.mktemp("mystmd")
    book, target = folder / "book", folder / "html"
    for each in (book / "part", target / "build"):
        each.mkdir(parents=True)
    (book / "myst.yml").write_text("version: 1\n")
    (book / "part" / "one.md").write_text(SOURCE)
    tree = folder / "tree.json"
    tree.write_text(json.dumps(make_tree()))
    try:
        environment = node_environment()
    except NoNodeError as error:
        pytest.skip(str(error))
    command = ["node", "--input-type=module", "--eval", RUN_PLUGIN, PLUGIN.as_uri()]
    command += [str(book / "part" / "one.md"), str(tree)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(tree.read_text())
    widget = Path(find_widgets(found)[0]["esm"])
    assert (book / "part" / widget).resolve() == PLUGIN.with_name("widget.mjs").resolve()
    shutil.copy(PLUGIN.with_name("widget.mjs"), target / "build" / "widget-0a1b.mjs")
    for node in find_widgets(found):
        node["esm"] = "./build/widget-0a1b.mjs"
    page = {"frontmatter": {"title": "A page"}, "mdast": found}
    (target / "page.json").write_text(json.dumps(page))
    (target / "index.html").write_text(HOST)
    cell = {"cell_type": "code", "metadata": {"grade_id": "sum"}, "source": "total = 0"}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (target / "notebooks").mkdir()
    (target / "notebooks" / "one.ipynb").write_text(json.dumps(notebook))
    named = ["--notebooks", "part/one=notebooks/one.ipynb"]
    assert main([str(target), "--python", str(PYTHON), *named]) == 0
    return target


def find_widgets(node: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the nodes of a tree that are widgets."""
    own = [node] if node["type"] == "anywidget" else []
    return own + [each for child in node.get("children", []) for each in find_widgets(child)]


def test_the_page_s_data_keeps_what_mystmd_drops_of_a_cell(built: Path) -> None:
    (page,) = read_pages(read_data(built)).values()
    assert [cell["id"] for cell in page["cells"]] == [
        *("cell-1", "cell-sum", "cell-3", "cell-4", "cell-sum-test", "cell-6", "cell-7")
    ]
    assert [cell["label"] for cell in page["cells"]][1:5] == [
        *("the answer to (a)", "cell 3", "cell 4", "the check of (a)")
    ]
    assert [cell["id"] for cell in page["cells"] if cell["skipped"]] == ["cell-6"]
    assert page["shown"] == ["open", "open", "not", "output", "open", "open", "not"]
    assert page["texts"] == [{"gradeId": "why", "stub": "*Write here.*"}]
    assert [part["id"] for part in page["parts"]] == ["sum", "why"]


def test_pages_whose_answers_are_nobody_s_have_no_parts(built: Path) -> None:
    (page,) = read_pages(read_data(built), ["part"]).values()
    assert (page["parts"], page["texts"]) == ([], [])
    assert page["cells"][1]["id"] == "cell-2"


def test_a_site_without_cells_is_an_error_that_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], built: Path
) -> None:
    del built  # skips where there is no front end
    assert main([str(tmp_path), "--python", str(PYTHON)]) == 1
    assert "under project.plugins in myst.yml" in capsys.readouterr().err


@pytest.mark.parametrize("named", ["part/one=absent.ipynb", "two=notebooks/one.ipynb", "one"])
def test_a_notebook_that_no_page_could_offer_is_an_error(
    built: Path, capsys: pytest.CaptureFixture[str], named: str
) -> None:
    assert main([str(built), "--python", str(PYTHON), "--notebooks", named]) == 1
    assert "--notebooks names" in capsys.readouterr().err


@pytest.fixture
def opened(built: Path, context: BrowserContext) -> Iterator[Page]:
    """The page as its reader finds it; nothing on it may have complained."""
    complaints: list[str] = []
    with serve(built, "/a/book/") as address:
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        page.locator("html[data-shown]").wait_for(state="attached")
        yield page
    assert complaints == []


def find_cell(page: Page, name: str) -> Locator:
    """Return the widget of a cell."""
    return page.locator(f".live-cells[id='cell-{name}']")


def write(page: Page, name: str, code: str) -> None:
    """Type over a cell's code."""
    find_cell(page, name).scroll_into_view_if_needed()
    find_cell(page, name).locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)


def run(page: Page, name: str) -> Locator:
    """Run a cell; return its output when it has ended."""
    box = find_cell(page, name)
    box.locator(".live-run").click()
    expect(box.locator(".live-cell")).to_have_attribute("data-runs", "ended", timeout=PATIENCE)
    return box.locator(".cell_output")


def test_cells_are_widgets_that_share_one_python(opened: Page) -> None:
    code = opened.locator("section > .code")
    expect(code.first).to_be_hidden()  # the widget has it
    expect(opened.get_by_text("ls", exact=True)).to_be_visible()
    expect(opened.get_by_text("Before the bar")).to_be_visible()
    outputs = opened.locator("section > .outputs")
    expect(outputs.nth(4)).to_be_visible()
    # the check needs cells above it, one of which the page does not show
    assert run(opened, "sum-test").inner_text().strip() == "wrong"
    expect(outputs.nth(4)).to_be_hidden()
    expect(outputs.nth(6)).to_be_visible()
    write(opened, "sum", "total = 6")
    assert run(opened, "sum-test").inner_text().strip() == "right"
    write(opened, "6", "total + int(np.ones(2).sum())")
    assert run(opened, "6").inner_text().strip() == "8"
    write(opened, "1", "import numpy as np\nsteps = np.arange(5)")
    run(opened, "1")  # what shows alone follows
    expect(find_cell(opened, "4").locator(".cell_output")).to_have_text("10")
    assert len(opened.workers) == 1
    expect(opened.get_by_role("button", name="Run the whole page")).to_have_count(1)


def test_the_editor_has_its_style_within_the_widget(opened: Page) -> None:
    find_cell(opened, "sum").scroll_into_view_if_needed()
    number = find_cell(opened, "sum").locator(".cm-content .live-number")
    expect(number).to_have_css("color", "rgb(160, 65, 13)")
    lines = find_cell(opened, "sum").locator(".cm-line")
    expect(lines).to_have_css("padding-left", "16px")
    assert lines.evaluate("(line) => getComputedStyle(line.closest('.cm-scroller')).display") == (
        "flex"  # CodeMirror's own style
    )


def test_formulas_are_drawn_and_answers_can_be_downloaded(opened: Page) -> None:
    formula = r"\begin{align} a &= \frac{b}{2} \end{align}"
    write(opened, "6", f"type('Half', (), {{'_repr_latex_': lambda self: r'{formula}'}})()")
    expect(run(opened, "6").locator("math mtd mfrac")).to_have_count(1)
    write(opened, "sum", "total = 6")
    with opened.expect_download() as download:
        opened.get_by_role("button", name="Download my answers").click()
    assert download.value.suggested_filename == "one.ipynb"
    (cell,) = json.loads(Path(download.value.path()).read_text())["cells"]
    assert cell["source"] == ["total = 6"]


def test_answers_are_kept_by_grade_id_and_python_ends_with_the_page(opened: Page) -> None:
    write(opened, "sum", "total = 'mine'")
    words = find_cell(opened, "why").locator("textarea")
    words.fill("Because.")
    run(opened, "1")
    kept = opened.evaluate("Object.keys(localStorage).filter((name) => name.includes(':text/'))")
    assert sorted(kept) == [
        f"live-cells:/a/book/:text/answer/{grade_id}" for grade_id in ("sum", "why")
    ]
    opened.evaluate("window.leave()")
    opened.evaluate("document.querySelector('main').replaceChildren()")
    opened.wait_for_function("document.documentElement.dataset.livePython === 'off'")
    assert opened.workers == []
    expect(opened.locator(".live-status")).to_have_count(0)
    # the reader comes back without loading the document anew, then by loading it
    opened.evaluate("window.open_page()")
    expect(find_cell(opened, "sum").locator(".cm-content")).to_have_text("total = 'mine'")
    expect(words).to_have_value("Because.")
    assert run(opened, "sum").inner_text() == ""
    expect(opened.locator(".live-status")).to_have_count(1)
    opened.reload()
    expect(find_cell(opened, "sum").locator(".cm-content")).to_have_text("total = 'mine'")
    expect(words).to_have_value("Because.")


KEPT = """async (wanted) => {
  for (let round = 0; round < 900; round += 1) {
    const keys = await (await caches.open('live-cells-pages:/a/book/')).keys();
    const paths = keys.map((key) => new URL(key.url).pathname);
    if (wanted.every((name) => paths.includes('/a/book/' + name))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('not kept: ' + wanted);
}"""


def test_from_the_second_visit_on_a_cell_asks_and_no_network_is_needed(
    built: Path, context: BrowserContext
) -> None:
    with serve(built, "/a/book/") as address:
        page = context.new_page()
        page.goto(address)
        run(page, "1")
        data = ("page.json", "live-cells/pages/part/one.json", "live-cells/formulas.js")
        page.evaluate(KEPT, ["", "build/widget-0a1b.mjs", *data])
    # The server is gone now.
    page.goto(address)
    assert page.evaluate("() => window.crossOriginIsolated")
    write(page, "6", "int(input('How many?')) + int(np.ones(2).sum())")
    find_cell(page, "6").locator(".live-run").click()
    question = find_cell(page, "6").locator(".live-question input")
    question.fill("40")
    question.press("Enter")
    expect(find_cell(page, "6").locator(".cell_output")).to_contain_text("42")


def test_a_site_that_shows_something_of_another_host_goes_without_isolation(
    built: Path, context: BrowserContext, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    shutil.copytree(built, site)
    assert not shows_others(site, read_data(site))
    (site / "other").mkdir()
    (site / "other" / "index.html").write_text('<img alt="" src="https://example.org/a.png">')
    assert main([str(site), "--python", str(PYTHON)]) == 0
    assert "other/" in json.loads((site / "live-cells" / "site.json").read_text())["book"]
    with serve(site, "/a/book/") as address:
        page = context.new_page()
        page.goto(address)
        page.wait_for_function("async () => (await navigator.serviceWorker.ready).active !== null")
        page.reload()
        run(page, "1")
        assert not page.evaluate("() => window.crossOriginIsolated")


def test_a_site_that_was_not_completed_shows_what_was_built(
    built: Path, context: BrowserContext, tmp_path: Path
) -> None:
    shutil.copytree(built, tmp_path / "site", ignore=shutil.ignore_patterns("live-cells"))
    with serve(tmp_path / "site") as address:
        page = context.new_page()
        page.goto(address)
        page.locator("html[data-shown]").wait_for(state="attached")
        expect(page.locator("section > .code").first).to_be_visible()
        expect(page.locator(".live-run")).to_have_count(0)
