"""Whatever no reader should meet is noticed in a built site."""

import json
import random

import pytest

from tools.test.check_site import check_site, find_telling_lines

SAID = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    '<meta name="viewport" content="width=device-width"><meta name="description" content="A page">'
    '<meta property="og:title" content="x"><meta property="og:description" content="x">'
)
HEAD = f"<!doctype html><html><head>{SAID}</head><body>"
GOOD = HEAD + '<script defer src="_static/a.js"></script><img src="_static/a.png" alt="A head">'


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    (folder / "_static").mkdir(parents=True)
    (folder / "_static" / "a.js").write_text("")
    (folder / "_static" / "a.png").write_bytes(b"")
    (folder / "robots.txt").write_text("User-agent: *")
    (folder / "404.html").write_text('<a href="/index.html">first page</a>')
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
        ('<script defer src="https://cdn.example/x.js"></script>', "another host"),
        ('<link rel="stylesheet" href="//fonts.example/x.css">', "another host"),
        ('<iframe src="https://example.org"></iframe>', "another host"),
        ('<a href="nowhere.html">x</a>', "leads nowhere"),
        ('<script defer src="_static/gone.js"></script>', "leads nowhere"),
        ('<source srcset="_static/gone.png">', "leads nowhere"),
        ('<a href="/index.html">x</a>', "below a path"),
        ('<script src="_static/a.js"></script>', "the text waits for"),
        (f'<img alt="" src="data:image/png;base64,{"A" * 2001}">', "large picture"),
        ('<meta name="viewport" content="x">', "2 viewports"),
        ('<meta http-equiv="Content-Security-Policy" content="x">', "not one strict"),
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


@pytest.mark.parametrize("words", ["description", "og:title", "og:description"])
def test_a_page_says_what_it_is(site, words):
    (site / "page.html").write_text(HEAD.replace(f'"{words}"', '"other"'))
    assert check_site(site) == [f"page.html: no {words}"]


def test_a_heavy_page_is_noticed(site):
    noise = random.Random(1).randbytes(120_000).hex()
    (site / "page.html").write_text(f"{HEAD}<p>{noise}</p>")
    (problem,) = check_site(site)
    assert "kB of HTML, gzipped" in problem


def test_a_page_that_only_leads_on_need_not_say_anything(site):
    (site / "old.html").write_text('<meta http-equiv="Refresh" content="0; url=index.html">')
    assert check_site(site) == []


@pytest.mark.parametrize(("link", "count"), [("/course/index.html", 0), ("/course/x.html", 1)])
def test_a_dead_end_leads_back_below_its_path(site, link, count):
    (site / "404.html").write_text(f'<html data-content_root="/course/"><a href="{link}">x</a>')
    assert len(check_site(site)) == count


@pytest.mark.parametrize("name", ["robots.txt", "404.html"])
def test_a_site_has_what_hosts_and_robots_ask_for(site, name):
    (site / name).unlink()
    assert check_site(site) == [f"{name} is missing"]


def test_a_map_lists_every_page(site):
    (site / "book").mkdir()
    (site / "book" / "one.html").write_text(HEAD)
    loc = "<loc>https://x.org/book/one.html</loc>"
    (site / "sitemap.xml").write_text(loc)
    assert check_site(site) == []
    (site / "sitemap.xml").write_text(loc.replace("one", "two"))
    assert check_site(site) == ["sitemap.xml does not list book/one.html"]


def test_an_empty_site_is_a_problem(tmp_path):
    assert "build it first" in " ".join(check_site(tmp_path))


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
