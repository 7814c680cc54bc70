"""Weave chapters, solutions and the table of parts into nbgrader's source notebooks.

The way of a chapter: ``page`` reads it as cells, ``agreement`` holds it against the solutions and
the table, ``markdown`` turns its prose into what any notebook program shows, ``cells`` builds the
graded cells, ``notebook`` puts them together, the same bytes every time.
"""

from course.weave.notebook import build_notebook, weave_course

__all__ = ["build_notebook", "weave_course"]
