"""What stock nbgrader commands read when they run from this folder.

The class's files live under classroom/; `--course-dir DIR` names another folder. Weave the
source notebooks first: `python -m grader weave`.
"""

from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute

from grader.dates import read_dates_strictly
from grader.gradebook import watch_grades
from grader.hooks.collect import CarefulCollect
from grader.hooks.execute import SandboxedExecute
from grader.hooks.export import CarefulExport
from grader.hooks.feedback import FeedbackExporter
from grader.hooks.read_submission import GatekeepingExporter, RecordOutcome
from grader.hooks.release_feedback import CarefulReleaseFeedback
from grader.programs import find_own_programs, remind_to_weave

c = get_config()  # noqa: F821  (nbgrader puts it here)

STOCK_STEPS = Autograde.class_traits()["autograde_preprocessors"].default()
CLASSROOM = Path(__file__).resolve().parent / "classroom"

# --- The class ------------------------------------------------------------------------------

c.SandboxedExecute.plugin = "course.plugin:PLUGIN"  # the course: its parts, its judge
c.CourseDirectory.course_id = "transformer-circuits"
c.CourseDirectory.root = str(CLASSROOM)  # source/, release/, submitted/, gradebook.db, ...

# Where notebooks change hands. On a shared server, name a folder that all learners can reach.
c.Exchange.root = str(CLASSROOM / "exchange")
c.ExchangeFactory.collect = CarefulCollect  # follows no learner's links
c.ExchangeFactory.release_feedback = CarefulReleaseFeedback  # stops at nobody's

# Files of an archive, as ada_exercise-1.ipynb, for `nbgrader zip_collect`: whose each one is.
c.FileNameCollectorPlugin.named_regexp = r".*/(?P<student_id>[^/_]+)_(?P<file_id>[^/]+)"

# Grades are of the class, too, and belong beside its other files. They are quoted, and who is
# pending, missing or excused has no score.
c.ExportApp.plugin_class = CarefulExport
c.ExportPlugin.to = str(CLASSROOM / "grades.csv")

# --- What learners receive ------------------------------------------------------------------

# A source cell holds the book's stub, and the answer behind it. The stub alone remains.
c.ClearSolutions.code_stub = {"python": ""}
c.ClearSolutions.text_stub = ""

# --- Grading --------------------------------------------------------------------------------

# What was handed in is read, and repaired where it can be, before nbgrader sees it. Before a run
# the gradebook is backed up (backups/), and every change of a grade is logged (grades.log).
c.Autograde.exporter_class = GatekeepingExporter
watch_grades()  # in this process, be it autograding or formgrader

# Learners' code runs in a sandbox; their answers leave it as data and are judged outside.
c.Autograde.autograde_preprocessors = [
    SandboxedExecute,  # in the place of nbgrader's Execute
    *(step for step in STOCK_STEPS if step is not Execute),
    RecordOutcome,  # asks for a person where one is needed
]

# What a submission may use; grader/sandbox/limits.py has all bounds with their reasons.
c.SandboxedExecute.limits = {"cell_seconds": 20.0}

# Feedback is one file: the learner's work, each check and its report, no hidden test, no script.
c.GenerateFeedback.exporter_class = FeedbackExporter
c.GenerateFeedback.preprocessors = []

# --- Running notebooks ----------------------------------------------------------------------

c.Execute.timeout = 60  # seconds a cell; the hidden tests of a part take less than one

find_own_programs()
read_dates_strictly()  # due dates and timestamp.txt: no day is taken for a month
remind_to_weave(CLASSROOM)
