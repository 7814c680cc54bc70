"""Repair what stock pages lack for blind readers, and give each page a policy.

Each repair answers one finding of axe on the pages of Jupyter Book 1.0 with its own theme.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from sphinx_live_cells.policy import add_policy
from sphinx_live_cells.scripts import FOLDER, move_out

NO_ICON = '<link rel="icon" href="data:,">'

REPAIRS = (
    # Title and search stand in no landmark.
    (
        re.compile(r'<div(?P<rest>[^>]*class="[^"]*\bbd-sidebar-primary\b[^"]*"[^>]*)>'),
        r'<div\g<rest> role="complementary" aria-label="This book">',
    ),
    # The arrows that open a chapter's pages have no name.
    (
        re.compile(r'<summary>(?=<span class="toctree-toggle")'),
        '<summary aria-label="Pages of this chapter">',
    ),
    # A corner of a table that heads nothing is not a heading.
    (re.compile(r'<th class="head"><p></p></th>'), '<td class="head"></td>'),
    # Roles that a list of references may no longer have.
    (re.compile(r' role="doc-biblioentry"'), ""),
    (re.compile(r'<div role="list" class="citation-list">'), '<div class="citation-list">'),
)


def repair(text: str) -> str:
    """Return a page's text with every repair made; pages repaired before stay as they are.

    >>> repair('<summary><span class="toctree-toggle"></span></summary>')
    '<summary aria-label="Pages of this chapter"><span class="toctree-toggle"></span></summary>'
    """
    for pattern, replacement in REPAIRS:
        text = pattern.sub(partial(repair_once, replacement=replacement), text)
    if 'http-equiv="Refresh"' in text and 'rel="icon"' not in text:
        text = NO_ICON + text  # or the page that only leads on asks the host for one
    return text


def repair_once(match: re.Match[str], replacement: str) -> str:
    """Return the replacement, unless the element has a role already."""
    if "rest" in match.groupdict() and "role=" in match["rest"]:
        return match[0]
    return match.expand(replacement)


def finish_pages(site: Path, policy: bool, lite: str = "lite") -> None:
    """Repair every page; with the policy, move scripts into files and put it into the page.

    Those in JupyterLite's folder are not the book's.
    """
    folder = site / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for page in sorted(site.rglob("*.html")):
        parts = page.relative_to(site).parts
        if parts[0] in {lite, "_static"}:
            continue
        text = page.read_text(encoding="utf-8")
        finished = repair(text)
        if policy:
            finished = move_out(finished, folder, "../" * (len(parts) - 1))
            finished = add_policy(finished, "pages")
        if finished != text:
            page.write_text(finished, encoding="utf-8")
