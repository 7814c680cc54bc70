"""Whoever reads what a command prints may leave: ``| head -1`` closes the pipe after a line."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Callable
from typing import TypeVar

PIPE_STATUS = 128 + int(signal.SIGPIPE)
"""The exit status of a program that ends because nobody reads it, as a shell gives it."""

_Said = TypeVar("_Said")


_muted = False


def has_left() -> bool:
    """Return whether nobody can read the process's output any more."""
    if _muted:
        return True
    try:
        handle = sys.stdout.fileno()
    except (OSError, ValueError):
        return False  # no file: a test's, or a notebook's
    asked = select.poll()
    asked.register(handle, 0)
    return any(state & (select.POLLERR | select.POLLHUP) for _, state in asked.poll(0))


def was_cut_short() -> bool:
    """Return whether something was not printed, because its reader had left before."""
    return _muted


def mute() -> None:
    """Let what is printed from now on, and what waits to be, go nowhere."""
    global _muted  # the process has one output
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    _muted = True


def stop_when_left(tell: Callable[[_Said], None]) -> Callable[[_Said], None]:
    """Let a run stop as with Ctrl-C when nobody reads it any more: between two submissions.

    Args:
        tell: Prints something.
    """

    def carefully(said: _Said) -> None:
        try:
            tell(said)
        except BrokenPipeError:
            if not has_left():
                raise
            mute()
            if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
                raise KeyboardInterrupt from None  # a run in the background, deaf to Ctrl-C
            signal.raise_signal(signal.SIGINT)

    return carefully
