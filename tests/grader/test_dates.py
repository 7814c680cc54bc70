"""A date is read in one way or not at all, wherever nbgrader reads one."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grader.dates import UnclearDateError, parse_utc, read_date

ROOT = Path(__file__).parents[2]

CLEAR = {
    "2026-12-01": (2026, 12, 1, 0, 0),
    "2026-12-01 18:00 UTC": (2026, 12, 1, 18, 0),
    "2026-12-01T18:00:00Z": (2026, 12, 1, 18, 0),
    "2026-12-01T18:00:00+01:00": (2026, 12, 1, 17, 0),
    "2026-12-01 18:00 +0100": (2026, 12, 1, 17, 0),
    "2026-12-01 18:00 -03:30": (2026, 12, 1, 21, 30),
    "2026-12-01 18:00 Europe/Berlin": (2026, 12, 1, 17, 0),
    "2026-07-01 18:00 Europe/Berlin": (2026, 7, 1, 16, 0),
    "2026-11-29 10:00:00.000000 UTC": (2026, 11, 29, 10, 0),
    "1 December 2026 18:00": (2026, 12, 1, 18, 0),
    "1 December 2026, 18:00 UTC": (2026, 12, 1, 18, 0),
    "29 November 2026": (2026, 11, 29, 0, 0),
    "December 1, 2026 at 6:00 PM": (2026, 12, 1, 18, 0),
    "2nd Dec 2026, 12:05 am": (2026, 12, 2, 0, 5),
    "Sunday, 29 November 2026, 5:42 PM": (2026, 11, 29, 17, 42),
}

UNCLEAR = [
    "02.12.2026 01:00",
    "02/12/2026",
    "12-02-2026",
    "2/12/26",
    "20261201",
    "2026-12-01-17-42-00",
    "2026-13-01",
    "2026-02-30",
    "2026-12-01 25:00",
    "2026-12-01 17:42 XYZ",
    "2026-12-01 17:42 ../../secret",
    "1 December",
    "1 December 26",
    "1. Dezember 2026, 19:00 Uhr",
    "Monday, 29 November 2026",
    "13:00 PM",
    "29 November 2026, 13:00 PM",
    "tomorrow",
    "",
    "1" * 5000,
]


@pytest.mark.parametrize("text", CLEAR)
def test_a_clear_date_is_read(text):
    assert read_date(text) == datetime(*CLEAR[text])  # noqa: DTZ001


@pytest.mark.parametrize("text", UNCLEAR)
def test_an_unclear_date_is_refused_with_the_remedy(text):
    with pytest.raises(UnclearDateError, match="write it as 2026-12-01 18:00 UTC"):
        read_date(text)


def test_dates_that_are_dates_already_are_taken_as_nbgrader_takes_them():
    assert parse_utc(None) is None
    berlin = datetime.fromisoformat("2026-12-01T18:00:00+01:00")
    assert parse_utc(berlin) == datetime(2026, 12, 1, 17)  # noqa: DTZ001


def nbgrader(*words):
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


def test_a_due_date_with_the_day_first_is_refused_in_one_sentence_and_an_iso_one_taken(tmp_path):
    add = ("db", "assignment", "add", "warmup", f"--course-dir={tmp_path}")
    refused = nbgrader(*add, "--duedate=01.12.2026 18:00")
    assert refused.returncode != 0
    assert "write it as 2026-12-01 18:00 UTC" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert nbgrader(*add, "--duedate=2026-12-01 18:00 +0100").returncode == 0
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        assert gradebook.find_assignment("warmup").duedate == datetime(2026, 12, 1, 17)  # noqa: DTZ001


def test_a_list_of_assignments_with_unclear_dates_is_refused(tmp_path):
    (tmp_path / "list.csv").write_text("name,duedate\nwarmup,01/12/2026\n")
    refused = nbgrader(
        "db", "assignment", "import", str(tmp_path / "list.csv"), f"--course-dir={tmp_path}"
    )
    assert refused.returncode != 0
    assert "'01/12/2026'" in refused.stderr
