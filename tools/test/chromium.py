"""Start the browser that tests and measurements drive."""

from __future__ import annotations

import shutil
import sys

# No sandbox, because CI runs as root; and nothing of the browser's own on the network.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """Return the path of a Chromium, if there is one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def demand_chromium() -> str:
    """Return the path of a Chromium; a measurement without one ends here."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit("There is no Chromium here: install Debian's package chromium.")
    return chromium
