# SPDX-License-Identifier: EUPL-1.2
"""Keeping time: one process tells the queue what becomes due and what it has lost; others stand by."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from threading import Event

from engine.chores import Housekeeping
from engine.dispatch import Dispatcher
from engine.incidents import reason_of
from engine.leading import TERM, lead, step_down
from engine.worker import worker_name
from web.bootstrap import Platform
from web.chores import chores_of

logger = logging.getLogger(__name__)

_DUTY = "beat"
#: Between two looks at the towns.
TICK = timedelta(seconds=1)


class Beat:
    """Looks at each town once a tick, in those where it leads."""

    def __init__(self, towns: Callable[[], Iterable[Platform]], holder: str = "") -> None:
        self._towns = towns
        self._holder = holder or worker_name()
        self._sure_until: dict[str, datetime] = {}
        self._housekeeping: dict[str, Housekeeping] = {}
        self._stop = Event()

    def stop(self) -> None:
        """Finish the round and leave the lead to others."""
        self._stop.set()

    def run(self) -> None:
        """Look until it is stopped."""
        while not self._stop.wait(TICK.total_seconds()):
            self.look()
        for town in self._towns():
            step_down(town.db, town.clock, _DUTY, self._holder)

    def look(self) -> int:
        """One round; returns in how many towns this process leads. A town that cannot be reached holds up no other."""
        leading = 0
        for town in self._towns():
            try:
                if self._leads(town):
                    leading += 1
                    _dispatcher(town).look()
                    self._keep_house(town)
            except Exception as trouble:
                logger.error("Beat could not look at %s: %s", town.settings.tenant or "the town", reason_of(trouble))
        return leading

    def _keep_house(self, town: Platform) -> None:
        name = town.settings.tenant
        if name not in self._housekeeping:
            self._housekeeping[name] = Housekeeping(town.db, town.services, chores_of(town.settings))
        self._housekeeping[name].look()

    def _leads(self, town: Platform) -> bool:
        now = town.clock.now()
        if self._sure_until.get(town.settings.tenant, now) > now:
            return True
        before = town.settings.tenant in self._sure_until
        leads = lead(town.db, town.clock, _DUTY, self._holder)
        if leads:
            self._sure_until[town.settings.tenant] = now + TERM / 2
        else:
            self._sure_until.pop(town.settings.tenant, None)
        if leads != before:
            logger.warning("Beat %s: %s", "leads now" if leads else "stands by", town.settings.tenant or "the town")
        return leads


def _dispatcher(town: Platform) -> Dispatcher:
    assert town.dispatcher is not None, "Without a broker there is nobody to tell."
    return town.dispatcher
