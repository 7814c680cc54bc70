"""The recipe for a JupyterHub lets instructors alone into Formgrader; the page names the wheel."""

import re
import runpy

import pytest
from traitlets.config import Config

from circuits import __version__
from tools.build.environment import ROOT

RECIPE = ROOT / "tools" / "hub" / "jupyterhub_config.py"


@pytest.fixture(scope="module")
def recipe():
    config = Config()
    names = runpy.run_path(str(RECIPE), {"get_config": lambda: config})
    return config.JupyterHub, config, names


def test_instructors_alone_may_open_the_service(recipe):
    hub, config, names = recipe
    (service,) = hub.services
    (role,) = hub.load_roles
    assert role["scopes"] == [f"access:services!service={service['name']}"]
    assert [hub.load_groups[group]["users"] for group in role["groups"]] == [names["INSTRUCTORS"]]
    assert config.Authenticator.allowed_users == {*names["INSTRUCTORS"], *names["LEARNERS"]}


def test_the_service_runs_as_the_account_of_the_class_and_has_its_name(recipe):
    hub, config, names = recipe
    (service,) = hub.services
    assert service["user"] == names["ACCOUNT"] not in {*names["INSTRUCTORS"], *names["LEARNERS"]}
    assert service["url"].startswith("http://127.0.0.1:"), "reached through the hub alone"
    configured = (ROOT / "nbgrader_config.py").read_text()
    assert f'c.CourseDirectory.course_id = "{service["name"]}"' in configured
    assert not any(word.startswith(names["FOLDER"]) for word in config.Spawner.cmd)


def test_the_page_names_the_wheel_that_the_site_has():
    page = (ROOT / "book" / "instructors.md").read_text()
    named = re.findall(r"circuit_exercises_toolkit-[^`\s]+?\.whl", page)
    assert named
    assert set(named) == {f"circuit_exercises_toolkit-{__version__}-py3-none-any.whl"}
