"""Import what local workers need, once, in the process that they are forked from."""

import atexit
import gc
import signal

from grader.one_thread import use_one_thread

signal.signal(signal.SIGINT, signal.SIG_IGN)  # the coordinator decides what Ctrl-C means
gc.set_threshold(100_000)  # as in __main__
atexit.register(gc.freeze)  # what ends need not be looked through for garbage
use_one_thread()  # before NumPy: each worker has a core of its own

from grader.batch.worker import import_all  # noqa: E402  (after the setting above)

import_all()
