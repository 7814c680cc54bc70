"""The rooms of the house: what their names and first lines say, and the map in CONTRIBUTING."""

import ast
import collections
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSES = ("circuits", "course", "explorables", "grader", "tools")
PYTHON = (
    *HOUSES, "book/_extensions", "live_cells/sphinx_live_cells", "live_cells/frontend/packs",
    "live_cells/frontend/src/python",
)  # fmt: skip
FRONT_ENDS = ("live_cells/frontend", "explorables/frontend")
VERBS = re.findall(
    r"\w+",
    """
    add answer arrange ask back bring buffer build call capture carry catch change check choose
    clean close collect compare compile complete compute coordinate decide declare decode define
    describe digest do download draw exchange explain export express fetch fill find fold follow
    fork format give grade guess hand handle hold implement import judge keep let limit link list
    load lock log look make mark match measure move multiply name number offer open pack paint
    place plan plug present print prove provide put read recognise record refuse release remember
    render repair report resolve retry run save say scale score see select send serve set share
    show slide stand start step take tie track train translate trim turn warn watch weave weigh
    work write
    """,
)


def read_first_word(source):
    """Return the first word of a module's docstring, with the "of" that makes a noun of it."""
    return re.match(
        r"\W*(\w*(?:(?<![Kk]eep)\s+of\b)?)", ast.get_docstring(ast.parse(source)) or ""
    )[1].lower()


def list_modules(house):
    paths = (ROOT / house).rglob("*.py")
    return sorted(path for path in paths if "node_modules" not in path.parts)


@pytest.mark.parametrize("house", PYTHON)
def test_the_first_line_of_a_module_begins_with_a_verb(house):
    """A new verb is added above; "The", "What" or the name of a thing is none."""
    paths = [path for path in list_modules(house) if read_first_word(path.read_text()) not in VERBS]
    assert [str(path.relative_to(ROOT)) for path in paths] == []


def read_first_comment(source):
    """Return the first word of the comment with which a TypeScript file begins, likewise."""
    found = re.match(r"/\*\*[\s*]*([A-Za-z]*(?:(?<![Kk]eep) of\b)?)", source)
    return found[1].lower() if found else ""


def list_scripts(front_end):
    """Return a front end's own modules and programs."""
    folder = ROOT / front_end
    return sorted(
        [*(folder / "src").rglob("*.ts"), *folder.glob("*.mjs"), *folder.glob("packs/*.mjs")]
    )


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_the_first_line_of_a_script_begins_with_a_verb(front_end):
    paths = list_scripts(front_end)
    assert len(paths) > 30
    wrong = [path for path in paths if read_first_comment(path.read_text()) not in VERBS]
    assert [str(path.relative_to(ROOT)) for path in wrong] == []


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("/** The code editor of a cell. */\n", "the"),
        ("/**\n * Makes HTML safe.\n */\n", "makes"),
        ("/** Scale of a figure. */\n", "scale of"),
        ("import x;\n", ""),
    ],
)
def test_a_script_without_a_verb_is_noticed(source, word):
    assert read_first_comment(source) == word
    assert word not in VERBS


def test_every_module_of_tests_says_what_it_is_about():
    paths = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "live_cells" / "tests").rglob("*.py")]
    silent = [path for path in paths if not ast.get_docstring(ast.parse(path.read_text()))]
    assert [str(path.relative_to(ROOT)) for path in silent] == []


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ('"""The table of grades."""', "the"),
        ('"""What stands between."""', "what"),
        ('"""List of learners."""', "list of"),
        ('"""``python -m grader``."""', "python"),
        ("import os", ""),
    ],
)
def test_a_first_line_without_a_verb_is_noticed(source, word):
    assert read_first_word(source) == word
    assert word not in VERBS


FORMER = ("gatekeeper", "ledger", "warden", "disarm", "astray", "audience", "shield")
"""Words of version 1.0 for rooms that have a standard name now."""


def list_classes(house):
    """Return where each public class of a house stands, by its name."""
    places = collections.defaultdict(list)
    for path in list_modules(house):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(path.relative_to(ROOT).as_posix())
    return places


@pytest.mark.parametrize("house", HOUSES)
def test_the_name_of_a_class_has_one_meaning_in_a_house(house):
    """Whoever searches for ``class Answer`` finds the one that is meant."""
    assert {name: at for name, at in list_classes(house).items() if len(at) > 1} == {}


def test_classes_of_one_name_are_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    (tmp_path / "house" / "room").mkdir(parents=True)
    for place in ("house/one.py", "house/room/two.py"):
        (tmp_path / place).write_text("class Plan: ...\nclass _Own: ...\n")
    assert list_classes("house") == {"Plan": ["house/one.py", "house/room/two.py"]}


SAME = {
    "circuits": "count measure_copying render_html render_text",
    "grader": "list_rows main warm_up",
    "tools": "describe main make_environment measure report serve tool write_table",
}
"""Public functions of several modules that mean the same, or are of programs of their own."""

FLOORS = {"autograde", "collect", "export", "feedback", "preload"}
"""Modules of the grader for one thing on several floors: a command, nbgrader's hook, the work."""


def list_functions(house):
    """Return where each public function of a house stands, by its name."""
    places = collections.defaultdict(list)
    for path in list_modules(house):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                places[node.name].append(path.relative_to(ROOT).as_posix())
    return places


def find_several(places):
    return {name: at for name, at in places.items() if len(at) > 1}


@pytest.mark.parametrize("house", HOUSES)
def test_the_name_of_a_function_has_one_meaning_in_a_house(house):
    """Whoever searches for ``def find_fault`` finds the one that is meant."""
    several = find_several(list_functions(house))
    same = SAME.get(house, "").split()
    assert {name: at for name, at in several.items() if name not in same} == {}


def test_functions_of_one_name_are_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    (tmp_path / "house").mkdir()
    for name in ("one", "two"):
        (tmp_path / "house" / f"{name}.py").write_text("def read(): ...\ndef _own(): ...\n")
    assert find_several(list_functions("house")) == {"read": ["house/one.py", "house/two.py"]}


def test_the_name_of_a_module_has_one_meaning_in_the_grader():
    places = collections.defaultdict(list)
    for path in list_modules("grader"):
        if not path.name.startswith("_"):
            places[path.stem].append(path.relative_to(ROOT).as_posix())
    several = find_several(places)
    assert {name: at for name, at in several.items() if name not in FLOORS} == {}


def find_words(words, paths, apart=()):
    """Return which of the words each file says, if it says any."""
    said = {path.relative_to(ROOT).as_posix(): words.findall(path.read_text()) for path in paths}
    return {path: found for path, found in said.items() if found and path not in apart}


@pytest.mark.parametrize("house", HOUSES)
def test_rooms_are_called_by_their_names_of_today(house):
    """Whoever reads "what the gatekeeper put right" looks in vain for a gatekeeper."""
    words = re.compile(rf"(?<![a-z])({'|'.join(FORMER)})", re.IGNORECASE)
    paths = [path for path in list_modules(house) if path.name != "former_names.py"]
    assert find_words(words, paths) == {}


def test_the_book_calls_them_so_too():
    words = re.compile(rf"(?<![a-z])({'|'.join(FORMER[:3])})", re.IGNORECASE)
    assert find_words(words, [*ROOT.glob("*/*.md"), *ROOT.glob("*.md")], ("CHANGELOG.md",)) == {}


def read_map():
    """Return the part of CONTRIBUTING that says where things are, house by house."""
    papers = (ROOT / "CONTRIBUTING.md").read_text()
    places = re.search(r"^## Where things are\n(.*?)^## ", papers, re.MULTILINE | re.DOTALL)[1]
    return dict(
        re.findall(r"^Inside `([\w/]+)/`(.*?)(?=^Inside|\Z)", places, re.MULTILINE | re.DOTALL)
    )


def list_rooms(house):
    """Return what a house has at its top: folders with modules, and modules of its own."""
    tops = (ROOT / house).iterdir()
    folders = {f"{top.name}/" for top in tops if top.is_dir() and any(top.glob("*.py"))}
    return folders | {path.name for path in (ROOT / house).glob("[!_]*.py")}


def list_named(text):
    """Return the rooms that a map names: the first column of its table."""
    firsts = re.findall(r"^\| (`[^|]*) \|", text, re.MULTILINE)
    return {name for first in firsts for name in re.findall(r"`([\w.-]+/?)`", first)}


MAPPED = ("book/_extensions", "circuits", "course", "grader", "tests", "tools")


@pytest.mark.parametrize("house", MAPPED)
def test_the_map_has_a_line_for_every_room_and_for_no_other(house):
    assert list_named(read_map()[house]) == list_rooms(house)


def list_rooms_inside(house):
    """Return the folders of a house that hold modules, the house itself aside."""
    return sorted({path.parent for path in list_modules(house)} - {ROOT / house})


@pytest.mark.parametrize("room", list_rooms_inside("grader"), ids=lambda room: room.name)
def test_a_room_of_the_grader_names_each_of_its_modules(room):
    """In its docstring, or as ``cli/`` by the commands that are typed."""
    about = (room / "__init__.py").read_text()
    stems = [path.stem for path in room.glob("[!_]*.py")]
    assert [stem for stem in stems if not re.search(rf"[`\"]{stem}[`:]", about)] == []


def list_sources(room):
    tops = [path for path in (ROOT / room).iterdir() if path.suffix in ("", ".ts")]
    return {f"{path.name}/" if path.is_dir() else path.name for path in tops}


@pytest.mark.parametrize("house", ["live_cells", "explorables"])
def test_a_front_end_has_a_line_for_every_room_and_for_no_other(house):
    papers = (ROOT / house / "README.md").read_text()
    about = re.search(r"^## How it is made\n(.*?)(?=^## |\Z)", papers, re.MULTILINE | re.DOTALL)[1]
    assert list_named(about) == list_sources(f"{house}/frontend/src")


def test_the_map_of_all_houses_names_those_that_are_there():
    papers = (ROOT / "CONTRIBUTING.md").read_text()
    named = re.findall(r"^\| `([a-z_]+)/` \|[^|]*\|[^|]*\|$", papers, re.MULTILINE)
    assert set(HOUSES) <= set(named)
    assert [name for name in named if not (ROOT / name).is_dir()] == []


def test_the_way_of_an_answer_leads_through_files_that_are_there():
    papers = (ROOT / "CONTRIBUTING.md").read_text()
    way = re.search(r"^## One answer, .*?\n(.*?)^## ", papers, re.MULTILINE | re.DOTALL)[1]
    named = re.findall(r"`([\w./-]+/[\w./-]*)`", way)
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("section", ["Add an exercise", "Add a learning platform"])
def test_a_recipe_leads_to_files_that_are_there(section):
    papers = (ROOT / "CONTRIBUTING.md").read_text()
    recipe = re.search(rf"^## {section}\n(.*?)^## ", papers, re.MULTILINE | re.DOTALL)[1]
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", recipe)
    assert len(named) > 5
    assert [path for path in named if not (ROOT / path).exists()] == []
