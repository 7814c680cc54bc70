"""Run ``python -m grader``."""

import gc
import sys

from grader.cli import main

gc.set_threshold(100_000)  # what a command imports is many objects, and hardly any garbage
status = main()
gc.freeze()  # what ends need not be looked through for garbage
sys.exit(status)
