"""Give every page its style in itself: one sheet, without the rules that no page uses.

The theme and its extensions come with 550 kB of style sheets, most of it for things that this book
has not. A rule stays if every class, id and element that its selector names stands somewhere in
the pages or in a script, so what a script may add later keeps its style.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import tinycss2

LINK = re.compile(r'[ \t]*<link\b[^>]*\brel="stylesheet"[^>]*>\n?')
HREF = re.compile(r'\bhref="([^"]+)"')
STYLE = re.compile(r'<style data-sheets="(?P<sheets>[^"]*)">.*?</style>\n?', re.DOTALL)
WORD = re.compile(r"[A-Za-z0-9_-]+")
NAMED = re.compile(r"(?:::?[a-z-]+(?:\([^()]*\))?)|[.#]?-?[A-Za-z_](?:[A-Za-z0-9_-]|\\.)*")
BRACKETS = re.compile(r"\[[^\]]*\]")
ADDRESS = re.compile(r"""url\((?P<quote>["']?)(?P<address>[^"')]+)(?P=quote)\)""")
# Pictures of pseudo-elements are drawn by an icon font that no page loads.
ICON_FONT = re.compile(r"Font Awesome|fontawesome", re.IGNORECASE)
# Some rules have the browser style all that stands in an element again when something comes into
# it, which is what a page does as it opens: those for any child that is the last, in one that is
# the last, and those for all that come after an element without a class. Others mean the same.
ANY_CHILD = re.compile(r"(:(?:first|last)-child > )(?=:(?:first|last)-child$)")
BLOCKS = ":where(p,ul,ol,dl,div,pre,blockquote,table,figure,details,section,math,h1,h2,h3,h4,h5,h6)"
BELOW_SUMMARY = re.compile(r"(?<=\[open\]) ?>? ?summary ?~ ?\*$")
ALL_BUT_SUMMARY = " > :not(summary)"
ELSEWHERE = "legend+*"  # a figure's legend stands in a shadow tree, which no rule of a page reaches
# What a cell may put out when a reader runs it, whether or not a page shows it today.
OUTPUTS = """
    html body a abbr article audio b blockquote br button caption cite code col colgroup dataframe
    dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i iframe img input ins kbd
    label li mark math mjx-container ol p pre q s samp section select small span strong sub summary
    sup svg table tbody td tfoot th thead tr tt u ul var video
"""
IN_OUTPUTS = frozenset(name for word in OUTPUTS.split() for name in (word, f"<{word}"))
# An element of a page, and one that a script makes: its name is what it hands over first.
ELEMENT = re.compile(r"""(?:<|\(["'])([a-z][a-z0-9-]*)""")


def find_words(texts: Iterable[str]) -> frozenset[str]:
    """Return every word of the pages and scripts that could be the name of a class.

    Those that are elements are there once more, with ``<`` before them.

    >>> sorted(find_words(['<nav class="live-bar a_1">', 'make("form")']) - IN_OUTPUTS)
    ['<form', '<nav', 'a_1', 'class', 'form', 'live-bar', 'make', 'nav']
    """
    found = set(IN_OUTPUTS)
    for text in texts:
        found.update(WORD.findall(text))
        found.update(f"<{name}" for name in ELEMENT.findall(text))
    return frozenset(found)


def is_used(selector: str, words: frozenset[str]) -> bool:
    """Tell whether each name in a selector is a word of the pages; attributes always count.

    >>> words = find_words(['<div class="live-bar legend">'])
    >>> is_used("html[data-theme='dark'] div.live-bar:hover > *", words)
    True
    >>> is_used("div.card", words), is_used(":root", words), is_used("a:not(.card)", words)
    (False, True, True)
    >>> is_used(".legend", words), is_used("legend", words)
    (True, False)
    """
    if selector == ELSEWHERE:
        return False
    for name in NAMED.findall(BRACKETS.sub("", selector)):
        word = name.lstrip(".#").replace("\\", "") if name[0] in ".#" else f"<{name}"
        if not name.startswith(":") and word not in words:
            return False
    return True


def purge(sheet: str, words: frozenset[str]) -> str:
    """Return a style sheet with the rules that the pages can use, and no comments."""
    rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
    return "".join(keep_rules(rules, words))


def keep_rules(rules: list[Any], words: frozenset[str]) -> Iterator[str]:
    """Yield the text of the rules that can be used; raises ``ValueError`` at one that is broken."""
    for rule in rules:
        if rule.type == "error":
            raise ValueError(f"line {rule.source_line}: {rule.message}")
        if rule.type == "qualified-rule":
            used = [each for each in split_selectors(rule.prelude) if is_used(each, words)]
            if used:
                yield f"{','.join(map(ease, used))}{{{write(rule.content)}}}"
        elif rule.content is None:
            yield f"@{rule.at_keyword}{write(rule.prelude, around=' ')};"
        elif rule.lower_at_keyword in {"media", "supports", "layer", "container"}:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            kept = "".join(keep_rules(inner, words))
            if kept:
                yield f"@{rule.at_keyword} {write(rule.prelude)}{{{kept}}}"
        elif not (rule.lower_at_keyword == "font-face" and ICON_FONT.search(write(rule.content))):
            yield f"@{rule.at_keyword} {write(rule.prelude)}{{{write(rule.content)}}}"


def ease(selector: str) -> str:
    """Return a selector for the same elements that costs the browser less.

    >>> ease("details[open] > summary ~ *")
    'details[open] > :not(summary)'
    """
    selector = BELOW_SUMMARY.sub(ALL_BUT_SUMMARY, selector)
    return ANY_CHILD.sub(rf"\1{BLOCKS}", selector)


def split_selectors(prelude: list[Any]) -> list[str]:
    """Return the selectors of a rule: commas within brackets or parentheses divide nothing."""
    groups: list[list[Any]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            groups.append([])
        else:
            groups[-1].append(token)
    return [write(group) for group in groups]


def write(tokens: list[Any], around: str = "") -> str:
    """Return tokens as text, each run of white space as one space."""
    kept = [token for token in tokens if token.type != "comment"]
    text = "".join(
        " " if token.type == "whitespace" else tinycss2.serialize([token]) for token in kept
    )
    text = text.strip()
    return f"{around}{text}" if text else ""


def read_sheet(path: Path, site: Path) -> str:
    """Return a style sheet with those it imports, its addresses seen from the site's root."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(
        r'@import\s+(?:url\()?["\']([^"\']+)["\']\)?\s*;',
        lambda match: read_sheet(path.parent / match[1], site),
        text,
    )

    def from_root(match: re.Match[str]) -> str:
        address = match["address"]
        if address.startswith(("data:", "#", "ROOT/")) or "//" in address:
            return match[0]
        target = (path.parent / address.split("?")[0].split("#")[0]).resolve()
        return f'url("ROOT/{target.relative_to(site.resolve()).as_posix()}")'

    return ADDRESS.sub(from_root, text)


class Styles:
    """The style of a site's pages, made from the sheets that they link.

    Args:
        site: Folder of the built site.
        words: What stands in all pages and scripts, from ``find_words``.
        first: Rules that come before those of the sheets.
    """

    def __init__(self, site: Path, words: frozenset[str], first: str = "") -> None:
        self.site, self.words, self.first = site, words, first
        self.made: dict[str, str] = {}

    def purge(self, name: str) -> str:
        """Return one sheet, named from the site's root, without what no page uses."""
        if name not in self.made:
            self.made[name] = purge(read_sheet(self.site / name, self.site), self.words)
        return self.made[name]

    def put_in(self, page: str, to_root: str) -> str:
        """Return a page with its style sheets as one style; made anew in a page that has it."""
        styled = STYLE.search(page)
        if styled is not None:
            names = styled["sheets"].split()
            return page.replace(styled[0], self.write(names, to_root), 1)
        links = [tag for tag in LINK.findall(page) if "//" not in (HREF.search(tag) or [""])[0]]
        names = [HREF.findall(tag)[0].removeprefix(to_root).split("?")[0] for tag in links]
        if not names:
            return page
        for tag in links[1:]:
            page = page.replace(tag, "", 1)
        return page.replace(links[0], self.write(names, to_root), 1)

    def write(self, names: list[str], to_root: str) -> str:
        """Return the element with these sheets, in this order."""
        text = self.first + "".join(self.purge(name) for name in names)
        text = text.replace('"ROOT/', f'"{to_root or "./"}')
        return f'<style data-sheets="{" ".join(names)}">{text}</style>\n'
