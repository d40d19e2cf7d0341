# SPDX-License-Identifier: EUPL-1.2
"""External work from the outside: lists with conditions, counts, and the topics that there are."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from engine.external import ExternalTask, described, external_statement, is_external
from engine.models import CaseRow, JobRow
from engine.queries.criteria import after, at_least, at_most, before, equal, given, of_case, one_of
from engine.queries.listing import Asked, Listing


def _locked(now: datetime) -> ColumnElement[bool]:
    return and_(JobRow.locked_until.is_not(None), JobRow.locked_until > now)


def _not_locked(now: datetime) -> ColumnElement[bool]:
    return or_(JobRow.locked_until.is_(None), JobRow.locked_until <= now)


_ATTEMPTS_LEFT = or_(JobRow.retries.is_(None), JobRow.retries > 0)


def listing(now: datetime) -> Listing:
    """The list of external work; which of it is locked depends on the time."""
    return Listing(
        external_statement(),
        {
            **of_case(),
            "externalTaskId": equal(JobRow.id),
            "externalTaskIdIn": one_of(JobRow.id),
            "topicName": equal(JobRow.topic),
            "workerId": equal(JobRow.locked_by),
            "locked": given(_locked(now)),
            "notLocked": given(_not_locked(now)),
            "withRetriesLeft": given(_ATTEMPTS_LEFT),
            "noRetriesLeft": given(JobRow.retries == 0),
            "lockExpirationAfter": after(JobRow.locked_until),
            "lockExpirationBefore": before(JobRow.locked_until),
            "activityId": equal(JobRow.element_id),
            "activityIdIn": one_of(JobRow.element_id),
            "executionId": equal(JobRow.token_id),
            "active": given(JobRow.suspended.is_(False)),
            "suspended": given(JobRow.suspended.is_(True)),
            "priorityHigherThanOrEquals": at_least(JobRow.priority),
            "priorityLowerThanOrEquals": at_most(JobRow.priority),
        },
        {
            "id": JobRow.id,
            "lockExpirationTime": JobRow.locked_until,
            "processInstanceId": JobRow.case_id,
            "processDefinitionId": CaseRow.definition_id,
            "processDefinitionKey": CaseRow.definition_key,
            "taskPriority": JobRow.priority,
            "createTime": JobRow.created_at,
            "tenantId": CaseRow.definition_id,
        },
        (JobRow.created_at, JobRow.id),
        JobRow.topic,
    )


def external_tasks(session: Session, now: datetime, asked: Asked) -> list[ExternalTask]:
    """The tasks that fit, without what they see."""
    return [described(row[0], row[1], row[2]) for row in listing(now).rows(session, asked)]


def external_count(session: Session, now: datetime, asked: Asked) -> int:
    """How many fit."""
    return listing(now).count(session, asked)


def topics(
    session: Session, now: datetime, *, locked: bool = False, unlocked: bool = False, attempts_left: bool = False
) -> list[str]:
    """The topics of which work is there, by name."""
    statement = select(JobRow.topic).where(is_external()).distinct().order_by(JobRow.topic)
    if locked:
        statement = statement.where(_locked(now))
    if unlocked:
        statement = statement.where(_not_locked(now))
    if attempts_left:
        statement = statement.where(_ATTEMPTS_LEFT)
    return list(session.scalars(statement.limit(10_000)))
