"""Clean a graded notebook before formgrader shows it in the instructor's browser."""

from __future__ import annotations

from html import escape
from typing import Any

from nbformat import NotebookNode, from_dict
from nbgrader.preprocessors import NbGraderPreprocessor

from circuits.report import REPORT_MIME
from grader.feedback.clean import check_picture, clean_html, clean_text, disarm_markdown, wrap_svg
from grader.gatekeeper.rebuild import GIVEN

PICTURES = ("image/png", "image/jpeg")


class CleanForBrowsers(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader ships no types
    """Take out of a graded notebook what would act in a browser.

    Stands behind ``SaveAutoGrades`` in ``Autograde.autograde_preprocessors``: scores come from
    what was there before. What was handed in is still in ``submitted/``, as it was.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Clean one cell."""
        del index
        if cell.cell_type == "code":
            tests = cell.metadata.get("nbgrader", {}).get("grade", False)
            cell.outputs = [clean_output(output, own=tests) for output in cell.outputs]
        elif not cell.metadata.get("grader", {}).get(GIVEN):
            cell.source = disarm_markdown(cell.source)
        return cell, resources


def clean_output(output: NotebookNode, *, own: bool = False) -> NotebookNode:
    """Return an output with the kinds of data that are safe to show.

    Args:
        output: In the notebook format.
        own: Whether grading made it, and no learner's code.
    """
    if output.output_type == "stream":
        output.text = clean_text(output.text)
    elif output.output_type == "error":
        output.traceback = [clean_text(line) for line in output.traceback]
    else:
        output.metadata = from_dict({})  # type: ignore[no-untyped-call]
        output.data = from_dict(  # type: ignore[no-untyped-call]
            clean_bundle(output.data, own=own)
        )
    return output


def clean_bundle(bundle: dict[str, Any], *, own: bool = False) -> dict[str, Any]:
    """Return a bundle of data by MIME type with what is safe to show."""
    if own:
        return dict(bundle)
    kept: dict[str, Any] = {}
    if "text/plain" in bundle:
        kept["text/plain"] = clean_text(bundle["text/plain"])
    for mime in PICTURES:
        picture = check_picture(bundle.get(mime))
        if picture is not None:
            kept[mime] = picture
    if "text/html" in bundle:
        kept["text/html"] = clean_html(clean_text(bundle["text/html"]))
    elif "image/svg+xml" in bundle and not kept.keys() & set(PICTURES):
        source = wrap_svg(clean_text(bundle["image/svg+xml"]))
        kept["text/html"] = f'<img src="{source}" alt="A figure of this cell">'
    elif not kept and "text/markdown" in bundle:
        kept["text/html"] = f"<pre>{escape(clean_text(bundle['text/markdown']))}</pre>"
    kept.pop(REPORT_MIME, None)  # only grading may say that a report is one
    return kept
