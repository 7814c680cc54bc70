"""Translate a notebook's commands (``%timeit``, ``%%writefile``, ``f?``) into Python.

The planner, which reads a cell's names, and the runner, which runs it, see the same commands. For
the runner a command becomes a call of a function in ``commands``; for the planner it
becomes code that binds and reads the names that the command does. A line keeps its number, so that
an error names the line on the screen.
"""

from __future__ import annotations

import ast
import re
import shlex
import textwrap
from typing import NamedTuple

SETTINGS = ("%matplotlib", "%config", "%load_ext", "%autoreload")

#: under what the runner finds each function of a command
CALLS = {
    "%time": "__time__",
    "%timeit": "__timeit__",
    "%run": "__run__",
    "%pwd": "__pwd__",
    "%cd": "__cd__",
    "%ls": "__ls__",
    "!ls": "__ls__",
    "%who": "__who__",
    "%whos": "__whos__",
    "%pip": "__pip__",
    "!pip": "__pip__",
    "!pip3": "__pip__",
    "%conda": "__pip__",
    "!conda": "__pip__",
    "?": "__help__",
    "%%time": "__time_cell__",
    "%%timeit": "__timeit__",
    "%%capture": "__capture__",
    "%%file": "__write_file__",
    "%%writefile": "__write_file__",
    "%%html": "__show_html__",
    "%%HTML": "__show_html__",
    "%%svg": "__show_svg__",
    "%%SVG": "__show_svg__",
    "%%latex": "__show_latex__",
    "%%markdown": "__show_markdown__",
}

TIMED = "__timed__"  # the scope in which the planner reads what is timed

#: what may hide a ``%``, ``!`` or ``?`` of a command, and a line that is one
PIECES = re.compile(
    r"""\#[^\n]*
    | (?P<quotes>'{3}|"{3}) (?:\\.|.)*? (?:(?P=quotes)|\Z)
    | '(?:\\.|[^'\\\n])*' | "(?:\\.|[^"\\\n])*"
    | (?P<magic>^[%!][^\n]*)
    | ^(?:(?P<before>\?{1,2})[ \t]*)?(?P<asked>[^\W\d][\w.]*)(?P<after>\?{0,2})[ \t]*$""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
CELL_COMMAND = re.compile(r"\s*(?P<name>%%\w+)(?P<rest>[^\n]*)\n?(?P<body>.*)", re.DOTALL)
#: options of ``%timeit`` and ``%%timeit``, before what is timed
OPTIONS = re.compile(r"\s*(?P<options>(?:-[nr]\s*\d+\s+|-[nr]\s*\d+$|-q(?:\s+|$))*)(?P<code>.*)")


class CellCommand(NamedTuple):
    """A command that takes the rest of its cell along."""

    name: str
    rest: str  # of its line
    body: str
    above: int  # blank lines before it


def is_python(code: str) -> bool:
    """Tell whether ``code`` is Python as it stands."""
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def find_cell_command(code: str) -> CellCommand | None:
    """Return the command with which a whole cell begins, if it does."""
    found = CELL_COMMAND.match(code)
    if found is None or is_python(code):
        return None
    above = code[: found.start("name")].count("\n")
    return CellCommand(found["name"], found["rest"].strip(), found["body"], above)


def name_file(path: str) -> str:
    """Return the name by which the planner follows a file from the cell that writes it.

    >>> name_file("helper.py")
    '__file_helper_py'
    """
    return "__file_" + re.sub(r"\W", "_", path.removeprefix("./"))


def is_file_name(name: str) -> bool:
    """Tell the name of a file from the names that a cell's author gave."""
    return name.startswith("__file_")


def split_words(text: str) -> list[str]:
    """Return the words after a command, quotes taken off where they are whole."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def read_as_python(code: str) -> str:
    r"""Return Python that binds and reads the names that ``code`` does when it runs.

    >>> read_as_python("%timeit f(x)")
    'class __timed__: f(x)'
    >>> read_as_python("%%writefile helper.py\nthis is kept as it is")
    '__file_helper_py = None'
    """
    command = find_cell_command(code)
    if command is None:
        return code if is_python(code) else PIECES.sub(_read_line, code)
    words = split_words(command.rest)
    if command.name in {"%%file", "%%writefile"}:
        return "\n".join(f"{name_file(word)} = None" for word in words[-1:])
    if command.name == "%%timeit":
        setup = OPTIONS.match(command.rest)
        lines = "" if setup is None else setup["code"]
        inner = textwrap.indent(f"{lines}\n{read_as_python(command.body)}", " ")
        return f"class {TIMED}:\n{inner}\n pass"
    if command.name == "%%capture":
        bound = [f"{word} = None" for word in words if word.isidentifier()]
        return "\n".join([*bound, read_as_python(command.body)])
    if command.name != "%%time":
        return ""
    return read_as_python(f"{command.rest}\n{command.body}")


def _read_line(found: re.Match[str]) -> str:
    if found["before"] or found["after"]:
        return found["asked"]
    if not found["magic"]:
        return found[0]
    name, rest = _split_line(found["magic"])
    if name == "%time":
        return rest.strip()
    if name == "%timeit":
        timed = OPTIONS.match(rest)
        return f"class {TIMED}: {'' if timed is None else timed['code'].strip()}"
    if name == "%run":
        path = [word for word in split_words(rest) if not word.startswith("-")][:1]
        return "".join(f"{name_file(each)}; from __file__ import *" for each in path)
    return ""


def translate(code: str) -> str:
    """Return the Python that runs in the place of ``code``.

    Raises ``SyntaxError`` for a command that the page cannot obey.

    >>> translate("%timeit -n 10 f(x)")
    "__timeit__('-n 10 f(x)')"
    """
    command = find_cell_command(code)
    if command is None:
        return code if is_python(code) else PIECES.sub(_translate_line, code)
    above = "\n" * command.above
    if command.name == "%%time":
        first = "; ".join(filter(None, [f"{CALLS[command.name]}()", command.rest]))
        return f"{above}{first}\n{translate(command.body)}"
    if command.name == "%%capture":
        first = f"{CALLS[command.name]}({command.rest!r})"
        return f"{above}{first}\n{translate(command.body)}"
    if command.name not in CALLS:
        raise _refuse(command.name)
    return f"{above}{CALLS[command.name]}({command.rest!r}, {command.body!r})"


def _split_line(line: str) -> tuple[str, str]:
    """Return the command of a line, ``!pip`` also of ``! pip``, and what comes after it."""
    name, _, rest = (line[0] + line[1:].lstrip()).partition(" ")
    return name, rest


def _translate_line(found: re.Match[str]) -> str:
    marks = found["before"] or found["after"]
    if marks:
        return f"{CALLS['?']}({found['asked']!r}, {len(marks)})"
    if not found["magic"]:
        return found[0]
    name, rest = _split_line(found["magic"])
    if name.startswith(SETTINGS):
        return ""  # they mean nothing here
    if name not in CALLS or name.startswith("%%"):
        raise _refuse(name)
    if name == "%time":
        timed = rest.strip()
        as_value = f"{CALLS[name]}.of(lambda: ({timed}))"
        return as_value if is_python(as_value) else f"with {CALLS[name]}: {timed}"
    return f"{CALLS[name]}({rest!r})"


def _refuse(name: str) -> SyntaxError:
    return SyntaxError(
        f"{name} is a notebook command, which this page does not have: "
        "write plain Python, or open the page as a notebook."
    )
