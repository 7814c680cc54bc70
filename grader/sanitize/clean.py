"""Clean what learners wrote or printed before any browser shows it: HTML, Markdown, outputs.

Outputs are cleaned when they are written into the graded notebook, and once more on their way into
the feedback.

formgrader turns Markdown into HTML without cleaning it, and stops at a picture that is not there.
So a text is rendered here first, by the parser that formgrader has. If cleaning finds nothing in
what comes out, the text stays to the letter. If it finds something, what is stored is what a person
may read: the rendered text, cleaned, with tags shown instead of used, and a line for each picture
that is not shown.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape, unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import nh3
import tinycss2

from grader.fast_imports import NotebookNode, from_dict
from grader.sanitize.pictures import (
    DRAWING,
    find_address_fault,
    find_picture_fault,
    tell_of_picture,
)

if TYPE_CHECKING:
    from grader.sanitize.renderer import Pictures


MOST_TAGS = 40_000
"""A table of 10,000 numbers has half as many."""

MOST_ATTRIBUTES = 50
"""Of one tag."""

DEEPEST = 64
"""Tags in tags. Reports have 8."""

MOST_REPEATED = 100_000
"""Tags that a parser opens again because they were closed in another order."""

_NAMED = r"[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'>][^\s>]*+)?+)?+"  # with its value
_ATTRIBUTE_TEXT = re.compile(_NAMED)
_TAG = re.compile(
    rf"<(?P<close>/?)(?P<name>[A-Za-z][^\s/>]*+)(?P<rest>(?:[\s/]++(?:=?+{_NAMED}|=)*+)*+)"
)
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta",
                   "source", "track", "wbr"})  # fmt: skip
_ENDED_BY_THEIR_LIKE = frozenset({"dd", "dt", "li", "option", "p", "td", "th", "tr"})


def is_tangled(html: str) -> bool:
    """Return whether HTML is more than a parser should be asked to repair.

    Example:
        >>> is_tangled("<p>x</p>" * 1000), is_tangled("<div>" * 1000)
        (False, True)
    """
    if html.count("<") > MOST_TAGS:
        return True
    stack: list[str] = []
    crossing = repeated = 0
    for tag in _TAG.finditer(html):
        name = tag["name"].lower()
        if len(tag["rest"]) > MOST_ATTRIBUTES and _count(tag["rest"]) > MOST_ATTRIBUTES:
            return True
        repeated += crossing
        if tag["close"]:
            if stack and stack[-1] == name:
                stack.pop()
            elif name in stack:
                crossing += len(stack)
        elif name not in _VOID:
            if stack and stack[-1] == name and name in _ENDED_BY_THEIR_LIKE:
                stack.pop()
            stack.append(name)
        if len(stack) > DEEPEST or repeated > MOST_REPEATED:
            return True
    return False


def _count(attributes: str) -> int:
    return sum(1 for _ in _ATTRIBUTE_TEXT.finditer(attributes))


LONGEST_STYLE = 2_000
"""Characters of one style attribute; the course's own have 200."""

_PROPERTIES = {
    *("border", "border-collapse", "border-left", "border-top", "border-bottom", "outline"),
    *("padding", "padding-left", "margin", "gap", "width", "height", "max-width", "overflow-x"),
    *("color", "background", "background-color", "outline-offset", "list-style", "text-align"),
    *("font-weight", "font-size", "font-style", "font-variant-numeric", "white-space"),
    *("display", "flex-wrap", "border-radius", "box-sizing", "line-height", "margin-top"),
}
_MOST = {"outline": 10.0, "outline-offset": 10.0, "font-size": 200.0}  # these draw over neighbours
_MOST_ELSE = 5_000.0
_COLOURS = {"rgb", "rgba", "hsl", "hsla"}


@lru_cache(maxsize=1024)  # the tables of a report have a few styles in thousands of cells
def clean_style(text: str) -> str:
    """Return a style attribute without the declarations that may not stay.

    Example:
        >>> clean_style("color:#900; position:fixed; list-style:image-set('http://a/b' 1x)")
        'color: #900'
    """
    if len(text) > LONGEST_STYLE:
        return ""
    declarations = tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True)
    return "; ".join(
        f"{each.lower_name}: {tinycss2.serialize(each.value).strip()}"
        for each in declarations
        if each.type == "declaration"
        and each.lower_name in _PROPERTIES
        and all(_is_plain(part, _MOST.get(each.lower_name, _MOST_ELSE)) for part in each.value)
    )


def _is_plain(part: Any, most: float) -> bool:  # noqa: ANN401  (tinycss2 ships no types)
    if part.type in ("number", "percentage", "dimension"):
        return bool(0 <= part.value <= most)
    if part.type == "function":
        return part.lower_name in _COLOURS and all(_is_plain(each, most) for each in part.arguments)
    if part.type == "literal":
        return part.value in (",", "/")
    return part.type in ("ident", "hash", "whitespace")


_EVERYWHERE = {"class", "style", "title", "role", "aria-label", "lang"}
_LINK = re.compile(r"https?://|mailto:|#", re.IGNORECASE)
_CLASS = re.compile(r"circuits-[\w-]+|dataframe")
_REFUSED = "refused:"  # a scheme of no meaning, between cleaning and telling
_PICTURE = re.compile(r"<img(?:\s[a-z-]+=\"[^\"]*\")*>")
_ATTRIBUTE = re.compile(r"\s([a-z]{1,20})=\"([^\"]*)\"")
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")
_ACTING_TEX = re.compile(
    r"\\(href|mmlToken|url|style|class|cssId|data|bbox|unicode|require|csname|includegraphics)"
    r"(?![A-Za-z])"
)
_MOST_GROWTH = 4  # cleaning repeats a tag that was left open, and some texts grow by thousands
_SHOWN_OF_TANGLE = 2_000


def clean_html(html: str) -> str:
    """Return HTML without anything that acts, loads or escapes from its place.

    A picture that is not shown leaves a line of text, and so does HTML that no page needs.

    Example:
        >>> clean_html('<b onclick="go()">x</b><script>go()</script>')
        '<b>x</b>'
        >>> clean_html('<img src="http://a/b.png">')
        '<span>[A picture is not shown: it would have been loaded from http://a/b.png.]</span>'
    """
    if is_tangled(html):
        return _tell_of_tangle(html)
    cleaned = _make_cleaner().clean(html)
    if len(cleaned) > _MOST_GROWTH * len(html) + 10_000:
        return _tell_of_tangle(html)
    return clean_tex(_PICTURE.sub(_judge_picture, cleaned))


def clean_tex(text: str) -> str:
    r"""Return text in which no formula makes a link, loads a file or takes a style.

    Example:
        >>> clean_tex(r"$\href{javascript:go()}{x}$")
        '$\\operatorname{href}{javascript:go()}{x}$'
    """
    return _ACTING_TEX.sub(r"\\operatorname{\1}", text)


def clean_text(text: object) -> str:
    """Return text without the codes that colour a terminal."""
    if not isinstance(text, str):
        text = "".join(map(str, text)) if isinstance(text, list) else ""
    return _ANSI.sub("", text)


def show_drawing(svg: str, about: str) -> str:
    """Return a drawing as a picture, in which its scripts do not run, or a line of text."""
    data = base64.b64encode(svg.encode("utf-8", "replace")).decode()
    fault = find_picture_fault(DRAWING, data)
    if fault is not None:
        return tell_of_picture(fault, about)
    return f'<img src="data:{DRAWING};base64,{data}" alt="{escape(about)}">'


@lru_cache(maxsize=1)
def _make_cleaner() -> nh3.Cleaner:
    attributes = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    attributes["*"] = set(_EVERYWHERE)
    attributes["details"] = {"open"}
    return nh3.Cleaner(
        tags=nh3.ALLOWED_TAGS - {"map", "area", "wbr"},  # MathJax reads on across a wbr
        attributes=attributes,
        attribute_filter=_judge_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        url_relative="pass_through",  # judged below
    )


def _judge_attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        fault = find_address_fault(value)
        return value if fault is None else f"{_REFUSED}{fault}"
    if name == "style":
        return clean_style(value) or None
    if name == "class":
        # others mean something to the style sheet or the scripts of the page that shows them
        return " ".join(each for each in value.split() if _CLASS.fullmatch(each)) or None
    if name in ("href", "cite", "src") and not _LINK.match(value):
        return None
    return value


def _judge_picture(found: re.Match[str]) -> str:
    attributes = dict(_ATTRIBUTE.findall(found[0]))
    address = unescape(attributes.get("src", f"{_REFUSED}it has no address"))
    if not address.startswith(_REFUSED):
        return found[0]
    return tell_of_picture(address.removeprefix(_REFUSED), unescape(attributes.get("alt", "")))


def _tell_of_tangle(html: str) -> str:
    start = escape(html[:_SHOWN_OF_TANGLE])
    return (
        f"<p>[HTML of {len(html)} characters is not shown: its tags are too many or too deep. "
        f"It begins so:]</p><pre>{start}</pre>"
    )


PICTURES = ("image/png", "image/jpeg")
_ALTERNATIVE = "A figure of this cell"


def clean_output(output: NotebookNode) -> NotebookNode:
    """Return an output with the kinds of data that are safe to show.

    Args:
        output: In the notebook format; it is changed.
    """
    if output.output_type == "stream":
        output.text = clean_text(output.text)
    elif output.output_type == "error":
        output.traceback = [clean_text(line) for line in output.traceback]
    else:
        output.metadata = from_dict({})  # type: ignore[no-untyped-call]
        output.data = from_dict(  # type: ignore[no-untyped-call]
            clean_bundle(output.data)
        )
    return output


def clean_bundle(bundle: dict[str, Any]) -> dict[str, Any]:
    """Return data by MIME type, without kinds that act, and without reports.

    Only grading itself may say that a report is one.
    """
    kept: dict[str, Any] = {}
    faults = []
    if "text/plain" in bundle:
        kept["text/plain"] = clean_text(bundle["text/plain"])
    for mime in PICTURES:
        picture = bundle.get(mime)
        if not isinstance(picture, str):
            continue
        fault = find_picture_fault(mime, picture)
        if fault is None:
            kept[mime] = "".join(picture.split())
        else:
            faults.append(tell_of_picture(fault))
    if "text/html" in bundle:
        kept["text/html"] = clean_html(clean_text(bundle["text/html"]))
    elif DRAWING in bundle and not kept.keys() & set(PICTURES):
        kept["text/html"] = show_drawing(clean_text(bundle[DRAWING]), _ALTERNATIVE)
    elif not kept and "text/markdown" in bundle:
        kept["text/html"] = f"<pre>{escape(clean_text(bundle['text/markdown']))}</pre>"
    elif faults and not kept.keys() & set(PICTURES):
        kept["text/html"] = "".join(faults)
    return kept


_MARKUP = ("text/html", "text/markdown", "image/svg+xml")


def measure_markup(output: Mapping[str, Any]) -> int:
    """Return the characters of an output's HTML, Markdown and SVG.

    Args:
        output: In the notebook format.
    """
    found = (output.get("data", {}).get(kind, "") for kind in _MARKUP)
    return sum(len(text) for text in found if isinstance(text, str))


LONGEST = 10_000
"""Characters. Parsing some texts takes time that grows with the square of their length."""

_OPENING, _CLOSING = '<div class="circuits-cleaned">', "</div>"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_SAME_IN_MARKDOWN = {"rel"}  # added by cleaning to every link


def clean_markdown(text: str, pictures: Pictures | None = None) -> str:
    """Return Markdown that no parser makes anything of that acts or loads.

    Args:
        text: What was written.
        pictures: What is attached to the cell.

    Example:
        >>> clean_markdown("a < b & c, **bold** `<b>` [y](https://a.example)")
        'a < b & c, **bold** `<b>` [y](https://a.example)'
        >>> clean_markdown("<script>x</script>")
        '<div class="circuits-cleaned"><p>&lt;script&gt;x&lt;/script&gt;</p></div>'
    """
    plain = _CONTROL.sub("", text)
    if len(plain) > LONGEST:
        return _store(f"<pre>{escape(plain)}</pre>")
    try:
        # It takes long to import, and most commands never render a text.
        from grader.sanitize.renderer import render_like_formgrader

        rendered, found = render_like_formgrader(plain, pictures or {})
        cleaned = clean_html(rendered)
    except Exception:  # noqa: BLE001  (a parser's bug must not keep a text from being read)
        return _store(f"<pre>{escape(plain)}</pre>")
    if not found and _list_events(rendered) == _list_events(cleaned):
        return plain
    return _store(cleaned)


def find_cleaned(text: str) -> str | None:
    """Return the HTML of a text that was stored cleaned, or None for Markdown.

    A learner may write the same; whoever shows it cleans it in any case.
    """
    return text if text.startswith(_OPENING) and text.endswith(_CLOSING) else None


def _store(html: str) -> str:
    """Return HTML as one line, which every Markdown parser passes on as it is."""
    return f"{_OPENING}{html.strip().replace(chr(10), '&#10;')}{_CLOSING}"


class _Events(HTMLParser):
    """Lists what a browser would see in HTML, but for differences that mean nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = sorted(
            (name, re.sub(r"\s", "", value or ""))
            for name, value in attrs
            if name not in _SAME_IN_MARKDOWN
        )
        self.seen.append(("start", tag, *(f"{name}={value}" for name, value in kept)))

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        self.seen.append(("end", tag))

    def handle_data(self, data: str) -> None:
        words = "".join(data.split())
        if words and self.seen and self.seen[-1][0] == "text":
            self.seen[-1] = ("text", self.seen[-1][1] + words)
        elif words:
            self.seen.append(("text", words))

    def handle_comment(self, data: str) -> None:
        self.seen.append(("comment", data))

    handle_decl = handle_pi = unknown_decl = handle_comment  # type: ignore[assignment]  # a name


def _list_events(html: str) -> list[tuple[str, ...]]:
    parser = _Events()
    parser.feed(html)
    parser.close()
    return parser.seen
