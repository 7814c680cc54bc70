"""Change Formgrader's pages: the model answer beside a text, formulas, and no stale tab's grades.

``nbgrader_config.py`` calls :func:`tend_formgrader` in the server's process, before nbgrader gives
its pages to the server.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from html import escape, unescape
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import nbformat
from markupsafe import escape as markup
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Comment, Grade, MissingEntry
from nbgrader.server_extensions.formgrader import apihandlers, handlers
from nbgrader.server_extensions.formgrader.base import (
    BaseHandler,
    check_notebook_dir,
    check_xsrf,
)
from tornado import web

from grader.gradebook.log import COMMENTS, SCORES
from grader.gradebook.watch import signed_in_as
from grader.nbgrader_types import CourseDirectory, Row
from grader.texts.rubric import find_rubric

MATHJAX = "sphinx-mathjax-offline"
"""The package with MathJax 3's files. Without it formulas come from a CDN, as nbgrader has it."""

_NAMES = ("student", "first_name", "last_name")
"""What nbgrader's template is told that a learner may have chosen."""

_VARIABLE = re.compile(r'^var (\w+) = "([^"\n]*)";', re.MULTILINE)
_CDN = re.compile(r"https://cdnjs\.cloudflare\.com/ajax/libs/mathjax/[^\"]+")
_BESIDE = """<div class="alert alert-info" role="note">

**Model answer and rubric**

{}

</div>"""
_HERE = Path(__file__).parent


def show_model_answers(notebook: NotebookNode, source: Path) -> None:
    """Put behind each text that a person reads what the instructor's notebook holds for it.

    Args:
        notebook: A graded notebook, which is changed.
        source: The folder of the instructor's.
    """
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        about = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown" and about.get("grade") and about.get("solution"):
            model = find_rubric(source, about["grade_id"], float(about.get("points", 0))).model
            if model:
                cells.append(new_markdown_cell(_BESIDE.format(model)))  # type: ignore[no-untyped-call]
    notebook.cells = cells


def find_mathjax() -> Path | None:
    """Return the folder of MathJax's files, or None if the package is not there."""
    try:
        return Path(str(distribution(MATHJAX).locate_file(f"{MATHJAX}/static/mathjax")))
    except PackageNotFoundError:
        return None


class PageWriter:
    """Writes the page of a submission as nbgrader's exporter does, with what is missing there.

    Args:
        exporter: nbgrader's.
        coursedir: nbgrader's.
        base_url: Of the server, without a slash at its end.
    """

    def __init__(self, exporter: Any, coursedir: CourseDirectory, base_url: str) -> None:  # noqa: ANN401
        self._exporter, self._coursedir, self._base_url = exporter, coursedir, base_url

    def from_filename(
        self, filename: str, resources: Mapping[str, Any]
    ) -> tuple[str, Mapping[str, Any]]:
        """Return the page of a graded notebook.

        Args:
            filename: The notebook's.
            resources: What nbgrader's template is told.
        """
        notebook: NotebookNode = nbformat.read(filename, as_version=4)  # type: ignore[no-untyped-call]
        step, assignment = self._coursedir.source_directory, resources["assignment_id"]
        show_model_answers(notebook, Path(self._coursedir.format_path(step, ".", assignment)))
        plain = {name: escape(resources[name]) for name in _NAMES if resources.get(name)}
        html, said = self._exporter.from_notebook_node(notebook, resources={**resources, **plain})
        if find_mathjax() is not None:
            html = _CDN.sub(f"{self._base_url}/formgrader/mathjax/formulas.js", html)
        return html, said


class TendedSubmission(handlers.SubmissionHandler):  # type: ignore[misc]  # nbgrader ships no types
    """The page on which a person grades a submission."""

    @property
    def exporter(self) -> PageWriter:
        """What writes the page."""
        return PageWriter(super().exporter, self.coursedir, self.base_url)


def render_escaped(handler: Any, name: str, **about: Any) -> str:  # noqa: ANN401
    """Return a page of nbgrader's in which names are text.

    nbgrader puts what stands in an address into the page as HTML and into its script: a link in
    somebody's answer could run a script with the rights of who follows it.

    Args:
        handler: nbgrader's, in whose place this renders.
        name: Of the template.
        about: What the template is told.
    """
    environment = handler.settings["nbgrader_jinja2_env"]
    environment.autoescape = True  # before the first template is read
    html: str = environment.get_template(name).render(**about)
    return _VARIABLE.sub(lambda v: f"var {v[1]} = {write_string(unescape(v[2]))};", html)


def write_string(text: str) -> str:
    r"""Return text as JavaScript, for a script that stands in a page.

    Example:
        >>> write_string("</script>")
        '"\\u003c/script>"'
    """
    return json.dumps(text).replace("<", r"\u003c")


def find_version(row: Row) -> str:
    """Return a digest of all that a grade or a comment says now."""
    fields = SCORES if isinstance(row, Grade) else COMMENTS
    values = json.dumps([getattr(row, field) for field in fields])
    return hashlib.sha256(values.encode()).hexdigest()[:16]


class _Fresh(apihandlers.BaseApiHandler):  # type: ignore[misc]  # nbgrader ships no types
    """Reads from the database what other processes have written meanwhile."""

    def prepare(self) -> Any:  # noqa: ANN401
        """Forget what was read for an earlier page."""
        self.gradebook.db.expire_all()
        return super().prepare()


class _SeenFirst(_Fresh):
    """Saves what a person gave or wrote, unless the page is older than what is there.

    The log names who is signed in to the hub.
    """

    find: ClassVar[str]
    """The gradebook's method that returns what is to be changed, or raises ``MissingEntry``."""

    @web.authenticated
    @check_xsrf  # type: ignore[untyped-decorator]
    @check_notebook_dir  # type: ignore[untyped-decorator]
    def put(self, number: str) -> Any:  # noqa: ANN401
        """Save it."""
        try:
            row = getattr(self.gradebook, self.find)(number)
        except MissingEntry:
            raise web.HTTPError(404) from None
        if not self.demand_seen(row):
            return None
        # A server without a hub gives its visitors names by chance.
        hub = "JUPYTERHUB_API_TOKEN" in os.environ
        with signed_in_as(getattr(self.current_user, "username", "") if hub else ""):
            return super().put(number)

    def demand_seen(self, row: Row) -> bool:
        """Refuse to save over what the page has not shown; return whether it may be saved.

        A request that does not say what it has seen is not the page's, and is let through.
        """
        seen = (self.get_json_body() or {}).get("seen")
        if seen is None or seen == find_version(row):
            return True
        is_grade = isinstance(row, Grade)
        now = f"{row.score:g} points" if is_grade else f"“{row.comment or ''}”"
        self.set_status(409)
        self.finish(
            {
                "message": f"Not saved: {'the points were' if is_grade else 'the comment was'} "
                f"changed since this page was loaded, and {'are' if is_grade else 'is'} {now} now."
            }
        )
        return False


class TendedGrades(_Fresh, apihandlers.GradeCollectionHandler):  # type: ignore[misc]
    """All grades of a submission."""


class TendedComments(_Fresh, apihandlers.CommentCollectionHandler):  # type: ignore[misc]
    """All comments of a submission."""


class TendedGrade(_SeenFirst, apihandlers.GradeHandler):  # type: ignore[misc]
    """One grade."""

    find = "find_grade_by_id"


class TendedComment(_SeenFirst, apihandlers.CommentHandler):  # type: ignore[misc]
    """One comment."""

    find = "find_comment_by_id"


class _EscapedName:
    r"""Writes a learner's id into addresses so that ``DOM\alice`` stays one name."""

    def render(self, name: str, **about: Any) -> str:  # noqa: ANN401
        """Return a page of nbgrader's."""
        html: str = super().render(name, **about)  # type: ignore[misc]
        student = about["student_id"]
        escaped = quote(student, safe="")
        place = f"{about['base_url']}/formgrader/manage_students"
        variable = "var student_id = {};".format
        html = html.replace(variable(write_string(student)), variable(f'"{escaped}"'))
        return html.replace(f'href="{place}/{markup(student)}"', f'href="{place}/{escaped}"')


class TendedStudent(_EscapedName, handlers.ManageStudentsAssignmentsHandler):  # type: ignore[misc]
    """The assignments of one learner."""


class TendedNotebooks(_EscapedName, handlers.ManageStudentNotebookSubmissionsHandler):  # type: ignore[misc]
    """The notebooks of one learner's assignment."""


SCRIPTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "formgrade_models.js": (),
    "manage_students.js": (
        (
            '"/formgrader/manage_students/" + this.model.get("id")',
            '"/formgrader/manage_students/" + encodeURIComponent(this.model.get("id"))',
        ),
    ),
    "manage_submissions.js": (
        ('+ "/" + student + "/', '+ "/" + encodeURIComponent(student) + "/'),
        ('manage_students/" + student', 'manage_students/" + encodeURIComponent(student)'),
    ),
}
"""Scripts of nbgrader's pages that are changed, and what takes the place of what in them."""


def read_script(name: str) -> str:
    """Return a script of nbgrader's as the pages need it.

    Args:
        name: Of :data:`SCRIPTS`.
    """
    text = Path(handlers.static_path, "js", name).read_text(encoding="utf-8")
    for old, new in SCRIPTS[name]:
        text = text.replace(old, new)
    if name == "formgrade_models.js":
        text += "\n" + (_HERE / "formgrader.js").read_text(encoding="utf-8")
    return text


class ScriptHandler(web.RequestHandler):
    """Gives a script of nbgrader's with our changes."""

    def get(self, name: str) -> None:
        """Write the script."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(read_script(name))


_TENDED: Mapping[type, type] = {
    handlers.SubmissionHandler: TendedSubmission,
    handlers.ManageStudentsAssignmentsHandler: TendedStudent,
    handlers.ManageStudentNotebookSubmissionsHandler: TendedNotebooks,
    apihandlers.GradeCollectionHandler: TendedGrades,
    apihandlers.CommentCollectionHandler: TendedComments,
    apihandlers.GradeHandler: TendedGrade,
    apihandlers.CommentHandler: TendedComment,
}


def tend_formgrader() -> None:
    """Give Formgrader our handlers in the place of its own. Calling it twice is harmless."""
    for routes in (handlers.default_handlers, apihandlers.default_handlers):
        routes[:] = [(path, _TENDED.get(kind, kind), *rest) for path, kind, *rest in routes]
    more: list[tuple[Any, ...]] = [
        (rf"/formgrader/static/js/({'|'.join(map(re.escape, SCRIPTS))})", ScriptHandler)
    ]
    folder = find_mathjax()
    if folder is not None:
        for files, place in ((r"formulas\.js", _HERE), (".*", folder)):  # our script first
            route = rf"/formgrader/mathjax/({files})"
            more.append((route, web.StaticFileHandler, {"path": str(place)}))
    BaseHandler.render = render_escaped
    known = {path for path, *_ in handlers.default_handlers}
    handlers.default_handlers[:0] = [route for route in more if route[0] not in known]
    for kind in (Grade, Comment):
        if kind.to_dict not in _SAYING_VERSION:
            kind.to_dict = _say_version(kind.to_dict)


_SAYING_VERSION: list[Any] = []


def _say_version(describe: Any) -> Any:  # noqa: ANN401
    """Return ``to_dict`` with the version of a row, which the page sends back when it saves."""

    def to_dict(row: Row) -> dict[str, Any]:
        return {**describe(row), "seen": find_version(row)}

    _SAYING_VERSION.append(to_dict)
    return to_dict
