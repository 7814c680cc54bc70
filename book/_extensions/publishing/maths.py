"""Write formulas as MathML when the site is built, so that a page needs no script to show them.

Browsers draw MathML and screen readers speak it. Temml (npm) makes it from TeX, and keeps the TeX
beside it for whoever copies a formula. Where Node.js or Temml is missing, MathJax stays.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

RENDERER = "mathml"
PROGRAM = Path(__file__).with_name("temml.mjs")
PACKAGE = Path("book", "frontend", "node_modules", "temml", "dist", "temml.cjs")
NOT_HERE = (
    "publishing: Temml is not installed, so the pages bring MathJax, which makes them slower. "
    "To have formulas written when the site is built: python -m tools.build.frontend\n"
)


class MathsError(ValueError):
    """A formula that Temml cannot read."""


class Temml:
    """A running Temml: one process for all formulas of a build.

    Args:
        package: Temml's file ``temml.cjs``.
    """

    def __init__(self, package: Path) -> None:
        command = [shutil.which("node") or "node", str(PROGRAM), str(package.resolve())]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
        atexit.register(self.close)

    def render(self, tex: str, display: bool) -> str:
        """Return a formula as MathML; raises ``MathsError`` with what Temml says of it."""
        if self.process.stdin is None or self.process.stdout is None:
            raise MathsError("Temml is not running")
        self.process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise MathsError("Temml has ended before it answered")
        answer: dict[str, str] = json.loads(line)
        if "error" in answer:
            raise MathsError(answer["error"])
        return answer["mathml"]

    def close(self) -> None:
        """End the process."""
        if self.process.stdin is not None and not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.wait(timeout=10)


@cache
def open_temml(package: Path, process: int) -> Temml:
    """Return the Temml of this process: one that builds beside it has its own."""
    del process
    return Temml(package)


@cache
def write_formula(package: Path, tex: str, display: bool) -> str:
    """Return a formula as MathML."""
    return open_temml(package, os.getpid()).render(tex, display)


def choose_renderer(app: Sphinx, config: Config) -> None:
    """Have formulas written as MathML if that can be done here."""
    if config.publishing_temml is None:
        config.publishing_temml = str(Path(app.srcdir) / PACKAGE)
    if Path(config.publishing_temml).is_file() and shutil.which("node") is not None:
        config.html_math_renderer = RENDERER
    else:
        config.html_math_renderer = "mathjax"  # or Sphinx takes the one that was added
        # Not a warning of Sphinx's: a book that brings MathJax is not wrong.
        sys.stderr.write(NOT_HERE)


def put_formula(translator: HTML5Translator, node: nodes.Element, tex: str, display: bool) -> None:
    """Add a formula to the page; one that cannot be read is a warning with its place."""
    try:
        text = write_formula(Path(translator.builder.config.publishing_temml), tex, display)
    except MathsError as error:
        logger.warning("a formula cannot be read (%s): %s", error, tex, location=node)
        text = f"<code>{translator.encode(tex)}</code>"
    translator.body.append(text)


def visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    translator.body.append(translator.starttag(node, "span", "", CLASS="math notranslate"))
    put_formula(translator, node, node.astext(), display=False)
    translator.body.append("</span>")
    raise nodes.SkipNode


def visit_displaymath(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on lines of its own, with its number if it has one."""
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    put_formula(translator, node, arrange(node.astext(), node["nowrap"]), display=True)
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def arrange(tex: str, nowrap: bool) -> str:
    r"""Return the TeX of a block as Sphinx reads it: an empty line parts equations.

    >>> arrange("a = b", False)
    'a = b'
    >>> arrange("a \\\\ b", False)
    '\\begin{split}a \\\\ b\\end{split}'
    >>> arrange("a\n\nb", False)
    '\\begin{aligned}a\\\\b\\end{aligned}'
    """
    if nowrap:
        return tex
    parts = [
        rf"\begin{{split}}{part.strip()}\end{{split}}" if r"\\" in part else part.strip()
        for part in tex.split("\n\n")
        if part.strip()
    ]
    if len(parts) == 1:
        return parts[0]
    return r"\begin{aligned}" + r"\\".join(parts) + r"\end{aligned}"


def setup_maths(app: Sphinx) -> None:
    """Register the renderer and the moment at which it is chosen."""
    pair: Any = (visit_math, None)
    block: Any = (visit_displaymath, None)
    app.add_config_value("publishing_temml", None, "env", [str, type(None)])
    app.add_html_math_renderer(RENDERER, inline_renderers=pair, block_renderers=block)
    app.connect("config-inited", choose_renderer, priority=400)
