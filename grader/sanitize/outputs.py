"""Clean a learner's outputs before any browser shows them: formgrader's, and the feedback's.

They are cleaned when they are written into the graded notebook, and once more on their way into
the feedback. What was handed in stays in ``submitted/`` as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from grader.fast_imports import NotebookNode, from_dict
from grader.sanitize.clean import clean_html, clean_text, show_drawing
from grader.sanitize.pictures import DRAWING, find_picture_fault, tell_of_picture

PICTURES = ("image/png", "image/jpeg")
_ALTERNATIVE = "A figure of this cell"


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
    faults = []
    if "text/plain" in bundle:
        kept["text/plain"] = clean_text(bundle["text/plain"])
    for mime in PICTURES:
        picture = bundle.get(mime)
        if not isinstance(picture, str):
            continue
        fault = find_picture_fault(mime, picture)
        if fault is None:
            kept[mime] = "".join(picture.split())
        else:
            faults.append(tell_of_picture(fault))
    if "text/html" in bundle:
        kept["text/html"] = clean_html(clean_text(bundle["text/html"]))
    elif DRAWING in bundle and not kept.keys() & set(PICTURES):
        kept["text/html"] = show_drawing(clean_text(bundle[DRAWING]), _ALTERNATIVE)
    elif not kept and "text/markdown" in bundle:
        kept["text/html"] = f"<pre>{escape(clean_text(bundle['text/markdown']))}</pre>"
    elif faults and not kept.keys() & set(PICTURES):
        kept["text/html"] = "".join(faults)
    return kept


_MARKUP = ("text/html", "text/markdown", "image/svg+xml")


def measure_markup(output: Mapping[str, Any]) -> int:
    """Return the characters of an output's HTML, Markdown and SVG.

    Args:
        output: In the notebook format.
    """
    found = (output.get("data", {}).get(kind, "") for kind in _MARKUP)
    return sum(len(text) for text in found if isinstance(text, str))
