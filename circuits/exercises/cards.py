"""Write a part's card and its ladder of hints as MyST Markdown, for pages and notebooks."""

from __future__ import annotations

from typing import Literal

from circuits.parts import Answer, Part

EFFORT = {1: "easy", 2: "medium", 3: "hard"}
FENCE = "`" * 8  # longer than any fence inside a hint


def write_card(part: Part, place: Literal["page", "notebook"]) -> list[str]:
    """Return what a part asks for and what it earns, line by line.

    Args:
        part: A row of the table.
        place: Where the card stands. A page styles a list of facts; a notebook shows a line.
    """
    how = "read by a person" if part.grading == "hand" else f"checked in this {place}"
    facts = [
        f"difficulty {part.difficulty} of 3 ({EFFORT[part.difficulty]})",
        f"about {count(part.minutes, 'minute')}",
        count(part.points, "point"),
        how,
    ]
    return [
        f"**Your task.** {part.objective}",
        "",
        *([f"- {fact}" for fact in facts] if place == "page" else [f"*{' · '.join(facts)}*"]),
        "",
        "| You hand in | What it is | What it is for |",
        "|---|---|---|",
        *(
            f"| `{answer.name}` | {describe_answer(answer)} | {fit_cell(answer.meaning)} |"
            for answer in part.answers
        ),
        "",
        f"{FENCE}{{dropdown}} What earns the points",
        *(f"- {prop.claim} ({count(prop.points, 'point')})" for prop in part.properties),
        FENCE,
    ]


def write_hints(part: Part) -> list[str]:
    """Return the ladder of hints, line by line: each is closed until it is wanted."""
    lines: list[str] = []
    names = name_rungs(len(part.hints))
    for number, (name, hint) in enumerate(zip(names, part.hints, strict=True), start=1):
        lines += [f"{FENCE}{{dropdown}} Hint {number}: {name}", *hint.splitlines(), FENCE, ""]
    return lines


def name_rungs(how_many: int) -> list[str]:
    """Return a name for each rung of a ladder of hints, from a nudge to nearly the answer.

    >>> name_rungs(3)
    ['a nudge', 'a step further', 'nearly the answer']
    """
    if how_many < len(["a nudge", "nearly the answer"]):
        return ["a nudge"][:how_many]
    return ["a nudge", *["a step further"] * (how_many - 2), "nearly the answer"]


def describe_answer(answer: Answer) -> str:
    """Return what kind of thing an answer is, with the shape of a matrix."""
    if answer.kind == "matrix" and answer.shape is not None:
        rows, columns = answer.shape
        return f"matrix ({rows}, {columns})"
    if answer.kind == "function":
        return f"function of `{answer.signature}`"
    return {"name": "string", "names": "two strings", "text": "your words"}[answer.kind]


def count(number: float, noun: str) -> str:
    """Return number and noun.

    >>> count(1, "point"), count(2.5, "point")
    ('1 point', '2.5 points')
    """
    return f"{number:g} {noun}" if number == 1 else f"{number:g} {noun}s"


def fit_cell(text: str) -> str:
    """Keep a vertical bar inside its cell of a table."""
    return text.replace("|", r"\|")
