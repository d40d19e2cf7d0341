# SPDX-License-Identifier: EUPL-1.2
"""Jobs from the outside: what has to happen later, when, and what has gone wrong with it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.errors import JobNotFound
from engine.leases import pauses_of
from engine.models import BatchRow, CaseRow, DefinitionRow, HistoryRow, IncidentRow, JobRow
from engine.queries.criteria import (
    Criterion,
    at_least,
    at_most,
    definition_number,
    equal,
    given,
    moments,
    of_case,
    one_of,
)
from engine.queries.listing import AnyRow, Asked, Listing


@dataclass(frozen=True)
class JobLine:
    """One job in a list."""

    id: str
    kind: str
    case_id: str | None
    definition_id: int | None
    definition_key: str | None
    definition_version: int | None
    token_id: str | None
    element_id: str
    #: Attempts that are left.
    retries: int
    #: Why it has failed.
    reason: str | None
    failed_element: str | None
    due_at: datetime
    created_at: datetime
    suspended: bool
    priority: int
    locked_until: datetime | None


TIMERS = ("timer", "start")
_OPEN = and_(IncidentRow.job_id == JobRow.id, IncidentRow.resolved_at.is_(None))
_GIVEN_UP = select(func.max(IncidentRow.reason)).where(_OPEN).correlate(JobRow).scalar_subquery()
_GIVEN_UP_AT = select(func.max(IncidentRow.element_id)).where(_OPEN).correlate(JobRow).scalar_subquery()
_failure = aliased(HistoryRow, name="failure")
_LAST = (
    select(func.max(HistoryRow.id))
    .where(HistoryRow.token_id == func.coalesce(JobRow.token_id, JobRow.id), HistoryRow.kind == "job_failed")
    .where(HistoryRow.case_id == JobRow.case_id)
    .correlate(JobRow)
    .scalar_subquery()
)
#: Why it failed at last: what it was given up for, else what the history tells of an attempt after which others follow.
_REASON = func.coalesce(_GIVEN_UP, _failure.details["error"].as_string())
_FAILED_AT = func.coalesce(_GIVEN_UP_AT, _failure.details["failed_element"].as_string())
#: Of the case, else of the start event that waits for its time.
_DEFINITION = func.coalesce(CaseRow.definition_id, JobRow.definition_id)


_HAS_REASON = or_(exists().where(_OPEN), _failure.id.is_not(None))


def listing(now: datetime) -> Listing:
    """The list of jobs; which of them can be run depends on the time."""
    return Listing(
        select(JobRow, DefinitionRow.id, DefinitionRow.key, DefinitionRow.version, _REASON, _FAILED_AT)
        .outerjoin(CaseRow, CaseRow.id == JobRow.case_id)
        .outerjoin(DefinitionRow, DefinitionRow.id == _DEFINITION)
        .outerjoin(_failure, and_(JobRow.attempts > 0, _failure.id == _LAST))
        .where(JobRow.kind != "external"),
        {
            **of_case(DefinitionRow.id, DefinitionRow.key),
            "jobId": equal(JobRow.id),
            "jobIds": one_of(JobRow.id),
            "jobDefinitionId": Criterion("text", _of_job_definition),
            "executionId": equal(JobRow.token_id),
            "executionIds": one_of(JobRow.token_id),
            "activityId": equal(JobRow.element_id),
            "timers": given(JobRow.kind.in_(TIMERS)),
            "messages": given(JobRow.kind.not_in(TIMERS)),
            "withRetriesLeft": given(JobRow.state == "ready"),
            "noRetriesLeft": given(JobRow.state == "failed"),
            "executable": given(and_(JobRow.state == "ready", JobRow.due_at <= now)),
            "withException": given(_HAS_REASON),
            "exceptionMessage": equal(_REASON),
            "failedActivityId": equal(_FAILED_AT),
            "dueDates": moments(JobRow.due_at),
            "createTimes": moments(JobRow.created_at),
            "active": given(JobRow.suspended.is_(False)),
            "suspended": given(JobRow.suspended.is_(True)),
            "priorityHigherThanOrEquals": at_least(JobRow.priority),
            "priorityLowerThanOrEquals": at_most(JobRow.priority),
        },
        {
            "jobId": JobRow.id,
            "jobDueDate": JobRow.due_at,
            "jobRetries": -JobRow.attempts,
            "executionId": JobRow.token_id,
            "processInstanceId": JobRow.case_id,
            "processDefinitionId": DefinitionRow.id,
            "processDefinitionKey": DefinitionRow.key,
            "jobPriority": JobRow.priority,
            "tenantId": DefinitionRow.id,
        },
        (JobRow.created_at, JobRow.id),
        func.coalesce(DefinitionRow.key, ""),
    )


def job_definition_id(definition_id: int, element_id: str, kind: str) -> str:
    """What jobs of one kind at one element have in common."""
    return f"{definition_id}:{'timer' if kind in TIMERS else 'async'}:{element_id}"


def _of_job_definition(text: str) -> ColumnElement[bool]:
    number, _, rest = text.partition(":")
    kind, _, element_id = rest.partition(":")
    kinds = JobRow.kind.in_(TIMERS) if kind == "timer" else JobRow.kind.not_in(TIMERS)
    return and_(DefinitionRow.id == definition_number(number), JobRow.element_id == element_id, kinds)


def jobs(session: Session, now: datetime, asked: Asked) -> list[JobLine]:
    """The jobs that fit."""
    return [_line(row) for row in listing(now).rows(session, asked)]


def job_count(session: Session, now: datetime, asked: Asked) -> int:
    """How many fit."""
    return listing(now).count(session, asked)


def find_job(session: Session, job_id: str) -> JobLine:
    """One job, or `JobNotFound`."""
    row = session.execute(listing(datetime.min).narrowed(Asked({"jobId": job_id}))).one_or_none()
    if row is None:
        raise JobNotFound
    return _line(row)


def key_of_job(session: Session, line: JobLine) -> str:
    """By which grants this job is reached: the key of its process, of its batch's process, or * for none."""
    if line.kind == "batch":
        return session.scalar(select(BatchRow.key).where(BatchRow.id == line.id)) or "*"
    return line.definition_key or "*"


def _line(row: AnyRow) -> JobLine:
    job, definition_id, key, version, reason, failed_at = row
    return JobLine(
        id=job.id,
        kind=job.kind,
        case_id=job.case_id,
        definition_id=definition_id,
        definition_key=key,
        definition_version=version,
        token_id=job.token_id,
        element_id=job.element_id,
        retries=0 if job.state == "failed" else max(1, len(pauses_of(job)) + 1 - job.attempts),
        reason=reason,
        failed_element=failed_at,
        due_at=job.due_at,
        created_at=job.created_at,
        suspended=job.suspended,
        priority=job.priority,
        locked_until=job.locked_until,
    )
