"""Formgrader's own page of a hostile submission, in a browser: it loads and runs nothing of it."""

from __future__ import annotations

import base64

import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from grader.sanitize.markdown import clean_markdown
from grader.sanitize.outputs import clean_output
from tests.corpus.browser import BOMB, TEXTS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

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


def render(cells):
    """Return the page as formgrader's handler makes it."""
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    exporter = HTMLExporter(config=config)
    return exporter.from_notebook_node(new_notebook(cells=cells), **AROUND)[0]


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
