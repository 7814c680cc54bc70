"""Move the theme's inline scripts into files, so that a page runs under a strict policy.

A Content-Security-Policy with ``script-src 'self'`` forbids scripts inside a page, which themes
have. The same script in a file of the site, at the same place, does the same. One stays, for it
chooses the page's colours, and the first picture waits for it: ``COLOURS``, in the place of the
theme's own. ``policy.json`` names its hash; a hash of another script there keeps none in a page.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from pathlib import Path

INLINE = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)
HANDLER = re.compile(r'\son(?P<event>[a-z]+)="(?P<code>[^"]*)"')
SCRIPT_TYPES = ("text/javascript", "module", "application/javascript")
FOLDER = "live-cells/inline"
# The theme's own script for the colours leaves "auto" to one that comes when all the text is there:
# every page is styled twice then, and a reader of dark pages sees a light one first.
THEME_COLOURS = "P1Gd/Wqjqq8uduID7MOciZi3jIWvAuyCldpRMjsiEjw="  # of pydata-sphinx-theme
COLOURS = """
(() => {
  const root = document.documentElement.dataset;
  let asked = "auto";
  try { asked = localStorage.getItem("mode") || asked; } catch {} // storage may be blocked
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.mode = asked;
  root.theme = asked === "auto" ? system : asked;
})();
"""


def move_out(text: str, folder: Path, to_root: str) -> str:
    """Return a page's text with its scripts in files of ``folder``."""
    handlers: dict[str, str] = {}
    seen: set[str] = set()

    def replace_script(match: re.Match[str]) -> str:
        attributes, body = match["attributes"], match["body"]
        if "src=" in attributes or not body.strip() or not is_script(attributes):
            return match[0]
        if find_hash(body) == THEME_COLOURS:
            return f"<script{attributes}>{COLOURS}</script>"
        if body == COLOURS:
            return match[0]
        if body in seen:  # stock pages have some twice, and a second `let` of a name is an error
            return ""
        seen.add(body)
        return f'<script{attributes} src="{to_root}{write_script(folder, body)}"></script>'

    def replace_handler(match: re.Match[str]) -> str:
        code = html.unescape(match["code"])
        key = hashlib.sha256(code.encode()).hexdigest()[:10]
        handlers[key] = (
            f"document.querySelectorAll('[data-on{match['event']}=\"{key}\"]').forEach("
            f"(element) => element.addEventListener('{match['event']}', "
            f"function (event) {{ {code} }}));\n"
        )
        return f' data-on{match["event"]}="{key}"'

    text = INLINE.sub(replace_script, text)
    text = re.sub(
        r"<(?!script|!)[a-z][^<>]*>", lambda tag: HANDLER.sub(replace_handler, tag[0]), text
    )
    if handlers:
        script = write_script(folder, "".join(handlers[key] for key in sorted(handlers)))
        text = text.replace(
            "</body>", f'<script src="{to_root}{script}" defer></script>\n</body>', 1
        )
    return text


def is_script(attributes: str) -> bool:
    """Tell a script from data that stands in a script element."""
    kind = re.search(r'type="([^"]*)"', attributes)
    return kind is None or kind[1] in SCRIPT_TYPES


def find_hash(body: str) -> str:
    """Return the hash of a script as a policy names it, without ``sha256-``."""
    return base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()


def write_script(folder: Path, body: str) -> str:
    """Write a script under a name made from its content; return its path from the site's root."""
    name = f"{hashlib.sha256(body.encode()).hexdigest()[:12]}.js"
    (folder / name).write_text(body, encoding="utf-8")
    return f"{FOLDER}/{name}"
