"""What all tests share: one thread for each of the workers that run side by side."""

from __future__ import annotations

import os

# Before anything imports NumPy. With as many threads as cores in each of as many workers as
# cores, the threads wait for one another, and the tests take three times as long.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
