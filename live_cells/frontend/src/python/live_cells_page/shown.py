"""Describe a value the way a notebook shows it: a bundle of MIME type -> content."""

from __future__ import annotations

import base64
import pprint
import sys
from collections.abc import Iterator
from typing import Any

from live_cells_page.figures import describe_figure, is_figure

LONGEST_TEXT = 20_000  # characters of one value's plain text
REPR_WIDTH = 79  # containers wider than this are laid out over several lines

CONTAINERS = (list, tuple, set, frozenset, dict)

#: how to ask an object for one kind of output, in the order a page prefers them
REPRESENTATIONS = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "text/latex": "_repr_latex_",
}


def describe(value: object) -> dict[str, Any]:
    """Return ``value`` as a bundle of MIME type -> text, as Jupyter would."""
    bundle: dict[str, Any] = {}
    own = getattr(value, "_repr_mimebundle_", None)
    if own is not None and not isinstance(value, type):
        made = own()
        bundle.update(made[0] if isinstance(made, tuple) else made)
    elif is_figure(value):
        bundle.update(describe_figure(value))
    for mimetype, method in REPRESENTATIONS.items():
        if mimetype in bundle or isinstance(value, type):
            continue
        represent = getattr(value, method, None)
        content = represent() if callable(represent) else None
        if content is not None:
            bundle[mimetype] = content
    formula = describe_formulas(value)
    if formula:
        bundle["text/latex"] = formula
    if "text/plain" not in bundle:
        bundle["text/plain"] = describe_plainly(value)
    return {mimetype: encode(content) for mimetype, content in bundle.items()}


def describe_formulas(value: object) -> str:
    """Return a list, tuple, set or dict of sympy's objects as one formula, or nothing.

    Notebooks show it so once ``sympy.init_printing()`` was called, which sets Python's displayhook.
    """
    sympy = sys.modules.get("sympy")
    called = getattr(sys.displayhook, "__module__", None) == "sympy.interactive.printing"
    if sympy is None or not called or not isinstance(value, CONTAINERS):
        return ""
    printable = sys.modules["sympy.printing.defaults"].Printable
    try:
        leaves = list(list_leaves(value))
    except RecursionError:  # it contains itself
        return ""
    if not any(isinstance(leaf, printable) for leaf in leaves):
        return ""
    if not all(isinstance(leaf, printable | int | float) for leaf in leaves):
        return ""
    return f"$\\displaystyle {sympy.latex(value)}$"


def list_leaves(value: object) -> Iterator[object]:
    """Yield what is in a container and in those within it."""
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if not isinstance(value, CONTAINERS):
        yield value
        return
    for each in value:
        yield from list_leaves(each)


def describe_plainly(value: object) -> str:
    """Return ``repr(value)``, long containers over several lines, very long texts cut."""
    text = repr(value)
    if len(text) > LONGEST_TEXT:
        return f"{text[:LONGEST_TEXT]}\n… the rest of {len(text):,} characters is cut."
    if len(text) > REPR_WIDTH and isinstance(value, dict | list | set | tuple):
        return pprint.pformat(value, width=REPR_WIDTH, sort_dicts=False)
    return text


def encode(content: object) -> object:
    """Return bytes as base64, as notebooks keep them; everything else unchanged."""
    return base64.b64encode(content).decode() if isinstance(content, bytes) else content
