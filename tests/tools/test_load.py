"""The table of a class that is handed in at once says when verdicts came, and what was killed."""

import pytest

from tools.bench import load


def test_the_table_has_ranks_of_time_and_both_ends_of_memory():
    run = load.Load(
        seconds={f"s{n}": float(n) for n in range(1, 101)},
        memory=[100_000_000] * 50 + [110_000_000] * 50,
        killed=["worker", "coordinator", "worker"],
    )
    row = load.write_report(run)[-1]
    assert [cell.strip() for cell in row.strip("|").split("|")] == [
        "100", "2", "1", "0", "50", "96", "100", "100", "110",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "twice"), [({"a": 1.0}, []), ({"a": 1.0, "b": 2.0}, ["a"])], ids=["lost", "twice"]
)
def test_a_lost_verdict_is_an_error_and_no_row(monkeypatch, seconds, twice):
    run = load.Load(seconds=seconds, twice=twice)
    monkeypatch.setattr(load, "make_class", lambda root, count: root)
    monkeypatch.setattr(load, "grade_under_fire", lambda *_: run)
    monkeypatch.setattr(load, "demand_whole_gradebook", lambda *_: None)
    with pytest.raises(RuntimeError, match="of 2 got a verdict"):
        load.report_load(2, 1)
