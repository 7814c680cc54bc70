"""What has not changed is not done again, and what has changed is."""

import pytest

from tools.build.last_success import fingerprint, is_same, remember


@pytest.fixture
def house(tmp_path):
    room = tmp_path / "book"
    room.mkdir()
    (room / "page.md").write_text("one")
    (room / "other.md").write_text("two")
    return tmp_path


def test_the_same_files_have_the_same_fingerprint(house):
    before = fingerprint(["book"], ["build"], root=house)
    (house / "book" / "page.md").write_text("one")  # a new date, the old content
    assert fingerprint(["book"], ["build"], root=house) == before


def change(house):
    (house / "book" / "page.md").write_text("changed")


def delete(house):
    (house / "book" / "other.md").unlink()


def add(house):
    (house / "book" / "new.md").write_text("")


def rename(house):
    (house / "book" / "other.md").rename(house / "book" / "another.md")


def swap(house):
    (house / "book" / "page.md").write_text("two")
    (house / "book" / "other.md").write_text("one")


@pytest.mark.parametrize("edit", [change, delete, add, rename, swap])
def test_every_edit_changes_the_fingerprint(house, edit):
    before = fingerprint(["book"], ["build"], root=house)
    edit(house)
    assert fingerprint(["book"], ["build"], root=house) != before


def test_another_command_changes_the_fingerprint(house):
    assert fingerprint(["book"], ["build"], root=house) != fingerprint(
        ["book"], ["build", "-W"], root=house
    )


def test_what_tools_leave_behind_does_not_count(house):
    before = fingerprint(["book"], ["build"], root=house)
    (house / "book" / "__pycache__").mkdir()
    (house / "book" / "__pycache__" / "page.pyc").write_text("")
    assert fingerprint(["book"], ["build"], root=house) == before


def test_only_a_remembered_fingerprint_is_the_same(house):
    stamps = house / "stamps"
    assert not is_same("book", "abc", stamps)
    remember("book", "abc", stamps)
    assert is_same("book", "abc", stamps)
    assert not is_same("book", "abd", stamps)
