"""A learner who owns their process can hand in other matrices, and do nothing else."""

import os
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import psutil
import pytest

import grader.sandbox.bubblewrap as sandbox_module
from course.plugin import PLUGIN
from grader.sandbox import Limits, SandboxUnavailable
from grader.sandbox.bubblewrap import find_bubblewrap, list_packages
from grader.sandbox.kernel import build_filter
from grader.sandbox.zygote import Zygote, get_zygote
from tests.grader.sandbox.running import run_submission

ROOT = Path(__file__).parents[3]
SHORT = Limits(cell_seconds=8, notebook_seconds=20, channel_messages=999)


@pytest.fixture(autouse=True)
def and_the_next_notebook_is_fine(run, given):
    """Whatever a test does, the honest notebook after it has its answers."""
    yield
    execution = run(given)
    assert execution.ended is None
    assert np.array_equal(execution.values["W"], np.eye(3))
    assert execution.values["f"](2) == 4


@pytest.mark.parametrize(
    ("attack", "ended"),
    [
        ("import os; os._exit(3)", "exit in cell 2: ended its own process with status 3"),
        ("import ctypes; ctypes.string_at(0)", "killed by signal 11 in cell 2"),
        ("import os; os.abort()", "killed by signal"),
        ("import os; os.closerange(0, 256); print(1)", "exit in cell 2"),
        ("import os; os.write(200, b'?' * 9)", "unknown kind"),
        ("import os; os.write(200, b'b' + bytes([4, 0, 0, 0, 9, 0, 0, 0]))", "odd times"),
        ("import os; os.write(200, b'd' + bytes(4))", "odd times"),
        ("import os; os.write(200, b'h' + bytes(4))", "odd times"),
        ("import os; os.write(200, b'a' + bytes([3, 0, 0, 0, 9, 0, 0]))", "answer 9 of 2"),
        ("import os; os.write(200, b'r' + bytes([9,0,0,0]+[0]*4+[1,0,0,0,5]))", "odd times"),
        ("import os; os.write(200, b'a' + bytes([255] * 4))", "bytes where"),
        ("import os\nwhile True: os.write(200, b'o' + bytes([1, 0, 0, 0, 2]) * 99)", "rules"),
        (
            "import os, struct\nout = b'\\0' + struct.pack('<I6sI', 6, b'stdout', 0)\n"
            "while True: os.write(200, b'o' + struct.pack('<I', len(out)) + out)",
            "999 messages",
        ),
    ],
)
def test_however_a_process_ends_its_answers_before_count(run, given, attack, ended):
    execution = run(given, attack, "W = 5 * W", limits=SHORT)
    assert ended in execution.ended
    assert np.array_equal(execution.values["W"], np.eye(3))
    assert execution.values["f"](2) == 4
    assert "The run ended here" in str(execution.outputs[1])


@pytest.mark.parametrize(
    "loop",
    [
        "while True: pass",
        "while True:\n    try:\n        while True: pass\n    except Exception: pass",
        "import time; time.sleep(1000)",
        "import subprocess; subprocess.run(['sleep', '1000'])",
        "print('x', end='')\nwhile True: print('x', end='')",
    ],
)
def test_a_cell_that_hangs_is_stopped_and_the_next_ones_run(run, given, loop):
    limits = Limits(cell_seconds=1)
    execution = run(given, loop, "W = 5 * W", limits=limits)
    assert execution.ended is None
    assert execution.interrupted == [2]
    assert "stopped" in str(execution.outputs[1])
    assert np.array_equal(execution.values["W"], 5 * np.eye(3))


def test_a_cell_that_ignores_interrupts_is_killed(run, given):
    limits = Limits(cell_seconds=1, grace_seconds=0.3)
    loop = "import signal\nsignal.signal(2, signal.SIG_IGN)\nwhile True: pass"
    execution = run(given, loop, limits=limits)
    assert execution.ended == "timed out in cell 2 after 1 s"


def test_all_cells_together_have_a_limit_too(run, given):
    limits = Limits(cell_seconds=20, notebook_seconds=1.6)
    execution = run(given, *["import time; time.sleep(0.4)"] * 10, limits=limits)
    assert "all cells together" in execution.ended
    assert "W" in execution.values


def test_memory_of_one_process_is_bounded_and_the_notebook_goes_on(run, given):
    limits = Limits(memory=600 * 2**20, cell_seconds=10)
    execution = run(given, "x = np.ones(10**8)", "W = 5 * W", limits=limits)
    assert "MemoryError" in str(execution.outputs[1])
    assert execution.values["W"][0, 0] == 5


def test_memory_of_all_processes_is_bounded(run, given):
    limits = Limits(memory_together=300 * 2**20, cell_seconds=10)
    bomb = (
        "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n"
        "        x = b'x' * (100 * 2**20)\n        time.sleep(60)\ntime.sleep(60)"
    )
    execution = run(given, bomb, limits=limits)
    assert execution.ended.startswith("memory in cell 2")
    assert "W" in execution.values


def list_processes():
    """Return what runs in the sandbox, the warm interpreter included."""
    outermost = psutil.Process(get_zygote(sandbox=True, packages=PLUGIN.packages)._process.pid)
    return set(outermost.children(recursive=True))


@pytest.mark.parametrize(
    "bomb",
    [
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        "import threading, time\nwhile True:\n"
        "    try: threading.Thread(target=time.sleep, args=(60,)).start()\n"
        "    except RuntimeError: pass",
    ],
)
def test_processes_and_threads_are_bounded(run, given, bomb):
    at_rest = list_processes()
    execution = run(given, bomb, limits=SHORT)
    assert execution.ended is not None
    assert "W" in execution.values
    execution.close()
    _, left = psutil.wait_procs(list_processes() - at_rest, timeout=60)
    assert left == []


def test_disks_and_files_are_bounded(run, given, printed):
    execution = run(
        given,
        "for folder in ('/home/learner', '/tmp', '/dev/shm'):\n"
        "    try:\n"
        "        for i in range(9):\n"
        "            with open(f'{folder}/{i}', 'wb') as file: file.write(bytes(9_000_000))\n"
        "    except OSError as error: print(error.errno)",
        "import os\ntry:\n    for i in range(9999): open(f'/tmp/{i}', 'w')\n"
        "except OSError as error: print(error.errno)",
        limits=Limits(disk_bytes=20_000_000),
    )
    assert printed(execution, 1) == "28\n28\n28\n"
    assert printed(execution, 2).strip() in ("28", "24")


@pytest.mark.parametrize(
    "folder", ["/", "/usr/bin", "/packages", "/python", "/sandbox", "/dev", "/course", "/etc"]
)
def test_nothing_else_can_be_written(run, printed, folder):
    execution = run(
        f"import os\nif os.path.exists({folder!r}):\n"
        f"    try: open({folder!r} + '/x', 'w')\n    except OSError as e: print(e.errno)\n"
        "else: print('absent')"
    )
    assert printed(execution).strip() in ("30", "13", "absent")


def test_neither_grader_nor_class_nor_home_can_be_seen(run, printed):
    execution = run(
        f"import os\nprint([p for p in {[str(ROOT), '/root', '/work', '/etc/passwd', '/sys']!r}"
        " if os.path.exists(p)])",
        "import sys\nprint([n for n in ('course', 'grader', 'nbgrader', 'pytest', 'solutions') "
        "if __import__('importlib').util.find_spec(n)])",
        "found = [f for f, ds, ns in os.walk('/') if not f.startswith('/proc') "
        "if {'gradebook', 'hidden', 'judge'} & {n.split('.')[0] for n in ns} "
        "or f not in ('/course', '/bytecode/course') "
        "and f.rsplit('/', 1)[-1] in ('course', 'grader', 'solutions')]\n"
        "print(found)",
        limits=Limits(cell_seconds=20),
    )
    assert [printed(execution, place) for place in range(3)] == ["[]\n"] * 3


def test_the_environment_is_the_sandboxes_own(run, printed, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "swordfish")
    with closing(Zygote()):  # one that starts under this environment
        execution = run("import os; print(sorted(os.environ))")
    assert "SECRET" not in printed(execution)
    execution = run(
        "import os\nfor p in os.listdir('/proc'):\n    try:\n"
        "        if b'swordfish' in open(f'/proc/{p}/environ', 'rb').read(): print('found')\n"
        "    except OSError: pass"
    )
    assert printed(execution) == ""


def test_there_is_no_privilege_and_no_way_to_one(run, printed):
    execution = run(
        "import ctypes, os\nprint(os.getuid(), os.geteuid(), os.getgid())\n"
        "libc = ctypes.CDLL(None)\nsets = (ctypes.c_uint32 * 6)(*[9] * 6)\n"
        "print(libc.capget((ctypes.c_uint32 * 2)(0x20080522, 0), sets), list(sets))\n"
        "print([n for n in range(41) if libc.prctl(23, n, 0, 0, 0) != 0])\n"  # bounding set
        "print(libc.prctl(39, 0, 0, 0, 0), libc.prctl(21, 0, 0, 0, 0))"  # no_new_privs, seccomp
    )
    lines = printed(execution).splitlines()
    assert lines[0] == "65534 65534 65534"
    assert lines[1] == "0 [0, 0, 0, 0, 0, 0]"
    assert lines[2] == "[]"
    assert lines[3] == "1 2"


@pytest.mark.parametrize(
    "call",
    [
        "libc.unshare(0x10000000)",
        "libc.mount(b'tmpfs', b'/tmp', b'tmpfs', 0, None)",
        "libc.ptrace(0, 0, 0, 0)",
        "libc.syscall(101, 16, 1, 0, 0)",
        "libc.memfd_create(b'x', 0)",
        "libc.setns(0, 0)",
        "libc.syscall(321, 0, 0, 0)",  # bpf
        "libc.syscall(425, 1, 0)",  # io_uring_setup
        "libc.shmget(0, 4096, 0o1600)",
        "libc.syscall(56, 0x10000011, 0, 0, 0, 0)",  # clone with a new user namespace
        "libc.syscall(435, 0, 0)",  # clone3, whose flags cannot be seen
        "libc.ioctl(0, 0x5412, b'x')",  # TIOCSTI
        "libc.syscall(16, 0, ctypes.c_ulong(0x100005412), b'x')",  # and with a bit above the 32
        "libc.syscall(16, 0, ctypes.c_ulong(0x541C), b'x')",  # TIOCLINUX
        "libc.syscall(16, 0, ctypes.c_ulong(0x30000541C), b'x')",
        "libc.socket(1, 1, 0)",  # a listener's queue keeps what nobody has open
        "libc.sendmsg(200, None, 0)",  # hands over open files
        "libc.setsockopt(200, 1, 7, b'0000', 4)",  # SO_SNDBUF
        "libc.fcntl(200, 1031, 1 << 20)",  # F_SETPIPE_SZ
        "libc.syscall(9, 0, 4096, 3, 0x21, -1, 0)",  # shared memory without a file
        "libc.syscall(9, 0, 4096, 3, ctypes.c_ulong(0x100000021), -1, 0)",
        "libc.syscall(9, 0, 1 << 21, 3, 0x40022, -1, 0)",  # huge pages
        "libc.syscall(278, 0, 0, 0, 0)",  # vmsplice
        "libc.syscall(253)",  # inotify_init
        "libc.syscall(248, b'user', b'x', b'y', 1, -3)",  # add_key
        "libc.syscall(240, b'x', 0x40, 0o600, None)",  # mq_open
    ],
)
def test_system_calls_that_reach_out_are_refused(run, printed, call):
    execution = run(
        f"import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nr = {call}\n"
        "print(r, ctypes.get_errno())"
    )
    assert printed(execution) == "-1 38\n"


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_NETLINK", "AF_VSOCK", "AF_ALG"])
def test_there_is_no_network(run, printed, family):
    execution = run(
        f"import socket\ntry: socket.socket(socket.{family})\nexcept OSError as e: print('refused')"
    )
    assert printed(execution) == "refused\n"


def test_no_process_outside_can_be_signalled(run, printed):
    execution = run(
        "import os\nfor p in [os.getppid() or 2, -1, *range(2, 400)]:\n"
        "    try: os.kill(p, 9); print('killed', p)\n    except OSError: pass\nprint('done')"
    )
    assert printed(execution) == "done\n"
    assert execution.ended is None


def test_other_processes_cannot_even_be_listed(run, printed):
    execution = run("import os\nprint(sorted(os.listdir('/proc')))")
    assert printed(execution) == "['cpuinfo', 'meminfo']\n"


def test_nothing_in_it_has_the_name_of_a_folder_of_the_instructors(run, printed):
    """Neither the sandbox's command line nor its mounts, in whatever coding they might leave."""
    execution = run(
        "import os, sys\nfound = [*sys.path, sys.executable, sys.prefix, *os.environ.values()]\n"
        "for folder, folders, names in os.walk('/'):\n"
        "    if folder.startswith(('/usr', '/lib', '/python', '/packages')): folders[:] = []\n"
        "    else: found += [os.path.join(folder, n) for n in names]\n"
        "    if folder.startswith('/proc'):\n"
        "        found += [open(os.path.join(folder, n)).read(9**6) for n in names]\n"
        f"print([part for part in {[str(ROOT), str(Path(np.__file__).parents[1])]!r} "
        "if any(part in text for text in found)])"
    )
    assert printed(execution) == "[]\n"


def test_nothing_outlives_a_run(run, given):
    marker = f"sleep-{os.getpid()}-{time.monotonic_ns()}"
    execution = run(
        given,
        "import os, subprocess\n"
        f"subprocess.Popen(['/bin/sh', '-c', 'exec -a {marker} sleep 600'])\n"
        f"if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        f"        os.execv('/bin/sh', ['{marker}', '-c', 'sleep 600; true'])",
        "import threading\nthreading.Thread(target=lambda: __import__('time').sleep(600)).start()",
    )
    execution.close()
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [command for command in commands if marker.encode() in command]


def test_the_limits_cannot_be_raised(run, printed):
    execution = run(
        "import resource as r\nfor n in ('AS', 'NPROC', 'NOFILE', 'FSIZE', 'CPU', 'CORE'):\n"
        "    k = getattr(r, 'RLIMIT_' + n)\n"
        "    try: r.setrlimit(k, (r.RLIM_INFINITY, r.RLIM_INFINITY)); print('raised', n)\n"
        "    except (OSError, ValueError): pass"
    )
    assert printed(execution) == ""


def test_without_bubblewrap_grading_refuses_with_the_remedy(monkeypatch):
    monkeypatch.setattr(sandbox_module.shutil, "which", lambda name: None)
    monkeypatch.setattr(sandbox_module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SandboxUnavailable, match=r"no program bwrap.*--no-sandbox"):
        find_bubblewrap()


def test_where_bubblewrap_fails_its_own_words_are_the_reason(monkeypatch, tmp_path):
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1")
    broken.chmod(0o755)
    monkeypatch.setattr(sandbox_module, "find_bubblewrap", lambda: str(broken))
    with pytest.raises(SandboxUnavailable, match="No permissions to create new namespace"):
        Zygote()


def test_without_a_sandbox_it_runs_only_when_asked_and_says_so(given):
    with run_submission([given], {"W": "matrix", "f": "function"}, no_sandbox=True) as execution:
        assert not execution.sandboxed
        assert np.array_equal(execution.values["W"], np.eye(3))
        assert execution.values["f"](2) == 4


def test_a_dead_interpreter_is_started_again(run, given):
    get_zygote(sandbox=True, packages=PLUGIN.packages)._process.kill()
    assert run(given).ended is None


def test_a_run_whose_sandbox_is_killed_is_tried_once_more(run, given):
    zygote = get_zygote(sandbox=True, packages=PLUGIN.packages)
    killer = threading.Timer(0.5, zygote._process.kill)
    killer.start()
    execution = run(given, "import time; time.sleep(1)\nW = 5 * W")
    assert not zygote.alive
    assert execution.ended is None
    assert execution.values["W"][0, 0] == 5


def test_packages_are_the_declared_ones_and_what_they_need():
    found = list_packages(["matplotlib"])
    assert {"numpy", "PIL", "matplotlib", "dateutil"} <= set(found)
    assert not {"nbgrader", "pytest", "grader", "hypothesis"} & set(found)


def test_the_inner_filter_allows_less_than_the_outer():
    assert build_filter(outer=True) != build_filter(outer=False)
    assert len(build_filter(outer=False)) % 8 == 0


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_it_works_as_an_ordinary_user(given, tmp_path):
    """As nobody, with an interpreter that nobody may run."""
    python = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    if not Path(python).exists():
        pytest.skip(f"there is no {python}")
    program = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from tests.grader.sandbox.running import run_submission\n"
        f"with run_submission([{given!r}, 'import os; os._exit(0)'], "
        "{'W': 'matrix', 'f': 'function'}) as e:\n"
        "    print(e.values['W'].sum(), e.values['f'](4), e.ended)"
    )
    packages = Path(np.__file__).parents[1]
    done = subprocess.run(
        [python, "-B", "-c", program, str(ROOT), str(packages)],
        user=65534,
        group=65534,
        extra_groups=[],
        cwd="/",
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "3.0 8 exit in cell 2: ended its own process with status 0\n", done.stderr
