"""How fast a run is, and how long it takes yet: from its results alone, not from its start."""

from __future__ import annotations

import time
from collections.abc import Callable

BURST = 1.0
"""Seconds within which results count as written at one time."""


class Pace:
    """Counts results and knows their rate, as soon as there are enough of them.

    Results come in bursts, because grades are written a few at a time. The first burst has the
    start of the run in it, and the last one may not be over. So what counts is what came from
    the end of the first burst to the end of the last but one.

    Args:
        clock: Returns the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._done = 0
        self._began = self._last = clock()
        self._first: tuple[float, int] | None = None
        self._latest: tuple[float, int] | None = None

    def count(self) -> None:
        """Count a result that came just now."""
        now = self._clock()
        if self._done and now - self._began > BURST:
            self._end_burst()
            self._began = now
        elif not self._done:
            self._began = now
        self._done += 1
        self._last = now

    @property
    def rate(self) -> float | None:
        """Results a second, or None while too little is known."""
        if self._first is None or self._latest is None:
            return None
        (start, before), (end, after) = self._first, self._latest
        return (after - before) / (end - start)

    def _end_burst(self) -> None:
        ended = self._last, self._done
        if self._first is None:
            self._first = ended
        else:
            self._latest = ended
