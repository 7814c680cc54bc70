"""Autograding at nbgrader's own seam: what takes the place of its ``Execute`` step.

The learner's cells run in a sandbox, the declared answers leave it as data, and the verdict falls
in this process, where no learner's code ever ran.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.autograde.step import SandboxedExecute

__all__ = ["SandboxedExecute"]


def __getattr__(name: str) -> object:
    # Loaded late: judging needs none of nbgrader, which takes seconds to import.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from grader.autograde.step import SandboxedExecute

    return SandboxedExecute
