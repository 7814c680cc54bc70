"""What a page's figures are given by HTML that reports and plots write."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any


class _Places(HTMLParser):
    def __init__(self, figure: str, html: str) -> None:
        super().__init__()
        self.figure = figure
        self.states: list[dict[str, Any]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if said.get("data-explorable") == self.figure:
            self.states.append(json.loads(said["data-state"] or ""))


def find_places(figure: str, html: str) -> list[dict[str, Any]]:
    """Return the state of each place for a figure of this name, in their order."""
    return _Places(figure, html).states
