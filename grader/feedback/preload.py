"""Import what writing feedback needs, once, in the process that writers are forked from."""

from grader.fast_imports import import_models

import_models()

from grader.feedback.writer import FeedbackWriter  # noqa: E402  (after the line above)

__all__ = ["FeedbackWriter"]
