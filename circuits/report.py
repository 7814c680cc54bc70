"""What a check finds, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["unattempted", "malformed", "wrong", "right"]
State = Literal["holds", "fails", "not judged"]

REPORT_MIME = "application/vnd.circuits.report+json"


@dataclass(frozen=True)
class Finding:
    """One property of an answer, and whether it holds.

    Attributes:
        property: The property's slug in the table of parts.
        claim: The property as a sentence.
        passed: Whether it holds.
        sentence: What was seen; if it fails, also what was expected, and where.
        points: Earned.
        max_points: Earned by a right answer.
        judged: Whether it could be told at all; if not, it neither holds nor fails, and the
            sentence says what has to come first.
    """

    property: str
    claim: str
    passed: bool
    sentence: str
    points: float
    max_points: float
    judged: bool = True


def find_state(finding: Finding) -> State:
    """Return whether a property holds, fails, or was not judged."""
    if not finding.judged:
        return "not judged"
    return "holds" if finding.passed else "fails"


@dataclass(frozen=True)
class Table:
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
    """

    caption: str
    tables: tuple[Table, ...]
    title: str = "Wanted beside seen"


@dataclass(frozen=True)
class Report:
    """All that a check says about one part. Showing it in a notebook renders it.

    Attributes:
        part: The part's id.
        title: The part's title.
        status: Whether the part is unattempted, malformed, wrong or right.
        headline: The state of the part in one sentence.
        findings: Property by property.
        next_step: One thing to try, if the part is not right.
        diagnosis: The mistake's slug, if it has a name.
        comparison: Wanted beside seen, where there is something to see.
        hint: A hint of the part, unlocked by making the same mistake again. Markdown.
        replay: Lines of Python that make the input on which the answer is wrong, so that it
            can be tried again by hand.
    """

    part: str
    title: str
    status: Status
    headline: str
    findings: tuple[Finding, ...] = ()
    next_step: str | None = None
    diagnosis: str | None = None
    comparison: Comparison | None = None
    hint: str | None = None
    replay: str | None = None

    @property
    def points(self) -> float:
        """Points earned."""
        return float(sum(finding.points for finding in self.findings))

    @property
    def max_points(self) -> float:
        """Points of a right answer."""
        return float(sum(finding.max_points for finding in self.findings))

    def to_dict(self) -> dict[str, object]:
        """Return the report without its tables, ready for JSON."""
        return {
            "part": self.part,
            "status": self.status,
            "headline": self.headline,
            "points": self.points,
            "max_points": self.max_points,
            "next_step": self.next_step,
            "diagnosis": self.diagnosis,
            "replay": self.replay,
            "findings": [
                {
                    "property": finding.property,
                    "passed": finding.passed,
                    "state": find_state(finding),
                    "sentence": finding.sentence,
                    "points": finding.points,
                    "max_points": finding.max_points,
                }
                for finding in self.findings
            ],
        }

    def __str__(self) -> str:
        from circuits.render import render_text

        return render_text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from circuits.render import render_html

        return render_html(self)

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        from circuits.validating import is_validating, show_to_nbgrader

        shown: dict[str, object] = {
            "text/plain": str(self),
            "text/html": self._repr_html_(),
            REPORT_MIME: self.to_dict(),
        }
        return show_to_nbgrader(self, shown) if is_validating() else shown
