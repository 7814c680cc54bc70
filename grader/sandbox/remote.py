"""Call a learner's function where it lives: numbers go in, numbers come back."""

from __future__ import annotations

import builtins
import itertools
import struct
from collections.abc import Callable, Sequence

import numpy as np

from .io_types import Refusal, RemoteError
from .limits import Limits
from .process import Ended, LearnerProcess, Patience
from .protocol import Marker, Message, Raised, Returned, Value, pack_call

_numbers = itertools.count(1)
_ERRORS = {"LinAlgError", "AxisError", "DTypePromotionError"} | {
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}


class RemoteFunction:
    """A learner's function, as a callable. It behaves as the function itself would.

    Arrays are copied in. Where the function changes one in place, the caller's array changes
    too, so that a test "the input is left alone" sees what happened. Raises `RemoteError`, with
    one sentence, when the function fails, takes too long, ends its process or returns something
    that is not data. That sentence has no words of the function's own: hidden tests call it, and
    what it was given must not come out through what it says.
    """

    def __init__(self, name: str, call: Callable[[str, tuple[object, ...]], object]) -> None:
        self.__name__ = name
        self._call = call
        self._dead: str | None = None

    def __call__(self, *arguments: object) -> object:
        """Give an array (or None, `...` or text, where the function returns that)."""
        if self._dead:
            raise RemoteError(self._dead)
        try:
            return self._call(self.__name__, arguments)
        except Ended as ended:
            # It ended its process once; it is not given another, so that others get their turn.
            self._dead = f"{self.__name__} cannot be called: its process {ended.reason}."
            raise RemoteError(self._dead) from None

    def __repr__(self) -> str:
        return f"<{self.__name__}, in the sandbox>"


def call_process(
    process: LearnerProcess, place: int, arguments: Sequence[object], limits: Limits
) -> Value:
    """Call the answer at `place` and wait, at most `limits.call_seconds`.

    Raises `RemoteError` when the call failed and the process lives on, `Ended` when it does not.
    """
    call = next(_numbers) & 0xFFFFFFFF
    process.send(pack_call(call, place, arguments), limits.call_seconds)
    message = _wait(process, limits.call_seconds)
    stopped = message is None
    if stopped:
        process.interrupt()
        message = _wait(process, limits.grace_seconds)
    if message is None:
        raise process.kill(f"was killed: a call took longer than {limits.call_seconds:g} s")
    if not isinstance(message, Returned) or message.call != call:
        raise process.kill("broke the rules of the channel: it sent something else than a result")
    if not _mirror_changes(arguments, message.changed):
        raise process.kill("broke the rules of the channel: it changed what is not an argument")
    if stopped:
        raise RemoteError(f"The call took longer than {limits.call_seconds:g} s.")
    value = message.value
    if isinstance(value, Raised):
        raise RemoteError(f"The call raised {_name_error(value.reason)}.")
    if isinstance(value, Refusal):
        raise RemoteError(
            "What the call returned is no array of numbers, "
            f"or one of more than {limits.answer_bytes} bytes."
        )
    if isinstance(value, Marker):
        raise RemoteError("What the call returned is a function, not an array.")
    return value


def _wait(process: LearnerProcess, seconds: float) -> Message | None:
    """Give the next message, or None after so many seconds in which the process could run."""
    patience = Patience(process, seconds)
    while True:
        message = process.receive(patience.deadline)
        if message is not None or patience.is_over():
            return message


def _name_error(reason: str) -> str:
    """Give the error's type, if Python or NumPy named it; a learner's class may have any name."""
    name = reason.partition(":")[0]
    return name if name in _ERRORS else "an error of a type of its own"


def _mirror_changes(arguments: Sequence[object], changed: bytes) -> bool:
    """Copy changed arguments back into the caller's arrays; False if they do not fit."""
    at = 0
    while at < len(changed):
        (place,) = struct.unpack_from("<B", changed, at)
        array = arguments[place] if place < len(arguments) else None
        if not isinstance(array, np.ndarray) or at + 1 + array.nbytes > len(changed):
            return False
        little = array.dtype.newbyteorder("<")
        fresh = np.frombuffer(changed, little, array.size, at + 1).reshape(array.shape)
        if array.flags.writeable:
            array[...] = fresh
        at += 1 + array.nbytes
    return True
