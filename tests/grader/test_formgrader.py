"""Formgrader's own page of a hostile submission, in a browser: it loads and runs nothing of it."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from grader.hooks import formgrader
from grader.hooks.formgrader import PageWriter, find_mathjax
from grader.sanitize.clean import clean_markdown, clean_output
from tests.corpus.browser import BOMB, TEXTS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOOKS = Path(formgrader.__file__).parent
PAGE = "http://formgrader.test/"
OWN = (f"{PAGE}formgrader/static/", "https://cdnjs.cloudflare.com/", "data:")
"""What nbgrader's page loads by itself: its scripts and styles, MathJax."""

AROUND = {
    "resources": {
        **dict.fromkeys(("assignment_id", "notebook_id", "submission_id", "student"), "x"),
        **dict.fromkeys(("last_name", "first_name", "notebook_path"), "x"),
        "index": 0,
        "total": 1,
        "base_url": "",
    }
}


def list_outputs():
    """Yield what cells of the submission show, by MIME type."""
    names = {}
    exec(BOMB, names)
    svg = names["bomb"]
    data = base64.b64encode(svg.encode()).decode()
    yield {"image/svg+xml": svg}
    yield {"text/html": f'<img src="data:image/svg+xml;base64,{data}">'}
    for html in (
        "<svg><a><set attributeName=href to='javascript:alert(1)'/><rect width=900 /></a></svg>",
        "<img src=http://127.0.0.1:9/x><img srcset='http://127.0.0.1:9/x 1x'>",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "<b style=\"background:image-set('http://127.0.0.1:9/x' 1x)\">x</b>",
        "<a class=navbar-fixed-top style='position:fixed;inset:0' href='//127.0.0.1:9'>x</a>",
        "<div>" * 50_000,
    ):
        yield {"text/html": html}


def make_exporter():
    """Return what writes the page in formgrader's handler."""
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    return HTMLExporter(config=config)


def render(cells):
    """Return the page as formgrader's handler makes it."""
    return make_exporter().from_notebook_node(new_notebook(cells=cells), **AROUND)[0]


def test_a_hostile_submission_is_read_without_a_request_a_script_or_a_hang(chromium):
    cells = [new_markdown_cell(clean_markdown(text)) for text in TEXTS.values()]
    shown = [clean_output(new_output("display_data", data=data)) for data in list_outputs()]
    cells.append(new_code_cell("show()", outputs=shown))
    html = render(cells)
    asked, said = [], []
    with chromium.new_context() as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.route("**/*", lambda route: route.fulfill(status=404))
        page.route(PAGE, lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto(PAGE)
        assert page.evaluate("1 + 1") == 2  # it is alive
        page.mouse.click(5, 300)
        page.screenshot()
        words = page.locator("body").inner_text()
    assert [url for url in asked if url != PAGE and not url.startswith(OWN)] == []
    assert said == []
    assert words.count("A picture is not shown: the drawing is too complex") == 2
    assert "it would have been loaded from http://127.0.0.1:9/seen.png" in words
    assert "gone.png is not attached to this text" in words
    assert "<script>alert(1)</script>" in words  # shown, not used


FORMULAS = {
    "\\frac{1}{2}": "\\def\\frac#1#2{9}",
    "\\alpha": "\\renewcommand{\\alpha}{8}",
    "\\gamma": "\\let\\gamma=\\beta",
    "\\sin x": "\\DeclareMathOperator{\\sin}{cos}",
    "\\begin{matrix}1\\end{matrix}": "\\renewenvironment{matrix}{3}{4}",
    "\\color{red}{5}": "\\definecolor{red}{rgb}{0,0,1}",
    "\\eqref{e}\\label{e}": "\\begin{equation}1\\label{e}\\end{equation}",
}
"""Formulas of a rubric, and what would change each of them where all texts share one memory."""


@pytest.fixture
def draw(chromium, tmp_path):
    """Return a function that gives the formulas of each cell as MathML, on our page."""
    folder = find_mathjax()
    route = "/formgrader/mathjax/"

    def answer(sent):
        path = sent.request.url.removeprefix(PAGE.rstrip("/"))
        if not path.startswith(route):
            return sent.fulfill(status=404)
        name = path.removeprefix(route)
        return sent.fulfill(path=(HOOKS if name == "formulas.js" else folder) / name)

    def draw_formulas(*cells):
        path = tmp_path / "one.ipynb"
        nbformat.write(new_notebook(cells=list(cells)), path)
        source = SimpleNamespace(source_directory="source", format_path=lambda *_: str(tmp_path))
        html, _ = PageWriter(make_exporter(), source, "").from_filename(
            str(path), AROUND["resources"]
        )
        with chromium.new_context() as context:
            page = context.new_page()
            page.route("**/*", answer)
            page.route(PAGE, lambda route: route.fulfill(body=html, content_type="text/html"))
            page.goto(PAGE)
            ended = "new Promise((end) => MathJax.Hub.Startup.signal.Interest(end))"
            assert page.evaluate(ended) == "End"
            assert page.locator("#notebook-container > .cell").count() == len(cells)
            return page.evaluate(
                """[...document.querySelectorAll("#notebook-container > .cell")].map((cell) =>
                [...cell.querySelectorAll("mjx-assistive-mml")].map((one) => one.innerHTML))"""
            )

    return draw_formulas


def test_a_formula_says_the_same_whatever_texts_and_outputs_before_it_define(draw):
    rubric = new_markdown_cell(" ".join(f"${formula}$" for formula in FORMULAS))
    definitions = "\n\n".join(f"${each}$" for each in FORMULAS.values())
    text = new_markdown_cell(clean_markdown(definitions))
    html = clean_output(
        new_output("display_data", data={"text/html": f"<p>{escape(definitions)}</p>"})
    )
    alone = draw(rubric)[-1]
    assert len(alone) == len(FORMULAS)
    assert draw(text, new_code_cell("show()", outputs=[html]), rubric)[-1] == alone


def test_a_text_may_define_what_it_uses(draw):
    used = draw(new_markdown_cell("$\\newcommand{\\R}{\\mathbb{R}}$ reads $x\\in\\R$"))[0][-1]
    assert used == draw(new_markdown_cell("$x\\in\\mathbb{R}$"))[0][-1]


def test_no_formula_makes_a_link_by_itself(draw):
    """Cleaning takes the words out already; the page does not rely on it."""
    (drawn,) = draw(new_markdown_cell(r"$\href{javascript:alert(1)}{x}$ $\require{physics}y$"))
    assert len(drawn) == 2
    assert "javascript" not in "".join(drawn)
    assert "require" in drawn[1]  # unknown, so it is shown as it was typed
