"""Run a step of the build so that Ctrl-C ends it without a traceback."""

from __future__ import annotations

from collections.abc import Callable

STOPPED = 130  # what a shell says of a program that Ctrl-C has ended
GOES_ON = "\nStopped: what is built stays, and the same command goes on from there."


def run_until_stopped(step: Callable[[], int], said: str = "") -> int:
    """Run a step to its end and return its exit status, or 130 if Ctrl-C stopped it.

    A step remembers what it has made when all of it is there, so the next run makes what is
    missing.

    Args:
        step: Returns its exit status.
        said: How to go on. A step of another command says nothing: Ctrl-C reaches that one too.

    >>> run_until_stopped(lambda: 0)
    0
    """
    try:
        return step()
    except KeyboardInterrupt:
        if said:
            print(said, flush=True)
        return STOPPED
