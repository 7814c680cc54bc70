"""Whatever is handed in, intake answers; and what it lets through can be graded."""

import json

import nbformat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.intake import Repaired, Unreadable, read_notebook

FUZZ = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def check(outcome, reference):
    assert isinstance(outcome, Repaired | Unreadable)
    if isinstance(outcome, Unreadable):
        assert "unexpectedly" not in outcome.reason
        return
    text = nbformat.writes(outcome.notebook)
    text.encode("utf-8")
    nbformat.validate(nbformat.reads(text, as_version=4))
    labels = [
        c.metadata.nbgrader.grade_id for c in outcome.notebook.cells if "nbgrader" in c.metadata
    ]
    assert sorted(labels) == sorted(reference.by_label)
    for cell in outcome.notebook.cells:
        if "nbgrader" in cell.metadata:
            target = reference.cells[reference.by_label[cell.metadata.nbgrader.grade_id]]
            assert cell.metadata == target.node.metadata
            assert target.role != "test" or cell.source == target.node.source


@FUZZ
@given(data=st.binary(max_size=400))
def test_any_bytes(data, reference):
    check(read_notebook(data, reference), reference)


@FUZZ
@given(value=JSON)
def test_any_json(value, reference):
    check(read_notebook(json.dumps(value).encode(), reference), reference)


CELLS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "cell_type": st.sampled_from(["code", "markdown", "raw", "heading", "html"]) | JSON,
            "source": st.sampled_from(["W_V_1 = 1", 'check("ex1a", W_V_1, W_out_1)']) | TEXT | JSON,
            "input": TEXT | JSON,
            "id": st.sampled_from(["ex1a", "ex1a-test", "ex1c-text", "own-1"]) | JSON,
            "level": JSON,
            "attachments": st.dictionaries(TEXT, st.dictionaries(TEXT, TEXT | JSON)) | JSON,
            "outputs": JSON,
            "metadata": st.fixed_dictionaries(
                {},
                optional={
                    "nbgrader": st.fixed_dictionaries(
                        {},
                        optional={
                            "grade_id": st.sampled_from(
                                ["ex1a", "ex1a-test", "ex1c-text", "ex1d", "no"]
                            )
                            | JSON,
                            "grade": JSON,
                            "points": JSON,
                            "schema_version": JSON,
                        },
                    )
                    | JSON,
                    "id": JSON,
                },
            )
            | JSON,
        },
    )
    | JSON,
    max_size=12,
)


@FUZZ
@given(cells=CELLS, version=JSON, metadata=JSON)
def test_anything_that_looks_like_a_notebook(cells, version, metadata, reference):
    notebook = {"cells": cells, "nbformat": version, "metadata": metadata}
    check(read_notebook(json.dumps(notebook).encode(), reference), reference)


@FUZZ
@given(data=st.data())
def test_an_honest_notebook_with_pieces_cut_out_and_put_in(data, released, reference):
    whole = nbformat.writes(released).encode()
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, min(len(whole), start + 2000)))
    piece = data.draw(st.binary(max_size=20) | st.just(whole[start:stop] * 2))
    check(read_notebook(whole[:start] + piece + whole[stop:], reference), reference)


@FUZZ
@given(data=st.data())
def test_an_honest_notebook_with_cells_shuffled_doubled_and_lost(data, released, reference):
    notebook = json.loads(nbformat.writes(released))
    places = st.integers(0, len(notebook["cells"]) - 1)
    chosen = data.draw(st.lists(places, max_size=60))
    notebook["cells"] = [notebook["cells"][place] for place in chosen]
    outcome = read_notebook(json.dumps(notebook).encode(), reference)
    graded = any("nbgrader" in cell["metadata"] for cell in notebook["cells"])
    assert isinstance(outcome, Repaired) == graded
    check(outcome, reference)
