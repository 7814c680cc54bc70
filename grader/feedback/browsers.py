"""Clean a learner's outputs before any browser shows them: formgrader's, and the feedback's.

They are cleaned when they are written into the graded notebook, and once more on their way into
the feedback. What was handed in stays in ``submitted/`` as it was.
"""

from __future__ import annotations

from html import escape
from typing import Any

from nbformat import NotebookNode, from_dict

from grader.feedback.clean import check_picture, clean_html, clean_text, wrap_svg

PICTURES = ("image/png", "image/jpeg")


def clean_output(output: NotebookNode) -> NotebookNode:
    """Return an output with the kinds of data that are safe to show.

    Args:
        output: In the notebook format; it is changed.
    """
    if output.output_type == "stream":
        output.text = clean_text(output.text)
    elif output.output_type == "error":
        output.traceback = [clean_text(line) for line in output.traceback]
    else:
        output.metadata = from_dict({})  # type: ignore[no-untyped-call]
        output.data = from_dict(  # type: ignore[no-untyped-call]
            clean_bundle(output.data)
        )
    return output


def clean_bundle(bundle: dict[str, Any]) -> dict[str, Any]:
    """Return data by MIME type, without kinds that act, and without reports.

    Only grading itself may say that a report is one.
    """
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
    return kept
