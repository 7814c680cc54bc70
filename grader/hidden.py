"""Keep the place from which notebooks woven by version 1.0 import their hidden test."""

from course.hidden import score

__all__ = ["score"]
