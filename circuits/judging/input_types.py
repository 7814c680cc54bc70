"""Say what kind of thing was handed in where another was wanted, and ask what leads to it.

Nothing here runs a learner's code: a value's type is asked, never the value or its class.
"""

from __future__ import annotations

from types import GeneratorType, ModuleType

import numpy as np

from circuits.guard import name_type

WHICH = "Which of the four matrices does the question mean?"

_QUOTED = "Are the quotation marks meant? What stands between them is text; without them, it is "
_IMPORTED = "Has an import taken this name? Which of the two should be called something else?"
_SET = "A set has no order: which of its entries would be the first row?"
_LIST = "It hands out its values one by one: what makes a list of them?"
_CALLED = (
    "Was it meant to be called? The bare name is the function; with brackets and arguments "
    "behind it, it is what the function returns."
)
_NOT_CALLED = "Was the function called? Its bare name, without brackets, is the function itself."
_ENTRIES = "Which of its entries is not a plain number, such as one in quotation marks?"
_ROWS = "How many numbers has each row? All rows need the same length."

# What is no collection of numbers: the kind, its name, and the question.
_NOT_NUMBERS: tuple[tuple[type, str, str], ...] = (
    (type, "a class", "A class makes an array only when it is called: with which arguments?"),
    (ModuleType, "a module", _IMPORTED),
    (str, "a string", f"{_QUOTED}a name."),
    (dict, "a dictionary", "Which of its entries is the matrix?"),
    (set, "a set", _SET),
    (frozenset, "a set", _SET),
    *((kind, "an iterator", _LIST) for kind in (GeneratorType, map, filter, zip)),
)


def describe_kind(value: object, otherwise: str = "") -> str:
    """Return what a value is, with its article.

    Args:
        value: Anything at all.
        otherwise: What to call it if it could hold numbers; its type, unless given.

    Examples:
        >>> describe_kind(len), describe_kind(list), describe_kind("W_Q"), describe_kind(3)
        ('a function', 'a class', 'a string', 'an int')
    """
    name = name_type(value)
    plain = f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
    return _find(value)[0] or otherwise or plain


def ask_for_numbers(value: object) -> str | None:
    """Return a question for someone who handed in this, in which not all are numbers.

    It is None if nothing is known about such a thing.

    Example:
        >>> ask_for_numbers({"W": [1, 2]})
        'Which of its entries is the matrix?'
    """
    return _find(value)[1] or (_ENTRIES if _is_a(value, (list, tuple, np.ndarray)) else None)


def ask_for_rows(value: object) -> str | None:
    """Return a question for someone who handed in this, which is not even an array.

    Example:
        >>> ask_for_rows([[1, 2], [3]])
        'How many numbers has each row? All rows need the same length.'
    """
    return _find(value)[1] or (_ROWS if _is_a(value, (list, tuple)) else None)


def ask_for_function(value: object) -> str:
    """Return a question for someone who handed in this, which cannot be called."""
    if _is_a(value, ModuleType):
        return _IMPORTED
    return f"{_QUOTED}the function's name." if _is_a(value, str) else _NOT_CALLED


def ask_for_name(value: object) -> str:
    """Return a question for someone who handed in this and not the name of a matrix."""
    if _is_a(value, ModuleType):
        return _IMPORTED
    return "Its name is wanted, in quotation marks: which matrix is it?"


def _find(value: object) -> tuple[str, str]:
    for kind, phrase, question in _NOT_NUMBERS:
        if _is_a(value, kind):
            return phrase, question
    return ("a function", _CALLED) if callable(value) else ("", "")


def _is_a(value: object, kind: type | tuple[type, ...]) -> bool:
    # isinstance would ask the value for its __class__, which a learner may have redefined.
    return issubclass(type(value), kind)
