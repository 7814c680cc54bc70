"""Make the class of version 1.0.0 that stands beside this file, by that version's own commands.

Everything in it is invented, the secret seed included. It was made like this:

    git worktree add ../first da49126          # the commit of version 1.0.0
    cd ../first && make environment
    .venv/bin/python <this folder>/make_class.py <this folder>/class-1.0.0.tar.xz

Made again, it is another file with the same class in it: nbgrader draws ids, and dates pass.

The class is in mid-term. Warm-up and exercise 3 are released, and these have handed in:

- ada: both graded, all right; a person has read two texts of the warm-up, and commented on one.
  Then ada handed the warm-up in again, with another answer to w6.
- carl: both graded; the second half is not attempted, and the values of ex3a see positions too,
  which cost nothing then. A person gave a point of grace in w7.
- grace: both graded; roles swapped in ex3a, a transposed matrix in w5.
- otto: warm-up graded, three hours late.
- emmy: both handed in and not graded; a program has stripped nbgrader's metadata.
- joan: warm-up handed in and not graded; a program has stripped metadata and cell ids.
- felix: exercise 3 handed in and not graded.
- kurt: is in the class and has handed in nothing.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

SEED = 20261129
DUE = "2026-11-20 12:00:00.000000 UTC"
IN_TIME, LATE = "2026-11-19 09:30:00.000000 UTC", "2026-11-20 15:00:00.000000 UTC"
AGAIN = "2026-11-20 11:59:00.000000 UTC"
WARMUP, EXERCISE_3 = "warmup", "exercise-3"
STUDENTS = ("ada", "carl", "emmy", "felix", "grace", "joan", "kurt", "otto")

Notebook = dict[str, Any]

READ_BY_A_PERSON = """
from grader.ledger import watch_grades
from nbgrader.api import Gradebook

watch_grades()
with Gradebook("sqlite:///{root}/gradebook.db") as gradebook:
    for student, cell, points, comment in (
        ("ada", "w1", 3.5, "Clear, and the unembedding is missing."),
        ("ada", "w2-text", 3.0, None),
    ):
        grade = gradebook.find_grade(cell, "warmup", "warmup", student)
        grade.manual_score, grade.needs_manual_grade = points, False
        if comment:
            gradebook.find_comment(cell, "warmup", "warmup", student).manual_comment = comment
    grade = gradebook.find_grade("w7-test", "warmup", "warmup", "carl")
    grade.extra_credit, grade.needs_manual_grade = 1.0, False
    gradebook.db.commit()
"""
"""What Formgrader does when a person has read: the same rows, through the same log."""


def main(archive: Path) -> None:
    """Make the class and pack it."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place, "class-1.0.0")
        root.mkdir()
        make_class(root)
        with tarfile.open(archive, "w:xz", preset=9) as packed:
            packed.add(root, root.name, filter=_anonymise)


def make_class(root: Path) -> None:
    """Take a class to the middle of its term."""
    (root / "secret-seed").write_text(f"{SEED}\n", encoding="ascii")
    (root / "secret-seed").chmod(0o600)
    grader("weave", "--course", str(root))
    for student in STUDENTS:
        nbgrader(root, "db", "student", "add", student)
    for assignment in (WARMUP, EXERCISE_3):
        nbgrader(root, "generate_assignment", assignment)
        nbgrader(root, "db", "assignment", "add", assignment, f"--duedate={DUE}")
    hand_in(root, WARMUP, "ada", IN_TIME)
    hand_in(root, WARMUP, "carl", IN_TIME, blank=("w5", "w6", "w7", "w7-text"))
    hand_in(root, WARMUP, "grace", IN_TIME, then={"w5": TRANSPOSED})
    hand_in(root, WARMUP, "otto", LATE)
    hand_in(root, EXERCISE_3, "ada", IN_TIME)
    hand_in(root, EXERCISE_3, "carl", IN_TIME, then={"ex3a": POSITIONS_TOO}, blank=("ex3b",))
    hand_in(root, EXERCISE_3, "grace", IN_TIME, then={"ex3a": "W_Q_1, W_K_1 = W_K_1, W_Q_1"})
    grader("autograde", WARMUP, "--course", str(root), status=(0, 2))
    nbgrader(root, "autograde", EXERCISE_3)
    code = READ_BY_A_PERSON.format(root=root)
    subprocess.run([sys.executable, "-c", code], check=True)
    grader("feedback", WARMUP, "--course", str(root))
    grader("autograde", WARMUP, "--course", str(root), status=(0, 2))  # makes a copy, grades none
    hand_in(root, WARMUP, "ada", AGAIN, then={"w6": "max_rank = lambda d_model, d_head: d_head"})
    for assignment in (WARMUP, EXERCISE_3):
        hand_in(root, assignment, "emmy", IN_TIME, strip=("metadata",))
    hand_in(root, WARMUP, "joan", IN_TIME, strip=("metadata", "id"))
    hand_in(root, EXERCISE_3, "felix", IN_TIME)


POSITIONS_TOO = "W_V_1 = W_V_1 + 0.5 * u_cos[:4]"
TRANSPOSED = (
    "right = attention_head_qk_ov\n\n\n"
    "def attention_head_qk_ov(x, W_QK, W_OV):\n    return right(x, W_QK.T, W_OV)"
)


def hand_in(
    root: Path,
    assignment: str,
    student: str,
    when: str,
    *,
    then: dict[str, str] | None = None,
    blank: tuple[str, ...] = (),
    strip: tuple[str, ...] = (),
) -> None:
    """Put a notebook where ``nbgrader collect`` puts it: the released one with answers.

    Args:
        root: The class's folder.
        assignment: Its name.
        student: The learner's id.
        when: The date of handing in.
        then: Code behind the reference answer of a part.
        blank: Parts that are left as they were.
        strip: What a program took from every cell.
    """
    name = f"{assignment}.ipynb"
    answers = read_answers(json.loads((root / "source" / assignment / name).read_text("utf-8")))
    notebook: Notebook = json.loads((root / "release" / assignment / name).read_text("utf-8"))
    for cell in notebook["cells"]:
        part = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if part in answers and part not in blank:
            cell["source"] = "\n".join(filter(None, (answers[part], (then or {}).get(part))))
    for cell in notebook["cells"]:
        if "metadata" in strip:
            cell["metadata"] = {}
        if "id" in strip:
            del cell["id"]
            notebook["nbformat_minor"] = 4
    folder = root / "submitted" / student / assignment
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    (folder / "timestamp.txt").write_text(when, encoding="utf-8")


def read_answers(source: Notebook) -> dict[str, str]:
    """Return the reference answers of a woven notebook, by ``grade_id``."""
    answers = {}
    for cell in copy.deepcopy(source["cells"]):
        text = "".join(cell["source"])
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            behind = text.split("BEGIN SOLUTION", 1)[1].split("\n", 1)[1]
            answer = behind.rsplit("\n", 1)[0] if "END SOLUTION" in behind else behind
            answers[cell["metadata"]["nbgrader"]["grade_id"]] = (
                answer.split("**Rubric.**")[0].split("<!-- END")[0].strip()
            )
    return answers


def grader(*words: str, status: tuple[int, ...] = (0,)) -> None:
    """Run a command of ours."""
    run([sys.executable, "-m", "grader", *words], status)


def nbgrader(root: Path, *words: str) -> None:
    """Run a command of nbgrader's with the configuration of the current folder."""
    program = str(Path(sys.executable).with_name("nbgrader"))
    run([program, *words, "--course-dir", str(root)], (0,))


def run(words: list[str], status: tuple[int, ...]) -> None:
    """Run a program, and raise unless it ends as it should."""
    done = subprocess.run(words, check=False, text=True, capture_output=True, env=dict(os.environ))
    if done.returncode not in status:
        raise RuntimeError(f"{words} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")


def _anonymise(item: tarfile.TarInfo) -> tarfile.TarInfo | None:
    item.uid = item.gid = 0
    item.uname = item.gname = ""
    return item


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
