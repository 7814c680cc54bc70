"""The workflow that puts the book on the web: pinned, and with few rights."""

import os
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
RIGHTS = {
    "build": {"contents": "read", "pages": "read"},
    "deploy": {"pages": "write", "id-token": "write"},
}


@pytest.fixture(scope="module")
def workflow():
    return yaml.safe_load((ROOT / ".github" / "workflows" / "pages.yml").read_text())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_whose_version_is_named(path):
    used = re.findall(r"uses: (.*)", path.read_text())
    assert used
    assert [action for action in used if not PINNED.match(action)] == []


def test_each_job_has_the_rights_that_it_needs_and_no_others(workflow):
    assert workflow["permissions"] == {}
    assert {name: job["permissions"] for name, job in workflow["jobs"].items()} == RIGHTS


def test_the_token_is_not_left_where_the_build_could_read_it(workflow):
    (checkout,) = (s for s in workflow["jobs"]["build"]["steps"] if "checkout" in s.get("uses", ""))
    assert checkout["with"]["persist-credentials"] is False


def test_what_is_deployed_was_built_and_tested_by_a_program_of_ours(workflow):
    steps = workflow["jobs"]["build"]["steps"]
    (command,) = (step["run"] for step in steps if "run" in step)
    program = ROOT / command
    assert os.access(program, os.X_OK)
    text = program.read_text()
    assert text.count("-m tools.test.check_site") == 2
    made, looked_over = text.index("make pdf epub"), text.index("-m tools.test.printed")
    assert made < looked_over < text.index("cp -R")
    (upload,) = (s["with"]["path"] for s in steps if "upload-pages" in s.get("uses", ""))
    assert f'cp -R "$built" {upload}' in text
    assert workflow["jobs"]["deploy"]["needs"] == "build"
