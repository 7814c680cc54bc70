"""Hold a finished figure: an image, the same in words, and a caption."""

import base64
import html
import re
from dataclasses import dataclass

from .words import plain

_CARD = (
    "box-sizing:border-box;max-width:100%;height:auto;"
    "border:1px solid #8889;border-radius:10px;display:block;margin:0 auto"
)
# Jupyter and VS Code have dark pages that do not say so by their color-scheme.
_HOSTS = '[data-jp-theme-light="false"] .circuits-figure img,.vscode-dark .circuits-figure img'
_SHEET = f"<style>@media screen{{{_HOSTS}{{color-scheme:dark}}}}</style>"
_FIGURE = "margin:1.2em 0;max-width:100%"
_CAPTION = "margin-top:.4em;font-size:.95em;line-height:1.45"
_PHONE = "(max-width: 600px)"


@dataclass(frozen=True, repr=False)
class Picture:
    """A figure as data: the image, its text alternative, its caption.

    A notebook shows it by itself when it is the last line of a cell.

    Fields:
        svg: the image as a complete SVG document with an opaque ground and every letter drawn as
            an outline, so that it looks alike wherever it is shown; on a dark page it is dark.
        alt: what the figure shows, in words, for readers who do not see it.
        caption: the line under the figure, or "" for none.
        narrow: the same figure laid out for a phone, as SVG, or "" where `svg` fits already.
        viewer: attributes that hand what it shows over as data, or "" where it shows no pattern: a
            page that can lets the reader look into the pattern in place of the image.

    Example:
        >>> picture = Picture(svg="<svg/>", alt="A dot.", caption="One dot & no more")
        >>> picture
        A dot.
        >>> "One dot &amp; no more" in picture._repr_html_()
        True
    """

    svg: str
    alt: str
    caption: str = ""
    narrow: str = ""
    viewer: str = ""

    def __repr__(self) -> str:
        return self.alt

    def _repr_html_(self) -> str:
        """Return one `<figure>` that needs no style sheet, no script and no other file."""
        alt = html.escape(" ".join(self.alt.split()))
        image = f'<img src="{_data_uri(self.svg)}" alt="{alt}"{_size(self.svg)} style="{_CARD}">'
        if self.narrow:
            uri, size = _data_uri(self.narrow), _size(self.narrow)
            source = f'<source media="{_PHONE}" srcset="{uri}"{size}>'
            image = f"<picture>{source}{image}</picture>"
        if self.viewer:
            image = f'<div class="explorable-still">{image}</div>'
        caption = html.escape(plain(self.caption))
        below = f'<figcaption style="{_CAPTION}">{caption}</figcaption>' if caption else ""
        return (
            f'<figure class="circuits-figure"{self.viewer} style="{_FIGURE}">'
            f"{_SHEET}{image}{below}</figure>"
        )


def _data_uri(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _size(svg: str) -> str:
    """Return width and height as attributes, in CSS pixels: 96 per inch, of 72 points.

    They are known before the image is decoded, so that the page does not jump while it loads.
    """
    found = re.search(r'<svg[^>]*\bviewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    width, height = (
        (round(float(points) * 96 / 72) for points in found.groups()) if found else (0, 0)
    )
    return f' width="{width}" height="{height}"' if found else ""
