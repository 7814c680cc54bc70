"""Grade a batch with stock ``nbgrader`` commands, as an instructor does: here or in a container."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbgrader

from tests.corpus import CASES
from tests.corpus.case import EXERCISE, WARMUP, Case
from tests.corpus.course import SUFFIX, Course, hand_in
from tests.corpus.observe import Outcome, list_below, observe, take_prints

# Shorter than a class's, so that what hangs does not hold the tests up.
LIMITS = {
    "cell_seconds": 3,
    "notebook_seconds": 30,
    "call_seconds": 1,
    "memory_together": 700 * 2**20,
    "disk_bytes": 30 * 2**20,
    "channel_messages": 5000,
}
BATCHES = {EXERCISE: 7, WARMUP: 1}
"""In how many runs the cases of an assignment are graded: starting nbgrader costs six seconds."""


def list_batches() -> Iterator[tuple[str, str, list[Case]]]:
    """Yield batches of one assignment: a name, the assignment, the cases.

    Every batch has some of each kind, so that those which wait do not wait in one place.
    """
    for assignment, count in BATCHES.items():
        cases = [case for case in CASES if case.assignment == assignment]
        for number in range(count):
            yield f"{assignment}-{number + 1}-of-{count}", assignment, cases[number::count]


def find_system_program(root: Path) -> tuple[str, ...]:
    """Return what starts nbgrader with the system's Python, which every user may run.

    Raises:
        FileNotFoundError: If the system's Python is of another version than this one.
    """
    python = Path("/usr/bin") / f"python{sys.version_info.major}.{sys.version_info.minor}"
    if not python.exists():
        raise FileNotFoundError(f"There is no {python}, and others may not run {sys.executable}.")
    packages = Path(nbgrader.__file__).parents[1]
    start = (
        f"import sys; sys.path[:0] = [{str(root)!r}, {str(packages)!r}]; "
        "from nbgrader.apps import NbGraderApp; NbGraderApp.launch_instance()"
    )
    return (str(python), "-B", "-c", start)


CONTAINER = (
    *("podman", "run", "--rm", "--network", "none", "--userns", "keep-id", "--cap-drop", "ALL"),
    *("--security-opt", "unmask=ALL", "--security-opt", "seccomp=unconfined"),
)
"""A container without rights, as the book recommends it, in which the sandbox can make its own."""


def write_container(root: Path, scratch: Path, user: int) -> tuple[str, ...]:
    """Return what starts nbgrader in a user's rootless container.

    Its image is an empty folder into which this machine's system, the course and the class are
    mounted: no registry is asked for one.
    """
    image = scratch / "image"
    for name in ("usr", "etc", "tmp", "proc", "sys", "dev", "run", "home", "work"):
        (image / name).mkdir(parents=True, exist_ok=True)
    for name in ("bin", "lib", "lib64", "sbin"):
        if not (image / name).is_symlink():
            (image / name).symlink_to(f"usr/{name}")
    for path in (image, *image.iterdir()):
        os.chown(path, user, user, follow_symlinks=False)
    shown = [Path("/usr"), Path("/etc/alternatives"), Path("/etc/ld.so.cache"), root]
    mounts = [word for path in shown for word in ("-v", f"{path}:{path}:ro")]
    mounts += ["-v", f"{scratch}:{scratch}", "-w", str(root)]
    variables = ("HOME", "TMPDIR", "NBGRADER_LOG", "CORPUS_SECRET")
    environment = [word for name in variables for word in ("-e", name)]
    # Not more than a user may have, and no group of systemd's, which a machine of CI has not.
    limits = ("--ulimit", "nofile=1024:4096", "--ulimit", "nproc=4096:4096", "--cgroups=disabled")
    return (
        *CONTAINER, *limits, *mounts, *environment, "--rootfs", str(image),
        *find_system_program(root),
    )  # fmt: skip


def run_nbgrader(
    course: Course,
    root: Path,
    home: Path,
    *words: str,
    program: Sequence[str] = (),
    user: int | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a stock command from the course's root, with a home and a folder for scraps of its own.

    Args:
        course: The class.
        root: Where ``nbgrader_config.py`` is.
        home: The home.
        words: The command and its options.
        program: What starts nbgrader, if not the environment's own program.
        user: Whose rights it has, if not this process's.
    """
    for folder in (home, home / "tmp"):
        folder.mkdir(exist_ok=True)
        if user is not None:
            os.chown(folder, user, user)
    (home / "corpus-secret.txt").write_text("swordfish")
    command = program or [str(Path(sys.executable).parent / "nbgrader")]
    rights = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    return subprocess.run(
        [
            *command,
            *words,
            f"--course-dir={course.root}",
            f"--Exchange.root={course.classroom.exchange}",
        ],
        cwd=root,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TMPDIR": str(home / "tmp"),
            "NBGRADER_LOG": "",
            "CORPUS_SECRET": "swordfish",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=4 * 3600,  # a machine that does much else takes its time
        **rights,  # type: ignore[call-overload]
    )


def grade_batch(
    template: Course,
    root: Path,
    scratch: Path,
    assignment: str,
    cases: Sequence[Case],
    *,
    program: Sequence[str] = (),
    user: int | None = None,
) -> tuple[list[Outcome], str]:
    """Grade cases between honest submissions, write the cases' feedback, and look what happened.

    Args:
        template: A class to copy.
        root: Where ``nbgrader_config.py`` is.
        scratch: An empty folder.
        assignment: Of all cases.
        cases: The cases.
        program: As for :func:`run_nbgrader`.
        user: As for :func:`run_nbgrader`.

    Returns:
        The outcomes, and what nbgrader said.
    """
    course = template.copy_to(scratch / "course")
    hand_in(course, cases, assignment)
    if user is not None:
        for path in (course.root, *list_below(course.root)):
            os.chown(path, user, user, follow_symlinks=False)
    before = take_prints(course)
    home = scratch / "home"
    limits = f"--SandboxedExecute.limits={LIMITS}"
    graded = run_nbgrader(
        course, root, home, "autograde", assignment, limits, program=program, user=user
    )
    others = f"--student=*{SUFFIX}"
    told = run_nbgrader(
        course, root, home, "generate_feedback", assignment, others, program=program, user=user
    )
    outcomes = observe(course, cases, assignment, before, graded.returncode == 0, [home])
    return outcomes, f"{graded.stdout}\n{graded.stderr}\n{told.stdout}\n{told.stderr}"
