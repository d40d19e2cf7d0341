# SPDX-License-Identifier: EUPL-1.2
"""Jobs: claim one (own transaction, with a lease), do its effect (no transaction), record the result (own transaction).

A job runs at least once: a worker that dies leaves its lease to run out. The job's id is the idempotency key that
neighbours receive. What fails is tried again later and becomes an incident in the end.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import Update, delete, func, or_, select, update
from sqlalchemy.orm import Session

from engine.db import Database, after_commit, unit_of_work
from engine.errors import AmtsflussError, CaseHasEnded, StepFailed
from engine.identity import SYSTEM
from engine.incidents import open_incident
from engine.models import CaseRow, JobRow
from engine.movement import case_context, moving, with_documents
from engine.operations import CaseContext, NotYet, find_operation
from engine.services import Services
from engine.spiff.workflow import TokenGone
from engine.values import pack, unpack

#: How long a worker may take before another one assumes that it died.
LEASE = timedelta(minutes=5)
#: Pauses between attempts; after the last one an incident is opened.
PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))


class WorkersDied(AmtsflussError):
    """Each worker that took the job died before it could tell what came of it."""


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


def enqueue(
    session: Session,
    services: Services,
    operation: str,
    inputs: Mapping[str, Any],
    *,
    then: str | None = None,
    case_id: str | None = None,
    due_at: datetime | None = None,
) -> str:
    """Leave a job that stands on its own. `then` names the in-transaction operation that records its result."""
    for name in (operation, then):
        if name is not None:
            find_operation(name)
    job_id = str(uuid4())
    now = services.clock.now()
    session.add(
        JobRow(
            id=job_id,
            kind="operation",
            state="ready",
            case_id=case_id,
            topic=operation,
            then=then,
            inputs=pack(dict(inputs)),
            created_at=now,
            due_at=due_at or now,
            attempts=0,
        )
    )
    session.flush()
    after_commit(session, services.wake)
    return job_id


def claim_job(db: Database, services: Services, worker: str) -> ClaimedJob | None:
    """The next job that is due and free, leased to this worker; None when there is nothing to do."""
    now = services.clock.now()
    with unit_of_work(db) as session:
        row = _first_due(session, now)
        while row is not None and row.attempts > len(PAUSES):
            row.state, row.locked_until, row.locked_by = "failed", None, None
            _open_incident(session, services, row.case_id, row.id, row.element_id or row.topic, WorkersDied())
            row = _first_due(session, now)
        if row is None:
            return None
        row.locked_until, row.locked_by, row.attempts = now + LEASE, worker, row.attempts + 1
        return _claimed(session, services, row)


def _first_due(session: Session, now: datetime) -> JobRow | None:
    return session.scalars(
        select(JobRow)
        .where(
            JobRow.state == "ready",
            JobRow.kind != "external",
            JobRow.due_at <= now,
            or_(JobRow.locked_until.is_(None), JobRow.locked_until < now),
        )
        .order_by(JobRow.due_at, JobRow.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()


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
                JobRow.state == "ready", JobRow.kind != "external"
            )
        )


def run_job(db: Database, services: Services, job: ClaimedJob) -> Literal["done", "later", "failed"]:
    """Do a claimed job's effect and record what came of it."""
    try:
        result = None if job.kind == "timer" else _effect(db, services, job)
        with unit_of_work(db) as session:
            _record(session, services, job, result)
    except NotYet as again:
        _postpone(db, services, job, again.after, counts=False)
        return "later"
    except Exception as cause:
        return _failed(db, services, job, cause)
    return "done"


def _claimed(session: Session, services: Services, row: JobRow) -> ClaimedJob:
    case = session.get(CaseRow, row.case_id) if row.case_id else None
    context = (
        case_context(case, row.element_id, row.id, services.clock)
        if case
        else CaseContext("", "", "", row.element_id, row.id, services.clock.now())
    )
    inputs: dict[str, Any] = unpack(row.inputs)
    return ClaimedJob(
        row.id, row.kind, row.case_id, row.token_id, row.element_id, row.topic, row.then, inputs, row.attempts, context
    )


def _effect(db: Database, services: Services, job: ClaimedJob) -> Any:
    operation = find_operation(job.topic)
    with db.reading() as session:
        inputs = with_documents(session, operation, job.inputs, job.case_id)
    return operation.call(inputs, lambda kind: job.context if kind is CaseContext else services.provide(kind))


def _record(session: Session, services: Services, job: ClaimedJob, result: Any) -> None:
    """Move the token on, or hand the result to the job's recording operation. A withdrawn job records nothing."""
    if job.token_id and job.case_id:
        _move_on(session, services, job.case_id, job.token_id, result)
        return
    row = session.scalars(select(JobRow).where(JobRow.id == job.id).with_for_update()).one_or_none()
    if row is None:
        return
    session.delete(row)
    if job.then:
        operation = find_operation(job.then)
        known = {name: value for name, value in {**job.inputs, "result": result}.items() if name in operation.inputs}
        operation.call(known, lambda kind: job.context if kind is CaseContext else services.provide(kind, session))


def _move_on(session: Session, services: Services, case_id: str, token_id: str, result: Any) -> None:
    # The job's row goes with its token. It is not locked first: everybody locks the case before its rows.
    try:
        with moving(session, services, case_id, SYSTEM) as movement:
            movement.workflow.token(token_id)
            movement.resume(token_id, {"result": movement.keep(result)})
    except (TokenGone, CaseHasEnded):
        session.execute(delete(JobRow).where(JobRow.token_id == token_id))


def _postpone(db: Database, services: Services, job: ClaimedJob, after: timedelta, *, counts: bool) -> None:
    with unit_of_work(db) as session:
        session.execute(
            _held(job).values(
                due_at=services.clock.now() + after,
                locked_until=None,
                locked_by=None,
                attempts=job.attempts if counts else job.attempts - 1,
            )
        )
        after_commit(session, services.wake)


def _held(job: ClaimedJob) -> Update:
    """A change to the job's row that does nothing when it was withdrawn, or claimed again after its lease ran out."""
    return update(JobRow).where(JobRow.id == job.id, JobRow.attempts == job.attempts)


def _failed(db: Database, services: Services, job: ClaimedJob, cause: Exception) -> Literal["later", "failed"]:
    element_id, reason = job.element_id or job.topic, cause
    if isinstance(cause, StepFailed):
        element_id = cause.element_id
        reason = cause.cause if isinstance(cause.cause, Exception) else cause
    if job.attempts <= len(PAUSES):
        _postpone(db, services, job, PAUSES[job.attempts - 1], counts=True)
        return "later"
    with unit_of_work(db) as session:
        given_up = _held(job).values(state="failed", locked_until=None, locked_by=None).returning(JobRow.id)
        if session.execute(given_up).one_or_none() is None:
            return "failed"
        _open_incident(session, services, job.case_id, job.id, element_id, reason)
    return "failed"


def _open_incident(
    session: Session, services: Services, case_id: str | None, job_id: str, element_id: str, cause: Exception
) -> None:
    open_incident(
        session,
        services.clock,
        case_id=case_id,
        element_id=element_id,
        kind="job_failed",
        cause=cause,
        job_id=job_id,
    )
