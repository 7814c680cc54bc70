"""Set linear algebra to one thread a process, where processes grade side by side.

With as many threads as cores in each of as many processes as cores, the threads wait for one
another. It is read from the environment when NumPy is imported, so it is set before that.
"""

from __future__ import annotations

import os

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def use_one_thread() -> None:
    """Set it for this process and those that it starts, unless someone chose otherwise."""
    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)
