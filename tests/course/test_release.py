"""What a learner receives: the whole chapter, no answer, no hidden test."""

import difflib
import json
import re
import subprocess
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from circuits import __version__
from circuits.exercises import ASSIGNMENTS, PARTS
from course.demo.submissions import find_answer
from course.release import release_notebook, release_notebooks
from course.weave.notebook import build_notebook
from grader.config import read_configuration
from tests.course.weave.test_markdown import find_raw


@pytest.fixture(scope="module")
def released(sources, tmp_path_factory):
    folder = tmp_path_factory.mktemp("released")
    assert [path.stem for path in release_notebooks(sources, folder)] == list(ASSIGNMENTS)
    return folder


def read(folder, name):
    return nbformat.read(folder / f"{name}.ipynb", as_version=4)


def graded_cells(notebook):
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_nothing_of_the_instructors_is_in_it(name, released, woven):
    text = (released / f"{name}.ipynb").read_text()
    for words in (
        "SOLUTION",
        "HIDDEN",
        "grader.",
        "import grader",
        "import score",
        "globals()",
        "Rubric",
        "NotImplementedError",
    ):
        assert words not in text
    assert woven.seed_file.read_text().strip() not in text


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_no_line_of_a_reference_answer_is_in_it(name, released, woven):
    source = nbformat.read(woven.notebook(name), as_version=4)
    given = "\n".join(cell.source for cell in read(released, name).cells)
    for cell in source.cells:
        if not cell.metadata.get("nbgrader", {}).get("solution"):
            continue
        for line in find_answer(cell.source).splitlines():
            telling = line.split("#")[0].strip()
            # Lines of the stub, and lines too short to tell anything, may be anywhere.
            if len(telling) > 25 and not telling.startswith("def "):
                assert telling not in given, (cell.id, telling)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_a_stub_is_the_books_own(name, released, sources):
    book = (sources.book / f"{name}.md").read_text()
    for part, cell in graded_cells(read(released, name)).items():
        if not part.endswith("-test"):
            assert cell.source.strip() in book
            names = [a.name for a in PARTS[part].answers if a.kind != "text"]
            assert all(answer in cell.source for answer in names)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_no_directive_and_no_role_is_left(name, released):
    for cell in read(released, name).cells:
        if cell.cell_type == "markdown":
            assert find_raw(cell.source) == []
        assert cell.get("outputs", []) == []


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_whole_chapters_prose_is_in_it(name, released, sources):
    def words_of(text):
        return re.findall(r"[A-Za-z]{4,}", text)

    chapter = (sources.book / f"{name}.md").read_text()
    chapter = re.sub(r"(?ms)^```\{code-cell\}.*?^```$", "", chapter)
    given = "\n".join(c.source for c in read(released, name).cells if c.cell_type == "markdown")
    wanted, seen = words_of(chapter), words_of(given)
    matcher = difflib.SequenceMatcher(None, wanted, seen, autojunk=False)
    kept = sum(block.size for block in matcher.get_matching_blocks())
    assert kept > 0.93 * len(wanted)  # the rest are names of directives, labels and files


# VS Code puts Markdown through a sanitizer until the reader trusts the folder. It keeps these among
# others, and attributes of none of them but a link's address; formulas are read before.
KEPT = {
    *("a", "blockquote", "br", "code", "details", "em", "h1", "h2", "h3", "h4", "hr", "li", "ol"),
    *("p", "pre", "strong", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_an_editor_that_trusts_nobody_shows_all_of_the_prose(name, released):
    markdown = MarkdownIt(options_update={"html": True}).enable("table")
    cells = [cell.source for cell in read(released, name).cells if cell.cell_type == "markdown"]
    page = BeautifulSoup("".join(map(markdown.render, cells)), "html.parser")
    used = page.find_all(True)
    assert {tag.name for tag in used} <= KEPT
    assert [tag for tag in used if tag.attrs and (tag.name, *tag.attrs) != ("a", "href")] == []
    assert all(link["href"].startswith("https://") for link in page.select("a"))


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_details_are_closed_and_have_room_for_markdown(name, released):
    for cell in read(released, name).cells:
        if cell.cell_type == "markdown":
            assert cell.source.count("<details>") == cell.source.count("</details>")
            for body in re.findall(r"</summary>\n(.)", cell.source, re.DOTALL):
                assert body in "\n>"


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_it_is_what_nbgrader_releases(name, released, pipeline):
    theirs = pipeline.classroom.root / "release" / name / f"{name}.ipynb"
    assert json.loads(theirs.read_text()) == json.loads((released / f"{name}.ipynb").read_text())


def test_it_is_the_same_bytes_in_another_process(released, tmp_path):
    command = [sys.executable, "-m", "grader", "release", "--output", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    for name in ASSIGNMENTS:
        ours, theirs = released / f"{name}.ipynb", tmp_path / f"{name}.ipynb"
        assert ours.read_bytes() == theirs.read_bytes()


SITE = "https://example.org/it's a course"


@pytest.fixture(scope="module")
def install(sources, tmp_path_factory):
    """The cell that gets the toolkit, of a notebook from a site with an address."""
    notebook = release_notebook(
        build_notebook("exercise-1", sources, site=f"{SITE}/"), read_configuration(sources)
    )
    first, second = [cell.source for cell in notebook.cells if cell.cell_type == "code"][:2]
    assert "from circuits import check" in second
    return first


@pytest.mark.parametrize("missing", [False, True])
def test_the_first_cell_installs_the_toolkit_where_it_is_missing_and_nowhere_else(
    install, missing, monkeypatch
):
    commands = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: commands.append(command))
    if missing:
        monkeypatch.setitem(sys.modules, "circuits", None)
    exec(install, {})
    wheel = f"{SITE}/notebooks/circuit_exercises_toolkit-{__version__}-py3-none-any.whl"
    assert commands == ([[sys.executable, "-m", "pip", "install", "--quiet", wheel]] * missing)


def test_a_notebook_of_no_site_says_what_to_install_and_runs_nothing_for_it(released):
    notebook = read(released, "exercise-1")
    assert not any("pip" in cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert any("pip install circuit_exercises" in cell.source for cell in notebook.cells)
