"""Write the report on a class as one HTML page, to be read by its teachers."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.reports.class_plots import draw_bars, draw_histogram
from grader.reports.class_report import ClassReport
from grader.reports.class_statistics import ClassStatistics
from grader.reports.equal_answers import EqualAnswers
from grader.reports.page import find_private_paths, scrub
from grader.reports.results import Result

_HERE = Path(__file__).parent
_FORMS = Environment(
    loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, cache_size=1
)
_FORMS.filters["points"] = "{:.4g}".format
_FORMS.filters["two"] = lambda number: "–" if number is None else f"{number:.2f}"


def _mark_code(text: str) -> Markup:
    """Return a sentence with what stands in backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704


_FORMS.filters["code"] = _mark_code

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}'; "
    "base-uri 'none'; form-action 'none'"
)
"""Content-Security-Policy: one script runs, the page's own; nothing is loaded, nothing is sent."""

_LONGEST = 4_000  # characters of an example


def render_class(
    report: ClassReport,
    found: ClassStatistics,
    results: list[Result],
    root: Path,
    equal: Sequence[EqualAnswers] = (),
) -> str:
    """Return the page.

    Args:
        report: Who was graded, and what waits for a person.
        found: What the grades say.
        results: The learners that are listed.
        root: The class's folder.
        equal: Who has equal answers in several parts.
    """
    script = (_HERE / "class_page.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    points = np.array(found.points)
    text = _FORMS.get_template("class_page.html.jinja").render(
        policy=POLICY.format(digest),
        script=script,
        style=(_HERE / "page.css").read_text(encoding="utf-8"),
        found=found,
        report=report,
        results=results,
        equal=equal,
        quartiles=np.quantile(points, (0.25, 0.5, 0.75)) if len(points) else None,
        waiting=_list_waiting(report),
        whole=draw_histogram(found.points, found.max_points) if found.points else "",
        histograms={
            part.part: draw_histogram(part.points, part.max_points)
            for part in found.parts
            if part.points
        },
        mistakes={
            part.part: draw_bars(part.mistakes, f"Mistakes in {part.part}")
            for part in found.parts
            if part.mistakes
        },
        stopped=_draw_stopped(found),
        longest=_LONGEST,
    )
    return scrub(text, find_private_paths(root))


def _list_waiting(report: ClassReport) -> dict[str, list[str]]:
    """Return whom each cell waits for, by its ``grade_id``."""
    waiting: dict[str, list[str]] = defaultdict(list)
    for row in report.rows:
        for name in row.waiting:
            waiting[name].append(row.student)
    return dict(sorted(waiting.items(), key=lambda one: -len(one[1])))


def _draw_stopped(found: ClassStatistics) -> str:
    counts = {"before the first part": len(found.nothing)} if found.nothing else {}
    counts |= {f"after {part.part}": len(part.stopped) for part in found.parts if part.stopped}
    return draw_bars(counts, "Learners who attempted nothing further") if counts else ""
