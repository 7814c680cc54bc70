"""Run a step of the build so that Ctrl-C ends it without a traceback."""

from __future__ import annotations

from collections.abc import Callable

STOPPED = 130  # what a shell says of a program that Ctrl-C has ended


def run_until_stopped(step: Callable[[], int]) -> int:
    """Run a step to its end and return its exit status, or 130 if Ctrl-C stopped it.

    Who started the step hears of Ctrl-C as well, and says how to go on. A step remembers what it
    has made when all of it is there, so the next run makes what is missing.

    >>> run_until_stopped(lambda: 0)
    0
    """
    try:
        return step()
    except KeyboardInterrupt:
        return STOPPED
