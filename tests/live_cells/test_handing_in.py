"""From the page to a grade: answers typed in the page, exported, graded by the real nbgrader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import jupytext
import pytest

from circuits.exercises import ASSIGNMENTS, PARTS
from course.sources import find_pages
from course.weave import weave_course
from grader.nbgrader_api import Pipeline
from grader.paths import Classroom
from tests.live_cells.pages import LivePage

pytestmark = [pytest.mark.browser, pytest.mark.nbgrader, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
Visit = Callable[[str], LivePage]


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """A class with every assignment released."""
    classroom = Classroom(tmp_path_factory.mktemp("class"))
    pipeline = Pipeline(find_pages(), classroom)
    for path in weave_course(find_pages(), classroom):
        pipeline.generate(path.stem)
    return pipeline


def type_reference_answers(live: LivePage, assignment: str) -> None:
    """Write every reference answer, in code or in words, where a reader would."""
    notebook = jupytext.read(ROOT / "solutions" / f"{assignment}.md")
    for cell in notebook.cells:
        part = cell.metadata.get("grade_id")
        if part is None:
            continue
        if cell.cell_type == "markdown":
            live.cell(part).locator("textarea").fill(cell.source)
        else:
            live.write(part, cell.source)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_answers_typed_in_the_page_and_exported_get_full_marks(
    visit: Visit, pipeline: Pipeline, assignment: str
) -> None:
    live = visit(f"book/{assignment}.html")
    type_reference_answers(live, assignment)
    with live.page.expect_download() as download:
        live.press("Download my answers")
    notebook = Path(download.value.path()).read_text(encoding="utf-8")
    pipeline.hand_in(assignment, "reader", notebook, datetime.now(UTC))
    pipeline.autograde(assignment, "reader")
    with pipeline.open_gradebook() as gradebook:
        (submitted,) = gradebook.find_submission(assignment, "reader").notebooks
        grades = {
            grade.name.removesuffix("-test"): (grade.auto_score, grade.needs_manual_grade)
            for grade in submitted.grades
        }
    wanted = {
        name: (None, True) if part.grading == "hand" else (part.points, False)
        for name, part in PARTS.items()
        if part.assignment == assignment
    }
    assert grades == wanted
