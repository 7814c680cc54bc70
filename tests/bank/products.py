"""The bank's products as marks: what is common in a class, and says nothing about two learners.

python -m tests.bank.products            # how many there are
python -m tests.bank.products --write    # keep them in course/common_products.npz
"""

from __future__ import annotations

import sys
from collections import defaultdict

import numpy as np

from circuits.shapes import FloatArray
from course.products import CLOSE, COMMON, LENGTH, list_products, project
from tests.bank import CASES


def collect_marks() -> dict[str, FloatArray]:
    """Return the marks of all products of the bank, each once, by part and circuit."""
    found: dict[str, list[FloatArray]] = defaultdict(list)
    for case in CASES:
        for name, product in list_products(case.part, case.answers):
            mark, known = project(product), found[f"{case.part} {name}"]
            if not any(np.abs(other - mark).max() <= CLOSE / 10 for other in known):
                known.append(mark)
    return {name: np.array(marks).reshape(-1, LENGTH) for name, marks in found.items()}


if __name__ == "__main__":
    marks = collect_marks()
    print(f"{sum(map(len, marks.values()))} products of {len(marks)} circuits")
    if "--write" in sys.argv:
        np.savez_compressed(COMMON, **{name: m.astype(np.float32) for name, m in marks.items()})
