"""Whatever no reader should meet is noticed in a built site."""

import json

import pytest

from tools.test.site import check_site, find_telling_lines

HEAD = "<!doctype html><html><body>"
GOOD = HEAD + '<script src="_static/a.js"></script><img src="_static/a.png" alt="A head">'


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    (folder / "_static").mkdir(parents=True)
    (folder / "_static" / "a.js").write_text("")
    (folder / "_static" / "a.png").write_bytes(b"")
    (folder / "index.html").write_text(GOOD + '<a href="https://example.org">out</a>')
    return folder


@pytest.fixture
def course(tmp_path):
    """Return a root with a book and a solution that tells something."""
    cell = "```{{code-cell}} ipython3\n---\ngrade_id: ex1a\n---\n{}\n```\n"
    for folder, line in (("book", "W_V_1 = ..."), ("solutions", "W_V_1 = np.eye(4, 16, k=0)")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "exercise-1.md").write_text(cell.format(line))
    return tmp_path


def test_a_good_site_has_no_problem(site, course):
    assert check_site(site) == []
    assert check_site(site, without_solutions=True, root=course) == []


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ('<script src="https://cdn.example/x.js"></script>', "another host"),
        ('<link rel="stylesheet" href="//fonts.example/x.css">', "another host"),
        ('<iframe src="https://example.org"></iframe>', "another host"),
        ('<a href="nowhere.html">x</a>', "leads nowhere"),
        ('<script src="_static/gone.js"></script>', "leads nowhere"),
        ('<img src="_static/a.png">', "without a text alternative"),
        ('<div class="output traceback highlight"></div>', "a traceback"),
        ('<div class="output stderr"></div>', "stderr"),
    ],
)
def test_a_planted_problem_is_noticed(site, html, words):
    (site / "book").mkdir()
    (site / "page.html").write_text(HEAD + html)
    (problem,) = check_site(site)
    assert problem.startswith("page.html: ")
    assert words in problem


def test_an_empty_site_is_a_problem(tmp_path):
    assert "build it first" in check_site(tmp_path)[0]


def test_a_solution_in_a_page_is_noticed_through_its_colours(site, course):
    page = HEAD + "<pre><span>W_V_1</span> = <b>np</b>.eye(<i>4</i>, 16, k=0)</pre>"
    (site / "page.html").write_text(page)
    (problem,) = check_site(site, without_solutions=True, root=course)
    assert "a line of a solution" in problem


def test_a_solution_in_a_notebook_is_noticed(site, course):
    cell = {"source": ["W_V_1 = np.eye(", "4, 16, k=0)"]}
    (site / "page.ipynb").write_text(json.dumps({"cells": [cell]}))
    (problem,) = check_site(site, without_solutions=True, root=course)
    assert problem.startswith("page.ipynb: ")


def test_a_page_of_solutions_is_noticed(site, course):
    (site / "solutions").mkdir()
    (site / "solutions" / "index.html").write_text(HEAD)
    (problem,) = check_site(site, without_solutions=True, root=course)
    assert "a page of solutions" in problem


def test_a_line_that_the_book_has_too_tells_nothing(course):
    assert find_telling_lines(course / "solutions", course / "book")
    assert not find_telling_lines(course / "solutions", course / "solutions")
