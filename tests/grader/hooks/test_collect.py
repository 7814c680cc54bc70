"""Collecting follows no link and waits for no pipe."""

import logging
import os
import sys
from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grader.hooks.collect import CarefulCollect, copy_plain, find_odd


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


@pytest.mark.skipif(os.getuid() != 0, reason="only root can hand in as somebody else")
def test_a_hard_link_to_somebody_elses_file_is_not_copied(tmp_path):
    """Whoever may not read a file could else have it read by the instructor."""
    (tmp_path / "seed").write_text("42")
    inbound = tmp_path / "inbound"
    inbound.mkdir()
    (inbound / "data.txt").hardlink_to(tmp_path / "seed")
    for name in ("one", "two"):
        (inbound / f"{name}.txt").write_text("mine")
        os.chown(inbound / f"{name}.txt", 4242, 4242)
    (inbound / "again.txt").hardlink_to(inbound / "one.txt")
    os.chown(inbound, 4242, 4242)
    target = tmp_path / "target"
    target.mkdir()
    assert list(copy_plain(str(inbound), target, 1000)) == ["data.txt"]
    assert sorted(path.name for path in target.iterdir()) == ["again.txt", "one.txt", "two.txt"]


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


DATE = "2026-11-29 10:00:00.000000 UTC"
GOOD = [
    f"ada+exercise-1+{DATE}+x7",
    f"c+c+exercise-1+{DATE}+x7",
    f".dot+exercise-1+{DATE}+x7",
    f"old+exercise-1+{DATE}",
    f"ada+exercise-2+{DATE}+x7",
]
ODD = [
    "x+exercise-1+nodate+y",
    "x+exercise-1+2026-99-99+y",
    "x+exercise-1+10:00+y",
    "x+exercise-1++y",
    "x+exercise-1",
    "+exercise-1",
    f"+exercise-1+{DATE}+y",
    f"..+exercise-1+{DATE}+y",
    f"x+exercise-1+{DATE}+y+z",
    f"x+y+exercise-1+{DATE}",
    f"a\nb+exercise-1+{DATE}+y",
    os.fsdecode(b"\xff+exercise-1+2026-11-29+y"),
]
THINGS = [f"file+exercise-1+{DATE}+y", f"link+exercise-1+{DATE}+y", f"gone+exercise-1+{DATE}+y"]


def count(folder):
    return len(list(folder.iterdir()))


@pytest.fixture
def exchange(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")  # alembic
    inbound = tmp_path / "exchange" / "class" / "inbound"
    for name in (*GOOD, *ODD):
        (inbound / name).mkdir(parents=True)
        (inbound / name / "exercise-1.ipynb").write_text("{}")
        (inbound / name / "timestamp.txt").write_text(DATE)
    (inbound / THINGS[0]).write_text("{}")
    (inbound / THINGS[1]).symlink_to(inbound / GOOD[0])
    (inbound / THINGS[2]).symlink_to("nowhere")
    return inbound


def collect(tmp_path):
    config = Config()
    config.Exchange.root = str(tmp_path / "exchange")
    config.ExchangeCollect.check_owner = False
    root = tmp_path / "class"
    root.mkdir(exist_ok=True)
    coursedir = CourseDirectory(
        config=config, root=str(root), course_id="class", assignment_id="exercise-1"
    )
    collector = CarefulCollect(coursedir=coursedir, config=config)
    collector.log = logging.getLogger("collect")
    collector.start()
    return sorted(path.parent.name for path in root.glob("submitted/*/exercise-1"))


COLLECTED = [".dot", "ada", "c+c", "old"]


def test_one_odd_folder_is_set_aside_and_named_and_all_others_are_collected(
    exchange, tmp_path, caplog
):
    assert collect(tmp_path) == COLLECTED
    assert sorted(path.name for path in exchange.iterdir()) == sorted(GOOD)
    assert count(tmp_path / "class" / "set-aside" / "inbound") == len(ODD + THINGS)
    assert caplog.text.count("Not collected: ") == len(ODD + THINGS)
    assert "x+exercise-1+nodate+y has no date in its name. It is in " in caplog.text


def test_what_cannot_be_moved_away_stays_and_costs_nobody_anything(
    exchange, tmp_path, caplog, monkeypatch
):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "rename", refuse)
    assert collect(tmp_path) == COLLECTED
    assert count(exchange) == len(GOOD + ODD + THINGS)
    assert "x+exercise-1+nodate+y has no date in its name. It was left in the" in caplog.text


def test_a_folder_that_cannot_be_copied_is_named_and_all_others_are_collected(
    exchange, tmp_path, caplog, monkeypatch
):
    def break_off(source, *about):
        if "ada" in source:
            raise OSError("Stale file handle")
        return copy_plain(source, *about)

    monkeypatch.setattr("grader.hooks.collect.copy_plain", break_off)
    assert collect(tmp_path) == [name for name in COLLECTED if name != "ada"]
    assert f"{GOOD[0]} (Stale file handle). Collect again." in caplog.text


def test_what_belongs_to_another_assignment_is_left_to_it(exchange):
    assert {hazard.path.name for hazard in find_odd(exchange, "exercise-1")} == {*ODD, *THINGS}
    assert list(find_odd(exchange, "exercise-2")) == []
