# SPDX-License-Identifier: EUPL-1.2
"""A thread that looks for work again and again: when it is woken, and after a pause that each look names."""

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread

from engine.incidents import reason_of

logger = logging.getLogger(__name__)

#: Looks at least this often, in case another process has left work.
LONGEST_PAUSE = timedelta(seconds=10)
SHORTEST_PAUSE = timedelta(milliseconds=20)


class Rounds:
    """Looks until it is stopped. What goes wrong while looking is told in the log, and looked at again later."""

    def __init__(self, name: str, look: Callable[[], timedelta]) -> None:
        self._name = name
        self._look = look
        self._wake = Event()
        self._stop = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._stop.clear()
        self._thread = Thread(target=self._go_round, name=self._name, daemon=True)
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Finish what is in hand and stop."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout)
            self._thread = None

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    def _go_round(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                pause = self._look()
            except Exception as trouble:
                # Without this the thread would die of a database that is away for a minute.
                logger.error("%s could not look for jobs and tries again: %s", self._name, reason_of(trouble))
                pause = LONGEST_PAUSE
            if not self._stop.is_set():
                self._wake.wait(max(SHORTEST_PAUSE, min(LONGEST_PAUSE, pause)).total_seconds())
