"""The secret seed is made once, is only the owner's to read, and is never guessed at."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.errors import CourseError
from grader.gradebook.seed import (
    bring_back_seed,
    ensure_seed,
    find_copy,
    find_seed,
    keep_seed,
    read_seed,
    renew_seed,
)
from grader.paths import Classroom


def test_a_seed_is_made_on_first_use_and_kept(tmp_path):
    path = tmp_path / "class" / "secret-seed"
    seed = ensure_seed(path)
    assert seed > 2**64
    assert ensure_seed(path) == read_seed(path) == seed
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["secret-seed"]


def test_two_classes_have_different_seeds(tmp_path):
    assert ensure_seed(tmp_path / "a") != ensure_seed(tmp_path / "b")


def test_all_who_start_at_once_get_the_same_seed(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        seeds = set(pool.map(lambda _: ensure_seed(tmp_path / "secret-seed"), range(64)))
    assert len(seeds) == 1


@pytest.mark.parametrize("text", ["", "abc", "-3", "12 13", "0x10"])
def test_a_file_that_holds_no_seed_is_refused_and_left_alone(tmp_path, text):
    path = tmp_path / "secret-seed"
    path.write_text(text)
    with pytest.raises(CourseError, match="should hold the secret seed"):
        ensure_seed(path)
    assert path.read_text() == text


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "secret-seed").write_bytes(b"\xff\xfe")
    with pytest.raises(CourseError, match="cannot be read"):
        read_seed(tmp_path / "secret-seed")


def test_the_seed_is_found_from_a_submissions_folder(tmp_path):
    seed = ensure_seed(tmp_path / "secret-seed")
    deep = tmp_path / "autograded" / "ada" / "exercise-1"
    deep.mkdir(parents=True)
    assert find_seed(deep) == seed


def test_where_there_is_no_seed_the_remedy_is_named(tmp_path):
    with pytest.raises(CourseError, match="python -m grader weave"):
        find_seed(tmp_path)


@pytest.mark.parametrize("trace", ["grades.log", "autograded/ada/one/one.ipynb"])
def test_no_seed_is_made_in_the_place_of_one_that_was_graded_with(tmp_path, trace):
    (tmp_path / trace).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / trace).write_text("{}")
    with pytest.raises(CourseError, match="put the file back from your copy, or start with a new"):
        ensure_seed(tmp_path / "secret-seed")
    assert not (tmp_path / "secret-seed").exists()


@pytest.fixture
def classroom(tmp_path):
    classroom = Classroom(tmp_path)
    keep_seed(classroom)
    return classroom


def test_the_copy_is_the_owners_alone_and_follows_the_seed(classroom):
    copy = find_copy(classroom.seed_file)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
    first = copy.read_text()
    classroom.seed_file.write_text("12345\n")
    assert keep_seed(classroom) == 12345
    assert read_seed(copy) == 12345
    kept = [path.read_text() for path in copy.parent.iterdir() if path != copy]
    assert kept == [first]  # what grades were made with is not thrown away
    assert keep_seed(classroom) == 12345
    assert len(list(copy.parent.iterdir())) == 2


@pytest.mark.parametrize("damage", [None, "", "no seed"])
def test_a_seed_that_is_gone_or_damaged_comes_back_from_its_copy(classroom, damage):
    seed = read_seed(classroom.seed_file)
    assert not bring_back_seed(classroom)  # nothing is wrong with it
    classroom.seed_file.unlink()
    if damage is not None:
        classroom.seed_file.write_text(damage)
    assert bring_back_seed(classroom)
    assert read_seed(classroom.seed_file) == seed
    assert stat.S_IMODE(classroom.seed_file.stat().st_mode) == 0o600


@pytest.mark.parametrize("state", ["kept", "lost", "changed", "damaged"])
def test_a_new_seed_is_another_and_the_old_one_is_kept(classroom, state):
    old = classroom.seed_file.read_text()
    if state == "lost":
        classroom.seed_file.unlink()
    elif state != "kept":
        old = {"changed": "12345\n", "damaged": "x"}[state]
        classroom.seed_file.write_text(old)
    place = renew_seed(classroom)
    assert place.read_text() == old
    assert classroom.seed_file.read_text() != old
    assert find_copy(classroom.seed_file).read_text() == classroom.seed_file.read_text()
