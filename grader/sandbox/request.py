"""Write what goes into the sandbox: files, cells and the names of the answers; nothing else."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

import numpy as np

from grader.plugin import Packages

from .inside import wire
from .submission import Cell


def list_warm(cells: Sequence[Cell], packages: Packages) -> frozenset[str]:
    """Say what the cells are going to import, so that it is imported once for all."""
    sources = " ".join(cell.source for cell in cells)
    return frozenset(
        statement
        for words, statement in packages.warm
        if any(word in sources for word in words.split())
    )


def pack_job(sources: Sequence[str], names: Sequence[str], files: Mapping[str, bytes]) -> bytes:
    """Write the files of the working copy, then the job. Unsafe paths are left out."""
    frames = []
    for path, content in files.items():
        raw = path.encode("utf-8", "surrogateescape")
        parts = PurePosixPath(path)
        if not parts.is_absolute() and ".." not in parts.parts and 0 < len(raw) < 4096:
            frames.append(wire.frame(wire.FILE, struct.pack("<H", len(raw)) + raw + content))
    job = json.dumps({"cells": list(sources), "names": list(names)})
    return b"".join([*frames, wire.frame(wire.JOB, job.encode())])


def pack_call(call: int, place: int, arguments: Sequence[object]) -> bytes:
    """Write a call of the answer at `place`; `TypeError` for arguments that are no numbers."""
    return wire.frame(
        wire.CALL, struct.pack("<IH", call, place) + b"".join(map(_pack_argument, arguments))
    )


def _pack_argument(argument: object) -> bytes:
    if isinstance(argument, bool):
        return struct.pack("<B?", wire.BOOL, argument)
    if isinstance(argument, int):
        return struct.pack("<Bq", wire.INT, argument)
    if isinstance(argument, float) and not isinstance(argument, np.generic):
        return struct.pack("<Bd", wire.FLOAT, argument)
    if isinstance(argument, np.ndarray | np.generic) and argument.dtype.name in wire.DTYPES:
        array = np.asarray(argument)
        plain = array.astype(array.dtype.newbyteorder("<"), copy=False)
        return wire.pack_array(array.dtype.name, array.shape, plain.tobytes())
    raise TypeError(
        f"A learner's function takes arrays, ints and floats, not {type(argument).__name__}."
    )
