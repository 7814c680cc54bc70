"""An answer is the one that was graded if its text is, and the pictures pasted into it."""

import json
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from grader.batch.jobs import GradedSheet
from grader.batch.save import find_unchanged

PICTURE = {"image.png": {"image/png": "aaaa"}}


def write(text, pictures=None):
    about = {"grade_id": "t", "grade": True, "solution": True}
    cell = new_markdown_cell(text, metadata={"nbgrader": about})
    if pictures:
        cell.attachments = pictures
    return json.dumps(new_notebook(cells=[cell]))


@pytest.mark.parametrize(
    ("text", "pictures", "same"),
    [
        ("![a](attachment:image.png)", PICTURE, {"t"}),
        ("![a](attachment:image.png)", {"image.png": {"image/png": "bbbb"}}, set()),
        ("![a](attachment:image.png)", None, set()),
        ("![b](attachment:image.png)", PICTURE, set()),
    ],
)
def test_another_picture_is_another_answer(tmp_path, text, pictures, same):
    coursedir = SimpleNamespace(
        assignment_id="one",
        autograded_directory="autograded",
        format_path=lambda *parts: str(tmp_path.joinpath(*parts)),
    )
    graded = tmp_path / "autograded" / "ann" / "one" / "one.ipynb"
    graded.parent.mkdir(parents=True)
    graded.write_text(write("![a](attachment:image.png)", PICTURE))
    sheet = GradedSheet("one", write(text, pictures), {}, {})
    assert find_unchanged(coursedir, "ann", sheet) == same
