"""Refuse a wheel without the front end, whose pages would stay static for good."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEndHook(BuildHookInterface[Any]):
    """Looks for what ``frontend/build.mjs`` makes."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raise ``FileNotFoundError`` for a wheel that would lack it; work in progress may."""
        made = Path(self.root, "sphinx_live_cells", "dist", "main.js")
        if version == "standard" and not made.is_file():
            raise FileNotFoundError(
                f"{made} is not there: build the front end first (npm ci && npm run build in "
                f"{Path(self.root, 'frontend')}), then the wheel."
            )
