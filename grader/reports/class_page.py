"""Write the report on a class as one HTML page, to be read by its teachers.

Its plots are SVG whose colours are those of the page, light or dark.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from markupsafe import escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from grader.feedback.check import mark_code
from grader.feedback.page import STYLE, find_private_paths, open_forms, scrub
from grader.reports.class_report import ClassReport
from grader.reports.class_statistics import ClassStatistics
from grader.reports.equal_answers import EqualAnswers
from grader.reports.results import Result

_HERE = Path(__file__).parent
_FORMS = open_forms(_HERE)
_FORMS.filters["two"] = lambda number: "–" if number is None else f"{number:.2f}"
_FORMS.filters["code"] = mark_code

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
        style=STYLE.read_text(encoding="utf-8"),
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


_INK, _BAR = "#010203", "#030201"  # put in the place of colours that the page knows
_COLORS = {_INK: "currentColor", _BAR: "var(--bar)"}
_STYLE: Any = {  # matplotlib's type for it lists all of its settings
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 9,
    "svg.fonttype": "none",  # text stays text, in the page's font
    "svg.hashsalt": "class report",
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}
_MOST_BINS = 20


def draw_histogram(points: Sequence[float], most: float) -> str:
    """Return how many learners have how many points, as SVG; one bar a point, or fewer.

    Args:
        points: Of each learner.
        most: What there is to earn; extra credit may go beyond.
    """
    top = max([most, *points])
    width = max(1.0 if top > 4 else 0.5, np.ceil(top / _MOST_BINS))
    edges = np.arange(0.0, top + 1.5 * width, width) - width / 2
    counts, _ = np.histogram(points, edges)

    def draw(axes: Axes) -> None:
        axes.bar(edges[:-1] + width / 2, counts, 0.85 * width, color=_BAR)
        axes.set_xlim(edges[0], edges[-1])
        axes.set_xlabel(f"points of {most:g}")
        axes.set_ylabel("learners")
        axes.locator_params(integer=True, nbins=5)

    said = ", ".join(
        f"{count} with about {left + width / 2:g}"
        for left, count in zip(edges, counts, strict=False)
        if count
    )
    return _draw(draw, (2.7, 1.8), f"Learners by points: {said or 'none'}.")


def draw_bars(counts: Mapping[str, int], what: str) -> str:
    """Return named counts as horizontal bars, in their order, as SVG.

    Args:
        counts: By name; at least one.
        what: Is counted, for those who do not see it.
    """
    names = list(counts)

    def draw(axes: Axes) -> None:
        bars = axes.barh(range(len(names)), list(counts.values()), 0.7, color=_BAR)
        axes.bar_label(bars, padding=3)
        axes.set_yticks(range(len(names)), names)
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(left=False)

    said = ", ".join(f"{name} {count}" for name, count in counts.items())
    return _draw(draw, (3.6, 0.35 + 0.24 * len(names)), f"{what}: {said}.")


def _draw(draw: Callable[[Axes], None], size: tuple[float, float], about: str) -> str:
    with mpl.rc_context(_STYLE):
        figure = Figure(size, layout="constrained")
        figure.patch.set_alpha(0)
        axes = figure.subplots()
        axes.patch.set_alpha(0)
        draw(axes)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    svg = file.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r' id="[a-z0-9.]+_\d+"', "", svg)  # several of them stand on one page
    for color, name in _COLORS.items():
        svg = svg.replace(color, name)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(about)}" ', 1)
