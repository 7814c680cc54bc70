"""Memory that is in no process counts too: the kernel's, for sockets, pipes and what is shared."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course.plugin import PLUGIN
from grader.sandbox import Limits
from grader.sandbox.inside import confine
from grader.sandbox.kernel import make_control_group
from grader.sandbox.zygote import get_zygote

LIMITS = Limits(memory_together=300 * 2**20, cell_seconds=15)

FILL = """
import fcntl, os, socket, time
def fill(write):
    try:
        while True: write(bytes(1 << 16))
    except BlockingIOError: pass
def hold(processes, make):
    for _ in range(processes):
        if os.fork() == 0:
            held = []
            try:
                while len(held) < 100: held.append(make())
            except OSError: pass
            time.sleep(60)
            os._exit(0)
    time.sleep(60)
def pair():
    a, b = socket.socketpair()
    for end in (a, b):
        end.setblocking(False)
        fill(end.send)
    return a, b
def pipe():
    ends = os.pipe()
    os.set_blocking(ends[1], False)
    fill(lambda data: os.write(ends[1], data))
    return ends
"""
"""Code that holds what nobody reads: at most 500 MB, if nothing stops it."""


@pytest.mark.parametrize("attack", ["hold(6, pair)", "hold(6, pipe)"])
def test_what_is_never_read_ends_the_run(run, given, attack):
    execution = run(given, FILL + attack, limits=LIMITS)
    assert execution.ended.startswith(("files in cell 2", "memory in cell 2"))
    assert "W" in execution.values


def test_few_pairs_hold_little(run, printed):
    """Were their buffers larger, few would be enough for everything."""
    execution = run(
        "import socket\na, b = socket.socketpair()\na.setblocking(False)\nsent = 0\n"
        "try: a.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 23)\n"
        "except OSError as error: print(error.errno)\n"
        "try:\n    while True: sent += a.send(bytes(1 << 12))\n"
        "except BlockingIOError: print(sent < 1 << 20)",
    )
    assert printed(execution) == "38\nTrue\n"


@pytest.mark.parametrize(
    "shared",
    [
        "mmap.mmap(-1, 100 << 20)",
        "mmap.mmap(os.open('/dev/zero', os.O_RDWR), 100 << 20)",
        "mmap.mmap(os.memfd_create('x'), 100 << 20)",
    ],
)
def test_no_memory_can_be_had_that_is_counted_nowhere(run, printed, shared):
    """Given back with MADV_DONTNEED, shared memory stays, and is in no process."""
    execution = run(f"import mmap, os\ntry: {shared}\nexcept OSError: print('refused')")
    assert printed(execution) == "refused\n"


def test_arrays_in_files_and_pools_of_processes_work(run, printed):
    """What honest notebooks do with shared memory."""
    execution = run(
        "import numpy as np, multiprocessing\n"
        "a = np.memmap('a', dtype=float, mode='w+', shape=(100, 100))\na[:] = 1\na.flush()\n"
        "print(np.memmap('a', dtype=float, mode='r').sum())\n"
        "with multiprocessing.get_context('fork').Pool(2) as pool:\n"
        "    print(pool.map(abs, [-1, 2, -3]))",
        "import asyncio, subprocess, sqlite3\n"
        "async def f():\n    await asyncio.sleep(0)\n    return 4\nprint(await f())\n"
        "print(subprocess.run(['echo', 'x'], capture_output=True).stdout)\n"
        "with sqlite3.connect('x.db') as c: c.execute('create table t(x)')\nprint('made')",
    )
    assert printed(execution, 0) == "10000.0\n[1, 2, 3]\n"
    assert printed(execution, 1) == "4\nb'x\\n'\nmade\n"


def test_use_beyond_a_limit_is_named():
    limits = {"processes": 4, "memory_together": 100, "open_files_together": 10}
    assert confine.find_excess(confine.Use(4, 10, 100), limits) == ""
    assert confine.find_excess(confine.Use(5), limits) == "processes"
    assert confine.find_excess(confine.Use(1, 11), limits) == "files"
    assert confine.find_excess(confine.Use(1, 1, 101), limits) == "memory"


@pytest.mark.parametrize(
    ("now", "word"),
    [
        (90 << 20, ""),  # plenty
        (5 << 20, "machine"),  # nearly nothing, and there was much when the run began
    ],
)
def test_a_machine_that_runs_out_of_memory_ends_the_run(monkeypatch, now, word):
    monkeypatch.setattr(confine, "read_free_memory", lambda: (now, 100 << 20))
    assert confine.find_scarcity(80 << 20, most=10 << 20) == word
    assert confine.find_scarcity(6 << 20, most=10 << 20) == ""  # it was like that before


def test_memory_that_is_swapped_out_and_page_tables_count(monkeypatch, tmp_path):
    status = (
        "Name:\tVmRSS:\t9 kB\nPPid:\t1\nVmPTE:\t4 kB\nVmRSS:\t8 kB\nVmSwap:\t2 kB\nThreads:\t3\n"
    )
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "status").write_text(status)
    monkeypatch.setattr(confine, "Path", lambda *parts: tmp_path.joinpath(*parts[1:]))
    assert confine._list_processes(["7", "8"]) == {7: (1, 3, 14 * 1024)}


@pytest.mark.parametrize("hide", ["", "ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)"])
def test_open_files_are_counted_even_of_a_process_that_hides_them(run, given, hide):
    limits = Limits(open_files_together=300, cell_seconds=15)
    execution = run(
        given,
        f"import ctypes, os, time\n{hide}\nfor _ in range(3):\n    if os.fork() == 0: break\n"
        "held = [os.open('/dev/null', 0) for _ in range(200)]\ntime.sleep(60)",
        limits=limits,
    )
    assert execution.ended == "files in cell 2: opened more than 300 at a time"


@pytest.fixture
def sleeper():
    """A process that takes 200 MB when it is told to."""
    program = "import sys, time; sys.stdin.readline(); x = b'x' * (200 << 20); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


@pytest.fixture
def group(sleeper):
    """A control group with the sleeper in it, where we may make one."""
    made = make_control_group(sleeper.pid)
    if made is None:
        pytest.skip("no control group can be made here")
    yield made
    sleeper.kill()
    sleeper.wait()
    made.remove()


def test_the_kernel_stops_what_no_watchdog_sees(group, sleeper):
    group.limit(100 << 20, 10)
    gauges = confine.Gauges(group.gauges)
    assert not gauges.has_killed()
    sleeper.stdin.write(b"\n")
    sleeper.stdin.flush()
    assert sleeper.wait(60) == -9
    assert gauges.has_killed()


def test_a_group_that_is_full_is_no_reason_to_kill_the_next(group):
    gauges = confine.Gauges(group.gauges)
    assert gauges.measure(0) < 1 << 20
    assert not gauges.has_killed()


def test_with_a_group_the_kernels_memory_counts(run, given, sandbox):
    if get_zygote(sandbox=True, packages=PLUGIN.packages)._group is None:
        pytest.skip("no control group can be made here")
    limits = Limits(memory_together=100 * 2**20, open_files_together=10_000, cell_seconds=15)
    execution = run(given, FILL + "hold(5, pair)", limits=limits)
    assert execution.ended == "memory in cell 2: took more than 100 MB"


def test_with_a_group_what_processes_share_counts_once(run, given, sandbox):
    """Twenty forks of the warm interpreter would be 5 GB if each were counted in full."""
    if get_zygote(sandbox=True, packages=PLUGIN.packages)._group is None:
        pytest.skip("no control group can be made here")
    execution = run(
        given,
        "import os, time\nfor _ in range(20):\n"
        "    if os.fork() == 0: time.sleep(1); os._exit(0)\n"
        "for _ in range(20): os.wait()",
        limits=LIMITS,
    )
    assert execution.ended is None


V1 = """25 1 0:22 / {root}/memory rw shared:6 - cgroup cgroup rw,memory
26 1 0:23 /outer {root}/pids rw - cgroup cgroup rw,pids
27 1 0:24 / {root}/unified rw - cgroup2 cgroup2 rw
"""


def write_files(folder, **texts):
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / name.replace("_", ".", 1)).write_text(text)


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Folders that look like a kernel's: a new one has its files at once."""
    make = os.mkdir

    def make_like_the_kernel(path, *more, **options):
        make(path, *more, **options)
        for name in (
            "memory.current", "memory.stat", "memory.events", "memory.swap.max", "memory.max",
            "memory.usage_in_bytes", "memory.oom_control", "memory.limit_in_bytes",
            "memory.memsw.limit_in_bytes", "pids.max", "cgroup.procs", "cgroup.type",
        ):  # fmt: skip
            Path(path, name).write_text("0")

    monkeypatch.setattr(os, "mkdir", make_like_the_kernel)
    return tmp_path


def read(group, name):
    return {(folder / name).read_text() for folder in set(group._folders.values())}


def test_in_version_1_there_is_a_group_for_memory_and_one_for_processes(tree):
    write_files(tree / "memory" / "mine")
    write_files(tree / "pids" / "mine")
    write_files(tree / "unified", cgroup_controllers="")
    groups = "4:memory:/mine\n8:pids:/outer/mine\n0::/\n"
    group = make_control_group(77, V1.format(root=tree), groups)
    assert read(group, "cgroup.procs") == {"77"}
    group.limit(1000, 9)
    memory = group._folders["memory"]
    assert memory.parent == tree / "memory" / "mine"
    assert (memory / "memory.limit_in_bytes").read_text() == "1000"
    assert (memory / "memory.memsw.limit_in_bytes").read_text() == "1000"
    assert group._folders["pids"].parent == tree / "pids" / "mine"
    assert (group._folders["pids"] / "pids.max").read_text() == "9"


V2 = "27 1 0:24 / {root} rw - cgroup2 cgroup2 rw\n"


@pytest.mark.parametrize("delegated", [True, False])
def test_in_version_2_a_group_is_made_only_where_it_was_delegated(tree, monkeypatch, delegated):
    own = tree / "user" / "run.scope"
    write_files(
        own,
        cgroup_controllers="cpu memory pids",
        cgroup_subtree_control="",
        cgroup_type="domain",
        cgroup_procs="5\n77\n",
    )
    monkeypatch.setattr(os, "getxattr", lambda path, name: b"1" if delegated else b"0")
    group = make_control_group(77, V2.format(root=tree), "0::/user/run.scope\n")
    if not delegated:
        assert group is None
        assert (own / "cgroup.subtree_control").read_text() == ""
        assert [path for path in own.iterdir() if path.is_dir()] == []
        return
    assert (own / "cgroup.subtree_control").read_text() == "+memory +pids"
    assert (own / "grader-itself" / "cgroup.procs").read_text() == "77"  # the last that was moved
    assert read(group, "cgroup.procs") == {"77"}
    group.limit(1000, 9)
    assert read(group, "memory.max") == {"1000"}
    assert read(group, "memory.swap.max") == {"0"}
    assert read(group, "pids.max") == {"9"}
    again = make_control_group(78, V2.format(root=tree), "0::/user/run.scope/grader-itself\n")
    assert {folder.parent for folder in again._folders.values()} == {own}


@pytest.mark.parametrize("place", ["mine", "another session"])
def test_groups_of_graders_that_were_killed_are_removed(tree, place):
    write_files(tree / "memory" / "mine")
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        pass

    def leave(owner, number, age):
        left = tree / "memory" / place / f"grader-sandbox-{owner}-{number}"
        left.mkdir(parents=True)
        for path in left.iterdir():
            path.unlink()  # as the kernel does
        os.utime(left, (time.time() - age,) * 2)
        return left

    left = leave(dead.pid, 1, age=90)
    being_made = leave(dead.pid, 2, age=5)  # perhaps by a grader that is not to be seen from here
    alive = leave(os.getpid(), 999, age=90)
    with contextlib.suppress(FileNotFoundError):
        make_control_group(77, V1.format(root=tree), "4:memory:/mine\n")
    assert not left.exists()
    assert being_made.exists()
    assert alive.exists()
