"""A class of invented learners, from release to grades and feedback, with nbgrader's own steps."""

from course.demo.run import run_demo

__all__ = ["run_demo"]
