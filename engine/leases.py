# SPDX-License-Identifier: EUPL-1.2
"""Claiming jobs: each goes to one worker at a time, for as long as its lease runs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from engine.db import Database, unit_of_work
from engine.errors import AmtsflussError, CaseSuspended
from engine.hosting import case_context
from engine.incidents import close_incidents_of, open_incident
from engine.models import CaseRow, JobRow
from engine.operations import CaseContext
from engine.services import Services
from engine.values import unpack

#: How long a worker may take before another one assumes that it died.
LEASE = timedelta(minutes=5)
#: Pauses between attempts; after the last one an incident is opened.
PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))


class WorkersDied(AmtsflussError):
    """Each worker that took the job died before it could tell what came of it."""


class JobIsRun(AmtsflussError):
    """A worker is at this job just now."""


@dataclass(frozen=True)
class ClaimedJob:
    """A job that this worker holds for a while."""

    id: str
    kind: str
    case_id: str | None
    token_id: str | None
    element_id: str
    topic: str
    then: str | None
    inputs: dict[str, Any]
    attempts: int
    context: CaseContext
    #: Pauses between the attempts.
    pauses: tuple[timedelta, ...] = PAUSES
    definition_id: int | None = None


def claim_job(db: Database, services: Services, worker: str, job_id: str | None = None) -> ClaimedJob | None:
    """The next job that is due and free, or this one if it is, leased to this worker; None: there is nothing to do."""
    now = services.clock.now()
    with unit_of_work(db) as session:
        row = _first_due(session, now, job_id)
        while row is not None and row.attempts > len(pauses_of(row)):
            row.state, row.locked_until, row.locked_by = "failed", None, None
            open_job_incident(session, services, row.case_id, row.id, row.element_id or row.topic, WorkersDied())
            row = _first_due(session, now, job_id)
        if row is None or (row.exclusive and not _is_alone(session, row, now)):
            return None
        row.locked_until, row.locked_by, row.attempts = now + LEASE, worker, row.attempts + 1
        return _claimed(session, services, row)


#: Made once: an alias of a wide table costs more to make than the question costs to answer.
_BUSY = aliased(JobRow)


def can_be_run(now: datetime) -> ColumnElement[bool]:
    """Which jobs are due and free: nobody is at them, nor at another exclusive job of their case."""
    another = exists().where(
        _BUSY.case_id == JobRow.case_id, _BUSY.id != JobRow.id, _BUSY.exclusive, _BUSY.locked_until >= now
    )
    return and_(
        JobRow.state == "ready",
        JobRow.kind != "external",
        JobRow.suspended.is_(False),
        JobRow.due_at <= now,
        or_(JobRow.locked_until.is_(None), JobRow.locked_until < now),
        or_(JobRow.exclusive.is_(False), ~another),
    )


def first_come_first_served() -> tuple[ColumnElement[Any], ...]:
    """The order in which jobs are run."""
    return JobRow.priority.desc(), JobRow.due_at.expression, JobRow.created_at.expression


def _first_due(session: Session, now: datetime, job_id: str | None = None) -> JobRow | None:
    question = select(JobRow).where(can_be_run(now))
    if job_id is not None:
        question = question.where(JobRow.id == job_id)
    return session.scalars(
        question.order_by(*first_come_first_served()).limit(1).with_for_update(skip_locked=True, of=JobRow)
    ).one_or_none()


def _is_alone(session: Session, row: JobRow, now: datetime) -> bool:
    """Look again, now that nobody else can claim an exclusive job of this case before we are done.

    Two workers may have looked at the same moment and have seen nobody. SQLite lets only one of them claim at all.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    if not session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(row.case_id, 0)))):
        return False
    return session.scalar(select(JobRow.id).where(JobRow.id == row.id, can_be_run(now))) is not None


def claim_certain_job(db: Database, services: Services, worker: str, job_id: str) -> ClaimedJob | None:
    """The same for one certain job, also before it is due or after it has failed; None when it is gone.

    Raises `JobIsRun` while a worker holds it, and `CaseSuspended`.
    """
    now = services.clock.now()
    with unit_of_work(db) as session:
        row = session.scalars(select(JobRow).where(JobRow.id == job_id).with_for_update()).one_or_none()
        if row is None or row.kind == "external":
            return None
        if row.suspended:
            raise CaseSuspended
        if row.locked_until is not None and row.locked_until >= now:
            raise JobIsRun
        if row.state == "failed":
            close_incidents_of(session, services, job_id)
            # One attempt more.
            row.state, row.attempts = "ready", len(pauses_of(row))
        row.locked_until, row.locked_by, row.attempts = now + LEASE, worker, row.attempts + 1
        return _claimed(session, services, row)


def free_leases(db: Database, is_dead: Callable[[str], bool]) -> int:
    """Give back the jobs of workers that are known to be dead, so that nobody waits for their leases to run out."""
    with unit_of_work(db) as session:
        holders = session.scalars(select(JobRow.locked_by).where(JobRow.locked_by.is_not(None)).distinct()).all()
        dead = [holder for holder in holders if holder and is_dead(holder)]
        if not dead:
            return 0
        freed = session.execute(
            update(JobRow)
            .where(JobRow.locked_by.in_(dead))
            .values(locked_until=None, locked_by=None)
            .returning(JobRow.id)
        )
        return len(freed.all())


def next_due(db: Database) -> datetime | None:
    """When the next job or timer becomes due, for a worker that wants to sleep until then."""
    with db.reading() as session:
        return session.scalar(
            select(func.min(func.coalesce(JobRow.locked_until, JobRow.due_at))).where(
                JobRow.state == "ready", JobRow.kind != "external", JobRow.suspended.is_(False)
            )
        )


def _claimed(session: Session, services: Services, row: JobRow) -> ClaimedJob:
    case = session.get(CaseRow, row.case_id) if row.case_id else None
    context = (
        case_context(session, case, row.element_id, row.id, services.clock)
        if case
        else CaseContext("", "", "", row.element_id, row.id, services.clock.now())
    )
    inputs: dict[str, Any] = unpack(row.inputs)
    return ClaimedJob(
        row.id,
        row.kind,
        row.case_id,
        row.token_id,
        row.element_id,
        row.topic,
        row.then,
        inputs,
        row.attempts,
        context,
        pauses_of(row),
        row.definition_id,
    )


def pauses_of(row: JobRow) -> tuple[timedelta, ...]:
    """How long is waited after each failed attempt but the last."""
    if row.pauses is None:
        return PAUSES
    return tuple(timedelta(seconds=float(pause)) for pause in row.pauses.split(",") if pause)


def open_job_incident(
    session: Session, services: Services, case_id: str | None, job_id: str, element_id: str, cause: Exception
) -> None:
    """Leave the failure of a job for an operator to look at."""
    open_incident(
        session,
        services.clock,
        case_id=case_id,
        element_id=element_id,
        kind="job_failed",
        cause=cause,
        job_id=job_id,
    )
