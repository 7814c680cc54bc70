"""Write what an examination found into a report, in words that fit the part."""

from __future__ import annotations

from circuits.diagnosis.catalogue import MISTAKES
from circuits.parts import Part
from circuits.reports.examination import Examination
from circuits.reports.report import Finding, Report, Status


def _advise(part: Part, examination: Examination) -> str | None:
    """Return the cause and the question of a named mistake, or the part's own advice."""
    mistake = MISTAKES.get(examination.diagnosis or "")
    if mistake is None:
        return examination.next_step
    question = examination.question or part.checked_task.questions.get(mistake.slug)
    return f"{mistake.cause} {question or mistake.question}"


def write_report(part: Part, examination: Examination, status: Status) -> Report:
    """Return the report of an examination, with points for the properties that hold."""
    findings = tuple(
        Finding(
            property=prop.slug,
            claim=prop.claim,
            passed=examination.judgements[prop.slug].passed,
            sentence=examination.judgements[prop.slug].sentence,
            points=float(prop.points) if examination.judgements[prop.slug].passed else 0.0,
            max_points=float(prop.points),
            judged=examination.judgements[prop.slug].judged,
        )
        for prop in part.properties
    )
    right = status == "right"
    calm = status == "unattempted"
    return Report(
        part=part.id,
        title=part.title,
        status=status,
        headline=_headline(part, status, findings),
        findings=findings,
        next_step=None if right or calm else _advise(part, examination),
        diagnosis=None if right else examination.diagnosis,
        comparison=None if calm else examination.comparison,
        replay=examination.replay if status == "wrong" else None,
        circuit=examination.circuit if right else None,
    )


def _headline(part: Part, status: Status, findings: tuple[Finding, ...]) -> str:
    if status == "unattempted":
        return "Replace the ... in the cell above when you are ready, then run this cell again."
    if status == "malformed":
        return "The answer cannot be tried out as it is."
    if status == "right":
        return f"It does what was asked{part.checked_task.tried}."
    return _count(findings)


def _count(findings: tuple[Finding, ...]) -> str:
    """Say how many properties hold, and how many were not judged."""
    held = sum(finding.passed for finding in findings)
    open_ones = sum(not finding.judged for finding in findings)
    if len(findings) == 1:
        return "The property does not hold."
    left = f"; {open_ones} {'was' if open_ones == 1 else 'were'} not judged" if open_ones else ""
    return f"{held} of {len(findings)} properties {'holds' if held == 1 else 'hold'}{left}."
