"""Measure how much of an output has to be parsed before a browser may show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MARKUP = ("text/html", "text/markdown", "image/svg+xml")


def measure_markup(output: Mapping[str, Any]) -> int:
    """Return the characters of an output's HTML, Markdown and SVG.

    Args:
        output: In the notebook format.
    """
    found = (output.get("data", {}).get(kind, "") for kind in _MARKUP)
    return sum(len(text) for text in found if isinstance(text, str))
