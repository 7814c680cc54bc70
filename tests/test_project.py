"""The papers of the project agree with one another."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from circuits.exercises import ASSIGNMENTS, PARTS

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TOCS = ("_toc.yml", "_toc.without-solutions.yml")


def read_declared(project=PROJECT):
    """Return the requirements of the project and of all its extras."""
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    return [Requirement(line) for line in [*project["dependencies"], *extras]]


def read_pins(text):
    """Return the pinned versions by name: several where they depend on the Python."""
    pins = {}
    for line in text.splitlines():
        if line and not line.startswith((" ", "#", "-")):
            requirement = Requirement(line.removesuffix("\\"))
            (specifier,) = requirement.specifier
            assert specifier.operator == "==", f"{line} is not pinned"
            name = canonicalize_name(requirement.name)
            pins.setdefault(name, []).append(Version(specifier.version))
    return pins


def find_disagreements(declared, pins):
    """Return what is declared and not pinned, or pinned to what is not allowed."""
    return [
        str(wanted)
        for wanted in declared
        if not pins.get(canonicalize_name(wanted.name))
        or not all(pin in wanted.specifier for pin in pins[canonicalize_name(wanted.name)])
    ]


def list_pages(toc):
    """Return the pages of a table of contents."""
    text = (ROOT / toc).read_text()
    return re.findall(r"(?:file|root): (\S+)", text)


def test_every_dependency_is_pinned_within_its_bounds():
    pins = read_pins((ROOT / "requirements.txt").read_text())
    assert find_disagreements(read_declared(), pins) == []


@pytest.mark.parametrize("pins", ["numpy==1.26.4", "matplotlib==3.9.0", ""])
def test_a_missing_or_wrong_pin_is_noticed(pins):
    assert "numpy>=2.0" in find_disagreements([Requirement("numpy>=2.0")], read_pins(pins))


def test_an_unpinned_line_is_noticed():
    with pytest.raises(AssertionError, match="not pinned"):
        read_pins("numpy>=2.0")


def find_without_hash(text):
    """Return the requirements that have no hash of SHA-256."""
    entries = re.findall(r"^[^\s#].*(?:\n .*)*", text, re.MULTILINE)
    wanted = re.compile(r"\\\n    --hash=sha256:[0-9a-f]{64}(?=\s)")
    return [entry.split()[0] for entry in entries if not wanted.search(f"{entry}\n")]


def test_every_requirement_has_a_hash():
    assert find_without_hash((ROOT / "requirements.txt").read_text()) == []


@pytest.mark.parametrize("line", ["numpy==2.0.2", "-e .", "numpy==2.0.2 \\\n    --hash=sha256:0"])
def test_a_requirement_without_a_hash_is_noticed(line):
    good = f"before==1 \\\n    --hash=sha256:{'0' * 64}\n    # via x\n"
    assert find_without_hash(f"{good}{line}\n{good}") == [line.split()[0]]


def test_requirements_name_no_index():
    text = (ROOT / "requirements.txt").read_text()
    assert "://" not in text
    assert "--index" not in text
    assert "--extra-index" not in text
    assert "--find-links" not in text


def test_the_toolkit_needs_numpy_and_matplotlib_alone():
    assert {Requirement(line).name for line in PROJECT["dependencies"]} == {"numpy", "matplotlib"}


def test_each_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text()
    block = text[text.index("dependencies = [") : text.index("[project.urls]")]
    requirements = [line for line in block.splitlines() if line.startswith('    "')]
    assert requirements
    assert [line for line in requirements if not re.search(r",\s+# \w", line)] == []


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert str(citation["version"]) == PROJECT["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(rf"^## (Unreleased|{re.escape(PROJECT['version'])})", changelog, re.MULTILINE)


@pytest.mark.parametrize("toc", TOCS)
def test_every_page_in_a_table_of_contents_is_there(toc):
    missing = [page for page in list_pages(toc) if not (ROOT / f"{page}.md").exists()]
    assert missing == []


def test_every_page_is_in_the_table_of_contents():
    pages = {
        path.relative_to(ROOT).with_suffix("").as_posix()
        for folder in ("book", "solutions")
        for path in (ROOT / folder).glob("*.md")
    }
    assert pages == set(list_pages("_toc.yml"))


def test_the_second_table_of_contents_is_the_first_without_the_solutions():
    everything, without = (list_pages(toc) for toc in TOCS)
    assert without == [page for page in everything if not page.startswith("solutions/")]


def test_every_chapter_is_a_page_of_the_book_with_its_notebook():
    pages = list_pages("_toc.yml")
    absent = [
        page
        for name in ASSIGNMENTS
        for page in (f"book/{name}", f"solutions/{name}")
        if page not in pages
    ]
    assert absent == [], f"put {absent} into _toc.yml"
    configured = yaml.safe_load((ROOT / "_config.yml").read_text())["sphinx"]["config"]
    wanted = {f"book/{name}": f"notebooks/{name}.ipynb" for name in ASSIGNMENTS}
    assert configured["live_cells_notebooks"] == wanted, (
        "live_cells_notebooks in _config.yml has to name each chapter's notebook, no more"
    )


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_minutes_on_the_first_page_are_those_of_the_table_to_the_nearest_ten(name):
    row = re.search(rf"\({name}\.md\) .*about (\d+) minutes", (ROOT / "book/index.md").read_text())
    assert row, f"book/index.md has no row for {name} that says how many minutes it takes"
    minutes = sum(PARTS[part].minutes for part in ASSIGNMENTS[name])
    assert abs(int(row[1]) - minutes) <= 5, f"{name} takes {minutes}, book/index.md says {row[1]}"


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_a_chapter_says_the_same_minutes_as_the_first_page(name):
    first = re.search(
        rf"\({name}\.md\) .*about (\d+) minutes", (ROOT / "book/index.md").read_text()
    )
    assert first is not None
    minutes = f"about {first[1]} minutes"
    said = {"30": "half an hour", "70": "a little over an hour"}.get(first[1], minutes)
    chapter = " ".join((ROOT / f"book/{name}.md").read_text().split())
    assert minutes in chapter or said in chapter, f"book/{name}.md does not say: {minutes}"


def test_the_page_for_instructors_lists_every_part_that_a_person_reads():
    text = (ROOT / "book/instructors.md").read_text()
    listed = re.search(r"(\w+) parts are texts, and a person has to read them: ([^.]*)\.", text)
    assert listed, "book/instructors.md no longer says which parts a person reads"
    read = [part.id for part in PARTS.values() if part.grading == "hand"]
    assert re.findall(r"`([\w-]+)`", listed[2]) == read
    numbers = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"]
    assert listed[1] == numbers[len(read)]


@pytest.mark.parametrize("paper", ["README.md", "CONTRIBUTING.md"])
def test_links_between_the_papers_lead_somewhere(paper):
    targets = re.findall(r"\]\((?!https?://)([^)#]+)", (ROOT / paper).read_text())
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_target_that_the_papers_mention_is_in_the_makefile():
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()
    for paper in ("README.md", "CONTRIBUTING.md", "book/instructors.md", "book/index.md"):
        text = (ROOT / paper).read_text() if (ROOT / paper).exists() else ""
        mentioned = re.findall(r"`make ([a-z-]+)", text) + re.findall(
            r"^make ([a-z-]+)", text, re.MULTILINE
        )
        assert set(mentioned) <= set(phony), paper


def list_files_of_a_class():
    """Return the files that the instructors' page reads from the root folder."""
    text = (ROOT / "book/instructors.md").read_text()
    return sorted(set(re.findall(r"(?<![\w/.])[\w-]+\.(?:csv|zip|xlsx?)\b", text)))


def test_no_file_of_a_class_that_the_instructors_page_names_can_come_into_git():
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not in git here")
    files = list_files_of_a_class()
    assert "students.csv" in files
    for name in (*files, "Grades-TC-exercise-1--77.csv", "TC-Übung 1-77.zip"):
        asked = subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False)
        assert asked.returncode == 0, f"git would take {name} in"


def test_no_property_test_fails_because_the_machine_is_busy():
    assert settings.default.deadline is None
    assert HealthCheck.too_slow in settings.default.suppress_health_check
