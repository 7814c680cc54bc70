"""Grade any nbgrader course: safely, fast, in parallel; a course gives it a plugin."""

from grader.former_names import find_by_former_names

find_by_former_names()
