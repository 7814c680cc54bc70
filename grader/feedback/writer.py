"""Write one learner's feedback after the other: each a folder, put in its place whole."""

from __future__ import annotations

import filecmp
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from grader.batch.progress import Event, Failed, Finished, Unchanged
from grader.config import Settings
from grader.feedback.grades import read_grades
from grader.feedback.page import MOST_CHARACTERS, read_graded, render_page
from grader.gradebook.access import (
    copy_beside,
    open_coursedir,
    open_gradebook,
    set_permissions,
)
from grader.plugin import load_plugin


@dataclass(frozen=True)
class FeedbackTask:
    """Whose feedback is written.

    Attributes:
        student: The learner's id.
        source: The graded submission.
        target: Where the feedback goes.
    """

    student: str
    source: Path
    target: Path


class FeedbackWriter:
    """Writes the feedback of one learner after the other.

    Args:
        settings: The course's.
        assignment: Its name.
    """

    def __init__(self, settings: Settings, assignment: str) -> None:
        self._coursedir = open_coursedir(settings, assignment, "*")
        self._gradebook = open_gradebook(self._coursedir)
        self._most = settings.feedback.get("most_characters", MOST_CHARACTERS)
        self._plugin = load_plugin(settings.plugin)
        self._permissions = settings.feedback.get("permissions")

    def write(self, task: FeedbackTask) -> Event:
        """Write one learner's feedback, unless it is there already as it should be."""
        started = time.monotonic()
        fresh = task.target.with_name(f".{task.target.name}.{os.getpid()}.part")
        try:
            self._lay_out(task, fresh)
            if _is_same(fresh, task.target):
                return Unchanged(task.student)
            shutil.rmtree(task.target, ignore_errors=True)
            fresh.rename(task.target)
        except Exception as error:  # noqa: BLE001  (one learner's page must not cost the others')
            return Failed(task.student, f"no feedback was written ({error})")
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return Finished(task.student, 0.0, time.monotonic() - started)

    def close(self) -> None:
        """Close the gradebook."""
        self._gradebook.close()

    def _lay_out(self, task: FeedbackTask, place: Path) -> None:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        copy_beside(self._coursedir, task.source, place)
        for path in sorted(task.source.glob("*.ipynb")):
            name, assignment = path.stem, self._coursedir.assignment_id
            grades = read_grades(self._gradebook, task.student, assignment, name)
            page = render_page(
                read_graded(path),
                name,
                grades,
                Path(self._coursedir.root),
                self._most,
                plugin=self._plugin,
            )
            (place / f"{name}.html").write_text(page, encoding="utf-8")
        set_permissions(self._coursedir, place, self._permissions, usual=644)


def _is_same(one: Path, other: Path) -> bool:
    """Tell whether two folders hold the same files with the same bytes and permissions."""
    listed = [
        sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
        for root in (one, other)
    ]
    if listed[0] != listed[1]:
        return False
    return all(
        (one / name).stat().st_mode == (other / name).stat().st_mode
        and filecmp.cmp(one / name, other / name, shallow=False)
        for name in listed[0]
    )
