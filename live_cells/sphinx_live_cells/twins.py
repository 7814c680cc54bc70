"""Write compressed twins beside a site's files, for servers that send those instead.

nginx (``gzip_static``, ``brotli_static``), Caddy (``precompressed``) and others look for them. A
server that does not know them sends the files as they are.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from sphinx_live_cells.pyodide import PyodideError

GAIN = 0.9  # of its file, above which a twin is not worth its room
ENDINGS = {".gz", ".br"}
PACKED = {".whl", ".zip"}  # what no packing makes smaller by a tenth


class Packer(NamedTuple):
    """A way to compress."""

    pack: Callable[[bytes], bytes]
    unpack: Callable[[bytes], bytes]


def find_packers(names: Iterable[str]) -> dict[str, Packer]:
    """Return ending of a twin -> what packs it.

    Raises ``PyodideError`` for a name that is not known, or one whose package is not there.

    >>> list(find_packers(["gz"]))
    ['.gz']
    """
    found: dict[str, Packer] = {}
    for name in names:
        if f".{name}" not in ENDINGS:
            raise PyodideError(
                f'live_cells_twins takes "gz" and "br", and not {name!r}: correct the setting.'
            )
        try:
            module = gzip if name == "gz" else import_module("brotli")
        except ImportError as error:
            raise PyodideError(
                'live_cells_twins names "br", which needs a package that is not there: '
                'pip install "sphinx-live-cells[brotli]", or take "br" out of the setting.'
            ) from error
        found[f".{name}"] = Packer(module.compress, module.decompress)
    return found


def write_twins(folder: Path, names: Iterable[str]) -> None:
    """Write the twins of a folder's files that are smaller by a tenth; take away the others."""
    packers = find_packers(names)
    wanted: set[Path] = set()
    for file in sorted(folder.iterdir()) if packers else ():
        if file.suffix in ENDINGS | PACKED:
            continue
        content = file.read_bytes()
        for ending, packer in packers.items():
            twin = file.with_name(file.name + ending)
            if not is_twin(twin, content, packer):
                packed = packer.pack(content)
                if len(packed) > GAIN * len(content):
                    continue
                twin.write_bytes(packed)
            wanted.add(twin)
    for file in folder.iterdir():
        if file.suffix in ENDINGS and file not in wanted:
            file.unlink()


def is_twin(twin: Path, content: bytes, packer: Packer) -> bool:
    """Tell whether a twin is there and unpacks to the content: to pack anew takes a minute."""
    try:
        return packer.unpack(twin.read_bytes()) == content
    except Exception:  # noqa: BLE001 - none is there, or it is cut off: each library has its own
        return False
