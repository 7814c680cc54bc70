"""Make the built pages fast to open, and say to search engines and readers what they are.

A Sphinx extension. It writes formulas as MathML and, when all pages are there, goes through each:
icons are drawn, figures become files and have numbers, scripts and styles come together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from publishing.card import write_card
from publishing.figures import file_figures
from publishing.icons import STYLE as ICON_STYLE
from publishing.icons import draw_icons
from publishing.maths import setup_maths
from publishing.metadata import PICTURE, PICTURE_SIZE, setup_metadata, write_site_files
from publishing.numbers import number_figures, setup_numbers
from publishing.scripts import FOLDER, PREFIX, gather_scripts
from publishing.styles import STYLE, Styles, find_words

VIEWPORT = re.compile(r'[ \t]*<meta name="viewport"[^>]*>\n?')
ONE_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1" />\n'
# Firefox fetches the page that is named so ahead, and the policy, which cannot allow that by name,
# stops it: a complaint on the console of every page. Readers use the link within the page.
AHEAD = re.compile(r'[ \t]*<link rel="next"[^>]*>\n?')
SUBJECT = "Build attention heads by hand"
OF_OTHERS = {"lite", "_static", "notebooks"}  # folders whose pages are not the book's
SCRIPTS = ("_static/*.js", "_static/scripts/*.js", "live-cells/**/*.js", "explorables/**/*.js")
LEFT_OUT = "thebe"  # the theme's script knows its names, and lean_pages takes it off the pages
SHIPPED = {"fontawesome.js", "sphinx-thebe.js"}  # scripts that no page loads


def finish_site(app: Sphinx, exception: Exception | None) -> None:
    """Finish every page of a site that was built; a page that is finished stays as it is."""
    if exception is not None or app.builder.name not in {"html", "dirhtml"}:
        return
    site, book = Path(app.outdir), str(app.config.html_title or app.config.project)
    pages = sorted(app.builder.get_target_uri(name) for name in app.env.found_docs)
    write_site_files(site, pages, book, app.config.html_baseurl)
    write_card(site / PICTURE, book, SUBJECT, PICTURE_SIZE)
    finish_pages(site)


def finish_pages(site: Path) -> None:
    """Draw icons, number and file figures, bring scripts and styles together, on all pages."""
    texts = {path: path.read_text(encoding="utf-8") for path in find_pages(site)}
    scripted = {path: finish_text(text, path, site) for path, text in texts.items()}
    found = find_words([*map(without_style, scripted.values()), *read_scripts(site)])
    words = frozenset(word for word in found if not word.startswith(LEFT_OUT))
    styles = Styles(site, words, ICON_STYLE)
    for path, text in scripted.items():
        finished = styles.put_in(text, way_to_root(path, site))
        if finished != texts[path]:
            path.write_text(finished, encoding="utf-8")
    drop_unused_scripts(site, scripted.values())


def find_pages(site: Path) -> list[Path]:
    """Return the book's own pages."""
    return [
        path
        for path in sorted(site.rglob("*.html"))
        if path.relative_to(site).parts[0] not in OF_OTHERS
    ]


def way_to_root(path: Path, site: Path) -> str:
    """Return the way from a page to the site's root: ``../`` for each folder it is in."""
    return "../" * (len(path.relative_to(site).parts) - 1)


def finish_text(text: str, path: Path, site: Path) -> str:
    """Return a page with all that does not depend on the other pages."""
    to_root = way_to_root(path, site)
    text = draw_icons(text, site)
    text = file_figures(text, site, to_root)
    text = number_figures(text, path.relative_to(site).as_posix())
    text = gather_scripts(text, site, to_root, is_search=path.name == "search.html")
    return keep_one_viewport(AHEAD.sub("", text))


def keep_one_viewport(text: str) -> str:
    r"""Return a page with one viewport in place of the three that the theme and Sphinx write.

    >>> keep_one_viewport('<meta name="viewport" content="a"><meta name="viewport" content="b">')
    '<meta name="viewport" content="width=device-width, initial-scale=1" />\n'
    """
    first = VIEWPORT.search(text)
    if first is None:
        return text
    return text[: first.start()] + ONE_VIEWPORT + VIEWPORT.sub("", text[first.end() :])


def without_style(text: str) -> str:
    """Return a page without its own style: the names in it are not names in use."""
    return STYLE.sub("", text)


def read_scripts(site: Path) -> list[str]:
    """Return the scripts that a page may load."""
    found = {path for pattern in SCRIPTS for path in site.glob(pattern)}
    return [path.read_text(encoding="utf-8") for path in sorted(found) if path.name not in SHIPPED]


def drop_unused_scripts(site: Path, texts: Iterable[str]) -> None:
    """Remove the gathered scripts of an earlier build that no page asks for."""
    together = "".join(texts)
    for path in (site / FOLDER).glob(f"{PREFIX}*.js"):
        if path.name not in together:
            path.unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer of formulas, metadata, the form on paper, and the end of a build."""
    setup_maths(app)
    setup_metadata(app)
    setup_numbers(app)
    app.add_js_file("paper.js", loading_method="defer")
    # After live_cells, which moves scripts into files and says the policy.
    app.connect("build-finished", finish_site, priority=960)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
