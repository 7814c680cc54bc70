"""Compile what learners import, where nobody has: into a cache that the sandbox may only read.

The interpreter in the sandbox sees its packages read-only and lives for one run, so what is not
compiled when it starts is compiled again at every start. pip compiles what it installs; uv does
not, unless it is told to.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

_NAME = "nbgrader-sandbox"  # of the cache, among the caches of this user's programs
_ENOUGH = 0.5  # of a package's modules: it may hold some that this Python cannot compile
_TAG = f".{sys.implementation.cache_tag}.pyc"
_WARM_UP = (
    "import sys; sys.path += {paths!r}\n"
    "import inside.zygote as zygote; shell = zygote.runner.warm_up()\n"
    "zygote.runner.run_unseen(shell, *{statements!r})"
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
