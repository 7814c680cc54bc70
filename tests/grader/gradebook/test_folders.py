"""What lies beside notebooks is copied, and gets the permissions that nbgrader gives it."""

from types import SimpleNamespace

import pytest

from grader.gradebook.access import copy_beside, set_permissions


def mode(path):
    return f"{path.stat().st_mode & 0o7777:o}"


@pytest.mark.parametrize(
    ("shared", "given", "of_files", "of_folders"),
    [
        (False, None, "444", "750"),
        (True, None, "664", "2770"),
        (False, 600, "600", "750"),
        (True, 600, "600", "2770"),
        (False, 0, "0", "750"),
    ],
)
def test_files_get_what_is_set_and_folders_are_opened_to_a_group(
    tmp_path, shared, given, of_files, of_folders
):
    folder = tmp_path / "graded" / "data"
    folder.mkdir(parents=True)
    (folder / "table.csv").write_text("1")
    for place in (folder.parent, folder):
        place.chmod(0o750)
    set_permissions(SimpleNamespace(groupshared=shared), folder.parent, given, usual=444)
    assert mode(folder / "table.csv") == of_files
    assert [mode(folder.parent), mode(folder)] == [of_folders] * 2


def test_what_is_no_notebook_and_not_left_out_is_copied_over_what_is_there(tmp_path):
    origin, place = tmp_path / "origin", tmp_path / "place"
    (origin / "data").mkdir(parents=True)
    place.mkdir()
    for name in ("one.ipynb", "data/table.csv", "data/kept.csv", "made.pyc"):
        (origin / name).write_text("new")
    (place / "data").mkdir()
    for name in ("data/table.csv", "data/kept.csv"):
        (place / name).write_text("old")
    copy_beside(SimpleNamespace(ignore=["*.pyc"]), origin, place, {"data/kept.csv"})
    found = {str(p.relative_to(place)): p.read_text() for p in place.rglob("*") if p.is_file()}
    assert found == {"data/table.csv": "new", "data/kept.csv": "old"}
