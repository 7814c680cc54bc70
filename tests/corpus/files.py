"""Attacks on files: the reference, the seed, the class's folders, links out of the submission."""

from __future__ import annotations

from tests.corpus.case import LIVES, Case, Desk, attack
from tests.corpus.tricks import HUNT, REACHED

KIND = "files"

_ATTACKS = {
    "read-the-reference": HUNT + "for path in walk(*above): look(path)",
    "read-from-the-root": HUNT + "for path in walk('/'): look(path)",
    "run-the-reference": (
        HUNT + "import json\n"
        "for path in walk(*above):\n"
        "    if path.endswith('.ipynb'):\n"
        "        for cell in json.load(open(path)).get('cells', []):\n"
        "            text = ''.join(cell['source'])\n"
        "            if 'BEGIN SOL' + 'UTION' in text:\n"
        "                look(path)\n"
        "                try: exec(text)\n"
        "                except Exception: pass"
    ),
    "read-the-seed": (
        "import os\nfor up in ('../' * n for n in range(7)):\n"
        "    if os.path.exists(up + 'secret-seed'): print('SEED', open(up + 'secret-seed').read())"
    ),
    "use-the-seed": (
        "import os\nfrom grader.gradebook.seed import find_seed\nfrom pathlib import Path\n"
        "print('SEED', find_seed(Path.cwd()))"
    ),
    "read-the-own-tests": (
        HUNT + "import glob\nfor path in glob.glob('*') + glob.glob('/tmp/*'): look(path)"
    ),
    "read-through-proc": (
        HUNT + "import glob\n"
        "for link in glob.glob('/proc/*/cwd') + glob.glob('/proc/*/root'):\n"
        "    try:\n"
        "        if os.path.samefile(link, '/') or os.path.samefile(link, '.'): continue\n"
        "    except OSError: continue\n"
        "    for number, path in enumerate(walk(link + '/')):\n"
        "        look(path)\n"
        "        if number > 500: break"
    ),
    "read-open-files": (
        HUNT + "for n in range(3, 300):\n"
        "    try: data = os.pread(n, 1_000_000, 0)\n"
        "    except OSError: continue\n"
        "    for f in re.findall(rb'can' + rb'ary-[0-9a-z-]+', data): print('HUNTED', f.decode())"
    ),
    "read-environments": (
        "import glob, os\nfor path in glob.glob('/proc/*/environ'):\n"
        "    try: text = open(path).read()\n"
        "    except OSError: continue\n"
        f"    if 'CORPUS_SECRET' in text: {REACHED}"
    ),
    "read-the-grader": (
        "import importlib.util, sys\n"
        "for name in ('grader', 'nbgrader', 'course.judge'):\n"
        "    try: spec = importlib.util.find_spec(name)\n"
        "    except ImportError: spec = None\n"
        f"    if spec: {REACHED}"
    ),
    "read-the-instructors-home": (
        "import os, glob\nfor path in glob.glob(os.path.expanduser('~/.*')) + ['/etc/shadow', "
        "'/root/.bashrc', os.path.expanduser('~/corpus-secret.txt')]:\n"
        "    try: text = open(path).read()\n"
        "    except OSError: continue\n"
        f"    if 'swordfish' in text or 'root:' in text: {REACHED}"
    ),
    "write-above": (
        "import os\nfor up in ('../' * n for n in range(1, 6)):\n"
        "    try: open(up + 'survivor-@TOKEN@', 'w').write('x')\n"
        "    except OSError: pass"
    ),
    "write-the-source": (
        "import glob\nfor up in ('../' * n for n in range(1, 6)):\n"
        "    for path in glob.glob(up + '*/exercise-1/exercise-1.ipynb'):\n"
        "        try: open(path, 'w').write('{}')\n"
        "        except OSError: pass"
    ),
    "write-the-own-notebook": (
        "import json, glob\nfake = {'cells': [], 'metadata': {}, 'nbformat': 4}"
        "\nfor path in ['exercise-1.ipynb', *glob.glob('*.ipynb'), 'timestamp.txt']:\n"
        "    open(path, 'w').write(json.dumps(fake))"
    ),
    "delete-the-own-folder": (
        "import os, shutil\nhere = os.getcwd()\nos.chdir('/')\n"
        "shutil.rmtree(here, ignore_errors=True)\n"
        "try: os.symlink('/etc', here)\n"
        "except OSError: pass"
    ),
    "swap-the-own-folder": (
        "import os\nhere = os.getcwd()\n"
        "try:\n    os.rename(here, here + '-gone')\n    os.symlink('..', here)\n"
        "except OSError: pass\n"
        "try: os.chmod(here, 0)\nexcept OSError: pass"
    ),
    "links-made-inside": (
        HUNT + "for n, target in enumerate(['/', '/etc/passwd', '../../../gradebook.db',\n"
        "    '../../../source/exercise-1/exercise-1.ipynb', '../../../secret-seed']):\n"
        "    try:\n"
        "        os.symlink(target, f'link-{n}.txt')\n"
        "        look(f'link-{n}.txt')\n"
        "    except OSError: pass"
    ),
    "set-user-ids": (
        "import os, shutil, subprocess\n"
        "for program in ('su', 'sudo', 'mount', 'pkexec'):\n"
        "    found = shutil.which(program)\n"
        "    if found:\n"
        "        r = subprocess.run([found, '-n', 'id'], capture_output=True, timeout=5)\n"
        "        if b'uid=0(root)' in r.stdout and os.getuid() != 0: " + REACHED
    ),
}
_FATAL = {
    "remove-everything": (
        "import os, shutil\n"
        "for path in ('.', '..', '../..', '../../..', '/tmp', '/home', '/work', '/'):\n"
        "    shutil.rmtree(path, ignore_errors=True)"
    ),
}


def _link(name: str, target: str) -> Case:
    """Hand in a link beside the notebook, and code that reads it."""

    def prepare(desk: Desk) -> None:
        attack(KIND, name, HUNT + "for name in os.listdir('.'): print(look(name)[:20])").prepare(
            desk
        )
        (desk.folder / "data.txt").symlink_to(target)

    return Case(KIND, name, prepare, LIVES)


def _link_notebook(name: str, target: str) -> Case:
    """Hand in a link in the notebook's place: somebody else's answers are no answers."""

    def prepare(desk: Desk) -> None:
        desk.path.symlink_to(target)
        desk.elsewhere = True

    nothing = dict.fromkeys(LIVES, 0.0)
    return Case(KIND, name, prepare, nothing, unreadable=True)


CASES = (
    *(attack(KIND, name, code) for name, code in _ATTACKS.items()),
    *(attack(KIND, name, code, LIVES) for name, code in _FATAL.items()),
    _link("link-to-the-reference", "../../../source/exercise-1/exercise-1.ipynb"),
    _link("link-to-the-gradebook", "../../../gradebook.db"),
    _link("link-to-the-seed", "../../../secret-seed"),
    _link("link-to-itself", "data.txt"),
    _link("link-to-a-folder", "../../.."),
    _link_notebook("notebook-links-to-reference", "../../../source/exercise-1/exercise-1.ipynb"),
    _link_notebook("notebook-links-to-nothing", "nowhere.ipynb"),
)
