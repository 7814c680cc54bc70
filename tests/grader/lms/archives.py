"""Archives and tables as the platforms' own code writes them.

Canvas: ``content_zipper.rb`` and ``gradebook_exporter.rb``. Moodle: ``assign/locallib.php`` and
``assign/feedback/offline``. Blackboard and Gradescope: their help pages.
"""

import csv
import io
import re
import zipfile
from dataclasses import dataclass


@dataclass(frozen=True)
class Learner:
    """Somebody on a platform: the same on each of them, with its own numbers."""

    login: str
    first: str
    last: str
    number: int

    @property
    def email(self):
        return f"{self.login}@example.org"

    @property
    def sortable(self):
        return f"{self.last}, {self.first}"


CLASS = (
    Learner("ada", "Ada", "Lovelace", 4711),
    Learner("garcia", "Ana", "García", 4712),
    Learner("oneill", "Sinéad", "O'Neill-Smith", 4713),
    Learner("idle", "Ida", "Idle", 4714),
)


def write_zip(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return path


def name_canvas(learner, file, *, late=False, attachment=90_000):
    """Return a name as ``ContentZipper#add_attachment_to_zip`` makes it."""
    who = f"{learner.sortable.lower()}{'_LATE' if late else ''}_{learner.number}"
    plain = re.sub(r"[^\w]", "", who)
    return f"{plain}_{attachment + learner.number}_{file}"


def name_moodle(learner, file, *, age="new"):
    """Return a name in folders of today, in those before 4.1, or without folders."""
    who = f"{learner.first} {learner.last}".replace("_", " ")
    start = f"{who}_{learner.number + 10_000}_assignsubmission_file"
    return {"new": f"{start}/{file}", "old": f"{start}_/{file}", "flat": f"{start}_{file}"}[age]


def name_blackboard(learner, file, when="2026-11-29-17-42-00", word="attempt"):
    return f"Exercise 1_{learner.login}_{word}_{when}{f'_{file}' if file else '.txt'}"


def about_blackboard(learner, when="Sunday, November 29, 2026 5:42:00 PM CET"):
    return (
        f"Name: {learner.first} {learner.last} ({learner.login})\nAssignment: Exercise 1\n"
        f"Date Submitted: {when}\nCurrent Grade: Needs Grading\n\nSubmission Field:\n\n"
    )


def write_canvas_table(learners=CLASS, column="exercise-1 (5512)", most="4", value="", end="\r\n"):
    """Return a gradebook: `GradebookExporter#to_csv`, with a row of points and a test student."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator=end)
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    table.writerow([*head, column, "other (5513)", "Current Score", "Final Grade"])
    table.writerow(["    Points Possible", "", "", "", "", most, "10.0", "(read only)", ""])
    for one in learners:
        section = "S1 and S2"
        row = [one.sortable, one.number, f"sis{one.number}", one.login, section]
        table.writerow([*row, value, "7.00", "70.0", "B"])
    table.writerow(["Student, Test", 1, "", "abc", "S1", "", "", "", ""])
    return out.getvalue().encode()


def write_moodle_table(learners=CLASS, *, most="4.00", language="en", value=""):
    """Return a grading worksheet: ``assignfeedback_offline``'s, BOM and all."""
    head = {
        "en": ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade",
               "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
               "Feedback comments"],
        "de": ["ID", "Vollständiger Name", "E-Mail-Adresse", "Status", "Bewertung",
               "Höchste Bewertung", "Bewertung kann geändert werden",
               "Zuletzt geändert (Abgabe)", "Zuletzt geändert (Bewertung)", "Feedback"],
    }[language]  # fmt: skip
    word, yes, time = {
        "en": ("Participant ", "Yes", "Sunday, 29 November 2026, 5:42 PM"),
        "de": ("Teilnehmer/in", "Ja", "Sonntag, 29. November 2026, 17:42"),
    }[language]
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(head)
    for one in learners:
        table.writerow(
            [f"{word}{one.number + 10_000}", f"{one.first} {one.last}", one.email,
             "Submitted for grading", value, most, yes, time, "-", ""]
        )  # fmt: skip
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def write_gradescope(path, learners, file, data):
    lines, files = [], []
    for one in learners:
        folder = f"submission_{one.number}"
        lines += [
            f"{folder}:",
            "  :submitters:",
            f"  - :name: {one.first} {one.last}",
            f"    :sid: '{one.number}'",
            f"    :email: {one.email}",
            "  :created_at: 2026-11-29 17:42:00.000000000 Z",
            "  :score: ",
        ]
        files.append((f"assignment_9_export/{folder}/{file}", data))
    text = "---\n" + "\n".join(lines) + "\n"
    return write_zip(path, [*files, ("assignment_9_export/submission_metadata.yml", text)])
