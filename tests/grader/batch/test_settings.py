"""A run takes the settings of nbgrader_config.py, and refuses by name what it cannot do."""

import pytest
from traitlets.config import Config

from grader.config import load_settings, read_configuration, read_settings
from grader.errors import CourseError
from grader.paths import Classroom, Sources


class OwnStep:
    pass


@pytest.fixture
def config(sources):
    return read_configuration(sources)


def test_the_courses_own_configuration_is_understood(config, tmp_path):
    settings = read_settings(config, Classroom(tmp_path))
    assert settings.sandbox
    assert settings.course["root"] == str(tmp_path)


def test_settings_are_read_once_and_kept_for_their_owner_only(sources, tmp_path, monkeypatch):
    first = load_settings(sources, Classroom(tmp_path))
    kept = tmp_path / ".grading" / "settings.json"
    assert kept.stat().st_mode & 0o077 == 0
    monkeypatch.setattr("grader.config.read_configuration", None)  # cannot be called again
    assert load_settings(sources, Classroom(tmp_path)) == first


def test_a_class_that_was_moved_is_graded_where_it_is_now(sources, tmp_path):
    (tmp_path / "old").mkdir()
    load_settings(sources, Classroom(tmp_path / "old"))
    (tmp_path / "old").rename(tmp_path / "new")
    settings = load_settings(sources, Classroom(tmp_path / "new"))
    assert settings.course["root"] == str(tmp_path / "new")


def test_a_step_that_only_nbgrader_can_run_is_refused_by_name(config, tmp_path):
    config.Autograde.autograde_preprocessors = [OwnStep]
    with pytest.raises(CourseError, match="uses OwnStep, which would have no effect"):
        read_settings(config, Classroom(tmp_path))


def test_a_hook_around_every_submission_is_refused_by_name(config, tmp_path):
    config.Autograde.pre_convert_hook = print
    with pytest.raises(CourseError, match=r"uses Autograde\.pre_convert_hook, which"):
        read_settings(config, Classroom(tmp_path))


def test_a_limit_that_does_not_exist_is_refused_with_those_that_do(tmp_path):
    config = Config()
    config.SandboxedExecute.limits = {"minutes": 1}
    with pytest.raises(CourseError, match="has no 'minutes'; there are cell_seconds"):
        read_settings(config, Classroom(tmp_path))


@pytest.mark.parametrize(
    "text", ["from grader.nowhere import Nothing", "c = get_config(", "raise RuntimeError('no')"]
)
def test_a_configuration_that_cannot_be_read_is_refused_in_one_sentence(text, tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(text)
    with pytest.raises(CourseError, match=r"^nbgrader_config.py cannot be read \(.*put it right"):
        read_configuration(Sources(tmp_path))
