"""What several attacks need: to look for the class's files, and to say what was reached.

No secret is written here. Each class has its own marks in its answers, hidden tests and honest
submissions, and an attack prints whatever looks like one; see `course.py`.
"""

from __future__ import annotations

HUNT = """
import os, re
def look(path, most=4_000_000):
    try:
        with open(path, "rb") as file: data = file.read(most)
    except (OSError, ValueError): return b""
    for found in set(re.findall(rb"can" + rb"ary-[0-9a-z-]+", data)):
        print("HUNTED", found.decode())
    return data
def walk(*roots):
    for root in roots:
        for folder, folders, names in os.walk(root):
            folders[:] = [f for f in folders if f not in ("proc", "sys", "usr", "lib", "packages",
                "python", "site-packages", "node_modules", ".git", "dev")]
            for name in names:
                if name.endswith((".ipynb", ".db", ".txt", ".html", "seed", ".json")):
                    yield os.path.join(folder, name)
above = ["../" * n for n in range(1, 6)]
"""
"""Code that defines `look` (prints marks in a file), `walk` and `above` (folders upwards)."""

FIND_GRADEBOOK = """
import os, glob
books = [os.path.join(up, "gradebook.db") for up in ("../" * n for n in range(1, 6))]
books = [book for book in books if os.path.exists(book)]
"""
"""Code that lists the gradebooks in the folders above."""

REACHED = "print('REA' + 'CHED')"
"""Code that says that something outside was reached."""

TRY = """
import errno, socket
def tried(action):
    try: action()
    except OSError as error:
        if error.errno == errno.ECONNREFUSED: print('REA' + 'CHED')
    except Exception: pass
    else: print('REA' + 'CHED')
"""
"""Code that defines `tried`: says that a service was reached, or refused what it was asked."""
