"""The secret seed is made once, is only the owner's to read, and is never guessed at."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.errors import CourseError
from grader.seed import ensure_seed, find_seed, read_seed


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
