"""Find modules by the names that they had in version 1.0.

Hidden tests that were released then import ``grader.hidden``, and an instructor's own
``nbgrader_config.py`` imports the others. nbgrader takes a configuration that cannot be read for
none at all: it would go on, and run learners' code without the sandbox.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

FORMER = {
    "grader.autograde": "grader.hooks.autograde",
    "grader.feedback": "grader.reports",
    "grader.feedback.exporter": "grader.hooks.feedback",
    "grader.gatekeeper": "grader.intake",
    "grader.gatekeeper.collect": "grader.hooks.collect",
    "grader.gatekeeper.exporter": "grader.hooks.autograde",
    "grader.hidden": "course.hidden",
    "grader.ledger": "grader.gradebook.watch",
    "grader.settings": "grader.config",
}
"""What is imported by each name. Nothing is said of it: a word on stderr would cost all points."""


def find_by_former_names() -> None:
    """Let ``import`` find the modules from now on, where nothing else is found."""
    if not any(isinstance(finder, FormerNames) for finder in sys.meta_path):
        sys.meta_path.append(FormerNames())


class FormerNames(MetaPathFinder, Loader):
    """Makes modules that hold what those of today hold; these are imported when they are asked."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a module is, or None if it never had that name."""
        del path, target
        return ModuleSpec(name, self, is_package=True) if name in FORMER else None

    def exec_module(self, module: ModuleType) -> None:
        """Fill a module: each of its names is looked up in that of today."""
        today = FORMER[module.__name__]
        module.__dict__["__getattr__"] = lambda name: getattr(import_module(today), name)
