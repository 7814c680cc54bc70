"""Follow one submission's process from outside: a channel with deadlines, and its end."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from grader.plugin import Packages

from .bubblewrap import SandboxUnavailable
from .inside.confine import ASK, INTERRUPT, WAITED
from .limits import MIB, Limits
from .protocol import Begin, ChannelError, Decoder, Done, End, Given, Message, Output, Ready
from .zygote import Zygote, get_zygote


@dataclass
class MessageOrder:
    """Which message may come when: each cell in turn begins, speaks and ends; then all is done."""

    cells: int
    place: int = -1
    inside: bool = False

    def accept(self, message: Message) -> bool:
        """Move on with a message, or refuse one that no honest process sends at this point."""
        match message:
            case Begin(place) if not self.inside and place == self.place + 1 < self.cells:
                self.place, self.inside = place, True
            case End(place) if self.inside and place == self.place:
                self.inside = False
            case Output() | Given() if self.inside:
                pass
            case Done() if not self.inside and self.place == self.cells - 1:
                pass
            case _:
                return False
        return True


def follow(
    process: LearnerProcess,
    order: MessageOrder,
    limits: Limits,
    seconds: float,
    take: Callable[[int, Message], None],
    slow: Callable[[int], None],
) -> None:
    """Read messages until all cells have run, and hand each with its cell's place to `take`.

    A cell that takes too long is interrupted once, told to `slow`, and given a moment to stop;
    then the process is killed. What it waits for a processor counts for neither, but for the limit
    of all cells together. `Ended` is raised when the process ends in any way.
    """
    end = time.monotonic() + seconds
    patience: Patience | None = None
    stopping = False
    while True:
        message = process.receive(min(patience.deadline, end) if patience else end)
        if message is None and time.monotonic() >= end:
            process.kill(f"timed out: all cells together ran longer than {seconds:g} s")
        elif message is None and patience and not patience.is_over():
            continue
        elif message is None and stopping:
            process.kill(f"timed out after {limits.cell_seconds:g} s")
        elif message is None:
            process.interrupt()
            stopping, patience = True, Patience(process, limits.grace_seconds)
            slow(order.place)
        elif not order.accept(message):
            raise process.kill("broke the rules of the channel: it sent a message at odd times")
        elif isinstance(message, Done):
            return
        else:
            take(order.place, message)
            if isinstance(message, Begin):
                stopping, patience = False, Patience(process, limits.cell_seconds)
            elif isinstance(message, End):
                patience = None


_CHUNK = 1 << 16
_SETTLE_SECONDS = 30.0  # a thousand processes take seconds to die
_ANSWER_SECONDS = 5.0  # for a watchdog that waits for a processor itself
_TRIFLE = 0.02  # seconds that nobody is waited for
_MOST = 8  # a run that makes itself wait, with children of its own, gains no more than this


class Ended(Exception):  # noqa: N818  (an end is not always an error)
    """The learner's process is gone; `reason` says how, without saying in which cell."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Lost(Ended):
    """The sandbox itself is gone, such as when the machine ran out of memory."""


class LearnerProcess:
    """A process forked from a zygote. Raises `Ended` from any method once it is gone."""

    def __init__(
        self, zygote: Zygote, limits: Limits, names: int, warm: frozenset[str] = frozenset()
    ) -> None:
        self._zygote, self._limits = zygote, limits
        self._channel, self._status = zygote.fork(limits, warm)
        self._decoder = Decoder(limits, names)
        self._waiting: deque[Message] = deque()
        self._end: Ended | None = None
        self._said = b""  # by the watchdog, and not read yet
        self._waited = 0.0
        try:
            greeting = self.receive(time.monotonic() + 60)
        except Ended:
            greeting = None
        if not isinstance(greeting, Ready):
            self.close()
            raise SandboxUnavailable(self._failure or zygote.explain() or "it did not start")

    _failure = ""  # what the watchdog said about a sandbox that could not be set up

    @classmethod
    def start(
        cls,
        limits: Limits,
        names: int,
        warm: frozenset[str] = frozenset(),
        *,
        sandbox: bool,
        packages: Packages | None = None,
    ) -> LearnerProcess:
        """Fork from this thread's zygote, or from a new one if that turns out to be dead."""
        zygote = get_zygote(sandbox=sandbox, packages=packages)
        try:
            return cls(zygote, limits, names, warm)
        except (SandboxUnavailable, OSError):
            if zygote.alive and not zygote.adopted:
                raise
            zygote.close()
        return cls(get_zygote(sandbox=sandbox, packages=packages), limits, names, warm)

    @property
    def alive(self) -> bool:
        """Whether it can still be talked to."""
        return self._end is None

    def send(self, data: bytes, seconds: float) -> None:
        """Write to the process, which may be too busy, or unwilling, to read."""
        if self._end:
            raise self._end
        self._channel.settimeout(seconds)
        try:
            self._channel.sendall(data)
        except TimeoutError:
            raise self.kill("did not read what it was asked") from None
        except OSError:
            raise self._find_end() from None

    def receive(self, deadline: float) -> Message | None:
        """Give the next message, or None when the deadline (monotonic seconds) has passed."""
        while not self._waiting:
            if self._end:
                raise self._end
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._channel], [], [], left)[0]:
                return None
            try:
                data = self._channel.recv(_CHUNK)
            except OSError:
                data = b""
            if not data:
                raise self._find_end()
            try:
                # One by one: what came before a bad frame still counts.
                for message in self._decoder.feed(data):
                    self._waiting.append(message)
            except ChannelError as error:
                self.kill(f"broke the rules of the channel: it {error}")
        return self._waiting.popleft()

    def interrupt(self) -> None:
        """Ask it, through its watchdog, to stop what it is doing."""
        with contextlib.suppress(OSError):
            self._status.send(INTERRUPT)

    def take_waited(self) -> float:
        """Give for how many seconds it waited for a processor since this was last asked."""
        with contextlib.suppress(OSError):
            self._status.send(ASK)
            self._status.settimeout(_ANSWER_SECONDS)
            while len(self._said) < WAITED.size:
                part = self._status.recv(WAITED.size - len(self._said))
                self._said += part
                if not part or not self._said.startswith(b"w"):
                    return 0.0  # its last word
        if len(self._said) < WAITED.size:
            return 0.0
        before, self._waited = self._waited, WAITED.unpack(self._said)[1] / 1e9
        self._said = b""
        return self._waited - before

    def leave_out_waiting(self, seconds: float) -> float:
        """Give of so many seconds until now those in which it did not wait for a processor."""
        if seconds < _TRIFLE:
            return seconds
        return max(seconds - self.take_waited(), seconds / _MOST)

    def kill(self, reason: str) -> Ended:
        """End it and everything that it started; give the end as an exception to raise."""
        if self._end is None:
            self._end = Ended(reason)
            self.close()
        return self._end

    def close(self) -> None:
        """End it. Hanging up is enough: the watchdog kills it, and the kernel all its children."""
        with contextlib.suppress(OSError):
            self._status.shutdown(socket.SHUT_WR)
        self._channel.close()
        self._hear_watchdog()
        if self._end is None:
            self._end = Ended("was closed")

    def _hear_watchdog(self) -> str:
        """Wait for the watchdog's last word, which comes when nothing of the process is left."""
        word, self._said = self._said, b""
        with contextlib.suppress(OSError):
            self._status.settimeout(_SETTLE_SECONDS)
            while part := self._status.recv(600):
                word += part
        self._status.close()
        self._zygote.forget(self._status)
        while word.startswith(b"w"):  # an answer that came too late
            word = word[WAITED.size :]
        text = word.decode("utf-8", "replace")
        if text.startswith("failed: "):
            self._failure = text.removeprefix("failed: ")
        return text

    def _find_end(self) -> Ended:
        """Turn the watchdog's word into a reason."""
        if self._end is None:
            # Its end of the channel may be closed while it lives on: hang up in any case, but
            # only after a moment in which its own way of ending can still be told.
            select.select([self._status], [], [], self._limits.grace_seconds)
            with contextlib.suppress(OSError):
                self._status.shutdown(socket.SHUT_WR)
            self._channel.close()
            word = self._hear_watchdog()
            # A watchdog that says nothing was killed, and only something outside can do that.
            if not word:
                self._end = Lost("lost: the sandbox was killed")
            elif word.startswith("machine:"):
                self._end = Lost("lost: the machine ran out of memory")
            else:
                self._end = Ended(self._explain(word))
        return self._end

    def _explain(self, word: str) -> str:
        limits = self._limits
        reason, _, code = word.partition(":")
        if reason == "memory":
            return f"memory: took more than {limits.memory_together // MIB} MB"
        if reason == "files":
            return f"files: opened more than {limits.open_files_together} at a time"
        if reason == "processes":
            return f"processes: started more than {limits.processes}"
        if code == "-24":
            return f"killed: used more than {limits.cpu_seconds} s of processor time"
        if code.startswith("-"):
            return f"killed by signal {code[1:]}"
        return f"exit: ended its own process with status {code or 'unknown'}"


class Patience:
    """A deadline that moves while the process waits for a processor, so that load costs nothing.

    Attributes:
        deadline: In monotonic seconds.
    """

    def __init__(self, process: LearnerProcess, seconds: float) -> None:
        self._process = process
        self._since = time.monotonic()
        self.deadline = self._since + seconds
        self._last = self._since + _MOST * seconds

    def is_over(self) -> bool:
        """Tell, after the deadline, whether it holds; otherwise it has moved."""
        now = time.monotonic()
        waited = min(self._process.take_waited(), now - self._since)
        self._since = now
        self.deadline = min(now + waited, self._last)
        return self.deadline - now < _TRIFLE
