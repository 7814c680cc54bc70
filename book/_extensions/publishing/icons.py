"""Draw the theme's icons in the page itself.

The theme names an icon by a class (``fa-solid fa-bars``), and a script of 1.5 MB puts the drawing
there when the page has loaded. The pages use ten of its two thousand drawings: those are put in
when the site is built, and the script is not fetched.
"""

from __future__ import annotations

import html
import re
from functools import cache
from pathlib import Path

LIBRARY = Path("_static", "scripts", "fontawesome.js")
ICON = re.compile(
    r'<(?P<tag>i|span)\s+class="(?P<classes>[^"]*\bfa-solid\b[^"]*)"(?P<rest>[^>]*)>\s*</(?P=tag)>'
)
# What the theme's script sets when it draws an icon.
STYLE = (
    ".svg-inline--fa{display:inline-block;height:1em;box-sizing:content-box;overflow:visible;"
    "vertical-align:-.125em}.svg-inline--fa.fa-lg{vertical-align:-.2em}"
)
SIZES = {"fa-lg", "fa-sm", "fa-xs", "fa-fw"}
TITLE = re.compile(r'\stitle="([^"]*)"')


class UnknownIconError(ValueError):
    """A page names an icon that the theme's library does not draw."""


@cache
def find_drawing(library: Path, name: str) -> tuple[int, int, str]:
    """Return the width, height and path of a solid icon, as the theme's library has them.

    Raises ``UnknownIconError`` if it is not there.
    """
    # The library writes each as "name":[width,height,[aliases],"code point","path"], and those of
    # the solid style after those of the others.
    pattern = rf'[{{,]"?{re.escape(name)}"?:\[(\d+),(\d+),\[[^\]]*\],"[^"]*","([^"]+)"\]'
    found = re.findall(pattern, library.read_text(encoding="utf-8"))
    if not found:
        raise UnknownIconError(
            f"The theme's icons ({library.name}) hold no drawing called {name!r}: "
            "look its name up in the page's template."
        )
    width, height, path = found[-1]
    return int(width), int(height), path


def draw_icons(page: str, site: Path) -> str:
    """Return a page with a drawing in place of each icon's name; drawn pages stay as they are."""
    return ICON.sub(lambda match: draw_icon(match, site / LIBRARY), page)


def draw_icon(match: re.Match[str], library: Path) -> str:
    """Return the drawing for one element, with the classes and attributes that the theme needs."""
    classes = match["classes"].split()
    name = next(
        each.removeprefix("fa-")
        for each in classes
        if each.startswith("fa-") and each != "fa-solid" and each not in SIZES
    )
    width, height, path = find_drawing(library, name)
    title = TITLE.search(match["rest"])
    rest = TITLE.sub("", match["rest"]).strip()
    spoken = f"<title>{html.escape(html.unescape(title[1]))}</title>" if title else ""
    hidden = 'role="img"' if title else 'aria-hidden="true"'
    kept = " ".join(["svg-inline--fa", *(each for each in classes if each != "fa-solid")])
    return (
        f'<svg class="{kept}" {rest + " " if rest else ""}{hidden} focusable="false" '
        f'viewBox="0 0 {width} {height}">{spoken}<path fill="currentColor" d="{path}"/></svg>'
    )
