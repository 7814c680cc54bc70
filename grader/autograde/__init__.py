"""Autograding at nbgrader's own seam: what takes the place of its ``Execute`` step.

The learner's cells run in a sandbox, the declared answers leave it as data, and the verdict falls
in this process, where no learner's code ever ran.
"""

from grader.autograde.step import SandboxedExecute

__all__ = ["SandboxedExecute"]
