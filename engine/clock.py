# SPDX-License-Identifier: EUPL-1.2
"""The one place that asks what time it is, so that deadlines can be tested without waiting."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

TOWN_ZONE = "Europe/Berlin"


class Clock(Protocol):
    """Tells the time; commands receive one and never look at the system's clock themselves."""

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the town reckons its days."""
        ...

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def today(self) -> date:
        """The calendar day in the town."""
        ...


class SystemClock:
    """The machine's clock."""

    def __init__(self, zone: str = TOWN_ZONE) -> None:
        self.zone = ZoneInfo(zone)

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The calendar day in the town."""
        return self.now().astimezone(self.zone).date()


class FrozenClock:
    """A clock that stands still until it is told to move: for tests and for reproducing old notices."""

    def __init__(self, at: datetime, zone: str = TOWN_ZONE) -> None:
        self.zone = ZoneInfo(zone)
        self.set(at)

    def set(self, at: datetime) -> None:
        """Move to a moment; a naive one is read in the town's zone."""
        self._at = (at if at.tzinfo else at.replace(tzinfo=self.zone)).astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._at += by

    def now(self) -> datetime:
        """The moment the clock stands at, in UTC."""
        return self._at

    def today(self) -> date:
        """The calendar day in the town."""
        return self._at.astimezone(self.zone).date()
