"""List the platforms whose files are read and filled."""

from __future__ import annotations

from grader.lms.blackboard import Blackboard
from grader.lms.canvas import Canvas
from grader.lms.gradescope import Gradescope
from grader.lms.moodle import Moodle
from grader.lms.platform import Platform

PLATFORMS: dict[str, Platform] = {
    "canvas": Canvas(),
    "moodle": Moodle(),
    "blackboard": Blackboard(),
    "gradescope": Gradescope(),
}
"""By the words of the command line."""
