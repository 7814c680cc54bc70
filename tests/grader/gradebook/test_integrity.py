"""Whatever fails over a damaged gradebook, its damage is what is said; nothing else is hidden."""

import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from grader.errors import CourseError
from grader.gradebook.backup import (
    back_up,
    demand_gradebook,
    demand_sound_gradebook,
    explain_damage,
    find_file,
    find_remedy,
)

SERVER = "postgresql://db.example/grades"


@pytest.fixture
def damaged(url, tmp_path):
    back_up(tmp_path / "gradebook.db", tmp_path / "backups")
    path = tmp_path / "gradebook.db"
    data = path.read_bytes()
    path.write_bytes(data[:8192] + b"\xa5" * (len(data) - 8192))
    return url


def fail_over(url, error):
    with explain_damage(url):
        raise error


@pytest.mark.parametrize("error", [KeyError("no such row"), CourseError("no such assignment")])
def test_damage_explains_whatever_it_led_to(damaged, error):
    with pytest.raises(CourseError, match=r"cannot be read .* `python -m grader recover` brings"):
        fail_over(damaged, error)
    with pytest.raises(CourseError, match=r"cannot be read .* `python -m grader recover` brings"):
        demand_sound_gradebook(damaged, "one")


def test_damage_without_a_copy_promises_nothing(damaged, tmp_path):
    for copy in (tmp_path / "backups").iterdir():
        copy.unlink()
    with pytest.raises(CourseError, match="there is no good copy to bring back"):
        demand_sound_gradebook(damaged, "one")


@pytest.mark.parametrize("error", [KeyError("a mistake of ours"), CourseError("a sentence")])
def test_over_a_sound_gradebook_errors_are_what_they_are(url, error):
    with pytest.raises(type(error)) as caught:
        fail_over(url, error)
    assert caught.value is error


@pytest.mark.parametrize("server", [True, False])
def test_a_refusal_of_the_database_is_one_sentence(url, server):
    refusal = OperationalError("SELECT 1", {}, sqlite3.OperationalError("it is\nlocked"))
    with pytest.raises(CourseError, match=r"cannot be used \(it is locked\); when that is"):
        fail_over(SERVER if server else url, refusal)


def test_what_is_on_a_server_is_not_looked_for_here():
    assert find_file(SERVER) is None
    demand_gradebook(SERVER, "one")
    demand_sound_gradebook(SERVER, "one")
    assert "generate_assignment one" in find_remedy(SERVER, "one")
