"""Release what feedback can be released: ``ExchangeFactory.release_feedback``.

Stock nbgrader stops at the first learner whose notebook did not come through the exchange, and
all behind that one wait.
"""

from __future__ import annotations

import glob
from pathlib import Path

from nbgrader.exchange.default import ExchangeReleaseFeedback

from grader.errors import list_some
from grader.intake.folders import TIMESTAMP, show_name

SECRET = "submission_secret.txt"  # noqa: S105  (the name of nbgrader's file)


class CarefulReleaseFeedback(ExchangeReleaseFeedback):  # type: ignore[misc]  # nbgrader: no types
    """Releases what came through the exchange, and lists the rest with what to do about it."""

    src_path: str

    def copy_files(self) -> None:
        """Copy learner by learner."""
        pattern: str = self.src_path
        left: list[str] = []
        for name in sorted(glob.glob(pattern)):  # noqa: PTH207  (a pattern as nbgrader's)
            folder = Path(name)
            if not any(folder.glob("*.html")):
                continue
            if not all((folder / part).is_file() for part in (SECRET, TIMESTAMP)):
                left.append(show_name(folder.parent.name))
                continue
            self.src_path = glob.escape(name)
            try:
                super().copy_files()
            except OSError as error:
                self.log.error("Not released: %s (%s).", name, error)  # noqa: TRY400
                left.append(show_name(folder.parent.name))
        self.src_path = pattern
        if left:
            self.log.warning(
                "Not released, because it did not come through the exchange: %s. "
                "`python -m grader return %s --each` writes an archive for each of them.",
                list_some(left),
                self.coursedir.assignment_id,
            )
