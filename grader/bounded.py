"""Call a function on what a learner wrote in a process with limits of time and memory.

Parsers of HTML and Markdown, ours and other people's, can take the square of what they read, in
code that no exception interrupts. A fork costs milliseconds and can be ended from outside. It is
worth them where the input is large; what is small is read where one is.
"""

from __future__ import annotations

import os
import pickle
import resource
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable
from typing import TypeVar

SECONDS = 10.0
"""Of the processor, for one call. The largest honest figure is cleaned in a tenth of a second."""

MEMORY = 2 << 30
"""Bytes of address space, beyond what the process has when it begins."""

_WAIT = 20
"""How many times as long a call may take on a busy machine, by the clock on the wall."""

_CHUNK = 1 << 20
_LENGTH = 8  # bytes that say how many more there are
_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGPROF, signal.SIGXCPU)

Result = TypeVar("Result")


class TooCostlyError(Exception):
    """A call would have taken more time or memory than it may."""


def call_bounded(
    function: Callable[[], Result], seconds: float = SECONDS, memory: int = MEMORY
) -> Result:
    """Return what a function returns, if it does so within limits.

    Args:
        function: Called in a fork of this process: it sees everything and changes nothing here.
            Its result is sent back, so it has to be data.
        seconds: Of the processor.
        memory: Bytes that it may take.

    Raises:
        TooCostlyError: If it takes more, or its process ends in another way.
    """
    reads, writes = os.pipe()
    with warnings.catch_warnings():
        # Python warns of threads. The child starts none, imports nothing and is soon ended.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os.close(reads)
        _answer(function, writes, seconds, memory)
    os.close(writes)
    try:
        said = _read(reads, time.monotonic() + seconds * _WAIT)
    finally:
        os.close(reads)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if said is None:
        raise TooCostlyError(f"It took more than {seconds:g} s or {memory >> 20} MB.")
    fault, value = pickle.loads(said)  # noqa: S301  (our own process's)
    if fault is not None:
        raise fault
    result: Result = value
    return result


def _answer(function: Callable[[], object], line: int, seconds: float, memory: int) -> None:
    """Call the function and send what it returns or raises; end this process."""
    try:
        for stop in _STOPS:
            signal.signal(stop, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        most = _measure_memory() + memory
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(resource.RLIMIT_AS, (most, hard))
        signal.setitimer(signal.ITIMER_PROF, seconds)  # the kernel's own: ends any code
        try:
            said = pickle.dumps((None, function()))
        except MemoryError:
            return
        except Exception as error:  # noqa: BLE001  (raised again where it was called)
            said = pickle.dumps((error, None))
        view = memoryview(len(said).to_bytes(_LENGTH, "big") + said)
        while view:
            view = view[os.write(line, view) :]
    finally:
        os._exit(0)


def _read(line: int, until: float) -> bytes | None:
    """Return what was sent, or None if it did not all come in time."""
    asked = select.poll()
    asked.register(line, select.POLLIN)
    said = bytearray()
    while (left := until - time.monotonic()) > 0:
        if asked.poll(left * 1000):
            piece = os.read(line, _CHUNK)
            said += piece
            if len(said) - _LENGTH == int.from_bytes(said[:_LENGTH], "big"):
                return bytes(said[_LENGTH:])
            if not piece:
                return None  # it ended too early
    return None


def _measure_memory() -> int:
    if not sys.platform.startswith("linux"):
        return 0
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  (no import in a fork)
        return int(file.read().split()[0]) * resource.getpagesize()
