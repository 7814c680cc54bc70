"""Keep the gradebook: no grade is lost, none counted twice, none changed without a trace.

`backup` copies the gradebook before a run. `watch` logs every change before it is made and keeps
automatic runs away from what a person gave. `reconcile` logs what happened behind its back,
`recover` rebuilds a lost gradebook from a copy and the `log`, `lock` keeps a second run away.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.gradebook.backup import back_up, check_integrity, list_backups, restore
    from grader.gradebook.log import Change, Key, append, read, read_state
    from grader.gradebook.reconcile import bring_back, note_other_changes
    from grader.gradebook.watch import (
        HandGradeTouchedError,
        automatic_grading,
        set_log,
        watch_grades,
    )

__all__ = [
    "Change",
    "HandGradeTouchedError",
    "Key",
    "append",
    "automatic_grading",
    "back_up",
    "bring_back",
    "check_integrity",
    "list_backups",
    "note_other_changes",
    "read",
    "read_state",
    "restore",
    "set_log",
    "watch_grades",
]

_MODULES = ("backup", "log", "watch", "reconcile")


def __getattr__(name: str) -> object:
    # Loaded late: the command line needs none of nbgrader to say what commands there are.
    if name in __all__:
        for module in _MODULES:
            found = vars(import_module(f"{__name__}.{module}"))
            if name in found:
                return found[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
