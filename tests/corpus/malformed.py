"""Malformed files: what can be repaired deserves its points, what cannot waits for a person."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable

from tests.corpus.case import (
    EXERCISE,
    HONEST,
    Case,
    Desk,
)

KIND = "malformed files"

FULL = HONEST[EXERCISE]
NOTHING = dict.fromkeys(FULL, 0.0)


def _broken(name: str, change: Callable[[Desk], None]) -> Case:
    """Make a case that cannot be read."""

    def prepare(desk: Desk) -> None:
        desk.write_all()
        change(desk)

    return Case(KIND, name, prepare, NOTHING, unreadable=True)


def _raw(name: str, data: bytes) -> Case:
    def change(desk: Desk) -> None:
        desk.raw = data

    return _broken(name, change)


def _repairable(name: str, change: Callable[[Desk], None]) -> Case:
    def prepare(desk: Desk) -> None:
        desk.write_all()
        change(desk)

    return Case(KIND, name, prepare, FULL)


# --- Files that cannot be read --------------------------------------------------------------


def _cut(desk: Desk) -> None:
    desk.raw = desk.dump()[: len(desk.dump()) // 2]


def _cut_in_a_figure(desk: Desk) -> None:
    figure = '<svg style="color:red" class="x"/>' * 4_000
    desk.find("ex1a")["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": [figure]}}
    ]
    data = desk.dump()
    desk.raw = data[: data.index(b"<svg") + 130_000]


def _merge(desk: Desk) -> None:
    text = desk.dump().decode().replace("{\n", "{\n<<<<<<< HEAD\n=======\n>>>>>>> other\n", 1)
    desk.raw = text.encode()


def _zip(desk: Desk) -> None:
    with zipfile.ZipFile(desk.path, "w") as archive:
        archive.writestr("exercise-1.ipynb", desk.dump())
    desk.elsewhere = True


def _be_missing(desk: Desk) -> None:
    desk.elsewhere = True


def _be_a_folder(desk: Desk) -> None:
    desk.path.mkdir()
    desk.elsewhere = True


def _be_a_pipe(desk: Desk) -> None:
    os.mkfifo(desk.path)
    desk.elsewhere = True


def _be_two_others(desk: Desk) -> None:
    for name in ("one", "two"):  # with one answer that differs, or either could be graded
        desk.cells[-1]["source"] += f"\nnumber = {name!r}"
        (desk.folder / f"{name}.ipynb").write_bytes(desk.dump())
    desk.elsewhere = True


# --- Files that can be repaired -------------------------------------------------------------


def _rename(desk: Desk) -> None:
    (desk.folder / "Exercise 1 (final) (2).ipynb").write_bytes(desk.dump())
    desk.elsewhere = True


def _encode(encoding: str) -> Callable[[Desk], None]:
    def change(desk: Desk) -> None:
        desk.raw = json.dumps(desk.notebook, ensure_ascii=False).encode(encoding)

    return change


def _become_format_3(desk: Desk) -> None:
    cells = []
    for cell in desk.cells:
        if cell["cell_type"] == "code":
            cells.append(
                {
                    "cell_type": "code",
                    "input": cell["source"],
                    "language": "python",
                    "metadata": cell["metadata"],
                    "outputs": [],
                    "collapsed": False,
                }
            )
        else:
            cells.append({key: cell[key] for key in ("cell_type", "source", "metadata")})
    desk.notebook = {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0,
                     "worksheets": [{"cells": cells, "metadata": {}}]}  # fmt: skip


def _set(**values: object) -> Callable[[Desk], None]:
    return lambda desk: desk.notebook.update(values)


def _each(change: Callable[[dict[str, object]], object]) -> Callable[[Desk], None]:
    def apply(desk: Desk) -> None:
        for cell in desk.cells:
            change(cell)

    return apply


def _drop(*names: str) -> Callable[[Desk], None]:
    return _each(lambda cell: [cell.pop(name, None) for name in names])


def _beside(make: Callable[[Desk], object]) -> Callable[[Desk], None]:
    return lambda desk: make(desk) and None


def _write_nan(desk: Desk) -> None:
    desk.notebook["metadata"]["x"] = [float("nan"), float("inf"), 10**300]


def _write_half_characters(desk: Desk) -> None:
    desk.find("ex1c-text")["source"] = "half \ud83d of a smile \x00 \x1b[31m"


def _write_odd_outputs(desk: Desk) -> None:
    for cell in desk.cells:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "strange"}, {"data": []}]


def _add_code(source: str) -> Callable[[Desk], None]:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": source}
    return lambda desk: desk.cells.append(cell)


def _nest_folders(desk: Desk) -> None:
    folder = desk.folder
    for _ in range(60):
        folder /= "deep"
    folder.mkdir(parents=True)


UNREADABLE = (
    _raw("empty", b""),
    _raw("blank", b" \n\n"),
    _raw("zeros", bytes(10_000)),
    _raw("picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9),
    _raw("python-script", b"import numpy as np\nW_V_1 = 0\n"),
    _raw("web-page", b"<!DOCTYPE html><html><body>404</body></html>"),
    _raw("json-list", b"[1, 2, 3]"),
    _raw("json-without-cells", b'{"metadata": {}, "nbformat": 4}'),
    _raw("deep-brackets", b"[" * 100_000),
    _raw("deep-json", b'{"cells":' * 50_000 + b"1" + b"}" * 50_000),
    _raw("too-many-values", b"[" + b"[],[],[],[],[],[],[],[]," * 400_000 + b"1]"),
    _raw("long-number", b'{"cells": [], "nbformat": ' + b"9" * 100_000 + b".}"),
    _raw("quotes-without-end", b'{"cells": "' + b'\\"' * 500_000),
    _broken("cut-off", _cut),
    _broken("cut-off-in-a-figure", _cut_in_a_figure),
    _broken("merge-marks", _merge),
    _broken("zip-archive", _zip),
    _broken("no-notebook", _be_missing),
    _broken("folder-as-notebook", _be_a_folder),
    _broken("pipe-as-notebook", _be_a_pipe),
    _broken("two-other-names", _be_two_others),
    _broken("notebook-too-large", lambda desk: desk.cells.append(
        {"cell_type": "raw", "metadata": {}, "source": "x" * 70_000_000})),
)  # fmt: skip

REPAIRED = (
    _repairable("another-name", _rename),
    _repairable("utf-8-mark", _encode("utf-8-sig")),
    _repairable("utf-16", _encode("utf-16")),
    _repairable("utf-32", _encode("utf-32")),
    _repairable("latin-1", _encode("cp1252")),
    _repairable("format-3", _become_format_3),
    _repairable("format-4-0", _set(nbformat_minor=0)),
    _repairable("format-6", _set(nbformat=6, nbformat_minor=9, novelty={"deep": [1]})),
    _repairable("format-as-text", _set(nbformat="4", nbformat_minor="5")),
    _repairable("no-metadata", _set(metadata=None)),
    _repairable("no-ids", _drop("id")),
    _repairable("same-ids", _each(lambda cell: cell.update(id="same"))),
    _repairable("bad-ids", _each(lambda cell: cell.update(id=["x"] * 3))),
    _repairable("no-outputs", _drop("outputs", "execution_count")),
    _repairable("odd-outputs", _write_odd_outputs),
    _repairable("not-a-number", _write_nan),
    _repairable("half-characters", _write_half_characters),
    _repairable("blanks-in-a-line", _add_code("x" + " " * 400_000 + "= 1")),
    _repairable("imports-without-end", _add_code("'''\n" + "import (\n" * 50_000 + "'''")),
    _repairable("strange-cells", lambda d: d.cells.extend([{}, None, 5, {"cell_type": "x"}])),
    _repairable(
        "pipe-beside", _beside(lambda d: os.mkfifo(d.folder / "pipe"))
    ),
    _repairable("broken-link-beside", _beside(lambda d: (d.folder / "y").symlink_to("x"))),
    _repairable("folder-named-notebook", _beside(lambda d: (d.folder / "z.ipynb").mkdir())),
    _repairable("odd-date", _beside(lambda d: (d.folder / "timestamp.txt").write_text("soon"))),
    _repairable("binary-date", _beside(
        lambda d: (d.folder / "timestamp.txt").write_bytes(b"\xff\xfe\0"))),
    _repairable("name-that-is-no-text", _beside(
        lambda d: (d.folder / os.fsdecode(b"\xff\xfe.txt")).touch())),
    _repairable("too-many-files", _beside(
        lambda d: [(d.folder / f"{n}.txt").touch() for n in range(700)])),
    _repairable("deep-folders", _nest_folders),
    _repairable("other-notebooks-beside", _beside(
        lambda d: [(d.folder / f"{n}.ipynb").write_bytes(d.dump()) for n in ("a", "warmup")])),
)  # fmt: skip

CASES = (*UNREADABLE, *REPAIRED)
