# SPDX-License-Identifier: EUPL-1.2
"""Work for other programs: they fetch it by topic, hold it under a lock, and report what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, literal_column, select
from sqlalchemy.orm import Session

from engine.cases import CaseInfo, describe, find_case
from engine.db import after_commit
from engine.definitions import load_definition
from engine.errors import (
    AmtsflussError,
    BpmnError,
    CaseHasEnded,
    CaseSuspended,
    NotFound,
    StepFailed,
    UnhandledBpmnError,
)
from engine.history import record
from engine.identity import Actor
from engine.incidents import close_incidents_of, open_incident
from engine.models import CaseRow, DefinitionRow, JobRow
from engine.movement import moving
from engine.scripting import holds
from engine.services import Services
from engine.spiff.workflow import TokenGone

#: Nobody may hold work longer than this without saying so again.
LONGEST_LOCK = timedelta(days=30)


class ExternalTaskNotFound(NotFound):
    """There is no such external task, or it is done."""


class LockedByAnother(AmtsflussError):
    """Another worker holds this external task."""

    def __init__(self, holder: str | None) -> None:
        super().__init__(f"The external task is held by {holder or 'nobody'}.")
        self.holder = holder


class LockHasRunOut(AmtsflussError):
    """The lock has run out before it was extended."""


class ExternalWorkFailed(AmtsflussError):
    """A worker has given the work up."""


@dataclass(frozen=True)
class ExternalTask:
    """Work that waits for a worker, or that one holds."""

    id: str
    topic: str
    case_id: str
    element_id: str
    definition_id: int
    definition_key: str
    business_key: str | None
    #: Attempts left as the worker counts them; None before the first failure.
    retries: int | None
    priority: int
    worker: str | None
    locked_until: datetime | None
    created_at: datetime
    suspended: bool
    error: str | None
    #: The token that waits.
    token_id: str = ""
    definition_version: int = 0
    version_tag: str | None = None
    #: What the task sees; only filled when it is fetched.
    variables: Mapping[str, Any] = field(default_factory=dict)


def complete_external(
    session: Session,
    services: Services,
    task_id: str,
    worker: str,
    variables: Mapping[str, Any],
    by: Actor,
    *,
    local: Mapping[str, Any] | None = None,
) -> CaseInfo:
    """The work is done; `variables` go to the case, `local` to the output mappings of the task only."""
    job = _held(session, task_id, worker)
    seen = {"variables": dict(variables), "local": dict(local or {})}
    try:
        with moving(session, services, job.case_id or "", by) as movement:
            movement.resume(job.token_id or "", seen)
    except (TokenGone, CaseHasEnded):
        raise ExternalTaskNotFound from None
    close_incidents_of(session, services, task_id)
    return describe(movement.case)


def error_external(
    session: Session,
    services: Services,
    task_id: str,
    worker: str,
    code: str,
    message: str,
    variables: Mapping[str, Any],
    by: Actor,
) -> CaseInfo:
    """The work has ended with an error of the process, which the model may catch.

    Where nobody catches it the case stays where it is, and an incident tells of it: the worker has done its part, and
    nobody can do the work again before an operator has decided.
    """
    job = _held(session, task_id, worker)
    try:
        with session.begin_nested(), moving(session, services, job.case_id or "", by) as movement:
            movement.throw(job.token_id or "", BpmnError(code, message, variables))
    except (TokenGone, CaseHasEnded):
        raise ExternalTaskNotFound from None
    except StepFailed as failed:
        if not isinstance(failed.cause, UnhandledBpmnError):
            raise
        job.error, job.retries = f"{code}: {message}"[:4000], 0
        _give_up(session, services, job, failed.cause)
        session.flush()
        return find_case(session, job.case_id or "")
    return describe(movement.case)


def fail_external(
    session: Session,
    services: Services,
    task_id: str,
    worker: str,
    message: str,
    retries: int,
    retry_after: timedelta,
    by: Actor,
    details: str = "",
) -> None:
    """The work has failed. With attempts left it is free again after a while; without, an incident is opened.

    The model may take the failure for an error of its own (`camunda:errorEventDefinition`); it is thrown then.
    """
    job = _held(session, task_id, worker)
    _not_suspended(job)
    failure = {"errorMessage": message, "errorDetails": details, "retries": retries}
    if _is_an_error(session, services, job, failure, by):
        return
    had_given_up = job.retries == 0
    job.error, job.error_details, job.retries = message[:4000], details, max(0, retries)
    job.locked_until, job.attempts = services.clock.now() + retry_after, job.attempts + 1
    about: dict[str, Any] = {"topic": job.topic, "retries": job.retries, "worker": worker, "error": message[:1000]}
    about |= {"priority": job.priority, "token_id": job.token_id, "element_id": job.element_id}
    record(session, services.clock, job.case_id or "", "external_failed", by, **about)
    if had_given_up and job.retries > 0:
        close_incidents_of(session, services, task_id)
    if job.retries == 0 and not had_given_up:
        _give_up(session, services, job)
    session.flush()


def _give_up(session: Session, services: Services, job: JobRow, cause: BaseException | None = None) -> None:
    """No attempt is left. The worker's words may name people; they stay with the job."""
    open_incident(
        session,
        services.clock,
        case_id=job.case_id,
        element_id=job.element_id,
        kind="external_failed",
        cause=cause or ExternalWorkFailed(),
        job_id=job.id,
    )


def _is_an_error(session: Session, services: Services, job: JobRow, failure: Mapping[str, Any], by: Actor) -> bool:
    """Whether the model takes a failure for an error; throws it then."""
    case = session.get_one(CaseRow, job.case_id)
    node = load_definition(session, services, case.definition_id).process.nodes[job.element_id]
    if not node.error_mappings:
        return False
    task = {"id": job.id, "topicName": job.topic, "workerId": job.locked_by, "priority": job.priority, **failure}
    with moving(session, services, case.id, by) as movement:
        scope = movement.workflow.scope(movement.workflow.token(job.token_id or ""), {"externalTask": task})
        for condition, code, text in node.error_mappings:
            if holds(condition, scope, services.clock):
                movement.throw(job.token_id or "", BpmnError(code or "", text or ""))
                return True
    return False


def set_retries(session: Session, services: Services, task_id: str, retries: int, by: Actor) -> None:
    """Give work another chance, or none; its incident is closed when there is one."""
    job = _job(session, task_id)
    had_given_up, job.retries = job.retries == 0, retries
    if retries == 0 and not had_given_up:
        _give_up(session, services, job)
    if retries > 0:
        job.locked_until = job.locked_by = None
        close_incidents_of(session, services, task_id)
        after_commit(session, services.wake)
    session.flush()


def lock_external(
    session: Session, services: Services, task_id: str, worker: str, duration: timedelta, by: Actor
) -> None:
    """Hold one certain task; refused while another worker does."""
    job, now = _job(session, task_id), services.clock.now()
    if job.locked_by not in (None, worker) and job.locked_until is not None and job.locked_until > now:
        raise LockedByAnother(job.locked_by)
    job.locked_by, job.locked_until = worker, now + min(duration, LONGEST_LOCK)
    session.flush()


def extend_lock(
    session: Session, services: Services, task_id: str, worker: str, duration: timedelta, by: Actor
) -> None:
    """Hold it longer, counted from now; too late when the lock has run out."""
    job, now = _held(session, task_id, worker), services.clock.now()
    if job.locked_until is None or job.locked_until <= now:
        raise LockHasRunOut
    job.locked_until = now + min(duration, LONGEST_LOCK)
    session.flush()


def unlock_external(session: Session, services: Services, task_id: str, by: Actor) -> None:
    """Let others fetch it."""
    job = _job(session, task_id)
    job.locked_by = job.locked_until = None
    session.flush()
    after_commit(session, services.wake)


def find_external(session: Session, task_id: str) -> ExternalTask:
    """One external task, or `ExternalTaskNotFound`."""
    row = session.execute(external_statement().where(JobRow.id == task_id)).one_or_none()
    if row is None:
        raise ExternalTaskNotFound
    return described(*row)


def error_details(session: Session, task_id: str) -> str | None:
    """What the worker has told about the last failure."""
    return _job(session, task_id).error_details


def set_priority(session: Session, task_id: str, priority: int) -> None:
    """Let work be fetched earlier (higher) or later."""
    _job(session, task_id).priority = priority
    session.flush()


def external_statement() -> Select[JobRow, CaseRow, DefinitionRow]:
    """External work with its case and the version of its process."""
    return (
        select(JobRow, CaseRow, DefinitionRow)
        .join(CaseRow, CaseRow.id == JobRow.case_id)
        .join(DefinitionRow, DefinitionRow.id == CaseRow.definition_id)
        .where(is_external())
    )


def is_external() -> ColumnElement[bool]:
    """Written out, so that the database knows that its index of external work fits."""
    return JobRow.kind == literal_column("'external'")


def described(job: JobRow, case: CaseRow, definition: DefinitionRow) -> ExternalTask:
    """The rows as the value that leaves the engine."""
    return ExternalTask(
        id=job.id,
        topic=job.topic,
        case_id=case.id,
        element_id=job.element_id,
        definition_id=case.definition_id,
        definition_key=case.definition_key,
        business_key=case.business_key,
        retries=job.retries,
        priority=job.priority,
        worker=job.locked_by,
        locked_until=job.locked_until,
        created_at=job.created_at,
        suspended=job.suspended,
        error=job.error,
        token_id=job.token_id or "",
        definition_version=definition.version,
        version_tag=definition.version_tag,
    )


def _job(session: Session, task_id: str) -> JobRow:
    job = session.get(JobRow, task_id, populate_existing=True)
    if job is None or job.kind != "external":
        raise ExternalTaskNotFound
    return job


def _held(session: Session, task_id: str, worker: str) -> JobRow:
    """The job of a worker that holds it. That the lock has run out does no harm while nobody else has taken it."""
    job = _job(session, task_id)
    if job.locked_by != worker:
        raise LockedByAnother(job.locked_by)
    return job


def _not_suspended(job: JobRow) -> None:
    if job.suspended:
        raise CaseSuspended
