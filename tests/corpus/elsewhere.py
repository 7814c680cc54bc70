"""Holes that other judges and sandboxes had: one case, or more, for each kind of hole.

The threat model says of each how it would look here.
"""

from __future__ import annotations

from tests.corpus.case import DIES, Case, Desk, attack, attack_by_function
from tests.corpus.tricks import HUNT, REACHED, TRY

KIND = "holes found elsewhere"

_CALLS = """
import ctypes, errno, platform
libc = ctypes.CDLL(None, use_errno=True)
word = ctypes.c_ulong
def refused(number, *arguments):
    libc.syscall(number, *arguments)
    return ctypes.get_errno() == errno.ENOSYS
"""
_ALL_REFUSED = (
    "if platform.machine() == 'x86_64' and not all(refused(n, 0, 0, 0, 0, 0) for n in numbers): "
    + REACHED
)

_ATTACKS = {
    # CVE-2024-28185, Judge0: the judge writes a file where the submission has put a link.
    "links-where-the-judge-writes": "import os\nhere = os.getcwd()\n"
    "for name in ('exercise-1.ipynb', 'exercise-1.html', 'timestamp.txt', 'run', 'stdout'):\n"
    "    try: os.remove(name)\n    except OSError: pass\n"
    "    os.symlink('../../../secret-seed', name)\n"
    "os.mkdir('new'); os.chdir('/tmp'); os.symlink(here, 'x')",
    # CVE-2024-29021, Judge0: a submission reaches the judge's own services.
    "services-of-the-judge": TRY + "import glob, os\n"
    "for host, port in (('127.0.0.1', 5432), ('127.0.0.1', 8786), ('169.254.169.254', 80)):\n"
    "    tried(lambda: socket.create_connection((host, port), 1))\n"
    "for path in ('/run', '/var/run', '/tmp/.X11-unix', '/var/run/docker.sock'):\n"
    "    if os.path.exists(path): " + REACHED,
    # CVE-2019-5736, runc: the program that started the container is overwritten from inside.
    "overwrite-the-interpreter": "import glob, os, sys\n"
    "paths = ['/proc/self/exe', '/proc/1/exe', sys.executable, *glob.glob('/sandbox/*/*.py'),\n"
    "    *glob.glob('/course/*/*.py'), *glob.glob('/usr/bin/bwrap'), np.__file__]\n"
    "for path in paths:\n"
    "    try: os.close(os.open(path, os.O_RDWR))\n    except OSError: continue\n    " + REACHED,
    # CVE-2024-21626, runc: a folder outside is open when the code begins.
    "folders-left-open": HUNT + "import fcntl\nfor n in range(3, 1024):\n"
    "    try: os.fchdir(n)\n    except OSError: continue\n    " + REACHED + "\n"
    "    for path in walk('.', '..'): look(path)",
    # CVE-2017-5226, -2019-10063, -2023-28100, flatpak: type into the terminal of who started it.
    "types-into-the-terminal": _CALLS
    + "for request in (0x5412, 0x541C, 0x100005412, 0xFFFFFFFF0000541C):\n"
    "    if platform.machine() == 'x86_64' and not refused(16, 0, word(request), b'x'): " + REACHED,
    # CVE-2021-41133, flatpak: newer calls for mounts, which an older list does not know.
    "newer-calls-for-mounts": _CALLS
    + "numbers = (155, 161, 165, 166, 428, 429, 430, 431, 432, 433, 435, 442)\n"
    + _ALL_REFUSED,
    # CVE-2022-0185 and -0492: namespaces of one's own, and in them what only root may do.
    "root-in-a-namespace": _CALLS + "if libc.unshare(0x12020000) == 0: " + REACHED + "\n"
    "if libc.mount(b'cgroup', b'/tmp', b'cgroup', 0, b'memory') == 0: " + REACHED,
    # CVE-2015-3627 and docker's "shocker", CVE-2016-0728, -2022-0847 and many others: calls that
    # few programs need, and that had holes.
    "calls-that-had-holes": _CALLS
    + "numbers = (101, 175, 209, 240, 246, 248, 250, 253, 254, 272, 275, 276, 278, 298, 303, 304,\n"
    "    308, 310, 311, 312, 313, 319, 321, 323, 425, 426, 427, 438, 447)\n" + _ALL_REFUSED,
    # Where the instructor's files are: in the sandbox's command line, and in its mounts' names.
    "names-of-folders": "import glob\n"
    "for path in ('/proc/1/cmdline', '/proc/mounts', *glob.glob('/proc/*/mountinfo')):\n"
    "    try: data = open(path, 'rb').read()\n    except OSError: continue\n"
    "    if b'/packages' in data: " + REACHED,
}
_FATAL = {
    # The other door into the same kernel: 32-bit calls, whose numbers mean something else.
    "calls-by-the-32-bit-door": "import ctypes, mmap\n"
    "code = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)\n"
    "code.write(bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3]))\n"
    "call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))\n"
    "if call() > 0: " + REACHED,
}


def _with_links_to_be_changed() -> Case:
    """Hand in links, which a judge follows when it sets rights: CVE-2024-28189, Judge0."""

    def prepare(desk: Desk) -> None:
        attack(KIND, "", "print('no more')").prepare(desk)
        for name, target in (
            ("data.txt", "../../../secret-seed"),
            ("exercise-1.html", "../../../source/exercise-1/exercise-1.ipynb"),
            ("more", "../../../release"),
        ):
            (desk.folder / name).symlink_to(target)

    return Case(KIND, "links-whose-rights-are-set", prepare)


_SPEAKS = "def attention_head(x, W_Q, W_K, W_V, W_out):\n    "

CASES = (
    *(attack(KIND, name, code) for name, code in _ATTACKS.items()),
    *(attack(KIND, name, code, DIES) for name, code in _FATAL.items()),
    _with_links_to_be_changed(),
    # What hidden tests call a function with leaves in the words with which it fails.
    attack_by_function(
        KIND,
        "inputs-in-an-exception",
        f"{_SPEAKS}raise ValueError('REA' + f'CHED {{x[0, 0]}}')",
        {"w2": 0.0},
    ),
    attack_by_function(
        KIND,
        "inputs-in-the-name-of-a-type",
        f"{_SPEAKS}return type('REA' + f'CHED {{x[0, 0]}}', (), {{}})()",
        {"w2": 0.0},
    ),
)
