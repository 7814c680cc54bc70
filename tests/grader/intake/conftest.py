"""The notebook of exercise 1 as learners received it, and one with the answers written in."""

import copy
import json

import pytest

from course.plugin import PLUGIN
from course.release import release_notebook
from course.weave.notebook import build_notebook
from grader.config import read_configuration
from grader.intake import make_reference

ANSWERS = {
    "ex1a": "W_V_1 = np.eye(16)[:4]\nW_out_1 = np.eye(16)[:, 8:12]",
    "ex1b": "W_V_2 = np.eye(16)[[8, 4, 5, 6]]\nW_out_2 = np.eye(16)[:, 12:]",
    "ex1c": "W_net_1 = W_out_1 @ W_V_1\nW_net_2 = W_out_2 @ W_V_2",
    "ex1c-text": "They tell which dimension is read, and where it is written.",
    "ex1d": "two_token_copy = W_net_2 @ W_net_1\none_token_copy = W_net_2 + W_net_1",
}


@pytest.fixture(scope="session")
def released(sources):
    return release_notebook(build_notebook("exercise-1", sources), read_configuration(sources))


@pytest.fixture(scope="session")
def reference(released):
    return make_reference(released, PLUGIN.find_owner)


@pytest.fixture
def answered(released):
    """An honest submission, as JSON values, to be changed at will."""
    notebook = json.loads(json.dumps(copy.deepcopy(released)))
    for cell in notebook["cells"]:
        label = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = ANSWERS.get(label, cell["source"])
    return notebook
