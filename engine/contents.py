# SPDX-License-Identifier: EUPL-1.2
"""Where the content of documents lies when it does not lie in the database: the port of a store.

Content is addressed by its SHA-256: what is stored twice is there once, and what is read is what was stored. It is
written before the row is committed that needs it. Content whose row never came is swept away later.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.models import DocumentRow

#: Sessions of a database with a store carry it under this name.
CONTENTS = "contents"
#: Content that nobody needs may belong to a transaction that is not yet committed; none takes so long.
ORPHANED_AFTER = timedelta(days=1)
_BATCH = 500


class Contents(ABC):
    """A store of contents. What cannot be done raises `ContentStoreUnavailable`, and then nothing is half stored."""

    @abstractmethod
    def put(self, digest: str, content: bytes) -> None:
        """Store it, also when it is there already: it counts as new then, and is not swept away."""

    @abstractmethod
    def get(self, digest: str) -> bytes | None:
        """The content; None when it is not there."""

    @abstractmethod
    def remove(self, digest: str) -> None:
        """Forget it; one that is not there is forgotten."""

    @abstractmethod
    def stored_before(self, moment: datetime) -> Iterator[str]:
        """The digests of what was stored last before this moment."""

    @abstractmethod
    def check(self) -> None:
        """Raise `ContentStoreUnavailable` when it cannot be used."""


def contents_of(session: Session) -> Contents | None:
    """The store of the session's town; None when the content lies in the database."""
    found: Contents | None = session.info.get(CONTENTS)
    return found


def orphans(session: Session, clock: Clock, contents: Contents) -> Iterator[str]:
    """What is stored and needed by no document."""
    for some in _batches(contents.stored_before(clock.now() - ORPHANED_AFTER)):
        needed = set(session.scalars(select(DocumentRow.sha256).where(DocumentRow.sha256.in_(some))))
        yield from (digest for digest in some if digest not in needed)


def sweep_contents(session: Session, clock: Clock, contents: Contents, limit: int) -> int:
    """Remove some of it; how many."""
    doomed = list(islice(orphans(session, clock, contents), limit))
    for digest in doomed:
        contents.remove(digest)
    return len(doomed)


def _batches(digests: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(digests)
    while some := list(islice(remaining, _BATCH)):
        yield some
