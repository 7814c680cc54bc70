"""The image for instructors and the dev container: what is in them, and what must not be."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
DEV = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
OPTIONS = {
    "--security-opt=seccomp=unconfined",
    "--security-opt=apparmor=unconfined",
    "--security-opt=systempaths=unconfined",
}


def read_stages():
    """Return the stages of the Dockerfile: name -> its lines."""
    found = re.split(r"^FROM (\S+) AS (\w+)$", DOCKERFILE, flags=re.MULTILINE)
    stages = {}
    for base, name, text in zip(found[1::3], found[2::3], found[3::3], strict=True):
        stages[name] = stages.get(base, "") + text.replace("\\\n", " ")
    return stages


def test_whoever_runs_the_image_is_an_ordinary_user():
    stages = read_stages()
    for name in ("course", "development"):
        assert re.findall(r"^USER (\S+)", stages[name], re.MULTILINE)[-1] == "instructor"
    assert DEV["remoteUser"] == "instructor"


def test_the_image_is_built_of_a_named_release():
    first = re.search(r"^FROM \S+:(\S+) AS", DOCKERFILE, re.MULTILINE)
    assert first is not None
    assert first[1] != "latest"


@pytest.mark.parametrize(
    "pattern",
    [
        line
        for line in (ROOT / ".gitignore").read_text().split("# Leftovers")[0].splitlines()
        if line and not line.startswith("#")
    ],
)
def test_what_must_not_come_into_git_does_not_come_into_the_image_either(pattern):
    """A class with its grades and its secret, above all."""
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    plain = pattern.strip("/")
    assert {plain, f"/{plain}", f"**/{plain}"} & set(ignored)


def test_a_dev_container_has_the_packages_that_the_suite_asks_for():
    asked = re.search(r"PACKAGES=\((.*?)\)", (ROOT / ".ci" / "run").read_text(), re.DOTALL)
    assert asked is not None
    installed = set(re.findall(r"\S+", read_stages()["development"]))
    assert set(asked[1].split()) <= installed
    assert DEV["build"]["target"] == "development"
    assert (ROOT / ".devcontainer" / DEV["build"]["dockerfile"]).resolve() == ROOT / "Dockerfile"


def test_the_sandbox_is_given_the_same_leave_wherever_a_container_is_started():
    assert set(DEV["runArgs"]) == OPTIONS
    page = (ROOT / "book" / "instructors.md").read_text()
    runs = re.findall(r"^docker run .*", page, re.MULTILINE)
    assert runs
    for run in runs:
        assert {option.replace("opt=", "opt ", 1) for option in OPTIONS} <= set(
            re.findall(r"--security-opt \S+", run)
        )
