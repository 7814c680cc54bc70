"""Run a class of invented learners, from release to feedback, with nbgrader's own steps."""

from course.demo.run import run_demo

__all__ = ["run_demo"]
