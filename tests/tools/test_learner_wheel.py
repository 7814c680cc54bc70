"""A learner's wheel holds the toolkit and nothing of the instructor's."""

import hashlib
import shutil
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from tools.build.learner_wheel import build_learner_wheel

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build_learner_wheel(tmp_path_factory.mktemp("wheel"))


def read_names(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_wheel_is_pure_and_has_the_learners_name(wheel):
    assert wheel.name.startswith("circuit_exercises_toolkit-")
    assert wheel.name.endswith("-py3-none-any.whl")


def test_the_wheel_holds_the_toolkit_alone(wheel):
    rooms = {name.split("/")[0] for name in read_names(wheel)}
    metadata = {room for room in rooms if room.endswith(".dist-info")}
    assert rooms - metadata == {"circuits"}
    assert len(metadata) == 1


def test_the_wheel_holds_every_file_of_the_toolkit(wheel):
    ours = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "circuits").rglob("*")
        if path.suffix in {".py", ".csv", ".typed"}
    }
    assert ours <= set(read_names(wheel))


def test_nothing_in_the_wheel_speaks_of_hidden_tests_or_solutions(wheel):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode(errors="replace")
            assert "import grader" not in text, name
            assert "BEGIN HIDDEN TESTS" not in text, name
            assert "BEGIN SOLUTION" not in text, name


def test_the_wheel_holds_one_trained_model_and_none_of_the_hidden_ones(wheel):
    with zipfile.ZipFile(wheel) as archive:
        bulky = [
            name for name in archive.namelist() if not name.endswith((".py", ".csv", ".typed"))
        ]
        held = [name for name in bulky if ".dist-info/" not in name]
        assert held == ["circuits/trained/weights.npz"]
        ours = hashlib.sha256(archive.read(*held)).digest()
    hidden = ROOT / "course" / "hidden_models.npz"
    assert ours != hashlib.sha256(hidden.read_bytes()).digest()


def test_the_wheel_needs_numpy_and_matplotlib_alone(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith("METADATA")]
        metadata = Parser().parsestr(archive.read(name).decode())
    needs = metadata.get_all("Requires-Dist")
    assert sorted(need.split(">")[0] for need in needs) == ["matplotlib", "numpy"]
    assert metadata.get_all("Provides-Extra") is None


def test_the_same_sources_give_the_same_bytes(wheel, tmp_path):
    assert build_learner_wheel(tmp_path).read_bytes() == wheel.read_bytes()


def test_a_room_put_beside_the_toolkit_stays_out(tmp_path):
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    for package in ("circuits", "grader", "solutions", "tests"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
    names = read_names(build_learner_wheel(tmp_path / "out", root=tmp_path))
    assert "circuits/__init__.py" in names
    assert not [name for name in names if name.startswith(("grader", "solutions", "tests"))]
