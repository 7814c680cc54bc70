"""Check a learner's part on public sequences, and explain."""

from __future__ import annotations

from dataclasses import replace

from circuits.exercises import get_part
from circuits.judging import judge
from circuits.reports.report import Report
from circuits.trials import draw_trials


def check(part_id: str, *answers: object, **earlier: object) -> Report:
    """Check the answers to one part, and say what was seen and what was expected.

    A wrong answer never raises; it gives a report that says what to do next.

    Args:
        part_id: The part, for instance "ex2c".
        *answers: What the part asks for, in the order of its table.
        **earlier: Earlier answers that the part builds on, by name.

    Returns:
        The report. In a notebook it shows itself.

    Raises:
        TypeError: If the number of answers or a name is not the part's; the message says
            which it takes. This is a mistake in the check cell, not in an answer.

    Example:
        >>> print(check("ex2b", ..., ...))
        ○ ex2b Attend to the present position: not attempted yet
        Replace the ... in the cell above when you are ready, then run this cell again.
    """
    part = get_part(part_id)
    names = [answer.name for answer in part.answers]
    if len(answers) != len(names):
        raise TypeError(
            f'check("{part_id}", ...) got {len(answers)} answers; wanted {", ".join(names)}'
        )
    strange = [name for name in earlier if name not in part.builds_on]
    if strange:
        builds_on = ", ".join(part.builds_on) or "no earlier answers"
        raise TypeError(f'check("{part_id}", ...) got {strange[0]}=; the part takes {builds_on}')
    report = judge(part_id, {**earlier, **dict(zip(names, answers, strict=True))}, draw_trials())
    return _unlock_hint(report)


_streaks: dict[str, tuple[str | None, int]] = {}
"""For each part, the last mistake and how many times in a row it was made."""


def _unlock_hint(report: Report) -> Report:
    """Return the report with the next hint, if the same mistake was made before."""
    if report.status in ("right", "unattempted") or report.diagnosis == "missing":
        _streaks.pop(report.part, None)
        return report
    mistake, times = _streaks.get(report.part, (report.diagnosis, 0))
    times = times + 1 if mistake == report.diagnosis else 1
    _streaks[report.part] = (report.diagnosis, times)
    hints = get_part(report.part).hints
    # The last rung is nearly the answer: it is only ever opened by hand.
    rung = min(times - 1, len(hints) - 1)
    return replace(report, hint=hints[rung - 1]) if rung >= 1 else report
