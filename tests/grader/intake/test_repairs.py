"""Broken notebooks come back whole, with the learner's work in them."""

import copy
import json

import nbformat
import pytest

from grader.intake import Repaired, make_reference, read_notebook

from .conftest import ANSWERS


def read(notebook, reference):
    data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    outcome = read_notebook(data, reference)
    assert isinstance(outcome, Repaired), outcome
    nbformat.validate(outcome.notebook)
    return outcome


def by_label(notebook):
    labels = [
        cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata
    ]
    assert len(labels) == len(set(labels))
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }


def said(outcome):
    return " ".join(repair.sentence for repair in outcome.repairs)


def find(notebook, label):
    return next(
        place
        for place, cell in enumerate(notebook["cells"])
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == label
    )


def assert_whole(outcome, reference, answered):
    """Every graded cell is there once, with its own settings and the learner's answer."""
    cells = by_label(outcome.notebook)
    assert set(cells) == set(reference.by_label)
    for label, cell in cells.items():
        wanted = reference.cells[reference.by_label[label]]
        assert cell.metadata.nbgrader == wanted.node.metadata.nbgrader
        assert cell.cell_type == wanted.node.cell_type
        answer = answered["cells"][find(answered, label)]["source"]
        assert cell.source.strip() == answer.strip(), label


def list_parts(value):
    """Yield the identity of every dictionary and list in a value."""
    if isinstance(value, dict | list):
        yield id(value)
        for part in value.values() if isinstance(value, dict) else value:
            yield from list_parts(part)


def test_nothing_of_a_notebook_is_shared_with_the_next_learners(answered, reference):
    for cell in reference.cells:
        cell.node.metadata["tags"] = ["hide-input"]
    for cell in answered["cells"]:
        if not cell["metadata"].get("nbgrader"):
            cell["source"] += "\n# changed"
    outcome = read(answered, reference)
    assert [cell for cell in outcome.notebook.cells if cell.source.endswith("# changed")]
    own = {part for cell in reference.cells for part in list_parts(cell.node)}
    own |= set(list_parts(reference.metadata))
    assert not own & set(list_parts(outcome.notebook))


def test_an_honest_notebook_needs_no_repair(answered, reference):
    outcome = read(answered, reference)
    assert outcome.repairs == ()
    assert [cell.source for cell in outcome.notebook.cells] == [
        cell["source"] for cell in answered["cells"]
    ]


def test_an_untouched_notebook_needs_no_repair(released, reference):
    outcome = read(json.dumps(released).encode(), reference)
    assert outcome.repairs == ()


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"]
)
def test_any_encoding_is_read(answered, reference, encoding):
    spot = find(answered, "ex1c-text")
    answered["cells"][spot]["source"] = "déjà vu"
    text = json.dumps(answered, ensure_ascii=False)
    if encoding == "latin-1":
        text = text.encode("latin-1", "ignore").decode("latin-1")
    outcome = read(text.encode(encoding), reference)
    assert by_label(outcome.notebook)["ex1c-text"].source == "déjà vu"


def test_a_duplicated_cell_counts_once(answered, reference):
    spot = find(answered, "ex1a")
    answered["cells"].insert(spot, copy.deepcopy(answered["cells"][spot]))
    outcome = read(answered, reference)
    assert_whole(outcome, reference, answered)
    assert "more than once" in said(outcome)


def test_of_equal_copies_the_first_counts_because_later_cells_build_on_it(answered, reference):
    spot = find(answered, "ex1a")
    answered["cells"].append(copy.deepcopy(answered["cells"][spot]))
    labels = [
        cell.metadata.get("nbgrader", {}).get("grade_id")
        for cell in read(answered, reference).notebook.cells
    ]
    assert labels.index("ex1a") < labels.index("ex1b")


def test_an_untouched_copy_of_a_stub_takes_no_answer_back(answered, released, reference):
    stub = json.loads(json.dumps(released.cells[find(released, "ex1a")]))
    answered["cells"].append(stub)
    outcome = read(answered, reference)
    assert by_label(outcome.notebook)["ex1a"].source.startswith("W_V_1 = np.eye")
    assert not any("W_V_1 = ..." in cell.source for cell in outcome.notebook.cells)


def test_both_of_two_different_texts_are_kept_and_a_person_looks(answered, reference):
    spot = find(answered, "ex1c-text")
    other = copy.deepcopy(answered["cells"][spot])
    other["source"] = "Another thought, and a longer one than the first that I wrote down here."
    answered["cells"].insert(spot, other)
    outcome = read(answered, reference)
    sources = [cell.source for cell in outcome.notebook.cells]
    assert other["source"] in sources
    assert answered["cells"][spot + 1]["source"] in sources
    assert any(repair.look and repair.grade_id == "ex1c-text" for repair in outcome.repairs)


def test_an_edited_check_is_restored_and_what_was_in_it_is_kept(answered, reference):
    spot = find(answered, "ex1a-test")
    wanted = answered["cells"][spot]["source"]
    answered["cells"][spot]["source"] = "W_V_1 = np.eye(16)[4:8]"
    outcome = read(answered, reference)
    assert by_label(outcome.notebook)["ex1a-test"].source == wanted
    kept = [c for c in outcome.notebook.cells if c.source == "W_V_1 = np.eye(16)[4:8]"]
    assert len(kept) == 1
    assert "nbgrader" not in kept[0].metadata
    assert "had been changed" in said(outcome)


def test_a_deleted_check_is_restored_behind_its_answer(answered, reference):
    whole = copy.deepcopy(answered)
    del answered["cells"][find(answered, "ex1b-test")]
    outcome = read(answered, reference)
    assert_whole(outcome, reference, whole)
    assert [cell.id for cell in outcome.notebook.cells] == [cell["id"] for cell in whole["cells"]]
    assert "ex1b-test was missing" in said(outcome)


def test_a_deleted_answer_leaves_what_other_cells_answer(answered, reference):
    spot = find(answered, "ex1b")
    answered["cells"][spot - 1]["source"] += "\n"
    answered["cells"][find(answered, "ex1a")]["source"] += "\n" + answered["cells"][spot]["source"]
    del answered["cells"][spot]
    outcome = read(answered, reference)
    cell = by_label(outcome.notebook)["ex1b"]
    assert all(line.startswith("#") for line in cell.source.splitlines())


def test_a_missing_text_is_looked_for_by_a_person(answered, reference):
    spot = find(answered, "ex1c-text")
    answered["cells"][spot]["metadata"] = {}
    answered["cells"].insert(0, answered["cells"].pop(spot))
    answered["cells"][0]["id"] = "elsewhere"
    outcome = read(answered, reference)
    assert any(repair.look and repair.grade_id == "ex1c-text" for repair in outcome.repairs)


def test_a_given_cell_that_is_used_is_put_back(answered, reference):
    spot = next(
        n for n, c in enumerate(answered["cells"]) if c["source"].startswith("import numpy")
    )
    source = answered["cells"].pop(spot)["source"]
    outcome = read(answered, reference)
    assert outcome.notebook.cells[spot].source == source


def strip_colab(notebook):
    for number, cell in enumerate(notebook["cells"]):
        cell.pop("id")
        cell["metadata"] = {"id": f"Zx{number}", "colab": {"base_uri": "x"}}
    notebook["metadata"] = {"colab": {}, "kernelspec": {"name": "python3", "display_name": "P"}}
    notebook["nbformat_minor"] = 0


def strip_labels(notebook):
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell["outputs"] = []


def split_lines(notebook):
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
        cell.pop("id")
    notebook["nbformat_minor"] = 2


def use_windows_lines(notebook):
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n")


def become_format_3(notebook):
    cells = []
    for cell in notebook.pop("cells"):
        if cell["cell_type"] == "code":
            old = {"cell_type": "code", "input": cell["source"], "language": "python"}
            old.update(metadata=cell["metadata"], outputs=[], collapsed=False)
        else:
            old = {key: cell[key] for key in ("cell_type", "source", "metadata")}
        cells.append(old)
    notebook.update(worksheets=[{"cells": cells, "metadata": {}}], nbformat=3, nbformat_minor=0)


def become_format_6(notebook):
    notebook.update(nbformat=6, nbformat_minor=9, novelty={"deep": [1, 2]})


def tamper_flags(notebook):
    for cell in notebook["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        about.update(points=1000, locked=False, task=True, schema_version=99, extra="x")


def use_old_schema(notebook):
    for cell in notebook["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        about.pop("schema_version", None)
        about.pop("task", None)


def swap_kernels(notebook):
    notebook["metadata"]["kernelspec"] = {"name": "bash", "display_name": "B", "language": "bash"}


def turn_kinds(notebook):
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["cell_type"] = "raw" if cell["cell_type"] == "code" else "code"


@pytest.mark.parametrize(
    "change",
    [
        strip_colab,
        strip_labels,
        split_lines,
        use_windows_lines,
        become_format_3,
        become_format_6,
        tamper_flags,
        use_old_schema,
        swap_kernels,
        turn_kinds,
    ],
)
def test_what_programs_and_people_do_to_notebooks_is_undone(answered, reference, change):
    whole = copy.deepcopy(answered)
    change(answered)
    assert_whole(read(answered, reference), reference, whole)


def test_every_change_of_settings_is_said(answered, reference):
    tamper_flags(answered)
    swap_kernels(answered)
    words = said(read(answered, reference))
    assert "another kernel" in words
    assert "ex1a-test" in words


def test_halves_of_characters_can_be_written(answered, reference):
    answered["cells"][find(answered, "ex1c-text")]["source"] = "half \ud83d of a smile"
    text = nbformat.writes(read(answered, reference).notebook)
    assert "half \ufffd of a smile".encode()[:5] in text.encode()


def test_blanks_that_a_program_adds_do_not_make_an_answer(released, reference):
    notebook = json.loads(json.dumps(released))
    spot = find(notebook, "ex1c-text")
    notebook["cells"][spot]["source"] = notebook["cells"][spot]["source"].strip() + " \n"
    outcome = read(notebook, reference)
    assert by_label(outcome.notebook)["ex1c-text"].source == released.cells[spot].source


def test_markdown_that_acts_is_disarmed_and_prose_of_ours_is_not(answered, reference):
    spot = find(answered, "ex1c-text")
    answered["cells"][spot]["source"] = "<script>alert(1)</script> 1 < 2"
    outcome = read(answered, reference)
    stored = by_label(outcome.notebook)["ex1c-text"].source
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 1 &lt; 2" in stored
    assert "<script" not in stored
    assert any("<details>" in cell.source for cell in outcome.notebook.cells)


def test_the_instructors_own_notebook_can_be_handed_in(sources, reference):
    from course.weave.notebook import build_notebook

    notebook = json.loads(json.dumps(build_notebook("exercise-1", sources)))
    outcome = read(notebook, reference)
    assert "HIDDEN" not in nbformat.writes(outcome.notebook)
    assert not any("had been changed. It" in repair.sentence for repair in outcome.repairs)


def test_names_outside_the_assignment_are_dropped(answered, reference):
    answered["cells"][0]["metadata"]["nbgrader"] = {"grade_id": "mine", "grade": True}
    outcome = read(answered, reference)
    assert "nbgrader" not in outcome.notebook.cells[0].metadata
    assert "1 cell had a name that this assignment does not have" in said(outcome)


def test_a_source_notebook_as_reference_gives_nothing_away(sources):
    from course.weave.notebook import build_notebook
    from grader.intake import blank, make_reference

    text = nbformat.writes(blank(make_reference(build_notebook("exercise-1", sources))))
    assert "SOLUTION" not in text
    assert "HIDDEN" not in text
    assert "course.hidden" not in text


def test_a_release_from_before_cells_had_ids_is_compared_too(released, answered):
    old = copy.deepcopy(released)
    for cell in (*old.cells, *answered["cells"]):
        del cell["id"]
    outcome = read(answered, make_reference(old))
    assert by_label(outcome.notebook)["ex1a"].source == ANSWERS["ex1a"]


def test_a_notebook_from_the_site_may_be_handed_in_with_its_cell_that_installs(
    sources, reference, answered
):
    from course.release import release_notebook
    from course.weave.notebook import build_notebook
    from grader.config import read_configuration

    source = build_notebook("exercise-1", sources, site="https://example.org/course/")
    notebook = json.loads(json.dumps(release_notebook(source, read_configuration(sources))))
    answers = by_label(nbformat.from_dict(answered))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in ANSWERS:
            cell["source"] = answers[name].source
    outcome = read(notebook, reference)
    assert by_label(outcome.notebook)["ex1a"].source == ANSWERS["ex1a"]
    assert outcome.repairs == read(answered, reference).repairs
