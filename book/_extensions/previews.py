"""Link symbols and words to the table of notation, where the reader may look at their meaning.

The tables of the page of notation are the source. The first time in a section that a formula is
one of their symbols, and the first time on a page that one of their words is used, it becomes a
link to its row; ``previews.js`` shows where a link leads to before it is followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform

PAGE = "book/notation"
SECTIONS = {"a-head", "names"}
CHAPTERS = ("book/exercise-", "book/warmup", "solutions/")
LEFT_ALONE = (
    nodes.title,
    nodes.reference,
    nodes.literal,
    nodes.caption,
    nodes.table,
    nodes.emphasis,
)


@dataclass(frozen=True)
class Entry:
    """A row of the tables.

    Attributes:
        anchor: Its place on the page of notation.
        symbols: Formulas, as TeX without blanks.
        words: What it is called.
    """

    anchor: str
    symbols: tuple[str, ...]
    words: tuple[str, ...]


def squeeze(tex: str) -> str:
    """Return TeX without blanks, so that equal formulas are equal texts."""
    return "".join(tex.split())


def read_entries(tree: nodes.document) -> Iterator[Entry]:
    """Yield the rows of the tables, after giving each a name on the page."""
    for section in tree.findall(nodes.section):
        if not SECTIONS & set(section["ids"]):
            continue
        for row in section.findall(nodes.row):
            first = next(iter(row.findall(nodes.entry)))
            if isinstance(row.parent, nodes.thead):
                continue
            symbols = tuple(squeeze(math.astext()) for math in first.findall(nodes.math))
            texts = [
                text.astext()
                for text in first.findall(nodes.Text)
                if not isinstance(text.parent, nodes.literal | nodes.math)
            ]
            words = tuple(word.strip() for word in "".join(texts).split(",") if word.strip())
            if symbols or words:
                anchor = nodes.make_id(f"name {row.astext()[:24]}")
                row["ids"].append(anchor)
                yield Entry(anchor, symbols, words)


def keep_entries(app: Sphinx, tree: nodes.document) -> None:
    """Keep the rows of the page of notation for the other pages."""
    if app.env.docname == PAGE:
        app.env.course_notation = list(read_entries(tree))  # type: ignore[attr-defined]


def merge_entries(
    app: Sphinx, env: BuildEnvironment, names: list[str], other: BuildEnvironment
) -> None:
    """Take the rows from a process that read the page of notation."""
    del app
    if PAGE in names:
        env.course_notation = other.course_notation  # type: ignore[attr-defined]


class LinkNotation(SphinxPostTransform):
    """Makes links of symbols and words that the page of notation explains."""

    default_priority = 210  # after the text is what it will be
    builders = ("html", "dirhtml")

    def run(self, **kwargs: object) -> None:
        """Link the first of each kind."""
        name = self.env.docname
        entries: list[Entry] = getattr(self.env, "course_notation", [])
        if not name.startswith(CHAPTERS) or not entries:
            return
        self.page = self.app.builder.get_relative_uri(name, PAGE)
        symbols = {symbol: entry for entry in entries for symbol in entry.symbols}
        for section in self.find_parts():
            self.link_symbols(section, dict(symbols))
        words = {word.casefold(): entry for entry in entries for word in entry.words}
        self.link_words(words)

    def find_parts(self) -> list[nodes.Element]:
        """Return the sections below the page's own, or the page."""
        tops = [one for one in self.document.children if isinstance(one, nodes.section)]
        parts = [one for top in tops for one in top.children if isinstance(one, nodes.section)]
        return [*parts] or [self.document]

    def link_symbols(self, section: nodes.Element, left: dict[str, Entry]) -> None:
        """Link the first of each symbol in a section."""
        for math in list(section.findall(nodes.math)):
            entry = None if is_left_alone(math) else left.pop(squeeze(math.astext()), None)
            if entry is not None:
                name = re.sub(r"\\mathrm|[\\{}]", "", squeeze(math.astext()))
                math.replace_self(self.make_link(entry, math.deepcopy(), name))

    def link_words(self, left: dict[str, Entry]) -> None:
        """Link the first of each word on the page."""
        for text in list(self.document.findall(nodes.Text)):
            if not left or is_left_alone(text) or not isinstance(text.parent, nodes.paragraph):
                continue
            longest_first = sorted(left, key=len, reverse=True)
            pattern = rf"(?<![\w-])({'|'.join(map(re.escape, longest_first))})s?(?![\w-])"
            made: list[nodes.Node] = []
            rest = text.astext()
            while found := re.search(pattern, rest, re.IGNORECASE):
                entry = left.pop(found[1].casefold(), None)
                word = nodes.Text(found[0])
                made.append(nodes.Text(rest[: found.start()]))
                made.append(word if entry is None else self.make_link(entry, word))
                rest = rest[found.end() :]
            if made:
                text.parent.replace(text, [*made, nodes.Text(rest)])

    def make_link(self, entry: Entry, inside: nodes.Node, name: str = "") -> nodes.reference:
        """Return a link to a row, around a node; around a formula it needs a name of its own."""
        address = f"{self.page}#{entry.anchor}"
        link = nodes.reference("", "", inside, internal=True, refuri=address, classes=["notation"])
        if name:
            link["reftitle"] = name
        return link


def is_left_alone(node: nodes.Node) -> bool:
    """Tell whether a node stands in a heading, a link, code, a table or an emphasised word."""
    above = node.parent
    while above is not None:
        if isinstance(above, LEFT_ALONE):
            return True
        above = above.parent
    return False


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the reading of the tables, the links, and the script that shows where they lead."""
    app.connect("doctree-read", keep_entries)
    app.connect("env-merge-info", merge_entries)
    app.add_post_transform(LinkNotation)
    app.add_js_file("previews.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
