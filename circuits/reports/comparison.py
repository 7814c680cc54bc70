"""Show what was wanted beside what was seen: small tables of numbers, as text and as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from circuits.reports.pattern_data import PatternData

_CELL = "padding:.1em .35em;text-align:right;font-variant-numeric:tabular-nums;"


@dataclass(frozen=True)
class LabelledTable:
    """A small labelled table of numbers, to be looked at or read aloud.

    Attributes:
        title: What the numbers are.
        rows: A label for each row.
        columns: A label for each column.
        values: The numbers, row by row.
        marked: Cells that a right answer fills, as ``(row, column)``.
        failing_row: The row that shows the mistake, if any.
    """

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    marked: frozenset[tuple[int, int]] = frozenset()
    failing_row: int | None = None


@dataclass(frozen=True)
class Comparison:
    """What was wanted beside what was seen.

    Attributes:
        caption: What is shown and how to read it, one or two sentences.
        tables: Wanted first, then seen; or seen alone, where what is wanted is the answer.
        title: What to call it.
        patterns: The whole patterns, where the tables are of attention: a page that can lets the
            reader look into them in place of the tables.
    """

    caption: str
    tables: tuple[LabelledTable, ...]
    title: str = "Wanted beside seen"
    patterns: PatternData | None = None


def render_text(comparison: Comparison) -> list[str]:
    """Return the tables line by line, under their caption."""
    lines = [comparison.caption]
    for table in comparison.tables:
        width = max(len(label) for label in (*table.rows, " "))
        lines.append(f"{table.title}:")
        lines.append(" " * (width + 3) + " ".join(f"{label:>6}" for label in table.columns))
        wide = [max(6, len(label)) for label in table.columns]
        for index, (label, values) in enumerate(zip(table.rows, table.values, strict=True)):
            pointer = ">" if index == table.failing_row else " "
            cells = " ".join(
                (_number(value) + "*" * ((index, column) in table.marked)).rjust(wide[column])
                for column, value in enumerate(values)
            )
            lines.append(f"{pointer} {label:>{width}} {cells}")
    return lines


def _number(value: float) -> str:
    """Two significant places, as short as can be read."""
    if value != value:  # NaN
        return "NaN"
    if abs(value) < 0.005:
        return "0"
    if abs(value) < 1000:
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{value:.0f}" if abs(value) < 100_000 else f"{value:.0e}"


def render_html(comparison: Comparison, opened: bool) -> str:
    """Return the tables as HTML that can be folded away.

    Args:
        comparison: The tables.
        opened: Whether they are seen at first.
    """
    # One scale for all tables, so that equal colours are equal numbers.
    sizes = [abs(v) for table in comparison.tables for row in table.values for v in row if v == v]
    largest = max([*sizes, 1e-9])
    tables = "".join(_html_table(table, largest) for table in comparison.tables)
    still = (
        f"<p>{escape(comparison.caption)}</p>"
        f'<div tabindex="0" role="group" aria-label="{escape(comparison.title)}" '
        'style="display:flex;flex-wrap:wrap;gap:1.5em;overflow-x:auto;">'
        f"{tables}</div>"
    )
    viewer = comparison.patterns.write_attributes() if comparison.patterns else ""
    if viewer:
        still = f'<div class="explorable"{viewer}><div class="explorable-still">{still}</div></div>'
    return (
        f"<details{' open' if opened else ''}><summary>{escape(comparison.title)}</summary>"
        f"{still}</details>"
    )


def _html_table(table: LabelledTable, largest: float) -> str:
    head = "".join(
        f'<th scope="col" style="{_CELL}">{escape(label)}</th>' for label in table.columns
    )
    body = "".join(_html_row(table, index, largest) for index in range(len(table.rows)))
    return (
        '<table class="circuits-table" style="border-collapse:collapse;font-size:.85em;">'
        f"<caption>{escape(table.title)}</caption>"
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _html_row(table: LabelledTable, index: int, largest: float) -> str:
    label = escape(table.rows[index])
    failing = index == table.failing_row
    cells = "".join(
        _html_cell(value, (index, column) in table.marked, largest)
        for column, value in enumerate(table.values[index])
    )
    edge = "border-top:2px solid;border-bottom:2px solid;" if failing else ""
    name = f"▶ {label}" if failing else label
    return f'<tr style="{edge}"><th scope="row" style="{_CELL}">{name}</th>{cells}</tr>'


def _html_cell(value: float, marked: bool, largest: float) -> str:
    # Colour only repeats what the number says; a wanted cell is boxed and bold, too.
    share = abs(value) / largest if abs(value) < float("inf") else 0.0
    colour = "31,119,180" if value >= 0 else "200,90,20"
    box = "outline:2px solid;outline-offset:-2px;font-weight:bold;" if marked else ""
    return (
        f'<td style="{_CELL}background-color:rgba({colour},{0.45 * min(share, 1.0):.2f});{box}">'
        f"{_number(value)}</td>"
    )
