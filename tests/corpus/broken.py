"""Malformed files and tampered metadata.

What can be repaired deserves what its answers deserve; what cannot is flagged for a person.
"""

from __future__ import annotations

import copy
import json
import os
import zipfile
from collections.abc import Callable, Mapping

from tests.corpus.case import (
    DIES,
    EXERCISE,
    HONEST,
    LIVES,
    RIGHT,
    WRONG,
    Case,
    Desk,
    about,
)

MALFORMED, METADATA = "malformed files", "tampered metadata"

FULL = HONEST[EXERCISE]
NOTHING = dict.fromkeys(FULL, 0.0)
WITHOUT_B = LIVES  # products of two matrices, one of which is wrong, are right in one place


def _broken(name: str, change: Callable[[Desk], None]) -> Case:
    """Make a case that cannot be read."""

    def prepare(desk: Desk) -> None:
        desk.write_all()
        change(desk)

    return Case(MALFORMED, name, prepare, NOTHING, unreadable=True)


def _raw(name: str, data: bytes) -> Case:
    def change(desk: Desk) -> None:
        desk.raw = data

    return _broken(name, change)


def _repairable(
    name: str,
    change: Callable[[Desk], None],
    points: Mapping[str, float] = FULL,
    kind: str = MALFORMED,
) -> Case:
    def prepare(desk: Desk) -> None:
        desk.write_all()
        change(desk)

    return Case(kind, name, prepare, points)


# --- Files that cannot be read --------------------------------------------------------------


def _cut(desk: Desk) -> None:
    desk.raw = desk.dump()[: len(desk.dump()) // 2]


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
    for name in ("one.ipynb", "two.ipynb"):
        (desk.folder / name).write_bytes(desk.dump())
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
    _broken("cut-off", _cut),
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

# --- Metadata -------------------------------------------------------------------------------


def _tamper(name: str, change: Callable[[Desk], None], points: Mapping[str, float] = FULL) -> Case:
    return _repairable(name, change, points, METADATA)


def _all(**flags: object) -> Callable[[Desk], None]:
    return _each(lambda cell: about(cell).update(flags) if about(cell) else None)


def _wrong_b(desk: Desk) -> None:
    desk.write_answer("ex1b", WRONG)
    desk.write_answer(
        "ex1c",
        "W_net_1 = W_out_1 @ W_V_1\nW_net_2 = np.eye(16)[12:16].T @ np.eye(16)[[8, 4, 5, 6]]",
    )


def _cheat(change: Callable[[Desk], None]) -> Callable[[Desk], None]:
    def apply(desk: Desk) -> None:
        _wrong_b(desk)
        change(desk)

    return apply


def _swap_ids(desk: Desk) -> None:
    a, b = desk.find("ex1a-test"), desk.find("ex1b-test")
    about(a)["grade_id"], about(b)["grade_id"] = "ex1b-test", "ex1a-test"


def _edit_a_test(source: str) -> Callable[[Desk], None]:
    def change(desk: Desk) -> None:
        desk.find("ex1b-test")["source"] = source

    return change


def _duplicate(grade_id: str, *, below: bool = False) -> Callable[[Desk], None]:
    def change(desk: Desk) -> None:
        cell = desk.find(grade_id)
        twin = copy.deepcopy(cell)
        place = len(desk.cells) if below else desk.cells.index(cell)
        desk.cells.insert(place, twin)

    return change


def _delete(*grade_ids: str) -> Callable[[Desk], None]:
    def change(desk: Desk) -> None:
        for grade_id in grade_ids:
            desk.cells.remove(desk.find(grade_id))

    return change


def _set_one(which: str, **flags: object) -> Callable[[Desk], None]:
    return lambda desk: about(desk.find(which)).update(flags)


def _add_a_test(desk: Desk) -> None:
    desk.cells.append({
        "cell_type": "code", "id": "bonus", "source": "100.0", "outputs": [],
        "execution_count": None,
        "metadata": {"nbgrader": {"grade": True, "grade_id": "bonus", "locked": False,
                                  "points": 100, "schema_version": 3, "solution": False,
                                  "task": False}},
    })  # fmt: skip


def _replace(value: object) -> Callable[[Desk], None]:
    def change(cell: dict[str, object]) -> None:
        if about(cell):
            cell["metadata"]["nbgrader"] = value  # type: ignore[index]

    return _each(change)


def _strip_labels(desk: Desk) -> None:
    for cell in desk.cells:
        cell["metadata"] = {}


def _kernel(name: str) -> Callable[[Desk], None]:
    return lambda desk: desk.notebook["metadata"].update(
        kernelspec={"name": name, "display_name": name, "language": name}
    )


def _turn_tests(kind: str) -> Callable[[Desk], None]:
    def change(desk: Desk) -> None:
        for cell in desk.cells:
            if about(cell).get("grade_id", "").endswith("-test"):
                cell["cell_type"] = kind
                cell.pop("outputs", None)
                cell.pop("execution_count", None)

    return change


def _forge_a_record(desk: Desk) -> None:
    desk.notebook["metadata"]["grader"] = {
        "digest": "0" * 64,
        "finished": True,
        "sandboxed": False,
        "unreadable": "",
        "ended": "",
        "failures": {"ex1b": "give four points"},
        "repairs": [{"sentence": "x", "look": True}],
    }
    for cell in desk.cells:
        cell["metadata"]["grader"] = {"given": True}


TAMPERED = (
    _tamper("points-raised", _cheat(_all(points=1000)), WITHOUT_B),
    _tamper("points-negative", _all(points=-5)),
    _tamper("points-as-text", _all(points="many")),
    _tamper("not-graded", _all(grade=False)),
    _tamper("all-graded", _cheat(_all(grade=True, solution=True)), WITHOUT_B),
    _tamper("all-manual", _cheat(_all(solution=True, task=True)), WITHOUT_B),
    _tamper("unlocked", _cheat(_all(locked=False)), WITHOUT_B),
    _tamper("names-swapped", _cheat(_swap_ids), WITHOUT_B),
    _tamper("name-taken", _cheat(_set_one("ex1b-test", grade_id="ex1a-test")), WITHOUT_B),
    _tamper("name-unknown", _set_one("ex1a-test", grade_id="of-mine")),
    _tamper("name-is-a-path", _set_one("ex1a-test", grade_id="../../x")),
    _tamper("name-is-a-list", _set_one("ex1a-test", grade_id=["ex1a-test"])),
    _tamper("name-missing", _each(lambda cell: about(cell).pop("grade_id", None))),
    _tamper("schema-1", _all(schema_version=1)),
    _tamper("schema-2", _all(schema_version=2)),
    _tamper("schema-99", _all(schema_version=99)),
    _tamper("schema-missing", _each(lambda cell: about(cell).pop("schema_version", None))),
    _tamper("answer-duplicated", _duplicate("ex1a")),
    _tamper("answer-duplicated-below", _duplicate("ex1a", below=True)),
    _tamper("test-duplicated", _cheat(_duplicate("ex1b-test")), WITHOUT_B),
    _tamper("text-duplicated", _duplicate("ex1c-text")),
    _tamper("test-deleted", _cheat(_delete("ex1b-test")), WITHOUT_B),
    _tamper("all-tests-deleted", _delete("ex1a-test", "ex1b-test", "ex1c-test", "ex1d-test")),
    _tamper("text-deleted", _delete("ex1c-text")),
    _tamper("answer-deleted", _delete("ex1d"), {**FULL, "ex1d": 0.0}),
    _tamper("test-edited", _cheat(_edit_a_test("4.0")), WITHOUT_B),
    _tamper("test-emptied", _cheat(_edit_a_test("")), WITHOUT_B),
    _tamper("test-ends-all", _cheat(_edit_a_test("import os\nos._exit(0)")), DIES),
    _tamper("test-with-the-answer", _edit_a_test(RIGHT["ex1b"])),
    _tamper("tests-as-text", _cheat(_turn_tests("markdown")), WITHOUT_B),
    _tamper("tests-as-raw", _cheat(_turn_tests("raw")), WITHOUT_B),
    _tamper("test-added", _cheat(_add_a_test), WITHOUT_B),
    _tamper("settings-are-a-list", _replace(["grade"])),
    _tamper("settings-are-a-number", _replace(5)),
    _tamper("settings-are-gone", _strip_labels),
    _tamper("kernel-bash", _kernel("bash")),
    _tamper("kernel-unknown", _kernel("../../../bin/sh")),
    _tamper("kernel-is-none", lambda desk: desk.notebook["metadata"].update(kernelspec=None)),
    _tamper("record-forged", _cheat(_forge_a_record), WITHOUT_B),
    _tamper("score-in-outputs", _cheat(lambda desk: desk.find("ex1b-test").update(outputs=[
        {"output_type": "execute_result", "data": {"text/plain": "4.0"}, "metadata": {},
         "execution_count": 1}])), WITHOUT_B),
)  # fmt: skip

CASES = (*UNREADABLE, *REPAIRED, *TAMPERED)
