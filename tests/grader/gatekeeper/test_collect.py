"""Collecting follows no link and waits for no pipe."""

import os

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grader.gatekeeper.collect import CarefulCollect, copy_plain


def hand_in(tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "seed").write_text("42")
    inbound = tmp_path / "inbound"
    (inbound / "data").mkdir(parents=True)
    (inbound / "exercise-1.ipynb").write_text("{}")
    (inbound / "data" / "x.csv").write_text("1")
    (inbound / "link").symlink_to(secret / "seed")
    (inbound / "folder").symlink_to(secret)
    (inbound / "data" / "up").symlink_to("../../secret/seed")
    os.mkfifo(inbound / "pipe")
    return inbound


def test_only_regular_files_in_real_folders_are_copied(tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    left_out = set(copy_plain(str(hand_in(tmp_path)), target, 1000))
    assert left_out == {"link", "folder", "up", "pipe"}
    files = {str(p.relative_to(target)) for p in target.rglob("*") if not p.is_dir()}
    assert files == {"exercise-1.ipynb", "data/x.csv"}


def test_a_link_in_the_place_of_a_submission_is_not_followed(tmp_path):
    hand_in(tmp_path)
    (tmp_path / "mine").symlink_to(tmp_path / "secret")
    (tmp_path / "target").mkdir()
    assert list(copy_plain(str(tmp_path / "mine"), tmp_path / "target", 1000)) == []
    assert list((tmp_path / "target").iterdir()) == []


def test_no_more_than_the_limit_is_copied(tmp_path):
    for name in "ab":
        (tmp_path / name).write_bytes(b"x" * 60)
    target = tmp_path / "target"
    target.mkdir()
    (tmp_path / "source").mkdir()
    for name in "ab":
        (tmp_path / name).rename(tmp_path / "source" / name)
    assert list(copy_plain(str(tmp_path / "source"), target, 100)) == ["b"]


def test_nbgraders_collector_uses_it(tmp_path):
    coursedir = CourseDirectory(config=Config(), root=str(tmp_path))
    collector = CarefulCollect(coursedir=coursedir)
    collector.do_copy(str(hand_in(tmp_path)), str(tmp_path / "submitted"))
    assert sorted(p.name for p in (tmp_path / "submitted").iterdir()) == [
        "data",
        "exercise-1.ipynb",
    ]
