"""Import what writing feedback needs, in the order that takes least time."""

from grader.fast_imports import import_models

import_models()  # first: what comes next would import all of nbformat

from grader.reports.feedback_writer import FeedbackWriter  # noqa: E402  (after the line above)

__all__ = ["FeedbackWriter"]
