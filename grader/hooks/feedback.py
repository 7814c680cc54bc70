"""Where our feedback stands in nbgrader: ``GenerateFeedback.exporter_class``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from traitlets import Integer, default

from grader.gradebook import watch_grades
from grader.intake.folders import find_submissions
from grader.plugin import load_plugin
from grader.reports.grades import read_grades
from grader.reports.render import MOST_CHARACTERS, read_graded, render_page


class FeedbackExporter(Exporter):
    """Writes a learner's feedback as one HTML file that loads nothing and runs nothing.

    It reads the graded notebook, which grading itself wrote, and the gradebook. Preprocessors
    are applied if there are any; ours needs none.
    """

    output_mimetype = "text/html"

    most_characters = Integer(
        MOST_CHARACTERS,
        help="Characters of a learner's outputs in one file. Later outputs are left out.",
    ).tag(config=True)

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  (traitlets takes any)
        super().__init__(**settings)  # type: ignore[no-untyped-call]
        watch_grades()
        self._gradebook: Any = None
        converter: Any = self.parent
        if converter is not None:
            coursedir = converter.coursedir
            for _, folder in find_submissions(coursedir, coursedir.autograded_directory):
                # nbgrader passes over learners whose id begins with ".".
                notebooks = sorted(map(str, folder.glob(f"{coursedir.notebook_id}.ipynb")))
                if notebooks:
                    converter.assignments.setdefault(str(folder), notebooks)

    @default("file_extension")
    def _extend(self) -> str:
        return ".html"

    def from_filename(
        self,
        filename: str,
        resources: dict[str, Any] | None = None,
        **rest: Any,  # noqa: ANN401
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the feedback on a graded notebook."""
        del rest
        return self.from_notebook_node(  # type: ignore[no-any-return]
            read_graded(Path(filename)), resources
        )

    def from_notebook_node(  # type: ignore[no-untyped-def]
        self,
        nb: NotebookNode,
        resources=None,  # noqa: ANN001
        **rest: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401  (the base class promises a notebook, and exporters return text)
        """Return the feedback as text."""
        del rest
        resources = self._init_resources(resources)  # type: ignore[no-untyped-call]
        if self._preprocessors:
            nb, resources = self._preprocess(nb, resources)  # type: ignore[no-untyped-call]
        about = resources["nbgrader"]
        if self._gradebook is None:  # one exporter serves a whole run
            self._gradebook = Gradebook(about["db_url"])
        grades = read_grades(
            self._gradebook, about["student"], about["assignment"], about["notebook"]
        )
        converter: Any = self.parent
        root = Path(converter.coursedir.root)
        plugin = load_plugin(self.config.SandboxedExecute.get("plugin", ""))
        page = render_page(nb, about["notebook"], grades, root, self.most_characters, plugin=plugin)
        return page, resources
