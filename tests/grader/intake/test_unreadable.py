"""What cannot be repaired is refused with a reason, quickly and without harm."""

import json
import os

import pytest

from course.release import release_notebook
from course.weave.notebook import build_notebook
from grader.config import read_configuration
from grader.intake import (
    Bounds,
    Repaired,
    Unreadable,
    load_notebooks,
    read_notebook,
    read_submission,
)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"\0" * 100, "empty"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"%PDF-1.7", "PDF"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"hello", "not JSON"),
        (b'{"cells": [', "cut off"),
        (b'{"cells": [{"source": "abc', "cut off"),
        (b'{\n<<<<<<< HEAD\n"a": 1\n=======\n>>>>>>> b\n}', "git merge"),
        (b"[1, 2]", "not a notebook"),
        (b"null", "not a notebook"),
        (b"{}", "no cells"),
        (b'{"worksheets": [1, null]}', "no cells"),
        (b"[" * 100_000, "nests too deeply"),
        (b'{"a":' * 100_000, "nests too deeply"),
        (b"[" + b"[]," * 3_000_000 + b"1]", "too many entries"),
        (b'{"cells": [' + b"{}," * 3000 + b"{}]}", "more than 2000 cells"),
        (b'{"cells": [{"source": "' + b"x" * 2_000_000 + b'"}]}', "too long"),
    ],
)
def test_the_reason_is_said(data, reason, reference):
    outcome = read_notebook(data, reference)
    assert isinstance(outcome, Unreadable)
    assert reason in outcome.reason


def test_a_large_file_is_not_even_decoded(reference):
    outcome = read_notebook(b"{" * 101, reference, Bounds(notebook_bytes=100))
    assert "larger" in outcome.reason


def read_folder(folder, reference):
    notebooks = load_notebooks(folder, Bounds().notebook_bytes)
    return read_submission(notebooks, "exercise-1", reference)


def write(folder, name, notebook):
    (folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def test_a_misnamed_notebook_is_taken(tmp_path, answered, reference):
    write(tmp_path, "Copy of exercise-1 (1)", answered)
    outcome = read_folder(tmp_path, reference)
    assert isinstance(outcome, Repaired)
    assert "another name" in outcome.repairs[0].sentence


def test_of_two_misnamed_notebooks_that_differ_none_is_taken(tmp_path, answered, reference):
    write(tmp_path, "one", answered)
    answered["cells"].append(dict(answered["cells"][-1], source="And something else."))
    write(tmp_path, "two", answered)
    outcome = read_folder(tmp_path, reference)
    assert "several notebooks" in outcome.reason


def test_a_notebook_of_something_else_is_not_taken_for_this_one(tmp_path, reference):
    write(tmp_path, "holiday", {"cells": [{"cell_type": "code", "source": "1"}], "nbformat": 4})
    outcome = read_folder(tmp_path, reference)
    assert isinstance(outcome, Unreadable)


def read_other(sources, assignment):
    source = build_notebook(assignment, sources)
    return json.loads(json.dumps(release_notebook(source, read_configuration(sources))))


@pytest.mark.parametrize("other", ["warmup", "exercise-2", "exercise-3"])
def test_a_notebook_of_another_assignment_is_called_by_its_name(sources, reference, other):
    outcome = read_notebook(json.dumps(read_other(sources, other)).encode(), reference)
    assert isinstance(outcome, Unreadable)
    assert outcome.reason.startswith(f"This is the notebook of {other}, another assignment;")


def test_cells_of_another_assignment_do_not_make_it_the_wrong_notebook(
    sources, answered, reference
):
    theirs = read_other(sources, "warmup")["cells"]
    labelled = [cell for cell in theirs if "nbgrader" in cell["metadata"]]
    both = {**answered, "cells": [*answered["cells"], *labelled]}
    assert isinstance(read_notebook(json.dumps(both).encode(), reference), Repaired)
    for cell in answered["cells"]:
        cell["metadata"] = {}
    bare = {**answered, "cells": [*answered["cells"], labelled[0]]}
    assert isinstance(read_notebook(json.dumps(bare).encode(), reference), Repaired)


def test_a_second_notebook_is_mentioned(tmp_path, answered, reference):
    write(tmp_path, "exercise-1", answered)
    write(tmp_path, "draft", answered)
    outcome = read_folder(tmp_path, reference)
    assert "only exercise-1.ipynb is graded" in outcome.repairs[0].sentence


def test_an_empty_folder_has_no_notebook(tmp_path, reference):
    assert "No notebook" in read_folder(tmp_path, reference).reason


def make_link(path):
    path.with_name("target").write_text("{}")
    path.symlink_to(path.with_name("target"))


@pytest.mark.parametrize(
    "make", [make_link, os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")]
)
def test_what_is_no_file_is_neither_followed_nor_waited_for(tmp_path, reference, make):
    make(tmp_path / "exercise-1.ipynb")
    outcome = read_folder(tmp_path, reference)
    assert "not a file" in outcome.reason


def test_the_original_is_left_as_it_was(tmp_path, answered, reference):
    answered["cells"].pop(3)
    write(tmp_path, "exercise-1", answered)
    before = (tmp_path / "exercise-1.ipynb").read_bytes()
    (tmp_path / "exercise-1.ipynb").chmod(0o444)
    read_folder(tmp_path, reference)
    assert (tmp_path / "exercise-1.ipynb").read_bytes() == before
