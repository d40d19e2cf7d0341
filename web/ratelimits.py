# SPDX-License-Identifier: EUPL-1.2
"""Where attempts are counted: on PostgreSQL in the town's database, for all its processes on all machines.

On SQLite one process serves the town and counts in its memory, where no write lock is in the way.
"""

from datetime import timedelta

from limits.storage import MemoryStorage, Storage
from sqlalchemy.exc import SQLAlchemyError

from engine.db import unit_of_work
from engine.rates import attempts, count_attempt, forget_attempts
from web.bootstrap import Platform, platform

#: The address by which the limiter finds this storage.
SHARED = "amtsfluss://"


class SharedCounts(Storage):
    """Counts of the town that serves the present request."""

    STORAGE_SCHEME = ["amtsfluss"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._memory = MemoryStorage()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, in a transaction of its own: an attempt counts although its request is undone."""
        town = platform()
        if town.db.is_sqlite:
            return self._memory.incr(_of_town(town, key), expiry, amount)
        with unit_of_work(town.db) as session:
            return count_attempt(session, town.clock, key, timedelta(seconds=expiry), amount)

    def get(self, key: str) -> int:
        """How many there are."""
        return int(self._found(key)[0])

    def get_expiry(self, key: str) -> float:
        """When they are forgotten, in seconds since 1970."""
        return self._found(key)[1]

    def check(self) -> bool:
        """Whether counting works; a database that is away is found out by the count itself."""
        return True

    def reset(self) -> int | None:
        """Forget what is counted in memory; counts in a database run out by themselves."""
        return self._memory.reset()

    def clear(self, key: str) -> None:
        """Begin to count anew."""
        town = platform()
        if town.db.is_sqlite:
            self._memory.clear(_of_town(town, key))
            return
        with unit_of_work(town.db) as session:
            forget_attempts(session, key)

    def _found(self, key: str) -> tuple[int, float]:
        town = platform()
        if town.db.is_sqlite:
            named = _of_town(town, key)
            return self._memory.get(named), self._memory.get_expiry(named)
        with town.db.reading() as session:
            return attempts(session, town.clock, key)


def _of_town(town: Platform, key: str) -> str:
    return f"{town.settings.tenant}/{key}"
