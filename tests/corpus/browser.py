"""Attacks on whoever reads: scripts and links in texts, outputs and names."""

from __future__ import annotations

import base64
from collections.abc import Callable

from tests.corpus.case import EXERCISE, HONEST, RIGHT, Case, Desk

KIND = "the reader's browser"

_SCRIPT = "<script>alert(1)</script>"
TEXTS = {
    "script-in-a-text": f"A thought. {_SCRIPT}",
    "handler-in-a-text": "<img src=x onerror=alert(1)> <b onmouseover='alert(1)'>b</b>",
    "link-that-runs": "[more](javascript:alert(1)) and <a href=' java\nscript:alert(1)'>more</a>",
    "link-in-a-reference": "[more][1]\n\n[1]: javascript:alert(1)",
    "drawing-that-runs": "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "frame-in-a-text": "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "object-in-a-text": "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "form-in-a-text": "<form action='http://127.0.0.1:9/'><input name=password autofocus "
    "onfocus=alert(1)></form>",
    "refresh-in-a-text": "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    "style-that-loads": "<style>@import 'http://127.0.0.1:9/x.css';</style>"
    "<p style='background:url(http://127.0.0.1:9/x)'>x</p>",
    "picture-that-tells": "![seen](http://127.0.0.1:9/seen.png)",
    "formula-that-runs": "$\\href{javascript:alert(1)}{x}$ "
    "$$\\unicode{<script>alert(1)</script>}$$",
    "base-in-a-text": "<base href='http://127.0.0.1:9/'><a href='x'>x</a>",
    "text-that-closes-tags": "</div></body></html>--><script>alert(1)</script>",
    "template-in-a-text": "<template><script>alert(1)</script></template>"
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "picture-by-reference": "![seen][1] and ![][1]\n\n[1]: http://127.0.0.1:9/seen.png",
    "picture-in-tags": "<img srcset='http://127.0.0.1:9/x 1x' alt=x><video poster=http://127.0.0.1:9/x>"
    "<table background=http://127.0.0.1:9/x><tr><td>x</td></table><a href=#x ping=http://127.0.0.1:9>x</a>",
    "picture-set": "<p style=\"list-style:image-set('http://127.0.0.1:9/x' 1x)\">x</p>"
    "<p style=\"background:-webkit-image-set('http://127.0.0.1:9/x' 1x)\">x</p>",
    "picture-of-another-scheme": "![x](//127.0.0.1:9/x) ![x](HTTP://127.0.0.1:9/x) ![x](x.png)",
    "picture-that-is-gone": "See ![x](attachment:gone.png).",
    "formula-with-parts": "$\\mmlToken{mi}[href=javascript:alert(1)]{x}$ and "
    "$\\bbox[background:url(http://127.0.0.1:9/x)]{x}$ and &#92;href",
    "mathml-in-a-text": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
}
_SHOW = "from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display\n"
BOMB = """
SVG_NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
levels = "".join(
    f'<g id="l{n + 1}">' + f'<use xlink:href="#l{n}"/>' * 10 + "</g>" for n in range(9)
)
bomb = f'<svg {SVG_NS}><g id="l0"><path d="M0 0h1v1z"/></g>{levels}</svg>'
"""
_CODES = {
    "script-shown": f"display(HTML({_SCRIPT!r}))",
    "handler-shown": "display(HTML('<img src=x onerror=alert(1)>'))",
    "javascript-shown": "display(Javascript('alert(1)'))",
    "drawing-shown": 'display(SVG(\'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">'
    "<script>alert(1)</script></svg>'))",
    "markdown-shown": f"display(Markdown({_SCRIPT!r} + '[x](javascript:alert(1))'))",
    "latex-shown": f"display(Latex('$' + {_SCRIPT!r} + '$'))",
    "picture-with-a-script": "display({'image/png': '\"><script>alert(1)</script>'}, raw=True)",
    "unknown-types-shown": "display({'application/javascript': 'alert(1)', "
    f"'application/vnd.jupyter.widget-view+json': {{}}, 'text/html; x=1': {_SCRIPT!r}}}, raw=True)",
    "metadata-shown": f"display({{'text/plain': 'x'}}, metadata={{'text/html': {_SCRIPT!r}}}, "
    "raw=True)",
    "script-in-an-error": f"raise type({_SCRIPT!r}, (Exception,), {{}})({_SCRIPT!r})",
    "script-printed": f"print({_SCRIPT!r}, '\\x1b]8;;javascript:alert(1)\\x07x\\x1b]8;;\\x07')",
    "script-in-a-repr": f"class X:\n    def _repr_html_(self): return {_SCRIPT!r}\n"
    f"    def __repr__(self): return {_SCRIPT!r}\nX()",
    "animation-shown": "display(HTML('<svg><a><set attributeName=href to=javascript:alert(1) />"
    "<rect width=9 /></a></svg>'))",
    "cover-shown": 'display(HTML(\'<a href=https://127.0.0.1:9 class="navbar navbar-fixed-top" '
    'style="position:fixed;margin:-999px">x</a>\'))',
    "picture-set-shown": "display(HTML('<b style=\"background:image-set("
    "\\'http://127.0.0.1:9\\' 1x)\">x</b><b style=\"list-style:-webkit-image-set("
    "\\'http://127.0.0.1:9\\' 1x)\">x</b><b style=\"cursor:url(http://127.0.0.1:9),auto\">x</b>'))",
    "remote-picture-shown": "display(HTML('<img src=http://127.0.0.1:9/x.png alt=x>"
    '<img srcset="http://127.0.0.1:9/x 1x">\'))',
    "formula-in-html": "display(HTML(r'<p>$\\href{javascript:alert(1)}{x}$</p>'))",
    "drawing-of-uses": f"{BOMB}display(SVG(bomb))",
    "drawing-of-uses-in-html": f"{BOMB}import base64\n"
    "shown = base64.b64encode(bomb.encode()).decode()\n"
    "display(HTML(f'<img src=\"data:image/svg+xml;base64,{shown}\">'))",
    "drawing-of-filters": 'display(SVG(\'<svg xmlns="http://www.w3.org/2000/svg"><filter id="f">'
    '<feGaussianBlur stdDeviation="999"/></filter><rect filter="url(#f)"/></svg>\'))',
    "drawing-too-deep": "display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\">' + '<g>' * 5000 "
    "+ '</g>' * 5000 + '</svg>'))",
    "tangled-tags": "display(HTML('<div>' * 50_000))",
    "picture-of-all-pixels": "import base64, struct, zlib\n"
    "def part(name, data): return struct.pack('>I', len(data)) + name + data + "
    "struct.pack('>I', zlib.crc32(name + data))\n"
    "head = struct.pack('>IIBBBBB', 60_000, 60_000, 1, 0, 0, 0, 0)\n"
    "png = b'\\x89PNG\\r\\n\\x1a\\n' + part(b'IHDR', head) + part(b'IDAT', zlib.compress(b''))\n"
    "display({'image/png': base64.b64encode(png).decode()}, raw=True)",
    "script-in-an-answer": f"W_V_1 = {_SCRIPT!r}",
}


def _case(name: str, change: Callable[[Desk], None], **points: float) -> Case:
    def prepare(desk: Desk) -> None:
        desk.write_all()
        change(desk)

    return Case(KIND, name, prepare, {**HONEST[EXERCISE], **points})


def _write_text(text: str) -> Callable[[Desk], None]:
    return lambda desk: desk.write_answer("ex1c-text", text)


def _write_code(code: str) -> Callable[[Desk], None]:
    return lambda desk: desk.write_answer("ex1d", f"{RIGHT['ex1d']}\n{_SHOW}{code}")


def _attach(desk: Desk) -> None:
    drawing = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    desk.find("ex1c-text")["source"] = "![x](attachment:x.svg)"
    desk.find("ex1c-text")["attachments"] = {
        "x.svg": {"image/svg+xml": drawing.decode()},
        f'"><{_SCRIPT}': {"text/html": _SCRIPT},
    }


def _attach_oddly(desk: Desk) -> None:
    cell = desk.find("ex1c-text")
    cell["attachments"] = {
        "wrong.png": {"image/png": "not base64 at all"},
        "text.png": {"text/plain": "x", "image/png": base64.b64encode(b"no picture").decode()},
        "list.png": {"image/png": ["iVBORw0KGgo="]},
        "none.png": {},
        "odd.png": "x",
    }
    names = [*cell["attachments"], "gone.png", "%00", ""]
    cell["source"] = " ".join(f"![{name}](attachment:{name})" for name in names)


def _name_apart(desk: Desk) -> None:
    desk.cells[0]["id"] = f'"{_SCRIPT}'
    desk.cells[0]["metadata"]["tags"] = [f'"{_SCRIPT}']
    desk.notebook["metadata"]["title"] = _SCRIPT
    (desk.folder / "'><img src=x onerror=alert(1)>.txt").touch()


def _claim_widgets(desk: Desk) -> None:
    desk.notebook["metadata"]["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": {"x": _SCRIPT}}
    }


CASES = (
    *(_case(name, _write_text(text)) for name, text in TEXTS.items()),
    *(
        _case(name, _write_code(code))
        for name, code in _CODES.items()
        if name != "script-in-an-answer"
    ),
    _case(
        "script-in-an-answer",
        _write_code(_CODES["script-in-an-answer"]),
        ex1a=0.0, ex1c=1.0, ex1d=0.0,
    ),
    _case("script-attached", _attach),
    _case("odd-attachments", _attach_oddly),
    _case("script-in-names", _name_apart),
    _case("script-in-widgets", _claim_widgets),
)  # fmt: skip
