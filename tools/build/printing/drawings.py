"""Make the site's drawings fit for paper: light alone, in plain SVG, and vectors where they can be.

On the site one file serves both themes, by custom properties and media queries, which WeasyPrint
does not read; and Matplotlib writes the cells of a heat map as a picture of pixels.
"""

from __future__ import annotations

import base64
import copy
import io
import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from PIL import Image

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
PROPERTY = re.compile(r"(--[\w-]+):\s*([^;}]+)")
USE_OF_PROPERTY = re.compile(r"var\((--[\w-]+)(?:,\s*([^()]*))?\)")
MEDIA = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
FONT = re.compile(r"font:\s*([\d.]+px)(?:/[\d.]+)?\s+([^;}]+)")
HALO = "halo"  # letters with a border behind them; without paint-order it would lie upon them
MOST_CELLS = 3000  # of a heat map; a picture with more is no heat map and stays one
OVERLAP = 0.15  # of a pixel, under the next cell: no paper shows between two

ET.register_namespace("", "http://www.w3.org/2000/svg")
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")

Colour = tuple[int, int, int, int]
Cell = tuple[int, int, int, int, Colour]


def make_plain(svg: str) -> str:
    """Return a drawing as it is on a light page, for readers of plain SVG."""
    root = ET.fromstring(resolve_properties(svg))  # noqa: S314 - we have drawn it
    parents = {child: parent for parent in root.iter() for child in parent}
    for element in list(root.iter()):
        parent = parents.get(element)
        if parent is None:
            continue
        if element.get("display") == "none":
            parent.remove(element)
        elif element.tag == f"{SVG}image":
            replace_heat_map(parent, element)
        elif HALO in element.get("class", "").split():
            letters = copy.deepcopy(element)
            kept = [name for name in element.get("class", "").split() if name != HALO]
            letters.set("class", " ".join(kept))
            parent.insert(list(parent).index(element) + 1, letters)
    return ET.tostring(root, encoding="unicode")


def resolve_properties(svg: str) -> str:
    """Return a drawing without media queries and custom properties: the light values stand.

    >>> resolve_properties(":root{--a: #111;} @media (x){ :root{--a: #eee;} } p{fill: var(--a)}")
    ':root{--a: #111;}  p{fill: #111}'
    >>> resolve_properties("text{font: 13px/1.2 system-ui, sans-serif}")
    'text{font-size: 13px; font-family: sans-serif}'
    """
    svg = MEDIA.sub("", svg)
    values = dict(reversed(PROPERTY.findall(svg)))
    svg = USE_OF_PROPERTY.sub(lambda use: str(values.get(use[1], use[2] or "none")).strip(), svg)
    # The system's own letters are other ones on every machine.
    return FONT.sub(
        lambda font: f"font-size: {font[1]}; font-family: {font[2].replace('system-ui, ', '')}", svg
    )


def replace_heat_map(parent: ET.Element, image: ET.Element) -> None:
    """Put rectangles in place of a picture of a few cells."""
    data = image.get(LINK) or image.get("href") or ""
    kind, _, content = data.partition(",")
    if not kind.startswith("data:image/png;base64"):
        return
    with Image.open(io.BytesIO(base64.b64decode(content))) as picture:
        cells = list(find_cells(picture.convert("RGBA")))
        width, height = picture.size
    if len(cells) > MOST_CELLS:
        return
    across = float(image.get("width", width)) / width
    down = float(image.get("height", height)) / height
    group = ET.Element(f"{SVG}g")
    x, y = float(image.get("x", 0)), float(image.get("y", 0))
    shift = f" translate({x} {y})" if x or y else ""
    group.set("transform", f"{image.get('transform', '')}{shift} scale({across} {down})".strip())
    for left, top, right, bottom, (red, green, blue, alpha) in cells:
        cell = ET.SubElement(group, f"{SVG}rect", {"x": str(left), "y": str(top)})
        cell.set("width", str(right - left + (OVERLAP if right < width else 0)))
        cell.set("height", str(bottom - top + (OVERLAP if bottom < height else 0)))
        cell.set("fill", f"#{red:02x}{green:02x}{blue:02x}")
        if alpha < 255:
            cell.set("fill-opacity", f"{alpha / 255:.3f}")
    parent[list(parent).index(image)] = group


def find_cells(picture: Image.Image) -> Iterator[Cell]:
    """Yield the rectangles of one colour that a picture consists of.

    Each is left, top, right, bottom, colour; what is transparent is left out.

    >>> picture = Image.new("RGBA", (4, 2), (255, 0, 0, 255))
    >>> picture.paste((0, 0, 255, 255), (2, 0, 4, 2))
    >>> [(cell[:4], cell[4][2]) for cell in find_cells(picture)]
    [((0, 0, 2, 2), 0), ((2, 0, 4, 2), 255)]
    """
    width, height = picture.size
    rows = [picture.crop((0, top, width, top + 1)).tobytes() for top in range(height)]
    top = 0
    while top < height:
        bottom = next((y for y in range(top, height) if rows[y] != rows[top]), height)
        pixels = [tuple(rows[top][4 * x : 4 * x + 4]) for x in range(width)]
        left = 0
        while left < width:
            right = next((x for x in range(left, width) if pixels[x] != pixels[left]), width)
            red, green, blue, alpha = pixels[left]
            if alpha:
                yield left, top, right, bottom, (red, green, blue, alpha)
            left = right
        top = bottom
