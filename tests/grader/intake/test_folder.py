"""What lies beside the notebook is moved out of nbgrader's way, and never lost."""

import os

import pytest

from grader.intake import Bounds
from grader.intake.folders import NO_DATE, find_hazards, secure, set_aside

SMALL = Bounds(files=6, file_bytes=100, folder_bytes=250)


def names(hazards):
    return [hazard.path.name for hazard in hazards]


def test_ordinary_files_and_folders_may_stay(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.csv").write_text("1")
    (tmp_path / "numpy.py").write_text("")
    (tmp_path / "timestamp.txt").write_text("2022-01-31 12:00:00.000000 UTC")
    (tmp_path / "exercise-1.ipynb").write_text("{}")
    assert find_hazards(tmp_path, Bounds()) == []


def test_links_pipes_and_disguised_folders_are_found(tmp_path):
    (tmp_path / "a_link").symlink_to("/etc/passwd")
    (tmp_path / "b_loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "c_pipe")
    (tmp_path / "d.ipynb").mkdir()
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "link").symlink_to("../../other")
    assert names(find_hazards(tmp_path, Bounds())) == [
        "a_link",
        "b_loop",
        "c_pipe",
        "d.ipynb",
        "link",
    ]


def test_sizes_and_numbers_are_bounded(tmp_path):
    (tmp_path / "large").write_bytes(b"x" * 101)
    for name in "abc":
        (tmp_path / name).write_bytes(b"x" * 100)
    assert names(find_hazards(tmp_path, SMALL)) == ["c", "large"]


def test_no_more_notebooks_are_read_than_anybody_hands_in(tmp_path):
    for name in ("a", "b", "c", "exercise-1"):
        (tmp_path / f"{name}.ipynb").write_bytes(b"x" * 100)
    (tmp_path / "d.ipynb").write_bytes(b"")
    few = Bounds(notebooks=3, folder_bytes=250)
    assert names(find_hazards(tmp_path, few, ["exercise-1"])) == ["c.ipynb", "d.ipynb"]
    assert find_hazards(tmp_path, Bounds(), ["exercise-1"]) == []


def test_of_very_many_files_only_some_are_named(tmp_path):
    folder, aside = tmp_path / "ada" / "one", tmp_path / "aside"
    folder.mkdir(parents=True)
    for number in range(60):
        (folder / f"{number}.txt").touch()
    notes = secure("ada", folder, aside, Bounds(files=10)).notes
    assert len(notes) == 21
    assert notes[-1] == "30 more files or folders were left out."
    assert len(list(aside.iterdir())) == 50


def test_files_of_one_long_name_are_not_compared_each_with_all(tmp_path, monkeypatch):
    folder, aside, looks = tmp_path / "folder", tmp_path / "aside", []
    folder.mkdir()
    for number in range(100):
        (folder / f"{'x' * 160}{number}").symlink_to("nowhere")
    exists = os.path.lexists
    monkeypatch.setattr(os.path, "lexists", lambda path: looks.append(path) or exists(path))
    assert set_aside(find_hazards(folder, Bounds()), folder, aside) == []
    assert len(list(aside.iterdir())) == 100
    assert len(looks) <= 300


@pytest.mark.parametrize(
    "name", ["new\nline", "esc\x1b[31m", os.fsdecode(b"\xff\xfe"), "\u202egpj"]
)
def test_odd_names_are_shown_without_their_oddness(tmp_path, name):
    (tmp_path / name).write_text("x")
    [hazard] = find_hazards(tmp_path, Bounds())
    assert hazard.sentence.isprintable()
    hazard.sentence.encode("utf-8")
    assert set_aside([hazard], tmp_path, tmp_path.parent / "aside") == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"yesterday",
        b"\xff\xfe\x00",
        b"1" * 5000,
        b"9999-99-99 1:1:1 UTC",
        b"5",
        b"10:30",
        b"Dec 1",
        b"0001-01-01 00:00:00 UTC",
        b"02.12.2026 01:00",
        b"02/12/2026 01:00",
        b"1. Dezember 2026, 19:00 Uhr",
        b"2026-12-01-17-42-00",
        b"2026-12-01 17:42 XYZ",
    ],
)
def test_a_date_that_cannot_be_read_is_set_aside(tmp_path, content):
    (tmp_path / "timestamp.txt").write_bytes(content)
    assert names(find_hazards(tmp_path, Bounds())) == ["timestamp.txt"]


@pytest.mark.parametrize(
    "content",
    ["2026-12-01 17:42:00 UTC", "2026-12-01 17:42:00.123456 UTC", "2026-12-01T17:42:00+01:00",
     "2026-12-01", "1 December 2026 17:42", "2026-12-01 17:42:00 +0100", ""],
)  # fmt: skip
def test_a_date_that_can_be_read_stays(tmp_path, content):
    (tmp_path / "timestamp.txt").write_text(content)
    assert find_hazards(tmp_path, Bounds()) == []


def test_a_date_that_was_set_aside_is_mentioned_each_time_until_there_is_another(tmp_path):
    folder, aside = tmp_path / "submitted" / "ada" / "one", tmp_path / "aside"
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text("next tuesday-ish")
    for _ in range(2):
        submission = secure("ada", folder, aside, Bounds())
        assert submission.notes == (NO_DATE,)
        assert not (folder / "timestamp.txt").exists()
    (folder / "timestamp.txt").write_text("2026-12-01 17:42:00 UTC")
    assert secure("ada", folder, aside, Bounds()).notes == ()


def test_what_is_set_aside_keeps_its_bytes_and_replaces_nothing(tmp_path):
    folder, aside = tmp_path / "folder", tmp_path / "aside"
    folder.mkdir()
    for content in ("first", "second"):
        (folder / "link").symlink_to(content)
        assert set_aside(find_hazards(folder, Bounds()), folder, aside) == []
    assert sorted(str(path.readlink()) for path in aside.iterdir()) == ["first", "second"]
