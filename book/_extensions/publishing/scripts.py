"""Bring the theme's scripts to a page in one file, after the page.

The theme has a page wait for a dozen small scripts. Here they come as one, in the same order, once
the text is there. What only the search page needs stays with it.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

SCRIPT = re.compile(
    r'[ \t]*<script(?P<before>[^>]*)\ssrc="(?P<src>[^"]+)"(?P<after>[^>]*)></script>\n?'
)
PRELOAD = re.compile(r'[ \t]*<link rel="preload" as="script"[^>]*/>\n?')
FOLDER = "_static"
PREFIX = "theme-"
SEARCH_ONLY = ("searchtools.js", "language_data.js", "searchindex.js")
# Sphinx's own scripts act once the page is read, and then at once. In one file, they must not act
# before what stands below them: the browser says when all scripts that wait for the text have run.
AT_ONCE = 'document.readyState !== "loading"'
WHEN_ALL_HAVE_RUN = 'document.readyState === "complete"'
# The theme lets the keyboard into each box that scrolls, and for that measures those in folded
# boxes too, which the browser had not laid out. Here they wait until something is unfolded.
MEASURES = "e=>{e.tabIndex=e.scrollWidth>e.clientWidth"
# A browser that cannot tell what is folded measures all, as the theme does.
MEASURES_THE_SEEN = "e=>{if(e.checkVisibility?.()!==!1)e.tabIndex=e.scrollWidth>e.clientWidth"
MEASURES_AGAIN = 'window.addEventListener("resize",t),new MutationObserver'
UNFOLDED_TOO = (
    'window.addEventListener("resize",t),document.addEventListener("toggle",t,!0),'
    "new MutationObserver"
)
REPLACED = (
    (AT_ONCE, WHEN_ALL_HAVE_RUN),
    (MEASURES, MEASURES_THE_SEEN),
    (MEASURES_AGAIN, UNFOLDED_TOO),
)
MATHJAX = "mathjax/tex-chtml.js"
DRAWN_ALREADY = "scripts/fontawesome.js"
PAGE_NAME = re.compile(r"DOCUMENTATION_OPTIONS\.pagename = '([^']*)';")


def gather_scripts(page: str, site: Path, to_root: str, is_search: bool) -> str:
    """Return a page that fetches the theme's scripts as one file, after its text.

    Args:
        page: HTML, its scripts all in files; a page that was gathered before stays as it is.
        site: Folder of the built site.
        to_root: The way from the page to the site's root, such as ``../``.
        is_search: Whether it is the page of search results.
    """
    gathered: list[tuple[bool, str]] = []
    attributes: list[str] = []
    after: list[str] = []

    def take(match: re.Match[str]) -> str:
        around = f"{match['before']} {match['after']}"
        source = match["src"].split("?")[0]
        if 'type="module"' in around or "data-cfasync" in around or "//" in source:
            return match[0]
        name = source.removeprefix(to_root)
        if name.startswith(f"{FOLDER}/{PREFIX}"):
            return match[0]
        if name.endswith(MATHJAX):  # finds its own files by its address, and its settings before it
            after.append(match[0])
            return ""
        if name.endswith(DRAWN_ALREADY) or (not is_search and name.endswith(SEARCH_ONLY)):
            return ""
        body = (site / name).read_text(encoding="utf-8")
        for theirs, ours in REPLACED:
            body = body.replace(theirs, ours)
        own = PAGE_NAME.fullmatch(body.strip())
        if own is not None:
            attributes.append(f'data-page="{own[1]}"')
            body = PAGE_NAME.sub("DOCUMENTATION_OPTIONS.pagename = theScript.dataset.page;", body)
        attributes.extend(re.findall(r'data-sd-[a-z-]+="[^"]*"', around))
        gathered.append(("defer" in around, body))
        return ""

    rest = PRELOAD.sub("", SCRIPT.sub(take, page))
    if not gathered:
        return page
    # A deferred script ran after all that were not.
    bodies = [body for deferred in (False, True) for late, body in gathered if late is deferred]
    text = "const theScript = document.currentScript;\n" + "\n;\n".join(bodies)
    name = f"{PREFIX}{hashlib.sha256(text.encode()).hexdigest()[:12]}.js"
    (site / FOLDER / name).write_text(text, encoding="utf-8")
    tag = f'<script defer src="{to_root}{FOLDER}/{name}" {" ".join(attributes)}></script>'
    return rest.replace("</head>", f"{tag}\n{''.join(after)}</head>", 1)
