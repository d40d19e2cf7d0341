# SPDX-License-Identifier: EUPL-1.2
"""Writing what a batch changed into the rows that are asked for: tasks, jobs, subscriptions, history.

A handful of statements whatever the model's size: rows of one kind travel together.
"""

from typing import Any
from uuid import uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from engine.db import after_commit
from engine.history import plain_details
from engine.identity import SYSTEM, Actor
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
from engine.services import Services
from engine.spiff.changes import Changes, Entry, NewJob, Outgoing
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
    _store_tasks(session, services, case, changes)
    _store_subscriptions(session, services, case, changes)
    _store_jobs(session, services, case, changes, goes_on=goes_on, went_on=went_on)
    now = services.clock.now()
    rows = [
        _history_row(entry, case, by if _is_act(entry, acted_on) else SYSTEM, changes) | {"at": now}
        for entry in changes.entries
    ]
    if rows:
        session.execute(insert(HistoryRow), rows)


def _store_tasks(session: Session, services: Services, case: CaseRow, changes: Changes) -> None:
    if changes.closed_tasks:
        session.execute(delete(TaskRow).where(TaskRow.id.in_(changes.closed_tasks)))
    if not changes.tasks:
        return
    rows = [
        {
            "id": opened.token_id,
            "case_id": case.id,
            "definition_id": case.definition_id,
            "element_id": opened.node.id,
            "name": opened.name[:300],
            "form_key": opened.node.form_key,
            "assignee": opened.assignee,
            "priority": opened.priority,
            "created_at": services.clock.now(),
            "due_at": opened.due_at,
            "follow_up_at": opened.follow_up_at,
            "description": opened.description,
        }
        for opened in changes.tasks.values()
    ]
    session.execute(insert(TaskRow), rows)
    groups = [
        {"task_id": opened.token_id, "group_key": group}
        for opened in changes.tasks.values()
        for group in opened.candidate_groups
    ]
    if groups:
        session.execute(insert(CandidateRow), groups)
    people = [
        {"task_id": opened.token_id, "username": user}
        for opened in changes.tasks.values()
        for user in opened.candidate_users
    ]
    if people:
        session.execute(insert(CandidateUserRow), people)


def _store_jobs(
    session: Session, services: Services, case: CaseRow, changes: Changes, *, goes_on: bool, went_on: bool
) -> None:
    if changes.closed_jobs:
        session.execute(delete(JobRow).where(JobRow.token_id.in_(changes.closed_jobs)))
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
    """One job for each catcher in other cases, and for each start event."""
    waiting = session.execute(
        select(SubscriptionRow.id, SubscriptionRow.case_id, SubscriptionRow.definition_id, SubscriptionRow.element_id)
        .where(SubscriptionRow.kind == "signal", SubscriptionRow.name == outgoing.name)
        .where(SubscriptionRow.case_id.is_distinct_from(case.id))
    ).all()
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
            inputs=pack({"token": token_id, "variables": outgoing.payload}),
        )
        for token_id, case_id, definition_id, element_id in waiting
    ]


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


def _is_act(entry: Entry, acted_on: str | None) -> bool:
    if entry.kind in ("case_started", "case_cancelled", "case_modified", "case_migrated"):
        return True
    return entry.token_id is not None and entry.token_id == acted_on


def _history_row(entry: Entry, case: CaseRow, actor: Actor, changes: Changes) -> dict[str, Any]:
    node = entry.node
    # The name of a task may be computed; where it opens, the history has it as people read it.
    opened = changes.tasks.get(entry.token_id or "")
    name = opened.name[:300] if opened else node.name if node else ""
    return {
        "case_id": case.id,
        "kind": entry.kind,
        "token_id": entry.token_id,
        "parent_token": entry.parent_id,
        "element_id": node.id if node else "",
        "element_name": name,
        "element_type": node.type if node else "",
        "actor": actor.name,
        "details": plain_details(entry.details),
    }
