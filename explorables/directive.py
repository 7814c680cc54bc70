"""Write figures into the pages of a Sphinx book: ``{explorable} NAME [PRESET]``."""

from __future__ import annotations

import hashlib
import posixpath
import shutil
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from explorables.figures import DIST, NOT_BUILT, Figure, FigureError, NotBuiltError, find_figure
from explorables.place import write_opening

FOLDER = "explorables"  # of the built site


class ExplorableNode(nodes.General, nodes.Element):
    """A figure in a page; its children are the caption."""


class ExplorableDirective(SphinxDirective):
    """``{explorable} NAME [PRESET]`` with the caption as its body."""

    required_arguments = 1
    optional_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the figure; one that is not there is an error at this page and line."""
        try:
            figure = find_figure(*self.arguments)
        except NotBuiltError:  # the book is whole without its figures; `setup` has said so
            figure = None
        except FigureError as error:
            raise self.error(str(error)) from error
        node = ExplorableNode(figure=figure) if figure else nodes.container(classes=["explorable"])
        self.set_source_info(node)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


def open_place(translator: HTML5Translator, node: ExplorableNode) -> None:
    """Write the place up to its caption."""
    figure: Figure = node["figure"]
    to_root = posixpath.dirname(translator.builder.imgpath)
    still = posixpath.join(to_root, FOLDER, "still", figure.still.name)
    translator.body.append(write_opening(figure, still, *node["ids"][:1]))


def close_place(translator: HTML5Translator, node: ExplorableNode) -> None:
    """End it."""
    translator.body.append("</figcaption>\n</figure>\n")


def say_in_words(app: Sphinx, tree: nodes.document, page: str) -> None:
    """Put words in the place of figures where the book is not made of HTML."""
    if app.builder.format == "html":
        return
    for node in list(tree.findall(ExplorableNode)):
        figure: Figure = node["figure"]
        words = nodes.paragraph("", f"{figure.title}: {figure.alt}")
        node.replace_self([words, *node.children])


def fingerprint(dist: Path = DIST) -> str:
    """Return a short hash of what is built; it makes browsers ask for a new build's files."""
    digest = hashlib.sha256()
    for file in sorted(dist.rglob("*")):
        if file.is_file():
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:10]


def may_have_figures(tree: nodes.document) -> bool:
    """Return whether a page has a figure, or cells, whose outputs may bring one."""
    return any(tree.findall(ExplorableNode)) or any(
        "nb_element" in node for node in tree.findall(nodes.container)
    )


def put_on_page(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Add the style and the host's script to a page that may have a figure."""
    if app.builder.format != "html" or tree is None or not may_have_figures(tree):
        return
    if not (DIST / "figures.json").is_file():
        return
    place = posixpath.join(context["pathto"]("", resource=True) or "./", FOLDER)
    version = app.config.explorables_version
    context["metatags"] = context.get("metatags", "") + (
        f'<link rel="stylesheet" href="{place}/explorables.css?v={version}" />\n'
        f'<script type="module" src="{place}/host.js?v={version}"></script>\n'
    )


def note_version(app: Sphinx, config: Config) -> None:
    """Remember which figures the pages were made with, so that others make them anew."""
    config.explorables_version = fingerprint()
    if not (DIST / "figures.json").is_file():
        # Not a warning of Sphinx's: a book whose figures are left out is not wrong.
        sys.stderr.write(f"explorables: the pages have their captions alone. {NOT_BUILT}\n")


def copy_files(app: Sphinx, exception: Exception | None) -> None:
    """Put the scripts and the still pictures beside the pages."""
    if exception is not None or app.builder.format != "html" or not DIST.is_dir():
        return
    target = Path(app.outdir) / FOLDER
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(DIST, target, ignore=shutil.ignore_patterns("alone", "*.json"))


def register(app: Sphinx) -> dict[str, Any]:
    """Register the directive and the moments of a build that matter."""
    app.add_config_value("explorables_version", "", "env", [str])
    app.add_node(ExplorableNode, html=(open_place, close_place))
    app.add_directive("explorable", ExplorableDirective)
    app.connect("config-inited", note_version)
    app.connect("doctree-resolved", say_in_words)
    app.connect("html-page-context", put_on_page)
    app.connect("build-finished", copy_files)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
