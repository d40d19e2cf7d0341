# SPDX-License-Identifier: EUPL-1.2
"""Handing due jobs to many workers over a queue.

The job row stays the truth: a queue is told the job's id and nothing else. What it loses is told again, what it tells
twice is claimed once. Telling it is nobody's request: a queue that is away delays jobs, never people.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, func, or_, select, update

from engine.clock import Clock
from engine.db import Database, unit_of_work
from engine.incidents import reason_of
from engine.leases import can_be_run, first_come_first_served, next_due
from engine.models import JobRow
from engine.rounds import LONGEST_PAUSE, Rounds
from engine.services import Services

logger = logging.getLogger(__name__)

#: After so long in a queue a job is believed to be lost, and told again.
LOST_AFTER = timedelta(minutes=5)
#: No more jobs than this are in the queue at a time, so that what is urgent has not long to wait behind them.
MOST_QUEUED = 500
#: Between looks while there is more to tell than may be in the queue, or the queue is away.
_SOON = timedelta(milliseconds=250)


@dataclass(frozen=True)
class Call:
    """A job that somebody is to run now."""

    job_id: str
    kind: str
    #: Name of its operation, if it has one.
    topic: str


def take_calls(db: Database, clock: Clock) -> list[Call]:
    """The jobs that a queue is to be told of now. Nobody else is given them for a while."""
    now = clock.now()
    lost = now - LOST_AFTER
    untold = or_(JobRow.dispatched_at.is_(None), JobRow.dispatched_at < JobRow.due_at, JobRow.dispatched_at < lost)
    with unit_of_work(db) as session:
        queued = select(func.count()).where(
            JobRow.dispatched_at >= lost, JobRow.dispatched_at >= JobRow.due_at, JobRow.locked_until.is_(None)
        )
        room = MOST_QUEUED - (session.scalar(queued) or 0)
        if room <= 0:
            return []
        chosen = session.scalars(
            select(JobRow.id)
            .where(and_(can_be_run(now), untold))
            .order_by(*first_come_first_served())
            .limit(room)
            .with_for_update(skip_locked=True, of=JobRow)
        ).all()
        if not chosen:
            return []
        told = session.execute(
            update(JobRow)
            .where(JobRow.id.in_(chosen))
            .values(dispatched_at=now)
            .returning(JobRow.id, JobRow.kind, JobRow.topic)
        )
        by_id = {row.id: Call(row.id, row.kind, row.topic) for row in told}
    return [by_id[job_id] for job_id in chosen if job_id in by_id]


def take_back(db: Database, job_ids: Sequence[str]) -> None:
    """These could not be told after all, or found their case busy: they are told again at the next opportunity."""
    with unit_of_work(db) as session:
        session.execute(update(JobRow).where(JobRow.id.in_(job_ids)).values(dispatched_at=None))


def take_all_back(db: Database) -> None:
    """The queue may have lost all that it was told: whatever nobody has begun is told again."""
    with unit_of_work(db) as session:
        session.execute(
            update(JobRow)
            .where(JobRow.dispatched_at.is_not(None), JobRow.locked_until.is_(None))
            .values(dispatched_at=None)
        )


class _QueueAway(Exception):
    """The queue cannot be told anything just now."""

    def __init__(self, trouble: Exception) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


class Dispatcher:
    """Tells a queue which jobs are to be run. Any number may stand beside each other."""

    def __init__(self, db: Database, services: Services, tell: Callable[[Call], None]) -> None:
        self._db = db
        self._services = services
        self._tell = tell
        self._is_away = False
        self._has_begun = False
        self._rounds = Rounds("The dispatcher", self.look)

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._rounds.start()

    def stop(self, timeout: float = 30) -> None:
        """Tell what is in hand and stop."""
        self._rounds.stop(timeout)

    def wake(self) -> None:
        """There may be something to tell."""
        self._rounds.wake()

    def look(self) -> timedelta:
        """Tell the queue what is due; returns when it makes sense to look again.

        At first also what is said to have been told: whoever was to tell it may have been killed in between.
        """
        if not self._has_begun:
            take_all_back(self._db)
            self._has_begun = True
        try:
            self.tell_what_is_due()
        except _QueueAway as away:
            self._note_absence(away.trouble)
            return LONGEST_PAUSE
        due = next_due(self._db)
        return LONGEST_PAUSE if due is None else max(_SOON, due - self._services.clock.now())

    def tell_what_is_due(self) -> int:
        """Tell the queue once; returns of how many jobs. What could not be told is told another time."""
        calls = take_calls(self._db, self._services.clock)
        for number, call in enumerate(calls):
            try:
                self._tell(call)
            except Exception as trouble:
                take_back(self._db, [untold.job_id for untold in calls[number:]])
                raise _QueueAway(trouble) from trouble
        if calls and self._is_away:
            self._note_return()
        return len(calls)

    def _note_absence(self, trouble: Exception) -> None:
        if not self._is_away:
            logger.error("The queue cannot be reached; jobs wait until it is back: %s", reason_of(trouble))
        self._is_away = True

    def _note_return(self) -> None:
        logger.warning("The queue is back. What it had been told and nobody has begun is told again.")
        take_all_back(self._db)
        self._is_away = False
