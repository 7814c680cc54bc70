"""Nobody is entered whom the class list does not have, and the sentence says who is near."""

import csv
from argparse import Namespace

import pytest
from nbgrader.api import Gradebook, MissingEntry

from grader.cli.student import run_drop, run_map, run_restore
from grader.errors import CourseError
from grader.gradebook.seed import keep_seed
from grader.paths import Classroom
from grader.roster.class_list import admit, read_class_list


@pytest.fixture
def book(url, tmp_path):
    with Gradebook(url) as gradebook:
        for student, *names in (
            ("ada", "Ada", "Lovelace", "ada@example.org"),
            ("garcia", "Ana", "García", "ana.garcia@example.org"),
            ("felix", None, None, None),
            ("conor", "Conor Patrick", "O'Connor", None),
        ):
            names = dict(zip(("first_name", "last_name", "email"), names, strict=True))
            gradebook.add_student(student, **names)
        yield gradebook


def hand_in(root, name, assignment="one", text="{}"):
    folder = root / "submitted" / name / assignment
    folder.mkdir(parents=True)
    (folder / "one.ipynb").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("ADA", "ada"),
        ("Ada Lovelace", "ada"),
        ("lovelaceada", "ada"),
        ("ada@example.org", "ada"),
        ("Ana García", "garcia"),
        ("garcíaana", "garcia"),
        ("garciaana", "garcia"),
        ("felx", "felix"),
        ("garciaanamaria", "garcia"),  # a platform has more of the name, or less of it
        ("oconnorconor", "conor"),
    ],
)
def test_a_strangers_name_leads_to_the_learner_it_may_mean(book, tmp_path, name, nearest):
    known = read_class_list(book, tmp_path)
    assert known.is_kept
    assert not known.admits(name)
    assert known.find_nearest(name)[0].id == nearest
    sentence = known.explain(name, "one")
    assert "nothing was entered" in sentence
    assert f" {nearest}` (or the right id) takes it" in sentence
    assert "nbgrader db student add" in sentence


def test_a_name_that_is_near_nobody_is_told_how_to_be_added(book, tmp_path):
    sentence = read_class_list(book, tmp_path).explain("Zoë Quux", "one")
    assert "`nbgrader db student add 'Zoë Quux'`" in sentence
    assert "student map" not in sentence


def test_where_nobody_keeps_a_list_everybody_is_entered_once_and_no_list_comes_of_it(tmp_path):
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        found = [("ann", tmp_path), ("bob", tmp_path)]
        assert admit(gradebook, tmp_path, found, "one", only_look=True) == (found, [])
        assert not read_class_list(gradebook, tmp_path).people
        assert admit(gradebook, tmp_path, found, "one") == (found, [])
        again = read_class_list(gradebook, tmp_path)
        assert set(again.people) == {"ann", "bob"}
        assert not again.is_kept
        assert again.admits("cid")
        gradebook.remove_student("bob")
        assert not read_class_list(gradebook, tmp_path).admits("bob")
        gradebook.add_student("zoe")
        listed = read_class_list(gradebook, tmp_path)
        assert listed.is_kept
        assert [listed.admits(name) for name in ("ann", "zoe", "cid")] == [True, True, False]
        ours, [(name, why)] = admit(gradebook, tmp_path, [found[0], ("cid", tmp_path)], "one")
        assert (ours, name) == (found[:1], "cid")
        assert "cid is not on the class list" in why


def test_a_new_gradebook_takes_everybody_again_and_nobody_who_was_dropped(tmp_path):
    """Whoever deletes the gradebook wants to grade afresh; the class must not count as removed."""
    found = [("ann", tmp_path), ("bob", tmp_path)]
    (tmp_path / "dropped" / "cid").mkdir(parents=True)
    for name in ("first", "second"):
        with Gradebook(f"sqlite:///{tmp_path / name}.db") as gradebook:
            assert admit(gradebook, tmp_path, found, "one") == (found, [])
            known = read_class_list(gradebook, tmp_path)
            assert (set(known.people), known.is_kept) == ({"ann", "bob"}, False)
            assert not known.admits("cid")
            gradebook.remove_student("bob")
            assert not read_class_list(gradebook, tmp_path).admits("bob")


def course(tmp_path, **values):
    return Namespace(course=tmp_path, **values)


def test_mapping_moves_the_work_and_refuses_what_would_cost_somebody_elses(book, tmp_path, capsys):
    hand_in(tmp_path, "ADA")
    with pytest.raises(CourseError, match="not on the class list; did you mean ada"):
        run_map(course(tmp_path, name="ADA", student="Ada", replace=False))
    assert run_map(course(tmp_path, name="ADA", student="ada", replace=False)) == 0
    assert (tmp_path / "submitted" / "ada" / "one" / "one.ipynb").is_file()
    assert not (tmp_path / "submitted" / "ADA").exists()
    hand_in(tmp_path, "Ada Lovelace", text="newer")
    with pytest.raises(CourseError, match="has handed in one already"):
        run_map(course(tmp_path, name="Ada Lovelace", student="ada", replace=False))
    run_map(course(tmp_path, name="Ada Lovelace", student="ada", replace=True))
    assert (tmp_path / "submitted" / "ada" / "one" / "one.ipynb").read_text() == "newer"
    assert (tmp_path / "set-aside" / "ada" / "one.1" / "one.ipynb").read_text() == "{}"
    with pytest.raises(CourseError, match="on the class list, so"):
        run_map(course(tmp_path, name="ann", student="ada", replace=False))
    for odd in ("..", "a/b", ""):
        with pytest.raises(CourseError, match="cannot be the name"):
            run_map(course(tmp_path, name=odd, student="ada", replace=False))


def test_a_learner_who_was_dropped_leaves_work_and_grades_behind_and_stays_away(
    url, tmp_path, capsys
):
    hand_in(tmp_path, "ann")
    keep_seed(Classroom(tmp_path))
    with Gradebook(url) as gradebook:
        gradebook.find_grade("a-test", "one", "one", "ann").auto_score = 3.0
        gradebook.db.commit()
    assert run_drop(course(tmp_path, student="ann")) == 0
    kept = tmp_path / "dropped" / "ann"
    assert (kept / "submitted" / "one" / "one.ipynb").is_file()
    with (kept / "grades.csv").open(newline="") as file:
        scores = {row["part"]: row["points_so_far"] for row in csv.DictReader(file)}
    assert scores["a-test"] == "3"
    hand_in(tmp_path, "ann", "two")
    with Gradebook(url) as gradebook:
        with pytest.raises(MissingEntry):
            gradebook.find_student("ann")
        known = read_class_list(gradebook, tmp_path)
        assert not known.admits("ann")
        assert "ann left the class" in known.explain("ann", "two")
    with pytest.raises(CourseError, match="move it away"):
        run_restore(course(tmp_path, student="ann"))
    (tmp_path / "submitted" / "ann" / "two" / "one.ipynb").unlink()
    (tmp_path / "submitted" / "ann" / "two").rmdir()
    (tmp_path / "submitted" / "ann").rmdir()
    assert run_restore(course(tmp_path, student="ann")) == 0
    assert (tmp_path / "submitted" / "ann" / "one" / "one.ipynb").is_file()
    with Gradebook(url) as gradebook:
        assert read_class_list(gradebook, tmp_path).admits("ann")
