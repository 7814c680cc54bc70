"""Handle a terminal's signals and pipes: ``| head -1`` closes the pipe after a line."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

PIPE_STATUS = 128 + int(signal.SIGPIPE)
"""The exit status of a program that ends because nobody reads it, as a shell gives it."""

NEEDS_PERSON = 2
"""The exit status where something is left for a person."""

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


_STOPS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def deferring_signals() -> Iterator[None]:
    """Put off an interruption until the end of the block; it is raised there."""
    if threading.current_thread() is not threading.main_thread():
        yield  # interruptions go to the main thread alone
        return
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        del frame
        came.append(number)

    before = {number: signal.signal(number, note) for number in _STOPS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        raise KeyboardInterrupt


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM, as batch systems send it, end the block like Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
