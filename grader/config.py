"""Read what ``nbgrader_config.py`` says, without importing all of nbgrader each time.

The file imports nbgrader's converters, which takes longer than grading ten submissions. What
matters here is kept beside the gradebook, under a digest of the file and of the versions in use,
and read from there until one of them changes.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets.log import get_logger

from grader.errors import CourseError
from grader.paths import Classroom, Sources, replacing

if TYPE_CHECKING:
    from traitlets.config import Config


FOLDER = ".grading"
"""Under the class's folder: what grading keeps for itself."""

STEPS = (
    "SandboxedExecute", "IgnorePattern", "ClearMetadataPreprocessor", "LimitOutput",
    "SaveAutoGrades", "AssignLatePenalties", "CheckCellMetadata", "RecordOutcome",
)  # fmt: skip
_CLEANING = (
    "ClearOutput", "DeduplicateIds", "OverwriteKernelspec", "OverwriteCells", "CheckCellMetadata",
)  # fmt: skip
_SHOWING = ("GetGrades", "CSSHTMLHeaderPreprocessor")
_SECTIONS = ("IgnorePattern", "ClearMetadataPreprocessor")


@dataclass(frozen=True)
class Settings:
    """The course's settings that grading needs.

    Attributes:
        course: Traits of nbgrader's ``CourseDirectory``, by name.
        plugin: As ``SandboxedExecute.plugin``.
        limits: As ``SandboxedExecute.limits``.
        bounds: As ``GatekeepingExporter.bounds``.
        sandbox: As ``SandboxedExecute.sandbox``.
        lines: As ``LimitOutput.max_lines``.
        traceback: As ``LimitOutput.max_traceback``.
        penalty: As ``LateSubmissionPlugin.penalty_method``: "none" or "zero"; or "kept".
        permissions: Of graded files, as decimal digits of an octal number, or None.
        exclude_overwriting: As ``Autograde.exclude_overwriting``.
        feedback: Of ``GenerateFeedback``: its permissions, ``FeedbackExporter.most_characters``,
            and as "foreign" what is not ours.
    """

    course: Mapping[str, Any]
    plugin: str = ""
    limits: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, int] = field(default_factory=dict)
    sandbox: bool = True
    lines: int = 1000
    traceback: int = 100
    penalty: str = "none"
    permissions: int | None = None
    exclude_overwriting: Mapping[str, list[str]] = field(default_factory=dict)
    feedback: Mapping[str, Any] = field(default_factory=dict)


def load_settings(sources: Sources, classroom: Classroom) -> Settings:
    """Return the course's settings for one class.

    Raises:
        CourseError: If the configuration has steps of its own, which nobody would run.
    """
    digest = _digest(sources.configuration)
    kept = classroom.root / FOLDER / "settings.json"
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        values = json.loads(kept.read_text(encoding="utf-8"))
        if values.pop("digest") == digest:
            values["course"]["root"] = str(classroom.root)  # the folder may have been moved
            return Settings(**values)
    settings = read_settings(read_configuration(sources), classroom)
    _keep(kept, {"digest": digest, **asdict(settings)})
    return settings


def read_configuration(sources: Sources) -> Config:
    """Return what ``nbgrader_config.py`` sets, and the JSON file beside it, if there is one.

    Raises:
        CourseError: If it cannot be read, whatever it raises.
    """
    from traitlets.config.loader import JSONFileConfigLoader, PyFileConfigLoader

    path = sources.configuration
    try:
        config = PyFileConfigLoader(path.name, path=str(path.parent)).load_config()
        beside = path.with_suffix(".json")
        if beside.is_file():  # which counts for nbgrader, too, and more than the other
            config.merge(JSONFileConfigLoader(beside.name, path=str(beside.parent)).load_config())
    except Exception as error:
        raise CourseError(
            f"{path.name} cannot be read ({type(error).__name__}: {error}), so nothing was done; "
            "put it right, or take the one that came with the course and change it again."
        ) from error
    return config


def read_plugin_name(sources: Sources) -> str:
    """Return what ``nbgrader_config.py`` sets as ``SandboxedExecute.plugin``, or "".

    A plain line is read without running the file, which would import all of nbgrader.
    """
    try:
        tree = ast.parse(sources.configuration.read_text(encoding="utf-8"))
    except (OSError, SyntaxError):
        return ""
    for node in tree.body:
        match node:
            case ast.Assign(
                targets=[
                    ast.Attribute(value=ast.Attribute(attr="SandboxedExecute"), attr="plugin")
                ],
                value=ast.Constant(value=str(name)),
            ):
                return name
    return str(read_configuration(sources).SandboxedExecute.get("plugin", ""))


def read_settings(config: Config, classroom: Classroom) -> Settings:
    """Return what a configuration says.

    Raises:
        CourseError: If it has steps of its own, which nobody would run.
    """
    from grader.intake.decode import Bounds
    from grader.sandbox import Limits

    grading = config.Autograde
    _demand_known(grading.get("autograde_preprocessors", ()), STEPS)
    _demand_known(grading.get("sanitize_preprocessors", ()), _CLEANING)
    for section in _SECTIONS:
        if config[section].get("enabled"):
            raise _refuse(section)
    for hook in ("pre_convert_hook", "post_convert_hook"):
        if grading.get(hook, config.BaseConverter.get(hook)) is not None:
            raise _refuse(f"Autograde.{hook}")
    if not grading.get("create_student", True):
        raise _refuse("Autograde.create_student")
    execute, limit = config.SandboxedExecute, config.LimitOutput
    limits = dict(execute.get("limits", {}))
    bounds = dict(config.GatekeepingExporter.get("bounds", {}))
    _demand_fields(limits, Limits, "SandboxedExecute.limits")
    _demand_fields(bounds, Bounds, "GatekeepingExporter.bounds")
    course = {**config.CourseDirectory, "root": str(classroom.root)}
    return Settings(
        course=course,
        plugin=str(execute.get("plugin", "")),
        limits=limits,
        bounds=bounds,
        sandbox=bool(execute.get("sandbox", True)),
        lines=int(limit.get("max_lines", 1000)),
        traceback=int(limit.get("max_traceback", 100)),
        penalty=read_penalty(config),
        permissions=grading.get("permissions", config.BaseConverter.get("permissions")),
        exclude_overwriting=dict(grading.get("exclude_overwriting", {})),
        feedback=_read_feedback(config),
    )


def read_penalty(config: Any) -> str:  # noqa: ANN401  (nbgrader ships no types)
    """Return ``LateSubmissionPlugin.penalty_method`` as a configuration sets it, or "none".

    It is "kept" where ``AssignLatePenalties.plugin_class`` is set: ``python -m grader late`` shows
    such penalties before it enters them, and grading leaves them.
    """
    if "plugin_class" in config.AssignLatePenalties:
        return "kept"
    return str(config.LateSubmissionPlugin.get("penalty_method", "none"))


def _read_feedback(config: Config) -> dict[str, Any]:
    giving = config.GenerateFeedback
    exporter = _name(giving.get("exporter_class", "nbgrader's own exporter"))
    if exporter == "FeedbackExporter":
        _demand_known(giving.get("preprocessors", ()), _SHOWING)
    values = {
        "foreign": exporter if exporter != "FeedbackExporter" else "",
        "most_characters": config.FeedbackExporter.get("most_characters"),
        "permissions": giving.get("permissions", config.BaseConverter.get("permissions")),
    }
    return {name: value for name, value in values.items() if value is not None}


def _name(step: Any) -> str:  # noqa: ANN401  (a class, or its name)
    return (step if isinstance(step, str) else step.__name__).rpartition(".")[2]


def _demand_known(steps: Any, known: tuple[str, ...]) -> None:  # noqa: ANN401
    for step in steps:
        if _name(step) not in known:
            raise _refuse(_name(step))


def _demand_fields(values: Mapping[str, object], kind: type, name: str) -> None:
    strange = sorted(set(values) - {one.name for one in fields(kind)})
    if strange:
        known = ", ".join(one.name for one in fields(kind))
        raise CourseError(f"nbgrader_config.py: {name} has no {strange[0]!r}; there are {known}.")


def _refuse(name: str) -> CourseError:
    return CourseError(
        f"nbgrader_config.py uses {name}, which would have no effect here; take it out."
    )


def _digest(configuration: Path) -> str:
    summary = hashlib.sha256(configuration.read_bytes())
    with contextlib.suppress(OSError):
        summary.update(configuration.with_suffix(".json").read_bytes())
    for package in ("nbgrader", "traitlets"):
        with contextlib.suppress(PackageNotFoundError):
            summary.update(version(package).encode())
    summary.update(Path(__file__).read_bytes())
    return summary.hexdigest()


def _keep(path: Path, values: Mapping[str, object]) -> None:
    """Write the settings for the next run; a database's address may hold a password."""
    with contextlib.suppress(OSError, TypeError):
        text = json.dumps(values)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with replacing(path) as fresh:
            fresh.touch(mode=0o600)
            fresh.write_text(text, encoding="utf-8")


NEEDS_SOURCES = {"generate_assignment", "assign", "release_assignment", "autograde"}


def remind_to_weave(classroom: Path) -> None:
    """Say how to make the source notebooks, if a command needs them and they are not there.

    nbgrader's own message, that no notebook matched a pattern, names no remedy.
    """
    command = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    elsewhere = any(
        word.startswith(("--course-dir", "--CourseDirectory.root")) for word in sys.argv
    )
    if command in NEEDS_SOURCES and not elsewhere and not (classroom / "source").is_dir():
        get_logger().warning(
            "%s/source is empty: the source notebooks have not been woven yet. "
            "Run `python -m grader weave`.",
            classroom.name,
        )


def find_own_programs() -> None:
    """Let nbgrader find the programs that were installed with it.

    It starts ``alembic`` by name when it makes a gradebook, which fails where the environment is
    used without having been activated.
    """
    here = str(Path(sys.executable).parent)
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if here not in folders:
        os.environ["PATH"] = os.pathsep.join([*folders, here])
