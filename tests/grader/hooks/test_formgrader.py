"""Formgrader's pages and requests, by its own handlers: tended where nbgrader leaves a gap."""

import asyncio
import json
import re
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import nbformat
import pytest
from jinja2 import Environment, FileSystemLoader
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.server_extensions.formgrader import apihandlers, handlers
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, StaticFileHandler
from traitlets.config import Config

from grader.gradebook.log import read
from grader.hooks import formgrader
from grader.hooks.formgrader import PageWriter, find_version, read_script, tend_formgrader

SOURCE = """*Here.*

<!-- BEGIN SOLUTION -->

It reads $x$.

**Rubric.** 2 points.

<!-- END SOLUTION -->"""


def make_text(source):
    cell = new_markdown_cell(source)
    cell.metadata["nbgrader"] = {
        "grade": True, "grade_id": "t", "locked": False, "points": 3, "schema_version": 3,
        "solution": True, "task": False,
    }  # fmt: skip
    return cell


class Folder:
    """A course directory."""

    source_directory = "source"

    def __init__(self, root):
        self.root = root

    def format_path(self, step, student, assignment):
        return str(self.root / step / student / assignment)


@pytest.fixture
def make_page(tmp_path):
    """Write the page of a submission whose text is blank of formulas."""
    for step, text in (("source", SOURCE), ("autograded", "My answer.")):
        (tmp_path / step / "one").mkdir(parents=True)
        cells = [new_code_cell("1"), make_text(text), new_markdown_cell("The end.")]
        nbformat.write(new_notebook(cells=cells), tmp_path / step / "one" / "one.ipynb")
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    writer = PageWriter(HTMLExporter(config=config), Folder(tmp_path), "/user/me")
    about = dict.fromkeys(("submission_id", "student", "last_name", "first_name"), "x")
    about |= {"assignment_id": "one", "notebook_id": "one", "notebook_path": "x"}
    about |= {"index": 0, "total": 1, "base_url": "/user/me"}
    path = tmp_path / "autograded" / "one" / "one.ipynb"
    return lambda **names: writer.from_filename(str(path), about | names)[0]


@pytest.fixture
def page(make_page):
    """The same of a learner called x."""
    return make_page()


def test_model_answer_and_rubric_stand_behind_the_text(page):
    places = [
        page.index(words)
        for words in ("My answer.", "It reads $x$.", "<strong>Rubric.", "The end.")
    ]
    assert places == sorted(places)
    assert "BEGIN SOLUTION" not in page


def test_formulas_come_from_the_server_itself(page):
    assert '<script src="/user/me/formgrader/mathjax/formulas.js">' in page
    assert "cdnjs" not in page


def test_the_scripts_that_are_changed_still_say_what_is_replaced_in_them():
    for name, pairs in formgrader.SCRIPTS.items():
        stock = Path(handlers.static_path, "js", name).read_text(encoding="utf-8")
        assert all(old in stock for old, _ in pairs)
        assert all(old not in read_script(name) for old, _ in pairs)
    assert "showRefusal" in read_script("formgrade_models.js")


class Server:
    """Formgrader's tended handlers, for whoever asks."""

    def __init__(self, url):
        def open_to_all(kind):
            if issubclass(kind, StaticFileHandler) or not hasattr(kind, "gradebook"):
                return kind

            def prepare(self):
                self.current_user = SimpleNamespace(username="grace")
                if issubclass(kind, formgrader._Fresh):
                    self.gradebook.db.expire_all()

            return type(kind.__name__, (kind,), {
                "prepare": prepare,
                "gradebook": property(lambda _: self.gradebook),
                "base_url": property(lambda _: ""),
                "check_xsrf_cookie": lambda _: None,
            })  # fmt: skip

        self.gradebook = Gradebook(url)
        routes = [*handlers.default_handlers, *apihandlers.default_handlers]
        environment = Environment(loader=FileSystemLoader([handlers.template_path]))
        self.app = Application(
            [(path, open_to_all(kind), *rest) for path, kind, *rest in routes],
            nbgrader_bad_setup=False,
            nbgrader_formgrader=SimpleNamespace(coursedir=SimpleNamespace(root="class")),
            nbgrader_jinja2_env=environment,
        )

    def ask(self, *requests):
        """Send requests one after the other, and return status and text of each answer."""

        async def send():
            socket, port = bind_unused_port()
            server = HTTPServer(self.app)
            server.add_socket(socket)
            answers = []
            for path, body in requests:
                body = body(answers) if callable(body) else body
                answer = await AsyncHTTPClient().fetch(
                    f"http://127.0.0.1:{port}{path}",
                    method="GET" if body is None else "PUT",
                    body=None if body is None else json.dumps(body),
                    raise_error=False,
                )
                answers.append((answer.code, answer.body.decode()))
            server.stop()
            await server.close_all_connections()
            return answers

        return asyncio.run(send())


@pytest.fixture
def server(url, monkeypatch):
    for module in (handlers, apihandlers):
        monkeypatch.setattr(module, "default_handlers", list(module.default_handlers))
    tend_formgrader()
    tend_formgrader()  # the configuration is read more than once
    server = Server(url)
    yield server
    server.gradebook.close()


def find_grade(url):
    with Gradebook(url) as book:
        grade = book.find_grade("t", "one", "one", "ann")
        return grade.id, grade.to_dict(), grade.manual_score


def test_a_stale_tab_does_not_save_over_newer_points(server, url, log):
    name, shown, _ = find_grade(url)
    path = f"/formgrader/api/grade/{name}"
    with Gradebook(url) as other:  # another tab, another process
        other.find_grade_by_id(name).manual_score = 2.0
        other.db.commit()
    [(status, said)] = server.ask((path, shown | {"manual_score": 0.0}))
    assert status == 409
    assert json.loads(said)["message"] == (
        "Not saved: the points were changed since this page was loaded, and are 2 points now."
    )
    assert find_grade(url)[2] == 2.0
    # Whoever loads what is there now, saves; and again, by the version of the answer.
    later, again = server.ask(
        (path, None),
        (path, lambda answers: json.loads(answers[0][1]) | {"manual_score": 1.0}),
        (path, lambda answers: json.loads(answers[1][1]) | {"manual_score": 3.0}),
    )[1:]
    assert (later[0], again[0]) == (200, 200)
    assert find_grade(url)[2] == 3.0
    assert [c.new for c in read(log) if c.key.field == "manual_score"] == [2.0, 1.0, 3.0]


def test_the_log_names_who_is_signed_in_to_the_hub(server, url, log, monkeypatch):
    name, shown, _ = find_grade(url)
    path = f"/formgrader/api/grade/{name}"
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "secret")
    server.ask((path, shown | {"manual_score": 1.0}))
    monkeypatch.delenv("JUPYTERHUB_API_TOKEN")  # a server's own, whose visitors have no names
    server.ask((path, find_grade(url)[1] | {"manual_score": 2.0}))
    people = [c.person for c in read(log) if c.key.field == "manual_score"]
    assert people[0] == "grace"
    assert people[1] != "grace"


def test_a_stale_tab_does_not_save_over_a_newer_comment(server, url):
    with Gradebook(url) as book:
        comment = book.find_comment("t", "one", "one", "ann")
        name, shown = comment.id, comment.to_dict()
        comment.manual_comment = "Well said."
        book.db.commit()
    [(status, said)] = server.ask(
        (f"/formgrader/api/comment/{name}", shown | {"manual_comment": "No."})
    )
    assert status == 409
    assert "“Well said.”" in json.loads(said)["message"]


def test_an_id_with_a_backslash_is_one_name(server):
    [(status, page)] = server.ask(("/formgrader/manage_students/DOM%5Calice", None))
    assert status == 200
    assert 'var student_id = "DOM%5Calice";' in page
    assert '<li class="active">DOM\\alice</li>' in page
    [(status, page)] = server.ask(("/formgrader/manage_students/DOM%5Calice/one", None))
    assert 'href="/formgrader/manage_students/DOM%5Calice"' in page


@pytest.mark.parametrize(
    "page",
    ["manage_students/{}", "manage_students/{}/one", "manage_students/ann/{}",
     "manage_submissions/{}", "gradebook/{}", "gradebook/one/{}"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", '";alert(1);"', "\\"])
def test_what_stands_in_an_address_is_text_in_the_page(server, page, name):
    """Anybody's link can lead there, one in an answer that is just being read too."""
    [(status, html)] = server.ask((f"/formgrader/{page.format(quote(name))}", None))
    assert status in (200, 404)
    assert "<img src=x" not in html
    for variable in re.findall(r"^var \w+ = (.*);$", html, re.MULTILINE):
        assert json.loads(variable) in (name, quote(name, safe=""), "ann", "one", "")


def test_an_ampersand_in_a_name_is_one_for_the_script_too(server):
    [(_, html)] = server.ask(("/formgrader/manage_submissions/one%20%26%20two", None))
    assert 'var assignment_id = "one & two";' in html
    assert '<li class="active">one &amp; two</li>' in html


def test_the_name_of_a_learner_is_text_on_the_page_of_a_submission(make_page):
    script = "<script>alert(1)</script>"
    page = make_page(student=script, first_name=script, last_name=script)
    assert script not in page
    assert "&lt;script&gt;alert(1)" in page


def test_formulas_and_scripts_are_served_and_nothing_beside_them(server):
    answers = server.ask(
        ("/formgrader/mathjax/formulas.js", None),
        ("/formgrader/mathjax/tex-chtml.js", None),
        ("/formgrader/static/js/formgrade_models.js", None),
        ("/formgrader/mathjax/..%2f..%2f__init__.py", None),
    )
    assert [status for status, _ in answers] == [200, 200, 200, 403]
    assert "tex-chtml.js" in answers[0][1]


def test_a_version_says_all_that_a_grade_is(url):
    with Gradebook(url) as book:
        grade = book.find_grade("t", "one", "one", "ann")
        first = find_version(grade)
        grade.extra_credit = 1.0
        assert find_version(grade) != first
