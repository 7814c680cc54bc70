"""The course's directives for mystmd write what those for Sphinx write."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from circuits.exercises import PARTS
from circuits.exercises.cards import write_card, write_hints
from tools.build.node import NoNodeError, node_environment

PLUGIN = Path(__file__).parents[2] / "book" / "_extensions" / "course_directives.mjs"
ASK = """
const { default: plugin } = await import(process.argv[1]);
const directives = Object.fromEntries(plugin.directives.map((each) => [each.name, each]));
const ctx = { parseMyst: (text) => ({ children: [text] }) };
const run = (name, data) => directives[name].run(data, {}, ctx);
let refused = "";
try {
  run("part", { arg: "ex9z" });
} catch (error) {
  refused = error.message;
}
console.log(JSON.stringify({
  names: Object.keys(directives),
  card: run("part", { arg: "ex2c" }),
  hints: run("hints", { arg: "ex2c" }),
  mistakes: run("mistakes", {}),
  nowhere: run("explorable", { arg: "no-such-figure", body: "Its caption." }),
  refused,
  figure: plugin.roles[0].run({ body: "the dial below <dial-figure>" }),
}));
"""


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    try:
        environment = node_environment()
    except NoNodeError as error:
        pytest.skip(str(error))
    command = ["node", "--input-type=module", "--eval", ASK, PLUGIN.as_uri()]
    outcome = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stderr
    found: dict[str, Any] = json.loads(outcome.stdout)
    return found


def test_every_directive_of_the_chapters_is_there(answers: dict[str, Any]) -> None:
    wanted = {"part", "hints", "mistakes", "explorable", "live-progress"}
    assert set(answers["names"]) == wanted


def test_cards_and_hints_are_those_of_the_table_of_parts(answers: dict[str, Any]) -> None:
    part = PARTS["ex2c"]
    for key, css, lines in (
        ("card", "course-part", write_card(part, "page")),
        ("hints", "course-hints", write_hints(part)),
    ):
        assert answers[key] == [{"type": "div", "class": css, "children": ["\n".join(lines)]}]
    assert answers["mistakes"][0]["children"][0].startswith("| Name |")


def test_a_figure_that_is_not_built_leaves_its_caption(answers: dict[str, Any]) -> None:
    assert answers["nowhere"][0]["children"] == ["Its caption."]


def test_a_part_that_is_not_in_the_table_is_refused_by_name(answers: dict[str, Any]) -> None:
    assert "no part ex9z" in answers["refused"]


def test_a_figure_is_referred_to_in_the_author_s_words(answers: dict[str, Any]) -> None:
    assert answers["figure"] == [{"type": "text", "value": "the dial below"}]
