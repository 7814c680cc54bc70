"""List the platforms whose files are read and filled: a module and a row for each.

`blackboard`, `canvas`, `gradescope` and `moodle` have what `platform` defines. CONTRIBUTING says
how one is added.
"""

from __future__ import annotations

from grader.lms.platforms.blackboard import Blackboard
from grader.lms.platforms.canvas import Canvas
from grader.lms.platforms.gradescope import Gradescope
from grader.lms.platforms.moodle import Moodle
from grader.lms.platforms.platform import Platform

PLATFORMS: dict[str, Platform] = {
    "canvas": Canvas(),
    "moodle": Moodle(),
    "blackboard": Blackboard(),
    "gradescope": Gradescope(),
}
"""By the words of the command line: ``collect --from canvas``, ``export --canvas FILE``."""
