"""Read and write Gradescope's files: exported submissions, the roster, a grader's results.

The export has a folder for each submission and one ``submission_metadata.yml``, whose keys are
those of Ruby: ``:submitters``, ``:created_at``. Grades go in as ``results.json`` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from grader.dates import UnclearDateError, read_date
from grader.errors import CourseError
from grader.lms.accounts import Account
from grader.lms.platforms.platform import Column, Item, Read
from grader.sheet import Spreadsheet

if TYPE_CHECKING:
    from grader.reports.results import Result

_ABOUT = "submission_metadata.yml"


class Gradescope:
    """Gradescope, whose files this module reads."""

    name = "Gradescope"
    table = ""
    several = False

    def find_items(self, entries: Iterable[str], read: Read, zone: tzinfo) -> list[Item]:
        """Return what was handed in, as `Platform` says; for a group, each."""
        entries = list(entries)
        about = next((e for e in entries if e == _ABOUT or e.endswith(f"/{_ABOUT}")), None)
        if about is None:
            return []
        root = about.removesuffix(_ABOUT)
        items = []
        for folder, submission in _read_yaml(read(about)).items():
            inside = f"{root}{folder}/"
            files = [entry for entry in entries if entry.startswith(inside)]
            when = _read_time(submission.get(":created_at"), zone)
            for person in submission.get(":submitters") or ():
                sid, email, name = (
                    str(person.get(key) or "") for key in (":sid", ":email", ":name")
                )
                ids = tuple(filter(None, (sid, email, email.partition("@")[0])))
                items += [
                    Item(
                        entry,
                        email or sid or name,
                        entry.removeprefix(inside),
                        "",
                        ids,
                        (name,) if name else (),
                        when,
                    )
                    for entry in files
                ]
        return items

    def read_accounts(self, sheet: Spreadsheet, zone: tzinfo) -> list[Account]:
        """Return the learners in a roster or in exported grades.

        Raises:
            CourseError: If it is none.
        """
        del zone
        email = sheet.find_column("Email", "Email Address")
        if email is None:
            raise CourseError(f"{sheet.name} is no roster from Gradescope: it has no column Email.")
        sid = sheet.find_column("SID", "Student ID")
        first, last = sheet.find_column("First Name"), sheet.find_column("Last Name")
        name = sheet.find_column("Name")
        return [
            Account(
                key,
                tuple(filter(None, (sheet.text(row, sid), key, key.partition("@")[0]))),
                (sheet.text(row, name) or f"{sheet.text(row, first)} {sheet.text(row, last)}",),
                row,
            )
            for row in range(1, len(sheet.rows))
            if (key := sheet.text(row, email))
        ]

    def find_column(self, sheet: Spreadsheet, assignment: str, named: str) -> Column:
        """Refuse: Gradescope reads no table of grades.

        Raises:
            CourseError: Always.
        """
        del assignment, named
        raise CourseError(
            f"Gradescope reads no table of grades, so {sheet.name} was not filled; "
            "`--gradescope FOLDER` writes what its grader reads."
        )


def make_results(result: Result) -> dict[str, Any] | None:
    """Return a ``results.json``: a test for each part. None where there is nothing to say yet.

    A part that waits for a person has no score, so it is left out, and the text says so.
    """
    if result.state in ("missing", "excused"):
        return None
    parts = [part for part in result.parts if part.score is not None]
    waiting = [part.part for part in result.parts if part.score is None]
    values: dict[str, Any] = {
        "tests": [
            {
                "name": part.part,
                "number": str(number),
                "score": part.score,
                "max_score": part.max_points,
                "visibility": "after_published",
                "extra_data": {"diagnosis": part.diagnosis or None},
            }
            for number, part in enumerate(parts, start=1)
        ],
        "visibility": "after_published",
    }
    if waiting:
        values["output"] = f"A person still has to read: {', '.join(waiting)}."
    elif result.score is not None:
        values["score"] = result.score  # with the penalty for being late
    return values if parts else None


def _read_yaml(data: bytes) -> Mapping[str, Mapping[str, Any]]:
    import yaml

    class Plain(yaml.SafeLoader):
        """Reads no alias: a few lines of them can stand for a billion."""

        def compose_node(self, parent: Any, index: Any) -> Any:  # noqa: ANN401
            if self.check_event(yaml.AliasEvent):
                raise yaml.YAMLError("an alias")
            return super().compose_node(parent, index)

    try:
        found = yaml.load(data.decode("utf-8", "replace"), Plain)  # noqa: S506  (a safe loader)
        return {str(k): v for k, v in found.items() if isinstance(v, dict)}
    except (yaml.YAMLError, AttributeError, ValueError, RecursionError) as error:
        raise CourseError(
            f"{_ABOUT} in the archive cannot be read, so it says of no submission whose it is; "
            "download the submissions again."
        ) from error


def _read_time(value: object, zone: tzinfo) -> datetime | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    try:
        return read_date(str(value)[:30], zone)
    except UnclearDateError:
        return None
