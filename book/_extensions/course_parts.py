"""Directives that bring the table of parts and the list of mistakes onto a page.

``{part} ex2c`` shows what a part asks for; ``{hints} ex2c`` its ladder of hints, closed;
``{mistakes}`` every name that a report may give to a mistake. All write Markdown from
``circuits`` and let MyST parse it, so hints may hold mathematics and code.
"""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from circuits.diagnosis.catalogue import MISTAKES
from circuits.exercises import PARTS, Answer, Part

EFFORT = {1: "easy", 2: "medium", 3: "hard"}
FENCE = "`" * 8  # longer than any fence inside a hint


def count(number: float, noun: str) -> str:
    """Return number and noun, ``1 point`` or ``2.5 points``."""
    return f"{number:g} {noun}" if number == 1 else f"{number:g} {noun}s"


def describe_shape(answer: Answer) -> str:
    """Return what kind of thing an answer is, with the shape of a matrix."""
    if answer.kind == "matrix" and answer.shape is not None:
        rows, columns = answer.shape
        return f"matrix ({rows}, {columns})"
    if answer.kind == "function" and answer.signature is not None:
        return f"function `{answer.signature}`"
    return {"name": "string", "names": "two strings", "text": "your words"}.get(
        answer.kind, answer.kind
    )


def write_part(part: Part) -> list[str]:
    """Return the card of a part as lines of Markdown."""
    how = "graded by a person" if part.grading == "hand" else "checked on the page"
    facts = [
        f"difficulty {part.difficulty} of 3 ({EFFORT[part.difficulty]})",
        f"about {count(part.minutes, 'minute')}",
        count(part.points, "point"),
        how,
    ]
    return [
        f"**Your task.** {part.objective}",
        "",
        *(f"- {fact}" for fact in facts),
        "",
        "| You hand in | What it is | What it is for |",
        "|---|---|---|",
        *(
            f"| `{answer.name}` | {describe_shape(answer)} | {_cell(answer.meaning)} |"
            for answer in part.answers
        ),
        "",
        FENCE + "{dropdown} What earns the points",
        *(f"- {claim.claim} ({count(claim.points, 'point')})" for claim in part.properties),
        FENCE,
    ]


def name_rungs(how_many: int) -> list[str]:
    """Return a name for each rung of a ladder of hints, from a nudge to nearly the answer.

    >>> name_rungs(3)
    ['a nudge', 'a step further', 'nearly the answer']
    """
    if how_many < 2:
        return ["a nudge"][:how_many]
    return ["a nudge", *["a step further"] * (how_many - 2), "nearly the answer"]


def write_hints(part: Part) -> list[str]:
    """Return the ladder of hints as lines of Markdown: one closed dropdown for each."""
    lines: list[str] = []
    names = name_rungs(len(part.hints))
    for number, (name, hint) in enumerate(zip(names, part.hints, strict=True), start=1):
        lines += [f"{FENCE}{{dropdown}} Hint {number}: {name}", *hint.splitlines(), FENCE, ""]
    return lines


def write_mistakes() -> list[str]:
    """Return the list of mistakes as lines of Markdown, the most basic first."""
    return [
        "| Name | What makes an answer do this |",
        "|---|---|",
        *(f"| `{mistake.slug}` | {_cell(mistake.cause)} |" for mistake in MISTAKES.values()),
    ]


def _cell(text: str) -> str:
    """Keep a vertical bar inside its cell of a Markdown table."""
    return text.replace("|", r"\|")


class PartDirective(SphinxDirective):
    """``{part} <id>``: the card of one part."""

    required_arguments = 1
    css_class: ClassVar[str] = "course-part"

    def write(self, part: Part) -> list[str]:
        """Return the Markdown to show."""
        return write_part(part)

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


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("part", PartDirective)
    app.add_directive("hints", HintsDirective)
    app.add_directive("mistakes", MistakesDirective)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
