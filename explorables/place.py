"""Write the place of a figure in HTML: its still picture, until a script takes over."""

from __future__ import annotations

import json
from html import escape

from explorables.figures import Figure


def write_opening(figure: Figure, still: str, label: str = "") -> str:
    """Return the place up to its caption: still picture, and what to try.

    The picture follows the page's color-scheme. Themes of the PyData family put pictures on white
    on a dark page, and dim them, but for those of the class ``dark-light``.

    Args:
        figure: What stands there.
        still: Where the still picture is.
        label: Its name on the page, to which links lead, or nothing.
    """
    width, height = figure.size
    state = escape(json.dumps(dict(figure.state)))
    parameters = escape(json.dumps(dict(figure.parameters)))
    identity = f' id="{escape(label)}"' if label else ""
    return (
        f'<figure class="explorable"{identity} data-explorable="{escape(figure.name)}" '
        f'data-state="{state}" data-parameters="{parameters}">\n'
        f'<img class="explorable-still dark-light" src="{escape(still)}" '
        f'alt="{escape(figure.alt)}" width="{width}" height="{height}" '
        'loading="lazy" decoding="async" />\n'
        f'<figcaption><strong class="explorable-title">{escape(figure.title)}.</strong>\n'
    )


def write_place(figure: Figure, still: str, caption: str) -> str:
    """Return the whole place, with a caption that is HTML already."""
    return f"{write_opening(figure, still)}{caption}</figcaption>\n</figure>"
