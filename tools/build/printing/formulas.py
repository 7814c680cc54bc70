"""Draw formulas for paper: WeasyPrint reads no MathML, so MathJax makes SVG of the TeX."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from tools.build.node import NoNodeError, node_environment
from tools.build.printing.chapters import Chapter
from tools.build.printing.errors import PrintingError

PROGRAM = Path(__file__).with_name("mathjax_svg.cjs")
PACKAGE = "sphinx-mathjax-offline"  # the same MathJax that pages fall back to
VIEW_BOX = re.compile(r'viewBox="(\S+) (\S+) (\S+) (\S+)"')
UNITS = 1000  # of MathJax's drawings, to one em
SCALE = 1.06  # of its letters beside Source Serif's: their small letters are then as high


def read_tex(formula: Tag) -> str:
    """Return the TeX that a formula of the site was made from; raises ``PrintingError``."""
    source = formula.find("annotation", encoding="application/x-tex")
    if not isinstance(source, Tag):
        raise PrintingError(
            "A formula of the site does not carry its TeX: build the site again with `make site`."
        )
    return source.get_text()


def draw_all(formulas: Sequence[tuple[str, bool]]) -> list[str]:
    """Return each formula, its TeX and whether it is displayed, as SVG; or ``PrintingError``."""
    folder = Path(str(distribution(PACKAGE).locate_file(f"{PACKAGE}/static/mathjax")))
    asked = json.dumps([{"tex": tex, "display": display} for tex, display in formulas])
    try:
        environment = node_environment()
    except NoNodeError as error:
        raise PrintingError(f"Formulas cannot be drawn: {error}") from error
    answer = subprocess.run(
        ["node", str(PROGRAM), str(folder)],
        input=asked,
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )
    if answer.returncode != 0:
        raise PrintingError(f"MathJax did not draw the formulas: {answer.stderr.strip()}")
    drawings: list[dict[str, str]] = json.loads(answer.stdout)
    for (tex, _), drawing in zip(formulas, drawings, strict=True):
        if "error" in drawing:
            raise PrintingError(f"MathJax cannot read the formula {tex!r}: {drawing['error']}")
    return [drawing["svg"] for drawing in drawings]


def as_image(svg: str, tex: str) -> Tag:
    """Return a drawing as an image that stands on the line as its letters do."""
    box = VIEW_BOX.search(svg)
    if box is None:
        raise PrintingError(f"MathJax drew no box around the formula {tex!r}.")
    _, top, width, height = (float(number) / UNITS * SCALE for number in box.groups())
    drawn = svg.replace("currentColor", "#000")
    image = BeautifulSoup("", "html5lib").new_tag("img")
    image["class"] = "formula"
    image["alt"] = tex
    image["src"] = "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()
    image["style"] = (
        f"width: {width:.3f}em; height: {height:.3f}em; vertical-align: {-(height + top):.3f}em"
    )
    return image


def draw_formulas(chapters: Sequence[Chapter]) -> None:
    """Put a drawing in place of every formula of the book, each different one drawn once."""
    found = [tag for chapter in chapters for tag in chapter.body.select("math")]
    keys = [(read_tex(tag), tag.get("display") == "block") for tag in found]
    different = list(dict.fromkeys(keys))
    drawings = dict(zip(different, draw_all(different), strict=True))
    for tag, key in zip(found, keys, strict=True):
        tag.replace_with(as_image(drawings[key], key[0]))
