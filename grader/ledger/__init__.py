"""The ledger: no grade is lost, none counted twice, none changed without a trace.

`back_up` copies the gradebook before a run. `watch_grades` logs every change before it is made
and keeps automatic runs away from what a person gave. `note_other_changes` logs what happened
behind its back; `bring_back` rebuilds a lost gradebook from a copy and the log.
"""

from grader.ledger.backup import back_up, check_integrity, list_backups, restore
from grader.ledger.log import Change, Key, append, read, read_state
from grader.ledger.reconcile import bring_back, note_other_changes
from grader.ledger.watch import HandGradeTouchedError, automatic_grading, set_log, watch_grades

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
