# SPDX-License-Identifier: EUPL-1.2
"""Where requests of programs wait for work: a few at a time, woken by the commit that leaves some.

Nobody who waits here holds a database session. What another process leaves is found by looking again.
"""

from collections.abc import Callable
from threading import Condition, Lock
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

#: Looks at least this often: for what other processes leave, and for locks that run out.
LONGEST_SLEEP = 2.0


class Seats:
    """So many may wait at a time in this process, whichever town's work they wait for."""

    def __init__(self, number: int) -> None:
        self._free = number
        self._lock = Lock()

    def take(self) -> bool:
        """Whether one was free; it is taken now."""
        with self._lock:
            if self._free <= 0:
                return False
            self._free -= 1
            return True

    def leave(self) -> None:
        """One is free again."""
        with self._lock:
            self._free += 1


class WaitingRoom:
    """A number of seats, and a bell."""

    def __init__(self, seats: Seats) -> None:
        self._seats = seats
        self._taken = 0
        self._rung = 0
        self._closed = False
        self._bell = Condition(Lock())

    def ring(self) -> None:
        """There may be work."""
        with self._bell:
            self._rung += 1
            self._bell.notify_all()

    def close(self) -> None:
        """Send everybody away."""
        self._closed = True
        self.ring()

    @property
    def taken(self) -> int:
        """How many wait."""
        with self._bell:
            return self._taken

    def wait_for(self, look: Callable[[], T], seconds: float) -> T:
        """What `look` finds, as soon as it finds anything, or its empty answer after so long or without a seat."""
        until = monotonic() + seconds
        heard = self._rung
        found = look()
        if found or seconds <= 0 or not self._sit_down():
            return found
        try:
            while not found and not self._closed and monotonic() < until:
                with self._bell:
                    if self._rung == heard and not self._closed:
                        self._bell.wait(max(0.0, min(LONGEST_SLEEP, until - monotonic())))
                    heard = self._rung
                found = look()
            return found
        finally:
            self._seats.leave()
            with self._bell:
                self._taken -= 1

    def _sit_down(self) -> bool:
        with self._bell:
            if self._closed or not self._seats.take():
                return False
            self._taken += 1
            return True
