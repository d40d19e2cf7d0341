# SPDX-License-Identifier: EUPL-1.2
"""Jobs: claim one (own transaction, with a lease), do its effect (no transaction), record the result (own transaction).

A job runs at least once: a worker that dies leaves its lease to run out. The job's id is the idempotency key that
neighbours receive. What fails is tried again later and becomes an incident in the end.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import Update, delete, select, update
from sqlalchemy.orm import Session

from engine.batches import run_portion
from engine.cases import begin_case
from engine.db import Database, after_commit, unit_of_work
from engine.definitions import load_definition
from engine.errors import BpmnError, CaseHasEnded, CaseSuspended, StepFailed
from engine.history import record
from engine.hosting import with_documents
from engine.identity import SYSTEM
from engine.incidents import reason_of
from engine.leases import ClaimedJob, open_job_incident
from engine.messages import correlate, deliver_kept
from engine.models import JobRow
from engine.movement import moving
from engine.operations import CaseContext, NotYet, find_operation
from engine.services import Services
from engine.signals import hear_signal, start_by_signal
from engine.spiff.workflow import StepsExceeded, TokenGone
from engine.starts import gather, leave_start
from engine.timetable import Due, following
from engine.values import pack


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


def run_job(
    db: Database, services: Services, job: ClaimedJob, tell: Callable[[Exception], None] | None = None
) -> Literal["done", "later", "failed"]:
    """Do a claimed job's effect and record what came of it. `tell` hears why it has failed."""
    try:
        try:
            result = _effect(db, services, job) if job.kind == "operation" else None
        except BpmnError as error:
            result = error
        with unit_of_work(db) as session:
            _record(session, services, job, result)
    except NotYet as again:
        _postpone(db, services, job, again.after)
        return "later"
    except Exception as cause:
        if tell is not None:
            tell(cause)
        return _failed(db, services, job, cause)
    return "done"


def _effect(db: Database, services: Services, job: ClaimedJob) -> Any:
    operation = find_operation(job.topic)
    with db.reading() as session:
        inputs = with_documents(session, operation, job.inputs, job.case_id)
    return operation.call(inputs, lambda kind: job.context if kind is CaseContext else services.provide(kind))


def _record(session: Session, services: Services, job: ClaimedJob, result: Any) -> None:
    """Move the token on, or hand the result to whoever it is for. A withdrawn job records nothing."""
    if job.token_id and job.case_id:
        _move_on(session, services, job, job.case_id, job.token_id, result)
        return
    row = session.scalars(select(JobRow).where(JobRow.id == job.id).with_for_update()).one_or_none()
    if row is None:
        return
    session.delete(row)
    session.flush()
    if isinstance(result, BpmnError):
        raise result
    if job.kind == "operation":
        _hand_over(session, services, job, result)
    else:
        _FOLLOW[job.kind](session, services, job)


def _hand_over(session: Session, services: Services, job: ClaimedJob, result: Any) -> None:
    if job.then:
        operation = find_operation(job.then)
        known = {name: value for name, value in {**job.inputs, "result": result}.items() if name in operation.inputs}
        operation.call(known, lambda kind: job.context if kind is CaseContext else services.provide(kind, session))


def _go_on(session: Session, services: Services, job: ClaimedJob) -> None:
    """A batch that was full goes on where it stopped."""
    try:
        with moving(session, services, job.case_id or "", SYSTEM) as movement:
            if job.attempts > 1:
                movement.workflow.steps = 0  # somebody has looked at it and lets it try again
    except CaseHasEnded:
        pass


def _send_message(session: Session, services: Services, job: ClaimedJob) -> None:
    about = job.inputs
    if "kept" in about:
        deliver_kept(session, services, about["kept"])
        return
    correlate(
        session,
        services,
        job.topic,
        about["key"],
        about["payload"],
        business_key=about["business_key"],
        keep_for=about["keep_for"],
    )


def _send_signal(session: Session, services: Services, job: ClaimedJob) -> None:
    variables = job.inputs["variables"]
    if job.case_id is not None:
        hear_signal(session, services, job.case_id, job.inputs["token"], variables)
    elif job.definition_id is not None:
        waiting = job.inputs["token"]
        key = job.inputs.get("business_key")
        start_by_signal(session, services, job.definition_id, job.element_id, waiting, variables, business_key=key)


def _start(session: Session, services: Services, job: ClaimedJob) -> None:
    """A timer start event begins a case, and is set again where it repeats."""
    definition = load_definition(session, services, job.definition_id or 0)
    node, waiting = definition.process.nodes[job.element_id], job.inputs["token"]
    gathered = gather(session, node, definition.id, waiting, {"variables": {}})
    if gathered is not None:
        values = gathered.pop("variables")
        begin_case(session, services, definition, lambda case_id: values, by=SYSTEM, element_id=node.id, seen=gathered)
    due = following(Due(job.inputs["at"], job.inputs["rule"], job.inputs["remaining"]), services.clock)
    if due is not None:
        leave_start(session, services, definition.id, node, due, waiting=waiting)


def _run_portion(session: Session, services: Services, job: ClaimedJob) -> None:
    run_portion(session, services, job.inputs["batch"])


_FOLLOW: dict[str, Callable[[Session, Services, ClaimedJob], None]] = {
    "batch": _run_portion,
    "continuation": _go_on,
    "message": _send_message,
    "signal": _send_signal,
    "start": _start,
}


def _move_on(session: Session, services: Services, job: ClaimedJob, case_id: str, token_id: str, result: Any) -> None:
    # The job's row goes with its token. It is not locked first: everybody locks the case before its rows.
    try:
        with moving(session, services, case_id, SYSTEM) as movement:
            movement.workflow.token(token_id)
            if isinstance(result, BpmnError):
                movement.throw(token_id, result)
            elif job.kind == "continuation":
                movement.go_on(token_id)
            else:
                movement.resume(token_id, {} if job.kind == "timer" else {"result": movement.keep(result)})
    except (TokenGone, CaseHasEnded):
        session.execute(delete(JobRow).where(JobRow.token_id == token_id))


def _postpone(
    db: Database, services: Services, job: ClaimedJob, after: timedelta, *, because: Exception | None = None
) -> None:
    """Try again after a while. An attempt that failed for a reason counts."""
    with unit_of_work(db) as session:
        again = _held(job).values(
            due_at=services.clock.now() + after,
            locked_until=None,
            locked_by=None,
            attempts=job.attempts if because is not None else job.attempts - 1,
        )
        if session.execute(again.returning(JobRow.id)).one_or_none() is not None and because is not None:
            _note_failure(session, services, job, because, left=len(job.pauses) + 1 - job.attempts)
        after_commit(session, services.wake)


def _note_failure(session: Session, services: Services, job: ClaimedJob, cause: Exception, *, left: int) -> None:
    if job.case_id is None:
        return
    element_id, reason = _where_and_why(job, cause)
    about: dict[str, Any] = {"job": job.kind, "topic": job.topic, "retries": left, "failed_element": element_id}
    token_id = job.token_id or job.id
    record(
        session,
        services.clock,
        job.case_id,
        "job_failed",
        SYSTEM,
        token_id=token_id,
        element_id=job.element_id,
        error=reason_of(reason),
        **about,
    )


def _where_and_why(job: ClaimedJob, cause: Exception) -> tuple[str, Exception]:
    if isinstance(cause, StepFailed):
        return cause.element_id, cause.cause if isinstance(cause.cause, Exception) else cause
    return job.element_id or job.topic, cause


def _is_suspended(db: Database, job: ClaimedJob) -> bool:
    with db.reading() as session:
        return bool(session.scalar(select(JobRow.suspended).where(JobRow.id == job.id)))


def _held(job: ClaimedJob) -> Update:
    """A change to the job's row that does nothing when it was withdrawn, or claimed again after its lease ran out."""
    return update(JobRow).where(JobRow.id == job.id, JobRow.attempts == job.attempts)


def _failed(db: Database, services: Services, job: ClaimedJob, cause: Exception) -> Literal["later", "failed"]:
    element_id, reason = _where_and_why(job, cause)
    if isinstance(cause, CaseSuspended) and _is_suspended(db, job):
        # Suspended while it was being worked on: it waits with its case. What goes to another case is tried again.
        _postpone(db, services, job, timedelta(0))
        return "later"
    if job.attempts <= len(job.pauses) and not isinstance(reason, StepsExceeded):
        _postpone(db, services, job, job.pauses[job.attempts - 1], because=cause)
        return "later"
    with unit_of_work(db) as session:
        given_up = _held(job).values(state="failed", locked_until=None, locked_by=None).returning(JobRow.id)
        if session.execute(given_up).one_or_none() is None:
            return "failed"
        _note_failure(session, services, job, cause, left=0)
        open_job_incident(session, services, job.case_id, job.id, element_id, reason)
    return "failed"
