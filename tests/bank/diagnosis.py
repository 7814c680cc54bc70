"""How well mistakes are named: the bank, each answer also in other bases and scales.

python -m tests.bank.diagnosis            # print the table
python -m tests.bank.diagnosis --write    # keep it in diagnosis-report.md
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from circuits.judging import judge
from circuits.trials import draw_trials
from tests.bank import CASES, Case
from tests.bank.case import rewrite

KEPT = Path(__file__).with_name("diagnosis-report.md")
BASES = ("rotation", "general", "scale")


@dataclass(frozen=True)
class Named:
    """What one answer was said to be.

    Attributes:
        case: The answer.
        status: The report's status.
        seen: The diagnosis, or None.
    """

    case: Case
    status: str
    seen: str | None

    @property
    def agrees(self) -> bool:
        """Whether the diagnosis is the bank's."""
        return self.seen == self.case.diagnosis


def vary(case: Case, rng: np.random.Generator) -> Iterator[Case]:
    """Yield the case and, where its basis is free, the same in three other bases."""
    yield case
    if case.heads:
        for kind in BASES:
            yield rewrite(case, rng, kind)


def name_all(seed: int = 0) -> list[Named]:
    """Judge every answer of the bank on the public sequences."""
    rng = np.random.default_rng(seed)
    trials = draw_trials()
    named = []
    for case in CASES:
        if case.fitted:
            continue  # right on the public sequences, so there is nothing to name there
        for varied in vary(case, rng):
            report = judge(varied.part, varied.answers, trials)
            named.append(Named(varied, report.status, report.diagnosis))
    return named


def summarise(named: list[Named]) -> dict[str, float]:
    """Return the shares that the goals are about."""
    wrong = [entry for entry in named if not entry.case.right]
    nameless = [entry for entry in wrong if entry.case.diagnosis is None]
    right = [entry for entry in named if entry.case.right]
    return {
        "right": len(right),
        "right answers with a diagnosis": sum(entry.seen is not None for entry in right),
        "wrong": len(wrong),
        "named as in the bank": sum(entry.agrees for entry in wrong) / len(wrong),
        "nameless": len(nameless),
        "nameless answers given a name": sum(entry.seen is not None for entry in nameless)
        / max(len(nameless), 1),
    }


def write_report(named: list[Named]) -> str:
    """Return the report as Markdown: the goals, the confusion table and what is confused."""
    figures = summarise(named)
    pairs = Counter(
        (str(entry.case.diagnosis), str(entry.seen)) for entry in named if not entry.case.right
    )
    lines = [
        "# How well mistakes are named",
        "",
        "Written by `make diagnosis-report`; a test compares this file with a new run.",
        "",
        f"- {figures['wrong']:.0f} wrong answers (each head also in three other bases): "
        f"{figures['named as in the bank']:.1%} are named as the bank names them (goal 95%).",
        f"- {figures['right']:.0f} right answers: "
        f"{figures['right answers with a diagnosis']:.0f} are given a diagnosis (goal 0).",
        f"- {figures['nameless']:.0f} wrong answers whose mistake has no name: "
        f"{figures['nameless answers given a name']:.1%} are given one (goal at most 2%).",
        "",
        "| in the bank | diagnosed | answers |",
        "|---|---|---:|",
        *(
            f"| {true} | {'**' + seen + '**' if true != seen else seen} | {count} |"
            for (true, seen), count in sorted(pairs.items())
        ),
    ]
    confused = sorted(
        {
            f"- {entry.case.id}: {entry.case.diagnosis} is diagnosed as {entry.seen}"
            for entry in named
            if not entry.case.right and not entry.agrees
        }
    )
    if confused:
        lines += ["", "Where the two differ:", "", *confused]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print the report, and keep it if asked to."""
    report = write_report(name_all())
    sys.stdout.write(report)
    if "--write" in sys.argv[1:]:
        KEPT.write_text(report, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
