"""A source notebook is complete for nbgrader, and the same bytes every time."""

import stat

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from circuits.exercises import ASSIGNMENTS, PARTS
from course.weave import build_notebook, weave_course
from course.weave.notebook import write_notebook
from grader.paths import Classroom


@pytest.fixture
def notebook(tiny, tiny_parts):
    return build_notebook("tiny", tiny, tiny_parts)


def find(notebook, cell_id):
    return next(cell for cell in notebook.cells if cell.id == cell_id)


def test_a_stub_stands_before_the_reference_answer(notebook):
    assert find(notebook, "ex1a").source == (
        "W_V_1 = ...     # (4, 16)\n"
        "W_out_1 = ...   # (16, 4)\n"
        "### BEGIN SOLUTION\n"
        "W_V_1 = np.eye(16)[:4]  # the reference answer\n"
        "W_out_1 = np.eye(16)[:, 8:12]\n"
        "### END SOLUTION"
    )


def test_a_test_cell_holds_the_visible_check_and_then_the_hidden_test(notebook):
    cell = find(notebook, "ex1a-test")
    assert cell.source == (
        'check("ex1a", W_V_1, W_out_1)\n'
        "### BEGIN HIDDEN TESTS\n"
        "from course.hidden import score\n"
        'score("ex1a", globals())\n'
        "### END HIDDEN TESTS"
    )
    assert cell.metadata.nbgrader == {
        "grade": True, "grade_id": "ex1a-test", "locked": True, "points": PARTS["ex1a"].points,
        "schema_version": 3, "solution": False, "task": False,
    }  # fmt: skip


def test_a_text_answer_is_graded_by_hand_and_carries_its_rubric(notebook):
    cell = find(notebook, "ex1c-text")
    assert cell.cell_type == "markdown"
    assert cell.metadata.nbgrader.grade
    assert cell.metadata.nbgrader.solution
    assert cell.metadata.nbgrader.points == PARTS["ex1c-text"].points
    assert cell.source.startswith("*Write your answer here.*\n\n<!-- BEGIN SOLUTION -->")
    assert "The model answer, see (Weiss and Yahav, 2002)." in cell.source
    assert "**Rubric.** 3 points:\n\n- 1 point: this.\n- 2 points: that." in cell.source
    assert "Common mistakes" not in cell.source


def test_given_cells_are_not_nbgraders(notebook):
    given = [c for c in notebook.cells if c.cell_type == "code" and "nbgrader" not in c.metadata]
    assert [cell.source.split()[0] for cell in given] == ["import", 'print("a']
    assert given[1].metadata == {"jupyter": {"source_hidden": True}, "tags": ["hide-input"]}


def test_the_chapters_prose_is_all_there(notebook):
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for words in ("# A tiny chapter", "see A place there", "## (a)", "## In words", "The end."):
        assert words in prose
    assert "(tiny)=" not in prose


def test_weaving_twice_gives_the_same_bytes(sources, woven, tmp_path):
    again = Classroom(tmp_path / "again")
    weave_course(sources, again)
    for name in ASSIGNMENTS:
        assert again.notebook(name).read_bytes() == woven.notebook(name).read_bytes()


def test_what_did_not_change_keeps_its_date(sources, woven):
    before = {name: woven.notebook(name).stat().st_mtime_ns for name in ASSIGNMENTS}
    weave_course(sources, woven)
    assert before == {name: woven.notebook(name).stat().st_mtime_ns for name in ASSIGNMENTS}


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_part_of_the_table_is_in_its_notebook(woven, name):
    notebook = nbformat.read(woven.notebook(name), as_version=4)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    ids = [c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata]
    wanted = [
        name
        for part in ASSIGNMENTS[name]
        for name in ((part,) if PARTS[part].grading == "hand" else (part, PARTS[part].test_id))
    ]
    assert sorted(ids) == sorted(wanted)
    points = sum(c.metadata.get("nbgrader", {}).get("points", 0) for c in notebook.cells)
    assert points == sum(PARTS[part].points for part in ASSIGNMENTS[name])


def test_a_cell_keeps_its_id_where_the_chapter_gains_others(tiny, tiny_parts):
    before = build_notebook("tiny", tiny, tiny_parts)
    chapter = tiny.book / "tiny.md"
    more = "\n```{code-cell} ipython3\nimport math\n```\n"
    text = chapter.read_text()
    first = text.index("```{code-cell}")
    end = text.index("```\n", first + 3) + 4
    chapter.write_text(f"{text[:end]}{more}\nAnd this.\n{more}{text[end:]}")
    after = build_notebook("tiny", tiny, tiny_parts)
    ids = [cell.id for cell in after.cells]
    assert len(set(ids)) == len(ids) == len(before.cells) + 3
    assert {c.id: c.source for c in before.cells}.items() <= {
        c.id: c.source for c in after.cells
    }.items()


def test_nothing_is_written_if_one_chapter_disagrees(tiny, tiny_parts, tmp_path):
    (tiny.solutions / "tiny.md").write_text("# Empty\n")
    with pytest.raises(Exception, match="ex1a"):
        weave_course(tiny, Classroom(tmp_path / "class"), tiny_parts)
    assert not (tmp_path / "class").exists()


def test_weaving_makes_the_secret_seed_and_no_notebook_holds_it(woven):
    assert stat.S_IMODE(woven.seed_file.stat().st_mode) == 0o600
    seed = woven.seed_file.read_text().strip()
    assert all(seed not in woven.notebook(name).read_text() for name in ASSIGNMENTS)


def test_a_notebook_is_written_with_sorted_keys_and_one_newline(notebook):
    text = write_notebook(notebook)
    assert text.endswith("}\n")
    assert text.index('"cells"') < text.index('"metadata": {\n  "kernelspec"')
