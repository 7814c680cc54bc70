"""Add the directives that bring the table of parts and the list of mistakes onto a page.

``{part} ex2c`` shows what a part asks for; ``{hints} ex2c`` its ladder of hints, closed;
``{mistakes}`` every name that a report may give to a mistake. All write Markdown from
``circuits`` and let MyST parse it, so hints may hold mathematics and code.

Run as a program it prints the same Markdown as JSON, for ``course_directives.mjs``.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from circuits.diagnosis.catalogue import MISTAKES
from circuits.exercises import PARTS, Part
from circuits.exercises.cards import fit_cell, write_card, write_hints

DEPTH = 2  # of a chapter's contents: its title, and its sections with the parts among them


def write_mistakes() -> list[str]:
    """Return the list of mistakes as lines of Markdown, the most basic first."""
    return [
        "| Name | What makes an answer do this |",
        "|---|---|",
        *(f"| `{mistake.slug}` | {fit_cell(mistake.cause)} |" for mistake in MISTAKES.values()),
    ]


class PartDirective(SphinxDirective):
    """``{part} <id>``: the card of one part."""

    required_arguments = 1
    css_class: ClassVar[str] = "course-part"

    def write(self, part: Part) -> list[str]:
        """Return the Markdown to show."""
        return write_card(part, "page")

    def run(self) -> list[nodes.Node]:
        """Parse the Markdown in place; an unknown id is an error at this page and line."""
        part_id = self.arguments[0].strip()
        if part_id not in PARTS:
            message = (
                f"There is no part {part_id!r} in the table of parts (circuits/exercises): "
                f"write one of {', '.join(PARTS)}."
            )
            raise self.error(message)
        box = nodes.container(classes=[self.css_class])
        source, _ = self.get_source_info()
        text = StringList(self.write(PARTS[part_id]), source=source)
        self.state.nested_parse(text, self.content_offset, box)
        return [box]


class HintsDirective(PartDirective):
    """``{hints} <id>``: the ladder of hints of one part."""

    css_class = "course-hints"

    def write(self, part: Part) -> list[str]:
        """Return the Markdown to show."""
        return write_hints(part)


class MistakesDirective(SphinxDirective):
    """``{mistakes}``: the table of the names that reports give to mistakes."""

    def run(self) -> list[nodes.Node]:
        """Parse the table in place."""
        box = nodes.container(classes=["course-mistakes"])
        self.state.nested_parse(StringList(write_mistakes()), self.content_offset, box)
        return [box]


def list_parts_alone(app: Sphinx, tree: nodes.document) -> None:
    """Let the contents of a chapter list its parts and not what is within each of them."""
    if any("course-part" in node["classes"] for node in tree.findall(nodes.container)):
        app.env.metadata[app.env.docname]["tocdepth"] = DEPTH


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("part", PartDirective)
    app.add_directive("hints", HintsDirective)
    app.add_directive("mistakes", MistakesDirective)
    app.connect("doctree-read", list_parts_alone)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def write_all() -> dict[str, Any]:
    """Return the card and the hints of every part, and the list of mistakes, as Markdown."""
    parts = {
        name: {"card": "\n".join(write_card(part, "page")), "hints": "\n".join(write_hints(part))}
        for name, part in PARTS.items()
    }
    return {"parts": parts, "mistakes": "\n".join(write_mistakes())}


if __name__ == "__main__":
    print(json.dumps(write_all()))
