"""A second course for the grader: two parts of ordinary Python, and nothing of circuits."""

from dataclasses import dataclass

from grader.digest import digest_imports
from grader.plugin import Explanation, Packages, PlainReport, Verdict


@dataclass(frozen=True)
class Given:
    name: str
    kind: str


@dataclass(frozen=True)
class Exercise:
    id: str
    title: str
    answers: tuple[Given, ...]
    points: float
    grading: str = "auto"

    @property
    def test_id(self):
        return f"{self.id}-test"


PARTS = (
    Exercise("total", "Add up", (Given("total", "matrix"),), 2.0),
    Exercise("double", "Twice as much", (Given("double", "function"),), 3.0),
)


class SecondCourse:
    trust = "outside"
    packages = Packages()
    drawing = ""

    def list_parts(self, assignment):
        return PARTS if assignment == "sums" else ()

    def find_owner(self, grade_id):
        names = {name for part in PARTS for name in (part.id, part.test_id)}
        return "sums" if grade_id in names else ""

    def prepare(self, seed):
        pass

    def judge(self, part, answers, seed):
        value = answers.get(part.id, ...)
        try:
            right = value == 55 if part.id == "total" else value(seed % 97) == 2 * (seed % 97)
        except Exception:  # noqa: BLE001  (a learner's function may raise anything)
            right = False
        status = "unattempted" if value is ... else "right" if right else "wrong"
        points = part.points if right else 0.0
        missing = "missing" if value is ... else None
        report = PlainReport(part.id, points, part.points, status, f"It is {status}.", missing)
        return Verdict(part.id, points, part.points, report)

    def explain(self, report):
        return Explanation()

    def digest(self):
        return digest_imports("second_course", own=("second_course",))

    def add_commands(self, add):
        pass


PLUGIN = SecondCourse()
