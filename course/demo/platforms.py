"""Write archives and tables as two platforms' own code does, for demos and tests.

Canvas: ``content_zipper.rb`` and ``gradebook_exporter.rb``. Moodle: ``assign/locallib.php`` and
``assign/feedback/offline``.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Age = Literal["new", "old", "flat"]


@dataclass(frozen=True)
class Enrolled:
    """Somebody on a platform.

    Attributes:
        login: The learner's id here, and the name with which they log in there.
        first: The first name.
        last: The last name.
        number: Canvas' number; Moodle's for one assignment is 10,000 higher.
    """

    login: str
    first: str
    last: str
    number: int

    @property
    def email(self) -> str:
        """Their e-mail address."""
        return f"{self.login}@example.org"

    @property
    def sortable(self) -> str:
        """The name as Canvas sorts it."""
        return f"{self.last}, {self.first}"


CLASS = (
    Enrolled("ada", "Ada", "Lovelace", 4711),
    Enrolled("garcia", "Ana", "García", 4712),
    Enrolled("oneill", "Sinéad", "O'Neill-Smith", 4713),
    Enrolled("idle", "Ida", "Idle", 4714),
)


def write_zip(path: Path, files: Iterable[tuple[str, str | bytes]]) -> Path:
    """Write an archive, and return its path."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return path


def name_canvas(one: Enrolled, file: str, *, late: bool = False, attachment: int = 90_000) -> str:
    """Return a name as ``ContentZipper#add_attachment_to_zip`` makes it."""
    who = f"{one.sortable.lower()}{'_LATE' if late else ''}_{one.number}"
    plain = re.sub(r"[^\w]", "", who)
    return f"{plain}_{attachment + one.number}_{file}"


def name_moodle(one: Enrolled, file: str, *, age: Age = "new") -> str:
    """Return a name in folders of today, in those before 4.1, or without folders."""
    who = f"{one.first} {one.last}".replace("_", " ")
    start = f"{who}_{one.number + 10_000}_assignsubmission_file"
    return {"new": f"{start}/{file}", "old": f"{start}_/{file}", "flat": f"{start}_{file}"}[age]


def write_canvas_table(
    people: Iterable[Enrolled] = CLASS,
    column: str = "exercise-1 (5512)",
    most: str = "4",
    value: str = "",
    end: str = "\r\n",
) -> bytes:
    """Return a gradebook: `GradebookExporter#to_csv`, with a row of points and a test student."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator=end)
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    table.writerow([*head, column, "other (5513)", "Current Score", "Final Grade"])
    table.writerow(["    Points Possible", "", "", "", "", most, "10.0", "(read only)", ""])
    for one in people:
        section = "S1 and S2"
        row = [one.sortable, one.number, f"sis{one.number}", one.login, section]
        table.writerow([*row, value, "7.00", "70.0", "B"])
    table.writerow(["Student, Test", 1, "", "abc", "S1", "", "", "", ""])
    return out.getvalue().encode()


def write_moodle_table(
    people: Iterable[Enrolled] = CLASS,
    *,
    most: str = "4.00",
    language: Literal["en", "de"] = "en",
    value: str = "",
    times: Mapping[str, str] | None = None,
) -> bytes:
    """Return a grading worksheet: ``assignfeedback_offline``'s, BOM and all."""
    head = {
        "en": ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade",
               "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
               "Feedback comments"],
        "de": ["ID", "Vollständiger Name", "E-Mail-Adresse", "Status", "Bewertung",
               "Bestwertung", "Bewertung kann geändert werden", "Zuletzt geändert (Abgabe)",
               "Zuletzt geändert (Bewertung)", "Feedback als Kommentar"],
    }[language]  # fmt: skip
    word, yes, time = {
        "en": ("Participant ", "Yes", "Sunday, 29 November 2026, 5:42 PM"),
        "de": ("Teilnehmer/in", "Ja", "Sonntag, 29. November 2026, 17:42"),
    }[language]
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(head)
    for one in people:
        table.writerow(
            [f"{word}{one.number + 10_000}", f"{one.first} {one.last}", one.email,
             "Submitted for grading", value, most, yes,
             (times or {}).get(one.login, time), "-", ""]
        )  # fmt: skip
    return b"\xef\xbb\xbf" + out.getvalue().encode()
