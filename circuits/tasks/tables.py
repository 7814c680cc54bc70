"""Format numbers and small tables for the reports: wanted beside seen."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from circuits.behaviours.copying import TOLERANCE
from circuits.behaviours.heads.selection import Place
from circuits.reports.comparison import Comparison, LabelledTable
from circuits.reports.pattern_data import PatternData
from circuits.shapes import BoolArray, FloatArray

YOURS = "What you built"

LONGEST_SHOWN = 12
"""Patterns of more tokens than this are shown as one row with its most attended keys."""


def show_number(value: float) -> str:
    """Write a number with three digits; rounding errors are zero.

    Example:
        >>> show_number(4e-17), show_number(-0.5), show_number(1234.5)
        ('0', '-0.5', '1.23e+03')
    """
    return "0" if abs(value) < 1e-9 else f"{value:.3g}"


def show_share(share: float, digits: int = 0) -> str:
    """Write a share of 0 to 1 as a percentage; one too small for the digits is not called zero.

    Example:
        >>> show_share(0.25), show_share(1e-4), show_share(2e-5, digits=1)
        ('25%', 'less than 1%', 'less than 0.1%')
    """
    least = 10.0 ** -(digits + 2)
    return f"less than {least:.{digits}%}" if 0 < share < least else f"{share:.{digits}%}"


def show_unlike(value: float, wanted: float) -> str:
    """Write a number with as many digits as it takes to see that it is not what was wanted.

    Example:
        >>> show_unlike(0.5, 1.0), show_unlike(1.0004, 1.0), show_unlike(0.0, 1.0)
        ('0.5', '1.0004', '0')
    """
    for digits in range(3, 17):
        text = f"{value:.{digits}g}"
        if text != f"{wanted:.{digits}g}":
            return show_number(value) if digits == 3 else text
    return show_number(value)


def show_apart(value: float, wanted: float) -> tuple[str, str]:
    """Write a number and the one that was wanted, with as many digits as tell them apart.

    Example:
        >>> show_apart(-0.5, 1.0), show_apart(-7.9998, -8.0)
        (('-0.5', '1'), ('-7.9998', '-8'))
    """
    for digits in range(4, 18):
        pair = f"{value:.{digits}g}", f"{wanted:.{digits}g}"
        if pair[0] != pair[1]:
            break
    return pair


def show_share_unlike(share: float, limit: float) -> str:
    """Write a share as a percentage, with as many digits as tell it from a limit it misses.

    Example:
        >>> show_share_unlike(0.38, 0.95), show_share_unlike(0.79996, 0.8)
        ('38%', '79.996%')
    """
    for digits in range(13):
        if f"{share:.{digits}%}" != f"{limit:.{digits}%}":
            return show_share(share, digits)
    return show_share(share)


def find_worst(errors: FloatArray) -> tuple[int, int]:
    """Return the row and column of the greatest error, the first of those that are equal.

    Rounding decides nothing here: an answer in another basis is shown the same place.

    Args:
        errors: Absolute differences, shape ``(rows, columns)``; NaN counts as infinite.
    """
    errors = np.where(np.isnan(errors), np.inf, errors)
    row, column = np.argwhere(errors >= errors.max() * (1 - 1e-6))[0]
    return int(row), int(column)


def list_dimensions(dimensions: Collection[int]) -> str:
    """Write dimensions as a person would.

    Example:
        >>> list_dimensions({3, 1, 2, 8})
        '1-3 and 8'
        >>> list_dimensions({3, 5, 8})
        '3, 5 and 8'
        >>> list_dimensions(set())
        'none'
    """
    runs: list[list[int]] = []
    for k in sorted(dimensions):
        if runs and k == runs[-1][-1] + 1:
            runs[-1].append(k)
        else:
            runs.append([k])
    shown = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]])) or "none"


_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def count_dimensions(dimensions: Collection[int]) -> str:
    """Write how many dimensions there are, and which.

    Example:
        >>> count_dimensions({4, 5, 6, 8}), count_dimensions({8}), count_dimensions(set())
        ('four dimensions (4-6 and 8)', 'one dimension (8)', 'no dimension')
    """
    number = len(dimensions)
    word = _WORDS[number] if number < len(_WORDS) else str(number)
    noun = "dimension" if number < len("xx") else "dimensions"
    return f"{word} {noun} ({list_dimensions(dimensions)})" if number else f"{word} {noun}"


def _table(
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    values: FloatArray,
    marked: BoolArray | None = None,
    failing_row: int | None = None,
) -> LabelledTable:
    cells = [] if marked is None else np.argwhere(marked).tolist()
    return LabelledTable(
        title,
        tuple(rows),
        tuple(columns),
        tuple(tuple(float(value) for value in row) for row in values),
        frozenset((row, column) for row, column in cells),
        failing_row,
    )


def _three_tables(
    rows: Sequence[str],
    columns: Sequence[str],
    wanted: FloatArray,
    seen: FloatArray,
    marked: BoolArray,
    failing_row: int | None,
) -> tuple[LabelledTable, ...]:
    """Return wanted, seen and, if something fails, the difference."""
    shown = [("wanted", wanted), ("seen", seen)]
    if failing_row is not None:
        shown.append(("seen minus wanted", seen - wanted))
    return tuple(
        _table(title, rows, columns, values, marked, failing_row) for title, values in shown
    )


def show_block(
    what: str, rows: Sequence[str], columns: Sequence[str], wanted: FloatArray, seen: FloatArray
) -> Comparison:
    """Show what a product moves, and mark what it should not move in this way.

    What is wanted is not shown, for that would be the answer: an entry that is missing is a
    zero like others. The row of the greatest difference is pointed at.
    """
    gap = np.abs(seen - wanted)
    stray = (gap > TOLERANCE) & (np.abs(seen) > TOLERANCE)
    worst = find_worst(gap)[0] if gap.max() > TOLERANCE else None
    marks = " Boxed or starred cells should hold another number." if stray.any() else ""
    return Comparison(
        f"{what}.{marks}", (_table("seen", rows, columns, seen, stray, worst),), YOURS
    )


def show_product(
    what: str, seen: FloatArray, wanted: FloatArray | None = None, failing_row: int | None = None
) -> Comparison:
    """Show a product in the dimensions of exercise 1: columns are read, rows are written.

    Args:
        what: What the product is.
        seen: Of shape ``(16, 16)``.
        wanted: What it should be, where there is but one right product.
        failing_row: The row to point at, where that is not worked out from ``wanted``.
    """
    dims = [str(k) for k in range(len(seen))]
    what = f"{what}; columns are read, rows are written"
    if wanted is not None:
        return show_block(what, dims, dims, wanted, seen)
    table = _table("seen", dims, dims, seen, failing_row=failing_row)
    return Comparison(f"{what}.", (table,), YOURS)


def compare_patterns(place: Place, failed: bool) -> Comparison:
    """Show the attention pattern around ``place`` beside the wanted one.

    Args:
        place: The query that shows the mistake, or any query of a right answer.
        failed: Whether to point at the query.
    """
    if len(place.tokens) > LONGEST_SHOWN:
        return _compare_row(place, failed)
    rows = [f"{i} (token {token})" for i, token in enumerate(place.tokens)]
    columns = [str(j) for j in range(len(rows))]
    pointed = place.query if failed else None
    return Comparison(
        "Attention patterns of one short sequence: queries down, keys across, each row sums to 1. "
        "Boxed or starred cells are where the head should look; rows without one are not graded.",
        _three_tables(rows, columns, place.wanted, place.pattern, place.targets, pointed),
        patterns=_hand_over(place),
    )


def _hand_over(place: Place) -> PatternData:
    """Return the whole patterns, wanted and seen, for a page that can show them."""
    tokens = [f"token {token}" for token in place.tokens]
    return PatternData(
        ("wanted", "seen"), (place.wanted, place.pattern), tokens, place.targets, place.query
    )


def _compare_row(place: Place, failed: bool) -> Comparison:
    weights, targets = place.pattern[place.query], place.targets[place.query]
    # The targets first, then the keys that take the most attention from them.
    order = np.lexsort((-weights, ~targets))[:8]
    shown = np.sort(order)
    wanted, seen = place.wanted[place.query, shown], weights[shown]
    rows = ["wanted", "seen", "seen minus wanted"][: 3 if failed else 2]
    values = np.stack([wanted, seen, seen - wanted])[: len(rows)]
    columns = [str(j) for j in shown]
    marked = np.stack([targets[shown]] * len(rows))
    return Comparison(
        f"How position {place.query} of a sequence of {len(weights)} tokens divides its attention "
        "among the keys that matter most here. Boxed or starred cells are where it should look.",
        (_table(f"query {place.query}", rows, columns, values, marked, 1 if failed else None),),
        patterns=_hand_over(place),
    )
