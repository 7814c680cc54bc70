"""Take off the pages what Jupyter Book puts on them and this course does not use.

Stock pages carry thebe, which would fetch scripts from another host, and carry its settings twice,
which is a SyntaxError in every browser's console.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx


def is_thebe(asset: object) -> bool:
    """Tell whether a script or style sheet, as Sphinx lists them, belongs to thebe."""
    body = getattr(asset, "attributes", {}).get("body") or ""
    return "sphinx-thebe" in str(getattr(asset, "filename", asset)) or "THEBE_JS_URL" in body


def drop_unused(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Leave thebe out of the page's scripts and style sheets."""
    for kind in ("script_files", "css_files"):
        context[kind] = [asset for asset in context.get(kind, []) if not is_thebe(asset)]


def drop_settings(app: Sphinx, tree: nodes.document, page: str) -> None:
    """Leave thebe's settings out of the page's text."""
    for raw in list(tree.findall(nodes.raw)):
        text = raw.astext()
        if "text/x-thebe-config" in text or text.startswith("<script>kernelName ="):
            raw.parent.remove(raw)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect after the extensions that write on the pages."""
    app.connect("doctree-resolved", drop_settings, priority=900)
    app.connect("html-page-context", drop_unused, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
