"""Put the Content-Security-Policy into a page: nothing runs, loads or leaves but from the site.

``policy.json`` has the policies: one of the book's pages and one of JupyterLite's. A page carries
its own in a meta element, so that it holds on any static server. Servers may send it as a header.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

POLICIES: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("policy.json").read_text(encoding="utf-8")
)
META = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
HEADER_ONLY = {"frame-ancestors"}  # browsers ignore it in a page, and say so in the console


def write_meta(name: str) -> str:
    r"""Return the meta element with the policy of this name.

    >>> write_meta("pages")[:72]
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    """
    directives = [f"{key} {value}" for key, value in POLICIES[name].items()]
    kept = "; ".join(each for each in directives if each.split()[0] not in HEADER_ONLY)
    return f'<meta http-equiv="Content-Security-Policy" content="{kept}">'


def add_policy(page: str, name: str) -> str:
    """Return the page with its policy before all that it could load.

    Args:
        page: HTML; a policy that it has already is replaced.
        name: Of the policy.

    >>> add_policy("<html><head><title>x</title>", "pages").startswith("<html><head><meta")
    True
    """
    meta = write_meta(name)
    if META.search(page):
        return META.sub(lambda _: meta, page)
    if "<head>" in page:
        return page.replace("<head>", f"<head>{meta}", 1)
    return meta + page  # a page that only leads on has no head
