# SPDX-License-Identifier: EUPL-1.2
"""Chores: what has had its time is removed now and then, in small transactions, so that nothing grows without bound.

Whoever has a worker or beats time asks `Housekeeping` to look. The database remembers when a chore was begun last, so
that it is done once in its period, however many processes ask.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from time import monotonic
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.clock import Clock
from engine.contents import contents_of, orphans, sweep_contents
from engine.db import Database, unit_of_work
from engine.incidents import reason_of
from engine.leading import lead, step_down
from engine.models import BatchRow, DraftRow, IncidentRow, KeptMessageRow, RateCountRow
from engine.retention import delete_some_cases, due_cases
from engine.services import Services

logger = logging.getLogger(__name__)

HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)
#: So long finished batches, and incidents that belong to no case, are kept.
KEPT_FOR_OPERATORS = timedelta(days=180)
#: So many rows are removed in one transaction.
PORTION = 200
#: Jobs wait while chores are done, so what is left after this time is done a little later.
LONGEST_TURN = timedelta(seconds=3)
#: The database is asked so often whether there is a chore to do.
_ROUND = timedelta(minutes=1)


@dataclass(frozen=True)
class Chore:
    """One thing to be removed when it has had its time."""

    #: As lists and the log call it; the same in every process.
    name: str
    every: timedelta
    #: Removes some in the session's transaction and says how many; 0: nothing is left to remove.
    portion: Callable[[Session, Services], int]
    #: How many could be removed now.
    due: Callable[[Session, Services], int]


def removing(
    name: str, key: InstrumentedAttribute[Any], is_over: Callable[[Clock], ColumnElement[bool]], every: timedelta
) -> Chore:
    """The chore of deleting the rows that are over, with whatever the database deletes with them."""

    def portion(session: Session, services: Services) -> int:
        over = select(key).where(is_over(services.clock)).limit(PORTION).with_for_update(skip_locked=True)
        doomed = session.scalars(over).all()
        session.execute(delete(key.class_).where(key.in_(doomed)).execution_options(synchronize_session=False))
        return len(doomed)

    def due(session: Session, services: Services) -> int:
        return session.scalar(select(func.count()).where(is_over(services.clock))) or 0

    return Chore(name, every, portion, due)


def _sweep(session: Session, services: Services) -> int:
    contents = contents_of(session)
    return sweep_contents(session, services.clock, contents, PORTION) if contents is not None else 0


def _orphans(session: Session, services: Services) -> int:
    contents = contents_of(session)
    return sum(1 for _ in orphans(session, services.clock, contents)) if contents is not None else 0


#: What every town removes. Services of the town add theirs with `add_chore`.
_CHORES = {
    chore.name: chore
    for chore in (
        Chore("cases", HOURLY, delete_some_cases, lambda session, services: due_cases(session, services.clock)),
        removing("drafts", DraftRow.id_hash, lambda clock: DraftRow.expires_at < clock.now(), HOURLY),
        removing("kept_messages", KeptMessageRow.id, lambda clock: KeptMessageRow.expires_at <= clock.now(), HOURLY),
        removing("batches", BatchRow.id, lambda clock: BatchRow.ended_at < clock.now() - KEPT_FOR_OPERATORS, DAILY),
        removing(
            "incidents",
            IncidentRow.id,
            lambda clock: (IncidentRow.resolved_at < clock.now() - KEPT_FOR_OPERATORS) & IncidentRow.case_id.is_(None),
            DAILY,
        ),
        Chore("contents", DAILY, _sweep, _orphans),
        removing("rate_counts", RateCountRow.key_hash, lambda clock: RateCountRow.expires_at <= clock.now(), HOURLY),
    )
}


def add_chore(chore: Chore) -> None:
    """Let a table of a service of the town be kept small too."""
    _CHORES[chore.name] = chore


def chores() -> list[Chore]:
    """All chores that are known by now."""
    return list(_CHORES.values())


def do_chore(db: Database, services: Services, chore: Chore, until: float = inf) -> tuple[int, bool]:
    """Remove portion by portion: how many were removed, and whether that was all. The log counts and names nobody."""
    removed = 0
    while True:
        with unit_of_work(db) as session:
            portion = chore.portion(session, services)
        removed += portion
        if not portion or monotonic() >= until:
            break
    if removed:
        logger.info("chore %s: %d removed", chore.name, removed)
    return removed, portion == 0


class Housekeeping:
    """Does the chores of one database whose time has come. One that fails is told in the log and holds up no other."""

    def __init__(self, db: Database, services: Services, chores: Iterable[Chore]) -> None:
        self._db = db
        self._services = services
        self._chores = list(chores)
        #: Those of the round that is under way.
        self._left: deque[Chore] = deque()
        self._next_round: datetime | None = None

    def look(self) -> None:
        """Do some of what is due, for a short while. A round begins when the one before was begun a minute ago."""
        now = self._services.clock.now()
        if not self._left and (self._next_round is None or now >= self._next_round):
            self._next_round = now + _ROUND
            self._left.extend(self._chores)
        until = monotonic() + LONGEST_TURN.total_seconds()
        while self._left:
            chore = self._left.popleft()
            try:
                self._do_in_turn(chore, until)
            except Exception as trouble:
                logger.error("chore %s failed and is tried again later: %s", chore.name, reason_of(trouble))
            if monotonic() >= until:
                return

    def _do_in_turn(self, chore: Chore, until: float) -> None:
        clock, duty, turn = self._services.clock, f"chore/{chore.name}", uuid4().hex
        if not lead(self._db, clock, duty, turn, chore.every):
            return
        _, is_done = do_chore(self._db, self._services, chore, until)
        if not is_done:
            # Others, or we ourselves, go on with it in the next round.
            step_down(self._db, clock, duty, turn)


def do_all(db: Database, services: Services, wanted: Iterable[Chore]) -> Iterator[tuple[Chore, int]]:
    """Do chores now, to the end; says of each how many were removed."""
    for chore in wanted:
        yield chore, do_chore(db, services, chore)[0]
