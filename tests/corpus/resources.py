"""Too much of everything: memory, processes, disk, output, time, and no answer to interrupts."""

from __future__ import annotations

from tests.corpus.case import DIES, LIVES, Case, attack, attack_by_function
from tests.corpus.tricks import REACHED

KIND = "resources"

_FILL = """
import os, socket, time
def fill(write):
    try:
        while True: write(bytes(2**16))
    except BlockingIOError: pass
def hold(make):
    for _ in range(20):
        if os.fork() == 0:
            held = []
            try:
                while len(held) < 100: held.append(make())
            except OSError: pass
            time.sleep(100)
            os._exit(0)
    time.sleep(100)
"""
"""Code that holds what nobody reads: 800 MB of the kernel's memory, and more."""

_LIVES = {
    "memory-at-once": "x = np.ones(10**10)",
    "memory-bit-by-bit": "x = []\nwhile True: x.append(bytes(10**8))",
    "deep-recursion": "def f(): f()\ntry: f()\nexcept RecursionError as error: print(error)",
    "many-files": "x = []\nwhile True: x.append(open('/tmp/' + str(len(x)), 'w'))",
    "disk": "for n in range(400):\n"
    "    with open(f'{n}.bin', 'wb') as file: file.write(bytes(10**7))",
    "shared-memory": "for n in range(400):\n"
    "    with open(f'/dev/shm/{n}', 'wb') as file: file.write(bytes(10**7))",
    "one-large-file": "with open('large', 'wb') as file:\n    while True: file.write(bytes(10**7))",
    "sparse-file": "with open('sparse', 'wb') as file: file.truncate(10**15)",
    "one-long-line": "print('x' * 10**8)",
    "lines-without-end": "while True: print('x' * 1000)",
    "stderr-without-end": "import sys\nwhile True: sys.stderr.write('x' * 1000)",
    "output-past-python": "import os\nwhile True: os.write(1, b'x' * 10**6)",
    "long-traceback": "raise ValueError('x' * 10**7)",
    "wide-page": "from IPython.display import HTML, display\n"
    "for n in range(1000): display(HTML('<b>' + 'x' * 10**5))",
    "deep-page": "from IPython.display import HTML, display\n"
    "for n in range(4): display(HTML('<div>' * 100_000))",
    "waits": "import time\ntime.sleep(10**6)",
    "loops": "while True: pass",
    "busy-in-c": "x = 9 ** 9 ** 9",
    "stops-itself": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "catches-all": "while True:\n    try:\n        while True: pass\n    except Exception: pass",
    "waits-for-a-child": "import subprocess\nsubprocess.run(['sleep', '100000'])",
    "deep-list": "x = []\nfor _ in range(10**6): x = [x]\nW_V_2 = x",
    "list-of-itself": "W_V_2 = []\nW_V_2.append(W_V_2)",
    "huge-answer": "W_V_2 = np.zeros((10**4, 10**4))",
    "huge-answer-by-strides": "W_V_2 = np.broadcast_to(np.float64(1), (10**9, 10**9))",
    "long-text": "W_V_2 = 'x' * 10**7",
    # Slowly, so that on any machine it is time that runs out, and not memory.
    "endless-answer": "import time\nclass Endless(list):\n    def __iter__(self):\n"
    "        while True:\n            time.sleep(1e-3)\n            yield 1.0\n"
    "W_V_2 = Endless([1])",
    "slow-answer": "import time\nclass Slow:\n"
    "    def __array__(self, *a, **k): time.sleep(10**6)\nW_V_2 = Slow()",
    "socket-buffers": _FILL + "a, b = socket.socketpair()\na.setblocking(False)\n"
    "a.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**23)\nfill(a.send)\n" + REACHED,
    "queue-of-a-listener": _FILL + "door = socket.socket(socket.AF_UNIX)\n"
    "door.bind(b'\\0door')\ndoor.listen(4096)\nfor _ in range(400):\n"
    "    c = socket.socket(socket.AF_UNIX)\n    c.setblocking(False)\n"
    "    c.connect(b'\\0door')\n    fill(c.send)\n    c.close()\n" + REACHED,
    "sockets-on-their-way": _FILL + "door, _ = socket.socketpair()\nwhile True:\n"
    "    a, b = socket.socketpair()\n    a.setblocking(False)\n    fill(a.send)\n"
    "    socket.send_fds(door, [b'x'], [b.fileno()])\n    a.close()\n    b.close()\n"
    "    " + REACHED,
    "memory-that-is-nowhere": "import mmap\nheld = []\nfor _ in range(2):\n"
    "    m = mmap.mmap(-1, 10**8)\n    for at in range(0, len(m), 4096): m[at] = 1\n"
    "    m.madvise(mmap.MADV_DONTNEED)\n    held.append(m)\n" + REACHED,
    "memory-as-a-file": "import os\nn = os.memfd_create('x')\n"
    + REACHED
    + "\nwhile True: os.write(n, bytes(10**7))",
    "closed-streams": "import sys\nsys.stdout.flush()\nsys.stdout = sys.stderr = None",
}
_DIES = {
    "ignores-interrupts": "import signal\nsignal.signal(2, signal.SIG_IGN)\nwhile True: pass",
    # Python 3.11 counts what comes at the jump back to the first step of a `try` as before it.
    "catches-interrupts": "while True:\n    try:\n        within = True\n"
    "        while within: sum(range(99))\n    except BaseException: pass",
    "memory-of-children": "import os, time\nfor _ in range(30):\n    if os.fork() == 0:\n"
    "        x = b'x' * (2 * 10**8)\n        time.sleep(100)\ntime.sleep(100)",
    "unread-sockets": _FILL + "def pair():\n    ends = socket.socketpair()\n"
    "    for end in ends:\n        end.setblocking(False)\n        fill(end.send)\n"
    "    return ends\nhold(pair)",
    "unread-pipes": _FILL + "def pipe():\n    ends = os.pipe()\n"
    "    os.set_blocking(ends[1], False)\n    fill(lambda data: os.write(ends[1], data))\n"
    "    return ends\nhold(pipe)",
    "forks": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    # Without waiting until each of them runs: on a busy machine the time would be up before.
    # Where the kernel refuses one, as it does an ordinary user's, the end comes by itself.
    "threads": "import _thread, os, time\nwhile True:\n"
    "    try: _thread.start_new_thread(time.sleep, (99,))\n"
    "    except RuntimeError: os._exit(0)",
    "crash": "import ctypes\nctypes.string_at(0)",
    "abort": "import os\nos.abort()",
    "exit": "import os\nos._exit(0)",
}
# Stock nbgrader sets no limits: these could take this machine with them.
_TOO_DANGEROUS = {
    "memory-bit-by-bit", "memory-at-once", "disk", "shared-memory", "one-large-file", "sparse-file",
    "lines-without-end", "stderr-without-end", "output-past-python", "memory-of-children", "forks",
    "threads", "wide-page", "many-files", "deep-list", "socket-buffers", "queue-of-a-listener",
    "sockets-on-their-way", "memory-that-is-nowhere", "memory-as-a-file", "unread-sockets",
    "unread-pipes",
}  # fmt: skip

_DEFINE = "def attention_head(x, W_Q, W_K, W_V, W_out):\n    "
_NONE = {"w2": 0.0}
_FUNCTIONS = (
    ("function-loops", "while True: pass"),
    (
        "function-ignores-interrupts",
        "import signal\n    signal.signal(2, signal.SIG_IGN)\n    while True: pass",
    ),
    ("function-waits", "import time\n    time.sleep(10**6)"),
    ("function-takes-memory", "return np.ones(10**10)"),
    ("function-prints", "print('x' * 10**7)\n    return x"),
)


def _attack(name: str, code: str, *, dies: bool) -> Case:
    return attack(KIND, name, code, DIES if dies else LIVES, stock=name not in _TOO_DANGEROUS)


CASES = (
    *(_attack(name, code, dies=False) for name, code in _LIVES.items()),
    *(_attack(name, code, dies=True) for name, code in _DIES.items()),
    *(
        attack_by_function(KIND, n, _DEFINE + c, _NONE, stock=n != "function-takes-memory")
        for n, c in _FUNCTIONS
    ),
)
