"""Catch and describe what a learner's code may raise when it is looked at or called."""

from __future__ import annotations

LEARNERS_ERRORS: tuple[type[BaseException], ...] = (Exception, SystemExit)
"""Everything but a request to stop: an interrupt belongs to whoever pressed the key."""


def describe_error(error: BaseException) -> str:
    """Return an exception's type and message in one line of at most 200 characters."""
    try:
        text = " ".join(str(error).split())
    except LEARNERS_ERRORS:
        text = "its message cannot be shown"
    name = name_type(error)
    return keep_printable(f"{name}: {text}"[:200] if text else name)


def name_type(value: object) -> str:
    """Return the name of a value's type, even if its class has its own idea of names.

    Example:
        >>> name_type(3)
        'int'
    """
    # A metaclass may define __name__ and raise there; the slot of type itself cannot.
    return keep_printable(str(type.__dict__["__name__"].__get__(type(value)))[:60])


def keep_printable(text: str) -> str:
    r"""Return the text with a question mark for what cannot be printed or stored as UTF-8.

    Example:
        >>> keep_printable("a\x1b[31m \ud800")
        'a?[31m ?'
    """
    return "".join(character if character.isprintable() else "?" for character in text)
