"""What a learner's code may raise when it is looked at or called."""

from __future__ import annotations

LEARNERS_ERRORS: tuple[type[BaseException], ...] = (Exception, SystemExit)
"""Everything but a request to stop: an interrupt belongs to whoever pressed the key."""


def describe_error(error: BaseException) -> str:
    """Return an exception's type and message in one line of at most 200 characters."""
    try:
        text = " ".join(str(error).split())
    except LEARNERS_ERRORS:
        text = "its message cannot be shown"
    return f"{type(error).__name__}: {text}"[:200]
