"""What the instructor's tests share: small pages, and the real course woven once."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from circuits.exercises import PARTS
from grader.course import Classroom, Sources, find_sources
from grader.pipeline import Pipeline
from grader.weave import weave_course

FIXTURES = Path(__file__).parent / "fixtures"

TINY_PARTS = {
    name: dataclasses.replace(PARTS[name], assignment="tiny") for name in ("ex1a", "ex1c-text")
}


@pytest.fixture
def tiny(tmp_path):
    """Pages of a tiny course, to be changed at will."""
    shutil.copytree(FIXTURES, tmp_path / "tiny")
    return Sources(tmp_path / "tiny")


@pytest.fixture
def tiny_parts():
    return dict(TINY_PARTS)


@pytest.fixture(scope="session")
def sources():
    return find_sources()


@pytest.fixture(scope="session")
def woven(sources, tmp_path_factory):
    """A class with the real course's source notebooks."""
    classroom = Classroom(tmp_path_factory.mktemp("class"))
    weave_course(sources, classroom)
    return classroom


@pytest.fixture(scope="session")
def pipeline(sources, tmp_path_factory):
    """A class of its own with nbgrader's commands, all assignments generated."""
    classroom = Classroom(tmp_path_factory.mktemp("pipeline"))
    pipeline = Pipeline(sources, classroom)
    for path in weave_course(sources, classroom):
        pipeline.generate(path.stem)
    return pipeline
