"""The table counts what was held and lost, and stock nbgrader runs behind a wall."""

import os

import pytest

from tests.corpus import CASES
from tools.bench import attacks


def test_the_table_counts_held_and_lost_by_kind():
    first, second = (case.name for case in CASES[:2])
    table = attacks.write_table({first: [], second: ["leaked"]}, {first: ["leaked"]})
    line = next(line for line in table.splitlines() if line.startswith(f"| {CASES[0].kind} "))
    assert line == f"| {CASES[0].kind} | 2 | 1 | 1 | 1 | 0 | 1 |"
    assert table.splitlines()[-1] == "| all | 2 | 1 | 1 | 1 | 0 | 1 |"


def test_where_nothing_was_tried_no_number_stands():
    table = attacks.write_table({CASES[0].name: []}, {})
    assert "| malformed files | – | – | – |" in table
    assert "Stock" not in table


def test_stock_nbgrader_is_not_given_what_could_take_the_machine():
    chosen = attacks.choose_for_stock(1000)
    assert not {"forks", "memory-bit-by-bit", "disk", "garbage"} & set(chosen)
    kinds = {case.name: case.kind for case in CASES}
    few = [kinds[name] for name in attacks.choose_for_stock(3)]
    assert {few.count(kind) for kind in few} == {3}


def test_behind_the_wall_nothing_of_this_machine_can_be_written(tmp_path):
    command = attacks.build_wall(tmp_path)
    assert {"--unshare-all", "--clearenv", "--die-with-parent"} <= set(command)
    assert not {"--bind", "--bind-try", "--dev-bind", "--share-net"} & set(command)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_where_nbgrader_does_not_start_it_is_said_and_nothing_counts_as_lost(tmp_path, monkeypatch):
    """As in a container on a machine that cannot start one."""
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "token").write_text("x")
    program = ("/bin/sh", "-c", "echo no control groups >&2; exit 126")
    monkeypatch.setattr(attacks, "write_container", lambda *_: program)
    tried = attacks.try_ours(tmp_path / "class", tmp_path, user=os.getuid(), container=True)
    with pytest.raises(SystemExit, match="nbgrader does not start there: no control groups"):
        next(tried)
