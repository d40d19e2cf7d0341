# SPDX-License-Identifier: EUPL-1.2
"""Writing what a batch changed into the rows that are asked for: tasks, jobs, subscriptions, history.

A handful of statements whatever the model's size: rows of one kind travel together.
"""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from engine.chronicle import JOB_COLUMNS, TASK_COLUMNS, Closed, closed_job, closed_task, lines
from engine.db import after_commit
from engine.identity import Actor
from engine.models import (
    CandidateRow,
    CandidateUserRow,
    CaseRow,
    HistoryRow,
    IncidentRow,
    JobRow,
    KeptMessageRow,
    SubscriptionRow,
    TaskRow,
)
from engine.places import place_of
from engine.services import Services
from engine.spiff.changes import Changes, NewJob, Outgoing
from engine.values import pack


def store_changes(
    session: Session,
    services: Services,
    case: CaseRow,
    changes: Changes,
    by: Actor,
    acted_on: str | None,
    *,
    goes_on: bool = False,
    went_on: bool = False,
) -> None:
    """Bring the projection rows of a case up to date.

    `goes_on`: the batch was full before all tokens waited, so a job goes on with it; `went_on`: such a job is there.
    """
    closed = Closed()
    _store_tasks(session, services, case, changes, closed)
    _store_subscriptions(session, services, case, changes)
    _store_jobs(session, services, case, changes, closed, goes_on=goes_on, went_on=went_on)
    if case.ended_at is not None:
        _settle_what_people_met(session, services, case)
    rows = lines(case, changes, by, acted_on, closed, services.clock.now())
    if rows:
        # Nulls are written too: rows that differ in what is empty would each become a statement.
        session.execute(insert(HistoryRow).execution_options(render_nulls=True), rows)


def _store_tasks(session: Session, services: Services, case: CaseRow, changes: Changes, closed: Closed) -> None:
    if changes.closed_tasks:
        gone = delete(TaskRow).where(TaskRow.id.in_(changes.closed_tasks)).returning(*TASK_COLUMNS)
        closed.tasks = {row.id: closed_task(row) for row in session.execute(gone)}
    if not changes.tasks:
        return
    now = services.clock.now()
    rows = [
        {
            "id": opened.token_id,
            "case_id": case.id,
            "definition_id": case.definition_id,
            "element_id": opened.node.id,
            "name": opened.name[:300],
            "form_key": opened.form_key,
            "assignee": opened.assignee,
            "priority": opened.priority,
            "created_at": now,
            "due_at": opened.due_at,
            "follow_up_at": opened.follow_up_at,
            "description": opened.description,
        }
        for opened in changes.tasks.values()
    ]
    session.execute(insert(TaskRow), rows)
    places = {
        opened.token_id: {"task_id": opened.token_id} | place_of(opened.assignee, opened.priority, opened.due_at, now)
        for opened in changes.tasks.values()
    }
    groups = [
        {**places[opened.token_id], "group_key": group}
        for opened in changes.tasks.values()
        for group in opened.candidate_groups
    ]
    if groups:
        session.execute(insert(CandidateRow), groups)
    people = [
        {**places[opened.token_id], "username": user}
        for opened in changes.tasks.values()
        for user in opened.candidate_users
    ]
    if people:
        session.execute(insert(CandidateUserRow), people)


def _store_jobs(
    session: Session,
    services: Services,
    case: CaseRow,
    changes: Changes,
    closed: Closed,
    *,
    goes_on: bool,
    went_on: bool,
) -> None:
    if changes.closed_jobs:
        gone = delete(JobRow).where(JobRow.token_id.in_(changes.closed_jobs)).returning(*JOB_COLUMNS)
        closed.jobs = {row.token_id: closed_job(row) for row in session.execute(gone)}
        # What a job had failed at is settled with it; the id of such a job is that of its token.
        session.execute(
            update(IncidentRow)
            .where(IncidentRow.job_id.in_(changes.closed_jobs), IncidentRow.resolved_at.is_(None))
            .values(resolved_at=services.clock.now())
            .execution_options(synchronize_session=False)
        )
    if went_on:
        session.execute(delete(JobRow).where(JobRow.id == case.id))
    rows = [_job_row(services, case, job) for job in changes.jobs.values()]
    if goes_on:
        rows.append(_row(services, case, id=case.id, kind="continuation", exclusive=True))
    rows += _sent(session, services, case, changes)
    if rows:
        session.execute(insert(JobRow), rows)
        after_commit(session, services.wake)


def _settle_what_people_met(session: Session, services: Services, case: CaseRow) -> None:
    """Nobody can work on an ended case, so what failed while somebody did is settled; jobs keep what they failed at."""
    session.execute(
        update(IncidentRow)
        .where(IncidentRow.case_id == case.id, IncidentRow.job_id.is_(None), IncidentRow.resolved_at.is_(None))
        .values(resolved_at=services.clock.now())
        .execution_options(synchronize_session=False)
    )


def _job_row(services: Services, case: CaseRow, job: NewJob) -> dict[str, Any]:
    pauses = None if job.pauses is None else ",".join(str(pause.total_seconds()) for pause in job.pauses)
    return _row(
        services,
        case,
        id=job.token_id,
        kind=job.kind,
        token_id=job.token_id,
        element_id=job.node.id,
        topic=job.topic,
        inputs=pack(job.inputs),
        due_at=job.due_at,
        priority=job.priority,
        exclusive=job.exclusive,
        pauses=pauses,
    )


def _row(services: Services, case: CaseRow, **values: Any) -> dict[str, Any]:
    now = services.clock.now()
    usual = {
        "state": "ready",
        "case_id": case.id,
        "token_id": None,
        "element_id": "",
        "topic": "",
        "then": None,
        "inputs": pack({}),
        "created_at": now,
        "due_at": now,
        "attempts": 0,
        "priority": 0,
        "exclusive": False,
        "suspended": case.suspended,
        "pauses": None,
    }
    return usual | values


def _sent(session: Session, services: Services, case: CaseRow, changes: Changes) -> list[dict[str, Any]]:
    """Jobs for what leaves the case after the commit."""
    rows = []
    for outgoing in changes.outgoing:
        if outgoing.kind == "message":
            rows.append(_message_row(services, case, outgoing))
        else:
            rows += _signal_rows(session, services, case, outgoing)
    return rows


def _message_row(services: Services, case: CaseRow, outgoing: Outgoing) -> dict[str, Any]:
    content = {
        "payload": outgoing.payload,
        "key": outgoing.correlation_key,
        "business_key": outgoing.business_key,
        "keep_for": outgoing.keep_for,
    }
    return _row(
        services,
        case,
        id=str(uuid4()),
        kind="message",
        topic=outgoing.name,
        element_id=outgoing.node.id,
        inputs=pack(content),
    )


def _signal_rows(session: Session, services: Services, case: CaseRow, outgoing: Outgoing) -> list[dict[str, Any]]:
    """One job for each catcher in other cases, and for each start event; the calling cases have heard it already."""
    waiting = session.execute(
        select(SubscriptionRow.id, SubscriptionRow.case_id, SubscriptionRow.definition_id, SubscriptionRow.element_id)
        .where(SubscriptionRow.kind == "signal", SubscriptionRow.name == outgoing.name)
        .where(SubscriptionRow.case_id.is_distinct_from(case.id))
    ).all()
    heard = set(callers(session, case)) if case.parent_id is not None else set()
    content = {"variables": outgoing.payload, "business_key": outgoing.business_key}
    return [
        _row(
            services,
            case,
            id=str(uuid4()),
            kind="signal",
            case_id=case_id,
            definition_id=definition_id,
            topic=outgoing.name,
            element_id=element_id,
            inputs=pack({"token": token_id, **content}),
        )
        for token_id, case_id, definition_id, element_id in waiting
        if case_id not in heard
    ]


def callers(session: Session, case: CaseRow) -> Iterator[str]:
    """The ids of the case that called this one, of the one that called that, and so on."""
    above = case.parent_id
    while above is not None:
        yield above
        above = session.scalar(select(CaseRow.parent_id).where(CaseRow.id == above))


def await_signal(session: Session, name: str, case_ids: set[str]) -> set[str]:
    """Which of these cases have stored that they wait for a signal."""
    waiting = select(SubscriptionRow.case_id).where(SubscriptionRow.kind == "signal", SubscriptionRow.name == name)
    return {str(case_id) for case_id in session.scalars(waiting.where(SubscriptionRow.case_id.in_(case_ids)))}


def _store_subscriptions(session: Session, services: Services, case: CaseRow, changes: Changes) -> None:
    if changes.closed_subscriptions:
        session.execute(delete(SubscriptionRow).where(SubscriptionRow.id.in_(changes.closed_subscriptions)))
    if not changes.subscriptions:
        return
    rows = [
        {
            "id": subscription.token_id,
            "kind": subscription.kind,
            "case_id": case.id,
            "element_id": subscription.node.id,
            "name": subscription.name,
            "correlation_key": subscription.correlation_key,
            "created_at": services.clock.now(),
        }
        for subscription in changes.subscriptions.values()
    ]
    session.execute(insert(SubscriptionRow), rows)
    _look_for_kept(
        session, services, case, {one.name for one in changes.subscriptions.values() if one.kind == "message"}
    )


def _look_for_kept(session: Session, services: Services, case: CaseRow, names: set[str]) -> None:
    """Messages that came too early are tried again now."""
    if not names:
        return
    kept = session.execute(select(KeptMessageRow.id, KeptMessageRow.name).where(KeptMessageRow.name.in_(names))).all()
    rows = [
        _row(services, case, id=str(uuid4()), kind="message", topic=name, inputs=pack({"kept": message_id}))
        for message_id, name in kept
    ]
    if rows:
        session.execute(insert(JobRow), rows)
        after_commit(session, services.wake)
