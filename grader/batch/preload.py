"""Imported once, by the process that the local workers are forked from."""

import os

# Each worker has a core of its own; threads of theirs would only stand in each other's way.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from grader.batch.grade import import_all  # noqa: E402  (after the settings above)

import_all()
