"""Put our export where nbgrader asks for one: ``ExportApp.plugin_class``."""

from __future__ import annotations

from pathlib import Path

from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Enum

from grader.nbgrader_types import Gradebook
from grader.paths import Classroom
from grader.plugin import load_plugin
from grader.reports.export import LEVELS, write_long, write_wide
from grader.reports.results import read_results


class CarefulExport(ExportPlugin):  # type: ignore[misc]  # nbgrader ships no types
    """Writes CSV that is quoted, with a score only where there is one.

    Stock nbgrader quotes nothing, so that a comma in a name moves all columns behind it, and
    writes 0.0 for what was not graded, not read or not handed in.
    """

    by = Enum(LEVELS, "assignment", help="What a line is about.").tag(config=True)
    wide = Bool(False, help="Whether each learner has one line.").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the file that ``--to`` names, or ``grades.csv``."""
        to = Path(self.to or "grades.csv")
        plugin = load_plugin(self.config.SandboxedExecute.get("plugin", ""))
        results = read_results(
            gradebook,
            Classroom(Path(self.parent.coursedir.root)),
            plugin,
            assignments=[str(name) for name in self.assignment],
            students=[str(name) for name in self.student],
            findings=self.by != "assignment",
        )
        write = write_wide if self.wide else write_long
        count = write(results, to, self.by)
        self.log.info("Wrote %d lines to %s", count, to)
