"""Each cell's box in the page has the id that the front end looks for."""

from __future__ import annotations

from docutils import nodes
from sphinx_live_cells.cells import describe_cell, mark_places


def test_a_cell_that_the_text_refers_to_is_found_as_well() -> None:
    """Docutils gives an element its first id; the others become empty elements within it."""
    box = nodes.container(nb_element="cell_code", cell_index=0, ids=["a-target-of-the-text"])
    document = nodes.container("", box)
    mark_places(document, {0: describe_cell("1 + 1", None, 1, "-test")})  # type: ignore[arg-type]
    assert box["ids"] == ["cell-1", "a-target-of-the-text"]
