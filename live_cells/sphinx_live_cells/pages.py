"""Write into each built page what the front end needs: its cells as data, the style, the script."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from sphinx_live_cells.cells import PartRecord, describe_page


def write_bar(parts: Sequence[PartRecord], notebook: bool) -> str:
    """Return a picture of the bar that the front end puts under a page's title.

    It has the bar's words and classes, so it takes exactly the bar's room in every window, and the
    text below does not jump when the bar comes. It can be neither pressed nor read aloud.
    """
    names = ["Run the whole page", *(["Download my answers"] if notebook else [])]
    made = [f'<span class="live-button">{name}</span>' for name in names]
    made.append('<span class="live-button" aria-expanded="false">More</span>')
    inside = f'<div class="live-bar-row">{"".join(made)}</div>'
    if parts:
        titles = (html.escape(part["name"]) for part in parts)
        items = (f'<li><span class="live-mark"></span> <a>{title}</a></li>' for title in titles)
        inside += f'<ul class="live-parts">{"".join(items)}</ul>'
    return f'<div class="live-bar live-bar-place" aria-hidden="true" inert>{inside}</div>'


def put_on_page(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Add the data, the style sheet and the module to a page's head."""
    version = app.config.live_cells_frontend
    if not version or app.builder.format != "html":
        return
    record = describe_page(app.env, page)
    to_root = context["pathto"]("", resource=True) or "./"
    data: dict[str, Any] = {"name": page, "root": to_root, "version": version, "cells": []}
    if record["editable"]:
        data |= {"cells": record["cells"], "maths": find_maths(app, context)}
    # "<" would end the element from inside a string; JSON can write it otherwise.
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    context["metatags"] = context.get("metatags", "") + (
        f'<link rel="stylesheet" href="{to_root}live-cells/live-cells.css?v={version}" />\n'
        f'<script type="application/json" id="live-cells-page">{text}</script>\n'
        f'<script type="module" src="{to_root}live-cells/main.js?v={version}"></script>\n'
    )
    if record["editable"] and "</h1>" in context.get("body", ""):
        bar = write_bar(record["parts"], page in app.config.live_cells_notebooks)
        context["body"] = context["body"].replace("</h1>", f"</h1>\n{bar}", 1)


def find_maths(app: Sphinx, context: dict[str, Any]) -> dict[str, Any] | None:
    """Return where MathJax is and its settings, for cells that put out formulas.

    Nothing if the page brings MathJax by itself, or if the book has none.
    """
    path = getattr(app.config, "mathjax_path", None)
    if path is None or getattr(app.builder, "math_renderer_name", None) == "mathjax":
        return None
    address = path if "//" in path else context["pathto"](f"_static/{path}", resource=True)
    return {"address": address, "settings": app.config.mathjax3_config or {}}
