# SPDX-License-Identifier: EUPL-1.2
"""A store in memory that is full or away when a test wants it."""

from collections.abc import Iterator
from datetime import datetime

from engine.clock import Clock
from engine.contents import Contents
from engine.errors import ContentStoreUnavailable


class FakeContents(Contents):
    """Keeps what it is given, while it can."""

    def __init__(self, clock: Clock) -> None:
        self.held: dict[str, tuple[datetime, bytes]] = {}
        self.trouble = ""
        self._clock = clock

    def put(self, digest: str, content: bytes) -> None:
        """Keep it."""
        self.check()
        self.held[digest] = self._clock.now(), content

    def get(self, digest: str) -> bytes | None:
        """What was kept."""
        self.check()
        return self.held[digest][1] if digest in self.held else None

    def remove(self, digest: str) -> None:
        """Forget it."""
        self.check()
        self.held.pop(digest, None)

    def stored_before(self, moment: datetime) -> Iterator[str]:
        """What is older."""
        self.check()
        return iter([digest for digest, (at, _) in self.held.items() if at < moment])

    def check(self) -> None:
        """Fails when the test says so."""
        if self.trouble:
            raise ContentStoreUnavailable(self.trouble)
