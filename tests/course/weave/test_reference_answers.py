"""Every reference answer of the solutions passes its own check, judged as a learner's would be."""

from functools import cache

import pytest

from circuits import judging
from circuits.exercises import PARTS
from circuits.judging.reporting import write_report
from circuits.trials import draw_trials
from course.sources import find_pages
from course.weave.page import read_page

CHECKED = [part.id for part in PARTS.values() if part.grading == "auto"]


@cache
def run_answers(assignment):
    """Return the names that the answers define where the chapter's own imports were made."""
    sources = find_pages()
    chapter = read_page(sources.book / f"{assignment}.md").cells
    answers = read_page(sources.solutions / f"{assignment}.md").cells
    # The other cells draw figures and try out mistakes; answers do without them.
    cells = [cell for cell in chapter if cell.source.startswith("import numpy")]
    cells += [cell for cell in answers if cell.kind == "code" and cell.grade_id]
    names = {}
    for cell in cells:
        try:
            exec(cell.source, names)
        except Exception as error:
            raise AssertionError(
                f"solutions/{assignment}.md, line {cell.line}: part {cell.grade_id}: the answer "
                f"raised {error!r}"
            ) from error
    return names


@pytest.mark.parametrize("part", CHECKED)
def test_the_reference_answer_of_a_part_has_exactly_the_properties_of_the_table(part, monkeypatch):
    row = PARTS[part]
    examined = []

    def note(part, examination, status):
        examined.append(set(examination.judgements))
        absent = [prop.slug for prop in row.properties if prop.slug not in examined[-1]]
        assert not absent, f"part {part.id}: its examiner says nothing about {absent}"
        return write_report(part, examination, status)

    monkeypatch.setattr(judging, "write_report", note)
    report = judging.judge(part, run_answers(row.assignment), draw_trials())
    said = f"the answer to part {part} in solutions/{row.assignment}.md:\n{report}"
    assert report.status == "right", said
    assert report.points == row.points == report.max_points, said
    assert report.diagnosis is None, said
    strange = examined[0] - {prop.slug for prop in row.properties}
    assert not strange, f"part {part}: the table has no properties {strange}, the examiner does"
