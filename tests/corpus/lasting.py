"""Attacks that should outlive the run, and attacks that reach for the network."""

from __future__ import annotations

from tests.corpus.case import Case, Desk, attack
from tests.corpus.tricks import REACHED, TRY

PERSISTENCE, NETWORK = "persistence", "the network"

_HOME = "import os\nhome = os.path.expanduser('~')\n"
_PLANT = _HOME + (
    "def plant(path, text='x = 1'):\n    try:\n"
    "        os.makedirs(os.path.dirname(path), exist_ok=True)\n"
    "        open(path, 'w').write(text)\n    except OSError: pass\n"
)
_PERSISTENCE = {
    "ipython-startup": _PLANT
    + "plant(home + '/.ipython/profile_default/startup/survivor-@TOKEN@.py',"
    " 'np = None')",
    "ipython-config": _PLANT + "plant(home + '/.ipython/profile_default/ipython_config.py', "
    "'# survivor-@TOKEN@')",
    "jupyter-config": _PLANT + "plant(home + '/.jupyter/nbgrader_config.py', '# survivor-@TOKEN@')",
    "user-site": _PLANT + "import sys\nv = sys.version_info\n"
    "plant(f'{home}/.local/lib/python{v[0]}.{v[1]}/site-packages/survivor-@TOKEN@.pth', "
    "'import sys')",
    "site-packages": _PLANT + "import sysconfig, sys\n"
    "for f in {sysconfig.get_path('purelib'), *sys.path}:\n"
    "    if f: plant(f + '/survivor_@TOKEN@.pth', 'import sys')",
    "kernel-spec": _PLANT + "plant(home + '/.local/share/jupyter/kernels/python3/kernel.json', "
    '\'{"argv": ["survivor-@TOKEN@"]}\')',
    "shell-startup": _PLANT
    + "for name in ('.bashrc', '.profile', '.config/matplotlib/matplotlibrc'):"
    "\n    plant(f'{home}/{name}', '# survivor-@TOKEN@')",
    "temporary-files": _PLANT + "import tempfile\n"
    "for f in ('/tmp', '/dev/shm', '/var/tmp', '/run', tempfile.gettempdir()):\n"
    "    plant(f + '/survivor-@TOKEN@')",
    "modules-in-the-folder": _PLANT + "here = os.getcwd()\nfor up in ('', '/..', '/../..'):\n"
    "    for name in ('numpy.py', 'circuits.py', 'grader.py'):\n"
    "        plant(here + up + '/' + name, 'survivor = \"survivor-@TOKEN@\"')",
    "poisoned-bytecode": _HOME + "import numpy, circuits\n"
    "for m in (numpy, circuits):\n    f = os.path.dirname(m.__file__)\n"
    "    try:\n        os.makedirs(f + '/__pycache__', exist_ok=True)\n"
    "        open(f + '/__pycache__/survivor-@TOKEN@.pyc', 'w').write('x')\n"
    "    except OSError: pass",
    "background-process": "import subprocess\n"
    "subprocess.Popen(['/bin/bash', '-c', 'exec -a survivor-@TOKEN@ sleep 120'])",
    "daemon": "import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
    "        os.execvp('bash', ['bash', '-c', 'exec -a survivor-@TOKEN@ sleep 120'])\n"
    "    os._exit(0)",
    "ignores-its-end": "import subprocess\n"
    "subprocess.Popen(['/bin/bash', '-c', \"trap '' TERM INT HUP;"
    ' exec -a survivor-@TOKEN@ sleep 120"], start_new_session=True)',
    "forks-on": "import os, sys\nif os.fork() == 0:\n    os.setsid()\n    import time\n"
    "    for _ in range(600):\n        time.sleep(0.2)\n        if os.fork(): os._exit(0)\n"
    "    os._exit(0)",
    "endless-thread": "import threading, time\n"
    "threading.Thread(target=lambda: [time.sleep(1) for _ in range(120)]).start()",
    "cron": "import subprocess\nsubprocess.run('echo \"* * * * * survivor-@TOKEN@\" | crontab - ', "
    "shell=True, timeout=5)",
}

# Port 9 of this very machine, where nobody listens: "refused" means that it was reached.
_NETWORK = {
    "tcp": TRY + "tried(lambda: socket.create_connection(('127.0.0.1', 9), 2))",
    "tcp-of-version-6": TRY + "tried(lambda: socket.create_connection(('::1', 9), 2))",
    "udp": TRY + "def send():\n    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
    "    s.sendto(b'x', ('127.0.0.1', 9))\ntried(send)",
    "listener": TRY + "def serve():\n    s = socket.socket()\n    s.bind(('127.0.0.1', 0))\n"
    "    s.listen()\ntried(serve)",
    "web-request": TRY + "import urllib.request\n"
    "def get():\n    try: urllib.request.urlopen('http://127.0.0.1:9/', timeout=2)\n"
    "    except urllib.error.URLError as e: raise e.reason\ntried(get)",
    "raw-packets": TRY + "tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))",
    "netlink": TRY + "tried(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))",
    "by-a-program": TRY + "import subprocess\n"
    "r = subprocess.run(['bash', '-c', 'echo > /dev/tcp/127.0.0.1/9'], capture_output=True)\n"
    "if b'refused' in r.stderr: " + REACHED,
    "kernel-sockets": TRY + "tried(lambda: socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET))\n"
    "tried(lambda: socket.socket(getattr(socket, 'AF_VSOCK', 40), socket.SOCK_STREAM))",
    "abstract-socket": TRY + "def look():\n"
    "    names = [l.split()[-1] for l in open('/proc/net/unix') if ' @' in l]\n"
    "    if not names: raise ValueError\n"
    "    s = socket.socket(socket.AF_UNIX)\n    s.connect('\\0' + names[0][1:])\ntried(look)",
}


def _with_startup_files() -> Case:
    """Hand in files that programs read when they start in the same folder."""

    def prepare(desk: Desk) -> None:
        attack(PERSISTENCE, "", "print('no more')").prepare(desk)
        planted = f"open('surv' 'ivor-{desk.token}', 'w')\nraise SystemExit"
        for name in ("sitecustomize.py", "usercustomize.py", "json.py", "encodings.py"):
            (desk.folder / name).write_text(planted)
        (desk.folder / "conftest.py").write_text(planted)
        (desk.folder / "jupyter_config.py").write_text(planted)

    return Case(PERSISTENCE, "startup-files-handed-in", prepare)


CASES = (
    *(attack(PERSISTENCE, name, code) for name, code in _PERSISTENCE.items()),
    _with_startup_files(),
    *(attack(NETWORK, name, code) for name, code in _NETWORK.items()),
)
