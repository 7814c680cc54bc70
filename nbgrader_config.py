"""What stock nbgrader commands read when they run from this folder.

The class's files live under classroom/; `--course-dir DIR` names another folder. Weave the
source notebooks first: `python -m grader weave`.

What keeps learners' code in its sandbox stands in nbgrader_config.json: nbgrader takes a file that
it cannot read for none at all, and a slip in this one must not open that door.
"""

import sys
from pathlib import Path

from grader.config import find_own_programs, remind_to_weave
from grader.dates import read_dates_strictly
from grader.gradebook.watch import watch_grades
from grader.hooks.export import CarefulExport
from grader.hooks.release_feedback import CarefulReleaseFeedback

c = get_config()  # noqa: F821  (nbgrader puts it here)

CLASSROOM = Path(__file__).resolve().parent / "classroom"

# --- The class ------------------------------------------------------------------------------

c.SandboxedExecute.plugin = "course.plugin:PLUGIN"  # the course: its parts, its judge
c.CourseDirectory.course_id = "transformer-circuits"
c.CourseDirectory.root = str(CLASSROOM)  # source/, release/, submitted/, gradebook.db, ...

# Where notebooks change hands. On a shared server, name a folder that all learners can reach.
c.Exchange.root = str(CLASSROOM / "exchange")
c.ExchangeFactory.release_feedback = CarefulReleaseFeedback  # stops at nobody's

# Files of an archive, as ada_exercise-1.ipynb, for `nbgrader zip_collect`: whose each one is. Names
# as Moodle, Canvas and Blackboard make them say something else there: `python -m grader collect`.
c.FileNameCollectorPlugin.named_regexp = (
    r".*/(?![^/]*(?:_assignsubmission_|_\d+_\d+_|_\d{4}(?:-\d\d){5}))"
    r"(?P<student_id>[^/_]+)_(?P<file_id>[^/]+)$"
)

# Grades are of the class, too, and belong beside its other files. They are quoted, and who is
# pending, missing or excused has no score.
c.ExportApp.plugin_class = CarefulExport
c.ExportPlugin.to = str(CLASSROOM / "grades.csv")

# --- What learners receive ------------------------------------------------------------------

# A source cell holds the book's stub, and the answer behind it. The stub alone remains.
c.ClearSolutions.code_stub = {"python": ""}
c.ClearSolutions.text_stub = ""

# What the class received is kept, and parts change by `python -m grader update` once they are
# handed in.
c.GenerateAssignment.exporter_class = "grader.hooks.generate.KeepingExporter"

# --- Grading --------------------------------------------------------------------------------

# `nbgrader autograde` and Formgrader grade as `python -m grader autograde` does. Every change of a
# grade is logged (grades.log).
watch_grades()  # in this process, be it autograding or formgrader

# Formgrader shows model answer and rubric beside a text, and no stale tab saves over newer points.
if "nbgrader.server_extensions.formgrader.formgrader" in sys.modules:  # in its process alone
    from grader.hooks.formgrader import tend_formgrader

    tend_formgrader()

# What a submission may use; grader/sandbox/limits.py has all bounds with their reasons.
c.SandboxedExecute.limits = {"cell_seconds": 20.0}

# --- Running notebooks ----------------------------------------------------------------------

c.Execute.timeout = 60  # seconds a cell; the hidden tests of a part take less than one

find_own_programs()
read_dates_strictly()  # due dates and timestamp.txt: no day is taken for a month
remind_to_weave(CLASSROOM)
