"""Every way in which book, solutions and table can drift apart is one clear error."""

import dataclasses

import pytest

from circuits.exercises import PARTS
from course.errors import WeaveError
from course.weave import build_notebook, weave_course
from course.weave.page import read_page
from grader.errors import CourseError
from grader.paths import Classroom

BOOK, SOLUTIONS = "book/tiny.md", "solutions/tiny.md"


def change(sources, page, old, new):
    path = sources.root / page
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def find_line(sources, page, words):
    lines = (sources.root / page).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def refuse(sources, parts):
    with pytest.raises(WeaveError) as caught:
        build_notebook("tiny", sources, parts)
    assert "\n" not in str(caught.value)
    return caught.value


def test_the_tiny_course_agrees(tiny, tiny_parts):
    assert build_notebook("tiny", tiny, tiny_parts).cells


def test_a_stub_without_a_solution_is_refused_with_the_stubs_line(tiny, tiny_parts):
    change(tiny, SOLUTIONS, "---\ngrade_id: ex1a\n---\n", "")
    error = refuse(tiny, tiny_parts)
    assert error.part == "ex1a"
    assert error.line == find_line(tiny, BOOK, "grade_id: ex1a") - 2
    assert str(error).startswith(f"{BOOK}, line {error.line}: part ex1a: the stub has no answer")
    assert SOLUTIONS in str(error)


def test_a_solution_without_a_stub_is_refused_with_the_solutions_line(tiny, tiny_parts):
    tiny_parts["ex1b"] = dataclasses.replace(PARTS["ex1b"], assignment="elsewhere")
    change(tiny, SOLUTIONS, "grade_id: ex1a", "grade_id: ex1b")
    error = refuse(tiny, tiny_parts)
    assert (error.path.parent.name, error.part) == ("solutions", "ex1b")
    assert error.line == find_line(tiny, SOLUTIONS, "grade_id: ex1b") - 2
    assert "a stub that is not there" in str(error)


def test_a_part_without_points_is_refused_at_the_table(tiny, tiny_parts):
    tiny_parts["ex1a"] = dataclasses.replace(tiny_parts["ex1a"], properties=())
    assert str(refuse(tiny, tiny_parts)) == (
        "circuits/exercises: part ex1a: it has no points; give its properties some."
    )


def test_a_property_without_points_is_refused(tiny, tiny_parts):
    reads, *others = tiny_parts["ex1a"].properties
    tiny_parts["ex1a"] = dataclasses.replace(
        tiny_parts["ex1a"], properties=(dataclasses.replace(reads, points=0), *others)
    )
    assert str(refuse(tiny, tiny_parts)).startswith(
        "circuits/exercises: part ex1a: the property 'reads' earns 0 points"
    )


def test_a_part_without_hints_in_the_table_is_refused(tiny, tiny_parts):
    tiny_parts["ex1a"] = dataclasses.replace(tiny_parts["ex1a"], hints=())
    assert str(refuse(tiny, tiny_parts)).startswith(
        "circuits/exercises: part ex1a: it has no hints"
    )


def test_a_property_that_the_task_cannot_judge_is_refused(tiny, tiny_parts):
    part = tiny_parts["ex1a"]
    more = dataclasses.replace(part.properties[0], slug="beautiful")
    tiny_parts["ex1a"] = dataclasses.replace(part, properties=(*part.properties, more))
    assert str(refuse(tiny, tiny_parts)) == (
        "circuits/exercises: part ex1a: its properties are beautiful, copies, reads, writes, and "
        "Copying judges copies, reads, writes; let the two agree."
    )


def test_a_row_with_another_number_of_answers_than_its_task_is_refused(tiny, tiny_parts):
    part = dataclasses.replace(tiny_parts["ex1a"], task=PARTS["ex1c"].task)
    tiny_parts["ex1a"] = dataclasses.replace(part, answers=part.answers[:1])
    assert "part ex1a: Products has 2 expansions; give it as many" in str(refuse(tiny, tiny_parts))


@pytest.mark.parametrize(
    ("page", "old", "new"),
    [
        (BOOK, "grade_id: ex1a-test", "grade_id: ex1a"),
        (SOLUTIONS, 'grade_id": "ex1c-text', 'grade_id": "ex1a'),
    ],
)
def test_an_id_used_twice_is_refused_at_its_second_place(tiny, tiny_parts, page, old, new):
    change(tiny, page, old, new)
    error = refuse(tiny, tiny_parts)
    assert f"{error.path.parent.name}/{error.path.name}" == page
    assert error.part == "ex1a"
    assert "a second time" in str(error)


def test_a_part_of_the_table_without_a_section_is_refused(tiny, tiny_parts):
    tiny_parts["ex1b"] = dataclasses.replace(PARTS["ex1b"], assignment="tiny")
    error = refuse(tiny, tiny_parts)
    assert (error.part, error.path.name) == ("ex1b", "tiny.md")
    assert "write its section" in str(error)


def test_a_part_without_its_card_is_refused(tiny, tiny_parts):
    change(tiny, BOOK, "```{part} ex1a\n```\n", "")
    assert "no {part} ex1a card" in str(refuse(tiny, tiny_parts))


def test_a_section_called_otherwise_than_its_part_is_refused(tiny, tiny_parts):
    change(tiny, BOOK, "## (a) Head 1 copies four dimensions", "## (a) Head 1 moves things")
    error = refuse(tiny, tiny_parts)
    assert (error.part, error.line) == ("ex1a", find_line(tiny, BOOK, "## (a)"))
    assert str(error).endswith(
        "its heading is '(a) Head 1 moves things', and the table calls it 'Head 1 copies four "
        "dimensions'; let the heading end with these words, or change the title in "
        "circuits/exercises."
    )


def test_a_part_without_its_hints_is_refused(tiny, tiny_parts):
    change(tiny, BOOK, "```{hints} ex1a\n```\n", "")
    assert "no {hints} ex1a ladder" in str(refuse(tiny, tiny_parts))


def test_a_stub_that_is_not_in_the_table_is_refused(tiny, tiny_parts):
    change(tiny, BOOK, "grade_id: ex1a\n", "grade_id: ex9z\n")
    error = refuse(tiny, tiny_parts)
    assert error.part == "ex9z"
    assert "no 'ex9z'" in str(error)


def test_a_part_in_the_wrong_chapter_is_refused_with_the_right_one(tiny, tiny_parts):
    tiny_parts["ex1b"] = PARTS["ex1b"]
    change(tiny, BOOK, "grade_id: ex1a\n", "grade_id: ex1b\n")
    error = refuse(tiny, tiny_parts)
    assert error.part == "ex1b"
    assert "the table gives this part to 'exercise-1'" in str(error)


@pytest.mark.parametrize(("page", "name"), [(BOOK, "W_out_1 = ..."), (SOLUTIONS, "W_out_1 = np")])
def test_a_cell_that_does_not_define_an_answer_is_refused(tiny, tiny_parts, page, name):
    change(tiny, page, name, name.replace("W_out_1", "W_out"))
    error = refuse(tiny, tiny_parts)
    assert f"{error.path.parent.name}/{error.path.name}" == page
    assert "does not define W_out_1" in str(error)


@pytest.mark.parametrize(
    "new",
    [
        'check("ex1b", W_V_1, W_out_1)',
        'check("ex1a", W_out_1, W_V_1)',
        'check("ex1a", W_V_1)',
        'print("fine"); check("ex1a", W_V_1, W_out_1)',
    ],
)
def test_a_test_cell_with_another_check_is_refused(tiny, tiny_parts, new):
    change(tiny, BOOK, 'check("ex1a", W_V_1, W_out_1)', new)
    error = refuse(tiny, tiny_parts)
    assert str(error).endswith('just this: check("ex1a", W_V_1, W_out_1)')


def test_a_stub_without_a_test_cell_is_refused(tiny, tiny_parts):
    change(tiny, BOOK, "---\ngrade_id: ex1a-test\n---\n", "")
    assert "no test cell" in str(refuse(tiny, tiny_parts))


def test_a_text_answer_with_a_check_is_refused(tiny, tiny_parts):
    change(tiny, BOOK, "---\ntags: [hide-input]\n---", "---\ngrade_id: ex1c-text-test\n---")
    assert "a person reads this" in str(refuse(tiny, tiny_parts))


def test_an_answer_of_the_wrong_kind_is_refused(tiny, tiny_parts):
    change(tiny, BOOK, '+++ {"grade_id": "ex1c-text"}', "+++")
    change(tiny, BOOK, "---\ntags: [hide-input]\n---", "---\ngrade_id: ex1c-text\n---")
    assert "this is a code cell; wanted markdown" in str(refuse(tiny, tiny_parts))


def test_cells_that_are_no_python_are_refused_with_their_line(tiny, tiny_parts):
    change(tiny, BOOK, "W_out_1 = ...   # (16, 4)", "W_out_1 = = 3")
    error = refuse(tiny, tiny_parts)
    assert "not Python" in str(error)
    assert error.line == find_line(tiny, BOOK, "= = 3")


@pytest.mark.parametrize(
    ("page", "marker"),
    [(BOOK, "### BEGIN SOLUTION"), (SOLUTIONS, "### END HIDDEN TESTS")],
)
def test_the_weavers_own_markers_are_refused(tiny, tiny_parts, page, marker):
    change(tiny, page, "W_V_1 =", f"{marker}\nW_V_1 =")
    assert "written by the weaver" in str(refuse(tiny, tiny_parts))


def test_a_model_answer_without_a_rubric_is_refused(tiny, tiny_parts):
    change(tiny, SOLUTIONS, "### Rubric", "### Notes")
    error = refuse(tiny, tiny_parts)
    assert (error.part, "no rubric" in str(error)) == ("ex1c-text", True)


def test_a_rubric_with_other_points_than_the_table_is_refused(tiny, tiny_parts):
    change(tiny, SOLUTIONS, "- 2 points: that.", "- 3 points: that.")
    error = refuse(tiny, tiny_parts)
    assert "add up to 4, and the table gives 3" in str(error)
    assert error.line == find_line(tiny, SOLUTIONS, "### Rubric")


def test_a_chapter_that_the_table_does_not_know_is_refused(tiny, tiny_parts, tmp_path):
    (tiny.book / "new.md").write_text((tiny.root / BOOK).read_text())
    with pytest.raises(WeaveError) as caught:
        weave_course(tiny, Classroom(tmp_path / "class"), tiny_parts)
    line = find_line(tiny, BOOK, "grade_id: ex1a") - 2
    assert str(caught.value) == (
        f"book/new.md, line {line}: part ex1a: no part of the table has the assignment 'new'; "
        "register this chapter's parts in circuits/exercises/__init__.py."
    )
    assert not (tmp_path / "class").exists()


def test_a_missing_page_is_one_sentence(tiny, tiny_parts):
    (tiny.root / SOLUTIONS).unlink()
    with pytest.raises(CourseError, match=r"There is no solutions/tiny\.md"):
        build_notebook("tiny", tiny, tiny_parts)


def test_options_that_are_no_yaml_are_refused(tiny, tiny_parts):
    change(tiny, BOOK, "grade_id: ex1a\n", "grade_id: [ex1a\n")
    assert "cannot be read" in str(refuse(tiny, tiny_parts)).replace("\n", " ")


def test_cells_know_their_line(tiny):
    page = read_page(tiny.book / "tiny.md")
    lines = page.path.read_text().splitlines()
    for cell in page.cells:
        if cell.kind == "markdown":
            assert lines[cell.line - 1] == cell.source.splitlines()[0]
        else:
            assert lines[cell.line - 1].startswith("```{code-cell}")
            assert lines[cell.source_line - 1] == cell.source.splitlines()[0]
