"""Tampered metadata: the released notebook says what counts, whatever the handed-in one says."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping

from tests.corpus.case import DIES, EXERCISE, HONEST, LIVES, RIGHT, WRONG, Case, Desk, about

KIND = "tampered metadata"
FULL = HONEST[EXERCISE]
WITHOUT_B = LIVES  # products of two matrices, one of which is wrong, are right in one place


def _tamper(name: str, change: Callable[[Desk], None], points: Mapping[str, float] = FULL) -> Case:
    def prepare(desk: Desk) -> None:
        desk.write_all()
        change(desk)

    return Case(KIND, name, prepare, points)


def _each(change: Callable[[dict[str, object]], object]) -> Callable[[Desk], None]:
    def apply(desk: Desk) -> None:
        for cell in desk.cells:
            change(cell)

    return apply


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


CASES = (
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
