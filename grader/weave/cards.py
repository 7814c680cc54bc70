"""The card of a part and its hints, from the table, for a notebook."""

from __future__ import annotations

from circuits.exercises import Answer, Part

EFFORT = {1: "easy", 2: "medium", 3: "hard"}
FENCE = "`" * 8  # longer than any fence inside a hint


def write_card(part: Part) -> str:
    """Return what a part asks for and what it earns, as MyST Markdown."""
    how = "read by a person" if part.grading == "hand" else "checked in this notebook"
    facts = [
        f"difficulty {part.difficulty} of 3 ({EFFORT[part.difficulty]})",
        f"about {_count(part.minutes, 'minute')}",
        _count(part.points, "point"),
        how,
    ]
    rows = [
        f"| `{answer.name}` | {_describe(answer)} | {_cell(answer.meaning)} |"
        for answer in part.answers
    ]
    earned = [f"- {prop.claim} ({_count(prop.points, 'point')})" for prop in part.properties]
    return "\n".join(
        [
            f"**Your task.** {part.objective}",
            "",
            f"*{' · '.join(facts)}*",
            "",
            "| You hand in | What it is | What it is for |",
            "|---|---|---|",
            *rows,
            "",
            f"{FENCE}{{dropdown}} What earns the points",
            *earned,
            FENCE,
        ]
    )


def write_hints(part: Part) -> str:
    """Return the ladder of hints as MyST Markdown, each closed until it is wanted."""
    rungs = ["a nudge", *["a step further"] * (len(part.hints) - 2), "nearly the answer"]
    lines: list[str] = []
    for number, hint in enumerate(part.hints, start=1):
        lines += [f"{FENCE}{{dropdown}} Hint {number}: {rungs[number - 1]}", hint, FENCE, ""]
    return "\n".join(lines)


def _describe(answer: Answer) -> str:
    if answer.kind == "matrix" and answer.shape is not None:
        rows, columns = answer.shape
        return f"matrix ({rows}, {columns})"
    if answer.kind == "function":
        return f"function of `{answer.signature}`"
    return {"name": "string", "names": "two strings", "text": "your words"}[answer.kind]


def _count(number: float, noun: str) -> str:
    return f"{number:g} {noun}" if number == 1 else f"{number:g} {noun}s"


def _cell(text: str) -> str:
    """Keep a vertical bar inside its cell of a table."""
    return text.replace("|", r"\|")
