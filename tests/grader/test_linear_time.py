"""Reading a learner's bytes takes time in proportion to their number, whatever they are."""

import contextlib
import importlib
import json
import pkgutil
import re
import time
from datetime import UTC
from itertools import product

import pytest

import circuits
import grader
from course.weave import build_notebook
from grader.intake.decode import Bounds, CannotReadError, parse_json
from grader.intake.read import read_notebook
from grader.intake.reference import drop_hidden, find_names, make_reference, normalize
from grader.lms.platforms.blackboard import Blackboard
from grader.sanitize.clean import clean_markdown

parser = re._parser  # the standard library's own: it knows what a pattern is made of

QUICK = 0.003
"""Seconds. An input that takes less is not looked at: one step a byte takes a hundredth of it."""


def grows_too_fast(work, make, *sizes):
    """Say whether four times the input takes ten times the processor's time, or more.

    Short sizes come first: what takes the cube of the length would not come back from a long one.
    Of several tries the fastest counts, and only where the square of the length is felt: so it
    does not matter how busy the machine is.
    """

    def measure(length):
        text = make(length)
        best = float("inf")
        for _ in range(3):
            began = time.thread_time()
            work(text)
            best = min(best, time.thread_time() - began)
            if best < QUICK or best > 100 * QUICK:
                break
        return best

    for length in sizes:
        short = measure(length)
        if short >= QUICK:
            much = length < sizes[-1] and short > 100 * QUICK
            return much or measure(4 * length) > 10 * short
    return False


def repeat(prefix, unit, suffix):
    return lambda size: prefix + unit * (size // len(unit)) + suffix


# --- Every pattern --------------------------------------------------------------------------

INSTRUCTORS = (
    "course.weave", "grader.gradebook", "grader.intake.reference._REGIONS", "grader.lms",
    "grader.texts.rubric", "circuits.plots",
)  # fmt: skip
"""Where patterns read only what the instructor or a platform wrote, or the course itself.

In `grader.lms` they read tables of the platform, and names of files that `grader.lms.archive`
holds to what a file system takes.
"""


def list_patterns():
    for package in (grader, circuits):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name.startswith(("grader.sandbox.inside", "grader.__main__")):
                continue
            for name, value in vars(importlib.import_module(found.name)).items():
                place = f"{found.name}.{name}"
                if isinstance(value, re.Pattern) and not place.startswith(INSTRUCTORS):
                    yield pytest.param(value, id=place)


def walk(node):
    """Yield the parts of a pattern, those of its groups and repetitions too."""
    if isinstance(node, parser.SubPattern | list | tuple):
        yield node
        for inner in node:
            yield from walk(inner)


def sample(item):
    op, value = item
    if op is parser.LITERAL:
        return chr(value)
    return chr(value[0]) if op is parser.RANGE else "a"


def list_pieces(pattern):
    """Return pieces of text that a pattern is about: its literals, and one of each set."""
    pieces = {" "}
    for node in walk(parser.parse(pattern.pattern, pattern.flags)):
        if isinstance(node, parser.SubPattern):
            letters = [chr(v) if op is parser.LITERAL else "\0" for op, v in node]
            pieces.update("".join(letters).split("\0"))
        elif node[:1] == (parser.IN,):
            pieces.update(map(sample, node[1]))
    return sorted(pieces - {""})


@pytest.mark.parametrize("pattern", list_patterns())
def test_no_pattern_takes_the_square_of_what_it_reads(pattern):
    pieces = list_pieces(pattern)
    units = [*pieces, *(a + b for a, b in product(pieces, repeat=2)), *(p + "\n" for p in pieces)]

    def work(text):
        pattern.fullmatch(text)
        for _ in pattern.finditer(text):
            pass

    for prefix, unit in product(["", *pieces], units):
        too_fast = grows_too_fast(work, repeat(prefix, unit, "\0"), 250, 1_000, 4_000)
        assert not too_fast, f"{prefix!r}, then {unit!r} again and again"


def test_a_pattern_that_takes_the_square_is_found():
    with pytest.raises(AssertionError):
        test_no_pattern_takes_the_square_of_what_it_reads(re.compile(r"[ \t]+$"))


@pytest.mark.parametrize("unit", [" ", "(", ")", "()", "Name:", "Name: (", "Name: \n", "(\n"])
def test_what_a_learner_writes_beside_a_file_on_blackboard_is_read_line_by_line(unit):
    def collect(text):
        names = ["one_ada_attempt_2026-11-29-17-42-00.txt"]
        Blackboard().find_items(names, lambda _: text.encode(), UTC)

    assert not grows_too_fast(collect, repeat("Name:", unit, "\0"), 40_000)


# --- Every reader ---------------------------------------------------------------------------

SHAPES = {
    "escaped quotes": ('{"cells": "', '\\"', ""),
    "quotes": ("", '"', ""),
    "backslashes": ('"', "\\", ""),
    "strings": ("[", '"a",', ""),
    "open strings": ("[", '"a,', ""),
    "open brackets": ("", "[" * 60 + "]" * 60 + ",", ""),
    "keys": ("", '{"a":', ""),
    "the same key": ("{", '"a": 1, ', '"a": 1}'),
    "digits": ("[", "9", "]"),
    "digits behind a point": ("[0.", "9", "]"),
    "blanks": ("x", " ", "x"),
    "blanks at the beginning": ("", " ", "x"),
    "tabs and blanks": ("x", "\t ", "x"),
    "lines of blanks": ("x", " \n", "x"),
    "carriage returns": ("x", "\r", "x"),
    "imports": ("", "import (\n", ""),
    "imports in one line": ("", "import (", ""),
    "imports from": ("", "from a import (\n", "\0"),
    "one long import": ("import ", "a, ", "#"),
    "dots": ("from ", ".", " imp"),
    "definitions": ("", "def \n", ""),
    "async": ("async", " ", "x"),
    "assignments": ("", "a = ", "1"),
    "commas": ("", "a,", " = 1"),
    "brackets": ("W", "[", " = 1"),
    "marks of a merge": ("", "<<<<<<< HEAD\n", ""),
    "hidden": ("", "### BEGIN HIDDEN TESTS\n", ""),
    "tags": ("", "<a", ""),
    "entities": ("", "&a", ""),
    "links": ("", "[a](", ""),
    "links and blanks": ("[a](", " ", "javascript:"),
    "definitions of links": ("", "[a]: ", ""),
    "halves of characters": ("", "\ud800", ""),
    "headings": ("", "# \n", ""),
    "new lines": ("#", "\n", "x"),
}


def read_json(text):
    with contextlib.suppress(CannotReadError):
        parse_json(text, Bounds())


READERS = (read_json, find_names, normalize, drop_hidden, clean_markdown)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_no_reader_takes_the_square_of_what_it_reads(reader, shape):
    assert not grows_too_fast(reader, repeat(*SHAPES[shape]), 16_000)


@pytest.fixture(scope="module")
def released(sources):
    return build_notebook("exercise-1", sources)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_notebook_takes_the_square_of_what_is_in_it(shape, released):
    reference = make_reference(released)
    make = repeat(*SHAPES[shape])
    labels = {cell.role: cell.label for cell in reference.cells}

    def write(size):
        """Put the text into graded cells, into others, and beside them."""
        text = make(size)
        code, prose = {"cell_type": "code"}, {"cell_type": "markdown"}
        cells = [
            {**code, "source": text, "metadata": {"nbgrader": {"grade_id": labels["answer"]}}},
            {**prose, "source": text, "metadata": {"nbgrader": {"grade_id": labels["text"]}}},
            {**code, "source": text.splitlines(keepends=True), "id": text},
            {**prose, "source": [text], "metadata": {}},
        ]
        return json.dumps({"cells": cells, "metadata": {text: 1}, "nbformat": 4}).encode()

    assert not grows_too_fast(lambda data: read_notebook(data, reference), write, 5_000)


@pytest.mark.parametrize("count", [1, 40])
def test_nor_does_a_notebook_of_many_cells(count, released):
    reference = make_reference(released)
    labels = [cell.label for cell in reference.cells if cell.label][:count]

    def write(number):
        cells = [
            {
                "cell_type": "code" if place % 2 else "markdown",
                "source": f"x = {place}",
                "metadata": {"nbgrader": {"grade_id": labels[place % len(labels)]}},
            }
            for place in range(number)
        ]
        return json.dumps({"cells": cells, "nbformat": 4}).encode()

    assert not grows_too_fast(lambda data: read_notebook(data, reference), write, 500)
