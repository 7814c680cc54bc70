"""The rooms of the house: what their names and first lines say, and the map in CONTRIBUTING."""

import ast
import collections
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSES = ("circuits", "course", "explorables", "grader", "tools")
VERBS = re.findall(
    r"\w+",
    """
    add arrange back bring buffer build call capture carry catch change check choose clean collect
    compare compile compute coordinate decode define describe digest do draw exchange explain
    export express fill find follow fork format give grade guess hand handle hold implement import
    judge keep let limit link list load lock log look make mark match measure name open pack paint
    place plan plug present print put read recognise record refuse release remember render report
    retry run save say see select serve set share show stand start take tend train turn watch
    weave work write
    """,
)


def read_first_word(source):
    """Return the first word of a module's docstring."""
    return re.match(r"\W*(\w*)", ast.get_docstring(ast.parse(source)) or "")[1].lower()


def list_modules(house):
    paths = (ROOT / house).rglob("*.py")
    return sorted(path for path in paths if "node_modules" not in path.parts)


@pytest.mark.parametrize("house", HOUSES)
def test_the_first_line_of_a_module_begins_with_a_verb(house):
    """A new verb is added above; "The", "What" or the name of a thing is none."""
    paths = [path for path in list_modules(house) if read_first_word(path.read_text()) not in VERBS]
    assert [str(path.relative_to(ROOT)) for path in paths] == []


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ('"""The table of grades."""', "the"),
        ('"""What stands between."""', "what"),
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
    return {name for first in firsts for name in re.findall(r"`([\w.]+/?)`", first)}


MAPPED = ("book/_extensions", "circuits", "course", "grader", "tests", "tools")


@pytest.mark.parametrize("house", MAPPED)
def test_the_map_has_a_line_for_every_room_and_for_no_other(house):
    assert list_named(read_map()[house]) == list_rooms(house)


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
