# SPDX-License-Identifier: EUPL-1.2
"""Looking after the jobs of many towns with a few threads: each town in its turn, at once when a commit has left work.

A thread for each of a thousand towns would be a thousand threads that sleep.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from threading import Lock
from time import monotonic

from engine.rounds import LONGEST_PAUSE, Rounds
from engine.worker import free_jobs_of_the_dead
from web.bootstrap import Platform
from web.tenants.registry import TenantUnknown
from web.tenants.settings import said_of

logger = logging.getLogger(__name__)

#: So many towns are looked at at a time: a mail server that answers slowly holds up one of these, not all towns.
HANDS = 4
#: A town that could not be looked at is looked at again after so many seconds.
_AFTER_TROUBLE = 60.0
#: So many seconds for each town until one in which nothing is due is looked at again, for what other processes leave.
_FOR_EACH = 0.1


class Round:
    """Which town is looked at when."""

    def __init__(self, town_of: Callable[[str], Platform], all_towns: Callable[[], Iterable[Platform]]) -> None:
        self._town_of = town_of
        self._all_towns = all_towns
        #: When each town is to be looked at, as `monotonic` counts.
        self._turns: dict[str, float] = {}
        self._in_hand: set[str] = set()
        self._begun: set[str] = set()
        self._lock = Lock()
        self._stopping = False
        self._hands = [Rounds("The round of the towns", self._look) for _ in range(HANDS)]
        self._steward = Rounds("The list of the towns", self._walk)

    def start(self, *, of_all: bool) -> None:
        """Begin; with all towns of the registry, or with those whose commits ring."""
        for hand in self._hands:
            hand.start()
        if of_all:
            self._steward.start()

    def stop(self, timeout: float = 30) -> None:
        """Finish the jobs in hand and stop."""
        self._stopping = True
        for each in (self._steward, *self._hands):
            each.stop(timeout)

    def ring(self, name: str) -> None:
        """There is something to do in this town."""
        with self._lock:
            self._turns[name] = 0.0
        for hand in self._hands:
            hand.wake()

    def _walk(self) -> timedelta:
        """Take in towns that nobody has asked for yet."""
        for town in self._all_towns():
            with self._lock:
                self._turns.setdefault(town.settings.tenant, 0.0)
        return LONGEST_PAUSE

    def _look(self) -> timedelta:
        while not self._stopping and (name := self._take()) is not None:
            self._put_back(name, self._look_at(name))
        return self._pause()

    def _take(self) -> str | None:
        """The town that has waited longest, unless somebody is at it; it is in hand now."""
        with self._lock:
            waiting = [name for name in self._turns if name not in self._in_hand]
            name = min(waiting, key=self._turns.__getitem__, default=None)
            if name is None or self._turns[name] > monotonic():
                return None
            self._in_hand.add(name)
            # Whoever rings from now on is heard when it is put back.
            self._turns[name] = float("inf")
            return name

    def _put_back(self, name: str, seconds: float | None) -> None:
        with self._lock:
            self._in_hand.discard(name)
            if seconds is None:
                self._turns.pop(name, None)
            else:
                self._turns[name] = min(self._turns[name], monotonic() + seconds)

    def _look_at(self, name: str) -> float | None:
        """Let its jobs be looked after; returns after how many seconds again. None when there is no such town."""
        try:
            town = self._town_of(name)
            if name not in self._begun and town.dispatcher is None:
                free_jobs_of_the_dead(town.db)
            self._begun.add(name)
            pause = town.jobs.look()
            if pause == LONGEST_PAUSE:
                # Nothing is due here, or nothing that can be told.
                return max(LONGEST_PAUSE.total_seconds(), _FOR_EACH * len(self._turns))
            return max(0.0, min(LONGEST_PAUSE, pause).total_seconds())
        except TenantUnknown:
            return None
        except Exception as trouble:
            logger.error("The jobs of %s could not be looked after: %s", name, said_of(trouble))
            return _AFTER_TROUBLE

    def _pause(self) -> timedelta:
        with self._lock:
            next_turn = min((at for name, at in self._turns.items() if name not in self._in_hand), default=None)
        if next_turn is None:
            return LONGEST_PAUSE
        return min(LONGEST_PAUSE, timedelta(seconds=max(0.0, next_turn - monotonic())))
