"""What each built page carries for the front end: its cells as data, the style and the script."""

from __future__ import annotations

import json
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from live_cells.cells import describe_page

# keeps the bar's room, so that the text does not jump
BAR = '<div class="live-bar-place"></div>'


def put_on_page(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Add the data, the style sheet and the module to a page's head."""
    version = app.config.live_cells_frontend
    if not version or app.builder.format != "html":
        return
    record = describe_page(app.env, page)
    to_root = context["pathto"]("", resource=True) or "./"
    cells = record["cells"] if record["editable"] else []
    data = {"name": page, "root": to_root, "version": version, "cells": cells}
    # "<" would end the element from inside a string; JSON can write it otherwise.
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    context["metatags"] = context.get("metatags", "") + (
        f'<link rel="stylesheet" href="{to_root}live-cells/live-cells.css?v={version}" />\n'
        f'<script type="application/json" id="live-cells-page">{text}</script>\n'
        f'<script type="module" src="{to_root}live-cells/main.js?v={version}"></script>\n'
    )
    if record["editable"] and "</h1>" in context.get("body", ""):
        context["body"] = context["body"].replace("</h1>", f"</h1>\n{BAR}", 1)
