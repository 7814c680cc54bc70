"""Say what each page is: to search engines, to whoever shares it, to catalogues of courses.

The address of the site is known only where it is put up, so it comes from the environment variable
``SITE_URL`` or from ``html.baseurl``. Without it, what needs a whole address is left out: the
canonical link, the picture for sharing, the map of the site. Likewise ``SOURCE_URL`` or
``repository.url`` puts a link to the source at the foot of every page.
"""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docutils import nodes
from jinja2 import StrictUndefined, Template
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx_live_cells.policy import add_policy

from circuits.exercises import ASSIGNMENTS, PARTS, Part

LONGEST = 160  # characters of a description that search engines show
TEXT_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
LEVEL = "University"
# The type of the text: with one of the three alone, bold and slanted words would be of another.
TYPE = tuple(
    f"_static/fonts/source-serif-4-latin-{face}.woff2"
    for face in ("400-normal", "400-italic", "600-normal")
)
PICTURE = "_static/card.png"
PICTURE_SIZE = (1200, 630)
PICTURE_WORDS = (
    "Two attention heads, drawn as arrows between the words of a line that repeats itself"
)
DEAD_END = Path(__file__).with_name("dead_end.html.jinja")
ADDRESS_VARIABLE = "SITE_URL"
SOURCE_VARIABLE = "SOURCE_URL"


def read_address(app: Sphinx, config: Config) -> None:
    """Take the site's address from the environment; one in the configuration is the default."""
    address = os.environ.get(ADDRESS_VARIABLE, "").strip() or config.html_baseurl
    config.html_baseurl = f"{address.rstrip('/')}/" if address else ""
    options = config.html_theme_options
    source = os.environ.get(SOURCE_VARIABLE, "").strip() or options.get("repository_url") or ""
    options["extra_footer"] = (
        write_source_link(source) if source else options.get("extra_footer", "")
    )


def write_source_link(source: str) -> str:
    """Return the foot of a page that says where its source is; nothing but a web address is linked.

    >>> write_source_link("https://example.org/a?b&c")
    '<p><a href="https://example.org/a?b&amp;c">Source of this book</a></p>'
    >>> write_source_link("javascript:alert(1)")
    ''
    """
    if urlsplit(source).scheme not in {"http", "https"}:
        return ""
    return f'<p><a href="{html.escape(source)}">Source of this book</a></p>'


def describe_page(tree: nodes.document | None, title: str, book: str) -> str:
    """Return a sentence or two about a page: how it begins, or its title where it has no text."""
    for paragraph in tree.findall(nodes.paragraph) if tree is not None else ():
        if isinstance(paragraph.parent, nodes.section):
            return shorten(paragraph.astext())
    return f"{title}: a page of {book}."


def shorten(text: str) -> str:
    """Return as many whole sentences as a description may hold, or whole words of the first.

    >>> shorten("What comes next, and why would you bet on that? " + "A word " * 30)
    'What comes next, and why would you bet on that?'
    >>> len(shorten("word " * 100)) <= LONGEST
    True
    """
    text = re.sub(r"\s+", " ", text).strip()
    if len(text) <= LONGEST:
        return text
    whole = re.match(rf".{{40,{LONGEST - 1}}}[.?!](?= )", text)
    return whole[0] if whole else text[: LONGEST - 1].rsplit(" ", 1)[0] + "…"


def describe_learning(page: str, title: str, description: str, book: str) -> dict[str, Any]:
    """Return what catalogues of courses ask for, from the table of parts.

    Args:
        page: Name of the page, such as ``book/exercise-2``.
        title: Of the page.
        description: Of the page.
        book: The book's title.
    """
    assignment = page.rsplit("/", 1)[-1]
    about = {"name": title, "description": description, **describe_kind()}
    if assignment in ASSIGNMENTS and page.startswith("book/"):
        parts = [PARTS[part_id] for part_id in ASSIGNMENTS[assignment]]
        return {"@context": "https://schema.org", **describe_parts(parts), **about}
    if assignment != "index":
        return {}
    chapters = [[PARTS[part_id] for part_id in ids] for ids in ASSIGNMENTS.values()]
    return {
        "@context": "https://schema.org",
        **describe_parts([part for parts in chapters for part in parts]),
        **about,
        "@type": "Course",
        "name": book,
        "provider": {"@type": "Organization", "name": f"The {book} authors"},
        "hasPart": [
            {
                **describe_parts(parts),
                "name": name.replace("-", " ").capitalize(),
                **describe_kind(),
            }
            for name, parts in zip(ASSIGNMENTS, chapters, strict=True)
        ],
    }


def describe_kind() -> dict[str, Any]:
    """Return what holds for every page of the course."""
    return {
        "inLanguage": "en",
        "license": TEXT_LICENCE,
        "educationalLevel": LEVEL,
        "isAccessibleForFree": True,
    }


def describe_parts(parts: Iterable[Part]) -> dict[str, Any]:
    """Return the time that parts take and what they teach."""
    parts = list(parts)
    return {
        "@type": "LearningResource",
        "learningResourceType": "exercise",
        "timeRequired": f"PT{sum(part.minutes for part in parts)}M",
        "teaches": [part.objective for part in parts],
    }


def write_tags(facts: Mapping[str, str], learning: Mapping[str, Any], address: str) -> str:
    """Return the elements for a page's head.

    Args:
        facts: ``title``, ``description``, ``book`` and ``file``, the page's own address from the
            root of the site.
        learning: For catalogues of courses; may be empty.
        address: Of the site, with a slash at its end, or nothing.
    """
    named = {"description": facts["description"], "twitter:card": "summary_large_image"}
    properties = {
        "og:title": facts["title"],
        "og:description": facts["description"],
        "og:type": "article",
        "og:site_name": facts["book"],
    }
    tags = []
    if address:
        here = address + facts["file"]
        tags.append(f'<link rel="canonical" href="{html.escape(here)}" />')
        properties |= {
            "og:url": here,
            "og:image": address + PICTURE,
            "og:image:width": str(PICTURE_SIZE[0]),
            "og:image:height": str(PICTURE_SIZE[1]),
            "og:image:alt": PICTURE_WORDS,
        }
    tags += [f'<meta name="{k}" content="{html.escape(v)}" />' for k, v in named.items()]
    tags += [f'<meta property="{k}" content="{html.escape(v)}" />' for k, v in properties.items()]
    if learning:
        text = json.dumps(learning, ensure_ascii=False).replace("<", "\\u003c")
        tags.append(f'<script type="application/ld+json">{text}</script>')
    return "".join(f"{tag}\n" for tag in tags)


def write_type_link(address: str) -> str:
    """Return a link by which a page's type is there for the first lines, not for the next page.

    The style lets a page go without its type rather than jump when it comes.
    """
    kind = 'as="font" type="font/woff2" crossorigin="anonymous"'
    return f'<link rel="preload" {kind} href="{html.escape(address)}" />\n'


def put_tags(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Add a page's metadata to its head."""
    if app.builder.name not in {"html", "dirhtml"}:
        return
    title = re.sub(r"<[^>]+>", "", html.unescape(str(context.get("title", page))))
    book = str(app.config.html_title or app.config.project)
    description = describe_page(tree, title, book)
    facts = {
        "title": title,
        "description": description,
        "book": book,
        "file": app.builder.get_target_uri(page),
    }
    learning = describe_learning(page, title, description, book) if tree is not None else {}
    address = app.config.html_baseurl
    faces = "".join(write_type_link(context["pathto"](face, resource=True)) for face in TYPE)
    tags = write_tags(facts, learning, address)
    context["metatags"] = faces + tags + context.get("metatags", "")
    context["pageurl"] = None  # the theme would write the canonical link a second time


def write_site_files(site: Path, pages: Iterable[str], book: str, address: str) -> None:
    """Write what stands beside the pages: the map, the rules for robots, the page for dead links.

    Args:
        site: Folder of the built site.
        pages: Their addresses from the root of the site.
        book: The book's title.
        address: Of the site, with a slash at its end, or nothing.
    """
    places = "".join(f"  <url><loc>{html.escape(address + page)}</loc></url>\n" for page in pages)
    site_map = site / "sitemap.xml"
    if address:
        site_map.write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n',
            encoding="utf-8",
        )
    else:
        site_map.unlink(missing_ok=True)  # of a build that knew its address
    robots = "User-agent: *\nDisallow:\n" + (f"Sitemap: {address}sitemap.xml\n" if address else "")
    (site / "robots.txt").write_text(robots, encoding="utf-8")
    dead_end = add_policy(write_dead_end(book, address), "pages")
    (site / "404.html").write_text(dead_end, encoding="utf-8")


def write_dead_end(book: str, address: str) -> str:
    """Return the page that a server sends for an address where nothing is.

    It is sent for addresses of any depth, so it fetches nothing and its links begin at the host.
    """
    form = Template(
        DEAD_END.read_text(encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    page: str = form.render(book=book, root=urlsplit(address).path or "/")
    return page


def setup_metadata(app: Sphinx) -> None:
    """Connect to the moments of a build at which pages get their heads."""
    app.connect("config-inited", read_address, priority=400)
    app.connect("html-page-context", put_tags, priority=940)
