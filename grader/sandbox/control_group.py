"""Make a control group of the kernel's, which bounds memory and processes of one sandbox.

Nothing else counts all memory: what waits in sockets and pipes, for instance, is in no process. Two
versions are in use. Version 2 has one tree; a group below our own can be made where that tree was
delegated to us, as by `systemd-run --user --scope --property=Delegate=yes`. Version 1 has a tree
for each kind of resource, and only root can make groups in it. Where neither is to be had there is
no group, and the watchdog counts what it can see.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_OURS = "grader-sandbox"
_LEAF = "grader-itself"  # in version 2, a group with groups below it holds no process
_PATIENCE = 50  # hundredths of a second
_MAKING = 60.0  # seconds
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Version:
    """How the files of a version are called; `gauges` in the order of the watchdog's."""

    memory: tuple[str, ...]
    tasks: str
    gauges: tuple[str, str, str]


# Memory with swap cannot be less than memory, so it is set before and after.
VERSIONS = {
    1: Version(
        ("memory.memsw.limit_in_bytes", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes"),
        "pids.max",
        ("memory.usage_in_bytes", "memory.stat", "memory.oom_control"),
    ),
    2: Version(("memory.max",), "pids.max", ("memory.current", "memory.stat", "memory.events")),
}


class ControlGroup:
    """A group for one process and all that it starts from then on."""

    def __init__(self, version: int, folders: Mapping[str, Path]) -> None:
        self._version, self._folders = VERSIONS[version], dict(folders)
        self._limits: tuple[int, int] | None = None
        memory = self._folders["memory"]
        self._files = [(memory / name).open("rb") for name in self._version.gauges]
        self.gauges = [file.fileno() for file in self._files]
        """Handles of the files that the watchdog reads, to be passed on."""
        if version == 2:
            _write(memory / "memory.swap.max", "0")

    def add(self, process: int) -> None:
        """Move a process into the group; what it has already is not counted. Raises `OSError`."""
        for folder in set(self._folders.values()):
            (folder / "cgroup.procs").write_text(str(process))

    def limit(self, memory: int, tasks: int) -> None:
        """Let the kernel stop what takes more bytes, or has more processes and threads."""
        if self._limits == (memory, tasks):
            return
        self._limits = memory, tasks
        for name in self._version.memory:
            _write(self._folders["memory"] / name, str(memory))
        if "pids" in self._folders:
            _write(self._folders["pids"] / self._version.tasks, str(tasks))

    def remove(self) -> None:
        """Remove the group once it is empty; if it does not become so, a later grader will."""
        for file in self._files:
            file.close()
        for folder in set(self._folders.values()):
            for _ in range(_PATIENCE):
                try:
                    folder.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:  # the last processes may still be dying
                    time.sleep(0.01)


def make_control_group(process: int, mounts: str = "", groups: str = "") -> ControlGroup | None:
    """Make a group and move a process into it; nothing where we may not, or cannot count memory.

    `mounts` and `groups` are read from `/proc/self/mountinfo` and `/proc/self/cgroup`.
    """
    mounts = mounts or Path("/proc/self/mountinfo").read_text()
    groups = groups or Path("/proc/self/cgroup").read_text()
    name = f"{_OURS}-{os.getpid()}-{next(_numbers)}"
    for version, parents in _find_parents(mounts, groups):
        made: dict[str, Path] = {}
        try:
            for controller, parent in parents.items():
                _sweep(parent)
                made[controller] = parent / name
                made[controller].mkdir(exist_ok=True)
            group = ControlGroup(version, made)
            group.add(process)
        except OSError:
            for folder in made.values():
                with contextlib.suppress(OSError):
                    folder.rmdir()
        else:
            return group
    return None


def _find_parents(mounts: str, groups: str) -> Iterator[tuple[int, dict[str, Path]]]:
    """Yield each version's groups to make ours in, by what they count: memory, and perhaps pids."""
    own = {}
    for line in groups.splitlines():
        _, controllers, path = line.split(":", 2)
        own.update(dict.fromkeys(controllers.split(","), path))
    tops: dict[str, Path] = {}
    trees: dict[str, Path] = {}
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        root, point = (word.encode().decode("unicode_escape") for word in before.split()[3:5])
        kind, *_, options = after.split()
        names = {"cgroup": set(options.split(",")) & set(own), "cgroup2": {""}}.get(kind, set())
        for name in names & set(own):
            below = os.path.relpath(own[name], root)
            if not below.startswith(".."):
                tops.setdefault(name, Path(point))
                trees.setdefault(name, Path(point, below))
    if "" in trees and (parent := _find_delegated(trees[""], tops[""])):
        yield 2, dict.fromkeys(("memory", "pids"), parent)
    if "memory" in trees:
        yield 1, {name: trees[name] for name in ("memory", "pids") if name in trees}


def _find_delegated(own: Path, top: Path) -> Path | None:
    """Return the group of version 2 that ours are made in, if it was delegated to us.

    `own` is the one that we are in, `top` the highest that we see. A group that divides memory
    among others holds no process, so that all processes in it are moved to one of the others.
    """
    if own.name == _LEAF:
        return own.parent
    try:
        if "memory" not in (own / "cgroup.controllers").read_text().split():
            return None
        # systemd marks what it delegates. The top that a container sees is the container's own.
        if own != top and os.getxattr(own, "user.delegate") != b"1":
            return None
        if "memory" not in (own / "cgroup.subtree_control").read_text().split():
            if not (own / "cgroup.type").exists():
                return None  # the machine's own top, which is for the machine to divide
            leaf = own / _LEAF
            leaf.mkdir(exist_ok=True)
            for process in (own / "cgroup.procs").read_text().split():
                _write(leaf / "cgroup.procs", process)
            (own / "cgroup.subtree_control").write_text("+memory +pids")
    except OSError:
        return None
    return own


def _sweep(parent: Path) -> None:
    """Remove groups whose grader was killed before it could: here, and beside here.

    The next grader is often in another group, as each login and each job of a service has one. A
    group that is a minute old is no longer being made by a grader in some container, whose
    number means nothing here.
    """
    old = time.time() - _MAKING
    for folder in itertools.chain(parent.glob(f"{_OURS}-*"), parent.parent.glob(f"*/{_OURS}-*")):
        owner = folder.name.removeprefix(f"{_OURS}-").partition("-")[0]
        with contextlib.suppress(OSError):
            if not Path("/proc", owner).exists() and folder.stat().st_mtime < old:
                folder.rmdir()


def _write(path: Path, text: str) -> None:
    """Write a setting that this kernel may not have, or not take: the watchdog looks as well."""
    with contextlib.suppress(OSError):
        path.write_text(text)
