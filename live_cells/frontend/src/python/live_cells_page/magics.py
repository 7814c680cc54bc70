"""A notebook's commands in a cell (``%matplotlib inline``), which are no Python.

The planner, which reads a cell's names, and the runner, which runs it, must see the same text: both
ask here. A line keeps its number, so that an error names the line on the screen.
"""

from __future__ import annotations

import ast
import re

SETTINGS = ("%matplotlib", "%config", "%load_ext", "%autoreload")

#: what may hide a ``%`` or ``!`` at the start of a line, and such a line itself
PIECES = re.compile(
    r"""\#[^\n]*
    | (?P<quotes>'{3}|"{3}) (?:\\.|.)*? (?:(?P=quotes)|\Z)
    | '(?:\\.|[^'\\\n])*' | "(?:\\.|[^"\\\n])*"
    | (?P<magic>^[%!][^\n]*)""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def is_python(code: str) -> bool:
    """Tell whether ``code`` is Python as it stands."""
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def find_magics(code: str) -> list[str]:
    """Return the lines of ``code`` that are commands to a notebook."""
    if is_python(code):
        return []  # a ``%`` at the start of a line can be a remainder, or within a string
    return [found["magic"] for found in PIECES.finditer(code) if found["magic"]]


def blank_magics(code: str) -> str:
    """Return ``code`` with an empty line for each of a notebook's commands."""
    if is_python(code):
        return code
    return PIECES.sub(lambda found: "" if found["magic"] else found[0], code)


def drop_magics(code: str) -> str:
    """Blank the settings, which mean nothing here.

    Raises ``SyntaxError`` for another command, which the page cannot obey.
    """
    for line in find_magics(code):
        if not line.startswith(SETTINGS):
            raise SyntaxError(
                f"{line.split()[0]} is a notebook command, which this page does not have: "
                "write plain Python, or open the page as a notebook."
            )
    return blank_magics(code)
