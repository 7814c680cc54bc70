"""Print where every family turns wrong, on the public sequences and on hidden ones."""

from __future__ import annotations

import argparse
import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"  # before NumPy

from circuits.trials import draw_trials  # noqa: E402
from course.judge import draw_hidden_trials  # noqa: E402
from tests.thresholds import FAMILIES  # noqa: E402
from tests.thresholds.search import find_thresholds  # noqa: E402


def main() -> int:
    """Print the table, and return 1 if a hidden threshold lies outside its family's band."""
    parser = argparse.ArgumentParser(prog="python -m tests.thresholds", description=__doc__)
    parser.add_argument("parts", nargs="*", help="only these parts")
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="hidden seeds")
    options = parser.parse_args()
    outside = 0
    for family in FAMILIES:
        if options.parts and family.part not in options.parts:
            continue
        hidden = (draw_hidden_trials(seed) for seed in range(1000, 1000 + options.seeds))
        found = find_thresholds(family, draw_trials(), hidden)
        wide = found.widest > family.band
        outside += wide
        gaps = " ".join(f"{gap:+.1%}" for gap in found.gaps)
        print(f"{family!s:40} {found.public:<12.5g} {gaps}{'   OUTSIDE' if wide else ''}")
    return 1 if outside else 0


if __name__ == "__main__":
    raise SystemExit(main())
