"""The class report says part by part who was right, and which mistakes were made."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from circuits import check, toy_stream
from circuits.reports.report import REPORT_MIME, Report
from course.plugin import PLUGIN
from grader.paths import Classroom
from grader.reports.class_report import PartTally, tally_parts

P = toy_stream().position_rows
RELEASED = {"ex2b-test": 3.0, "ex2c-test": 4.0}


def hand_out(
    root: Path, student: str, report: Report, *, stopped: bool = False, unreadable: str = ""
) -> None:
    """Write a graded notebook that holds one report."""
    data = {REPORT_MIME: report.to_dict() | {"stopped": stopped}}
    cell = {
        "cell_type": "code",
        "metadata": {"nbgrader": {"grade_id": f"{report.part}-test"}},
        "outputs": [{"output_type": "display_data", "data": data}],
    }
    path = root / "autograded" / student / "exercise-2" / "exercise-2.ipynb"
    path.parent.mkdir(parents=True)
    cells = [cell, {"cell_type": "markdown", "metadata": {}}]
    metadata = {"grader": {"unreadable": unreadable}}
    path.write_text(json.dumps({"cells": cells, "metadata": metadata}))


def tally(root: Path, part: str) -> PartTally:
    """Return the tally of one part."""
    tallies = tally_parts(Classroom(root), "exercise-2", PLUGIN, RELEASED)
    return next(t for t in tallies if t.part == part)


def test_right_wrong_and_blank_answers_are_counted_with_their_mistakes(tmp_path: Path) -> None:
    hand_out(tmp_path, "ada", check("ex2b", P[:4], P[:4]))
    hand_out(tmp_path, "bo", check("ex2b", P[[0, 2, 4, 6]], P[[0, 2, 4, 6]]))
    hand_out(tmp_path, "cy", check("ex2b", ..., ...))
    hand_out(tmp_path, "di", check("ex2b", np.eye(3), np.eye(3)))
    seen = str(tally(tmp_path, "ex2b"))
    assert "1 of 4 right" in seen
    assert "cosines-only 1" in seen
    assert "wrong-shape 1" in seen
    assert "not attempted 1" in seen


def test_a_cell_that_stopped_and_a_file_that_is_none_are_not_called_not_attempted(
    tmp_path: Path,
) -> None:
    blank = check("ex2b", ..., ...)
    hand_out(tmp_path, "ada", blank, stopped=True)
    hand_out(tmp_path, "bo", blank, unreadable="The file is empty.")
    seen = str(tally(tmp_path, "ex2b"))
    assert seen.endswith("; stopped 1, unreadable 1")
    assert "0 of 2 right" in seen


def test_a_notebook_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    hand_out(tmp_path, "ada", check("ex2b", P[:4], P[:4]))
    hand_out(tmp_path, "bo", check("ex2b", P[:4], P[:4]))
    path = tmp_path / "autograded" / "bo" / "exercise-2" / "exercise-2.ipynb"
    path.write_text(path.read_text()[:100])
    assert "1 of 1 right" in str(tally(tmp_path, "ex2b"))


def test_a_mistake_without_a_name_is_counted_as_such(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    hand_out(tmp_path, "ada", check("ex2b", *rng.standard_normal((2, 4, 48))))
    assert tally(tmp_path, "ex2b").mistakes == {"no name": 1}


def test_a_part_that_nobody_handed_in_has_no_answers(tmp_path: Path) -> None:
    assert "0 of 0 right" in str(tally(tmp_path, "ex2c"))


def test_parts_that_the_class_did_not_receive_are_left_out(tmp_path: Path) -> None:
    tallies = tally_parts(Classroom(tmp_path), "exercise-2", PLUGIN, RELEASED)
    assert [(tally.part, tally.max_points) for tally in tallies] == [("ex2b", 3.0), ("ex2c", 4.0)]
