"""Keep of a style what gives text and tables their look: nothing that loads, moves or covers."""

from __future__ import annotations

from typing import Any

import tinycss2

LONGEST = 2_000
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


def clean_style(text: str) -> str:
    """Return a style attribute without the declarations that may not stay.

    Example:
        >>> clean_style("color:#900; position:fixed; list-style:image-set('http://a/b' 1x)")
        'color: #900'
    """
    if len(text) > LONGEST:
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
