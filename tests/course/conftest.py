"""Pages of a tiny course, to be changed at will."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from circuits.exercises import PARTS
from course.sources import Pages

FIXTURES = Path(__file__).parent / "fixtures"

TINY_PARTS = {
    name: dataclasses.replace(PARTS[name], assignment="tiny") for name in ("ex1a", "ex1c-text")
}


@pytest.fixture
def tiny(tmp_path):
    """Pages of a tiny course, to be changed at will."""
    shutil.copytree(FIXTURES, tmp_path / "tiny")
    return Pages(tmp_path / "tiny")


@pytest.fixture
def tiny_parts():
    return dict(TINY_PARTS)
