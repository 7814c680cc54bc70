"""Find which names a cell defines, read off its lines.

The cell is a stranger's: Python's own parser can be brought down by what it reads, so it is not
asked. Lines that begin at the margin tell enough.
"""

from __future__ import annotations

import re

BEGIN_HIDDEN, END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"

_DEFINITION = re.compile(r"(?:async\s+)?(?:def|class)\s+([A-Za-z_]\w*)")
_TARGETS = re.compile(r"[\w\s,()*\[\].:]+")
_NAME = re.compile(r"[A-Za-z_]\w*")
# A bracket that is never closed goes to the end: nothing is read a second time.
_IMPORT = re.compile(
    r"^(?:from[ \t]++[\w.]++[ \t]++)?import[ \t]++(?:\(([^)]*+)(?:\)|\Z)|([^#\n(]++))", re.MULTILINE
)


def find_names(source: str) -> frozenset[str]:
    r"""Return the names that a cell assigns, defines or imports at its top level.

    Example:
        >>> sorted(find_names("import numpy as np\nW_V, W_out = make()\ndef f(x): pass"))
        ['W_V', 'W_out', 'f', 'np']
    """
    names: set[str] = set()
    for line in source.splitlines():
        if not line[:1].isalpha() and line[:1] not in "_([*":
            continue
        if found := _DEFINITION.match(line):
            names.add(found[1])
        elif "=" in line:
            names.update(_find_targets(line))
    for found in _IMPORT.finditer(source):
        for item in (found[1] or found[2]).split(","):
            words = item.split()
            if words:
                names.add(words[-1].split(".")[0])
    return frozenset(name for name in names if name.isidentifier())


def normalize(source: str) -> str:
    """Return a source without the blanks that programs add and take away."""
    lines = source.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip(" \t") for line in lines).strip()


def drop_hidden(source: str) -> str:
    """Return a source without hidden tests, as in a notebook made from the instructor's."""
    kept: list[str] = []
    hidden = False
    for line in source.split("\n"):
        if BEGIN_HIDDEN in line:
            hidden = True
        elif END_HIDDEN in line:
            hidden = False
        elif not hidden:
            kept.append(line)
    return source if hidden else "\n".join(kept)


def _find_targets(line: str) -> set[str]:
    names: set[str] = set()
    for target in line.split("=")[:-1]:
        bare = target.rstrip("+-*/@%&|^ \t").split(":")[0]
        if not bare or not _TARGETS.fullmatch(bare):
            break
        # W[0] = 1 changes W; what stands in the brackets is only read.
        names.update(
            first[0] for piece in bare.split(",") if (first := _NAME.search(piece)) is not None
        )
    return names
