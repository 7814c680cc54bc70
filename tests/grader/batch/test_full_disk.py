"""A disk that is full, for real: a small one of the test's own, in a mount namespace."""

import shutil
import subprocess
import sys

import pytest

from .conftest import ASSIGNMENT, HONEST, copy_class
from .rows import read_rows

pytestmark = [pytest.mark.nbgrader, pytest.mark.slow]

SCRIPT = """
set -e
mount -t tmpfs -o size=16m none "$DISK"
cp -a "$CLASS/." "$DISK/"
set -- $(df -Pk "$DISK" | tail -n 1)
dd if=/dev/zero of="$DISK/ballast" bs=1024 count=$(($4 - LEFT)) 2>/dev/null
grade() {
    "$PYTHON" -m grader autograde "$ASSIGNMENT" --course "$DISK" --workers 1 || echo "status $?"
}
grade
rm "$DISK/ballast"
echo "room again"
grade
cp -a "$DISK/gradebook.db" "$DISK/autograded" "$RESULT/"
"""

NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


def _demand_namespaces():
    if shutil.which("unshare") is None or subprocess.run([*NAMESPACE, "true"]).returncode:
        pytest.skip("no mount namespace of one's own can be made here")


@pytest.mark.parametrize(
    ("left", "reason"),
    [(100, "could not be backed up"), (550, "verdicts could not be written down")],
    ids=["before-the-first-grade", "between-the-notebooks"],
)
def test_a_full_disk_stops_grading_and_loses_nothing(
    classroom, grade, sources, tmp_path, left, reason
):
    _demand_namespaces()
    twin = copy_class(classroom, tmp_path / "twin")
    disk, result = tmp_path / "disk", tmp_path / "result"
    disk.mkdir()
    result.mkdir()
    environment = {
        "PATH": "/usr/bin:/bin", "PYTHON": sys.executable, "ASSIGNMENT": ASSIGNMENT,
        "CLASS": str(classroom.root), "DISK": str(disk), "RESULT": str(result), "LEFT": str(left),
    }  # fmt: skip
    ran = subprocess.run(
        [*NAMESPACE, "sh", "-c", SCRIPT],
        env=environment, cwd=sources.root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    first, _, second = ran.stdout.partition("room again")
    assert "status 1" in first, ran.stdout + ran.stderr
    assert reason in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "status" not in second
    grade(twin)
    wanted = read_rows(f"sqlite:///{twin.root}/gradebook.db", ASSIGNMENT)
    assert read_rows(f"sqlite:///{result}/gradebook.db", ASSIGNMENT) == wanted
    assert {path.name for path in (result / "autograded").iterdir()} == set(HONEST)
    assert not list((result / "autograded").rglob("*.part"))
