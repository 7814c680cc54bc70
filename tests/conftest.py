"""What all tests share: one thread a worker, one browser, the real course woven once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from course.sources import Pages
    from grader.nbgrader_api import Pipeline
    from grader.paths import Classroom

# Before anything imports NumPy. With as many threads as cores in each of as many workers as
# cores, the threads wait for one another, and the tests take three times as long.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# By default an example that takes 0.2 s is a failure, and on a busy machine any of them may.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser for all tests of a process; Playwright runs once in a process or not at all."""
    from playwright.sync_api import sync_playwright

    from tools.test.chromium import FLAGS, find_chromium

    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium here: install Debian's package chromium to run the browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sources() -> Pages:
    from course.sources import find_pages

    return find_pages()


@pytest.fixture(scope="session")
def woven(sources: Pages, tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """A class with the real course's source notebooks."""
    from course.weave import weave_course
    from grader.paths import Classroom

    classroom = Classroom(tmp_path_factory.mktemp("class"))
    weave_course(sources, classroom)
    return classroom


@pytest.fixture(scope="session")
def pipeline(sources: Pages, tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """A class of its own with nbgrader's commands, all assignments generated."""
    from course.weave import weave_course
    from grader.nbgrader_api import Pipeline
    from grader.paths import Classroom

    classroom = Classroom(tmp_path_factory.mktemp("pipeline"))
    pipeline = Pipeline(sources, classroom)
    for path in weave_course(sources, classroom):
        pipeline.generate(path.stem)
    return pipeline
