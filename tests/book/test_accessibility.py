"""What the page on accessibility says of the style sheets is so."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHEETS = [
    path
    for folder in ("book/_static", "explorables/frontend/src", "live_cells/frontend/src")
    for path in sorted((ROOT / folder).rglob("*.css"))
]
MOVES = re.compile(r"@keyframes|(?<![-\w])(?:animation|transition)(?:-[a-z]+)?\s*:")


def test_the_page_says_that_nothing_moves_by_itself():
    text = (ROOT / "book" / "accessibility.md").read_text(encoding="utf-8")
    assert "Nothing on a page moves by itself" in text
    assert len(SHEETS) >= 3


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_no_sheet_of_ours_sets_anything_in_motion(sheet):
    assert MOVES.findall(sheet.read_text(encoding="utf-8")) == []
