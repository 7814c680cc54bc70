"""Define errors that are meant to be read by a person, each one sentence."""

from __future__ import annotations


class CourseError(Exception):
    """Something about the course is not as it has to be. The command line prints it and stops."""
