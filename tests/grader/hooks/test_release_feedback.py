"""One notebook that did not come through the exchange does not stop the others' feedback."""

from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grader.hooks.release_feedback import CarefulReleaseFeedback

ROOT = Path(__file__).parents[3]


@pytest.fixture
def releaser(tmp_path):
    for student in ("ada", "bob", "[odd]", "zoe"):
        folder = tmp_path / "feedback" / student / "one"
        folder.mkdir(parents=True)
        (folder / "one.html").write_text(student)
        if student != "bob":
            (folder / "timestamp.txt").write_text("2026-11-29 10:00:00 UTC")
            (folder / "submission_secret.txt").write_text(f"secret-{student}")
    (tmp_path / "exchange" / "class").mkdir(parents=True)
    config = Config()
    config.Exchange.root = str(tmp_path / "exchange")
    config.ExchangeReleaseFeedback.check_owner = False
    coursedir = CourseDirectory(
        config=config, root=str(tmp_path), course_id="class", assignment_id="one"
    )
    return CarefulReleaseFeedback(coursedir=coursedir, config=config)


def test_what_can_be_released_is_and_the_rest_is_listed(releaser, tmp_path, caplog):
    releaser.start()
    released = {path.read_text() for path in (tmp_path / "exchange").rglob("*.html")}
    assert released == {"ada", "[odd]", "zoe"}
    [warning] = [r.getMessage() for r in caplog.records if r.levelname == "WARNING"]
    assert "did not come through the exchange: bob." in warning
    assert "`python -m grader return one --each`" in warning


def test_the_course_uses_it():
    text = (ROOT / "nbgrader_config.py").read_text()
    assert "c.ExchangeFactory.release_feedback = CarefulReleaseFeedback" in text
