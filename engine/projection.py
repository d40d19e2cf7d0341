# SPDX-License-Identifier: EUPL-1.2
"""Writing what a batch changed into the rows that are asked for: tasks, jobs, subscriptions, history.

A handful of statements whatever the model's size: rows of one kind travel together.
"""

from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from engine.db import after_commit
from engine.history import plain_details
from engine.identity import SYSTEM, Actor
from engine.models import CandidateRow, CaseRow, HistoryRow, JobRow, SubscriptionRow, TaskRow
from engine.services import Services
from engine.spiff.changes import Changes, Entry
from engine.values import pack


def store_changes(
    session: Session, services: Services, case: CaseRow, changes: Changes, by: Actor, acted_on: str | None
) -> None:
    """Bring the projection rows of a case up to date."""
    _store_tasks(session, services, case, changes)
    _store_jobs(session, services, case, changes)
    _store_subscriptions(session, services, case, changes)
    now = services.clock.now()
    rows = [
        _history_row(entry, case, by if _is_act(entry, acted_on) else SYSTEM) | {"at": now} for entry in changes.entries
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
            "name": opened.node.label,
            "form_key": opened.node.form_key,
            "assignee": opened.assignee,
            "priority": opened.priority,
            "created_at": services.clock.now(),
            "due_at": opened.due_at,
            "follow_up_at": opened.follow_up_at,
        }
        for opened in changes.tasks.values()
    ]
    session.execute(insert(TaskRow), rows)
    candidates = [
        {"task_id": opened.token_id, "group_key": group}
        for opened in changes.tasks.values()
        for group in opened.node.candidate_groups
    ]
    if candidates:
        session.execute(insert(CandidateRow), candidates)


def _store_jobs(session: Session, services: Services, case: CaseRow, changes: Changes) -> None:
    if changes.closed_jobs:
        session.execute(delete(JobRow).where(JobRow.token_id.in_(changes.closed_jobs)))
    if not changes.jobs:
        return
    rows = [
        {
            "id": job.token_id,
            "kind": job.kind,
            "state": "ready",
            "case_id": case.id,
            "token_id": job.token_id,
            "element_id": job.node.id,
            "topic": job.node.topic or "",
            "then": None,
            "inputs": pack(job.inputs),
            "created_at": services.clock.now(),
            "due_at": job.due_at,
            "attempts": 0,
        }
        for job in changes.jobs.values()
    ]
    session.execute(insert(JobRow), rows)
    after_commit(session, services.wake)


def _store_subscriptions(session: Session, services: Services, case: CaseRow, changes: Changes) -> None:
    if changes.closed_subscriptions:
        session.execute(delete(SubscriptionRow).where(SubscriptionRow.token_id.in_(changes.closed_subscriptions)))
    if not changes.subscriptions:
        return
    rows = [
        {
            "token_id": subscription.token_id,
            "case_id": case.id,
            "element_id": subscription.node.id,
            "name": subscription.node.message,
            "correlation_key": subscription.correlation_key,
            "created_at": services.clock.now(),
        }
        for subscription in changes.subscriptions.values()
    ]
    session.execute(insert(SubscriptionRow), rows)


def _is_act(entry: Entry, acted_on: str | None) -> bool:
    if entry.kind in ("case_started", "case_cancelled"):
        return True
    return entry.token_id is not None and entry.token_id == acted_on


def _history_row(entry: Entry, case: CaseRow, actor: Actor) -> dict[str, Any]:
    node = entry.node
    return {
        "case_id": case.id,
        "kind": entry.kind,
        "token_id": entry.token_id,
        "element_id": node.id if node else "",
        "element_name": node.name if node else "",
        "element_type": node.type if node else "",
        "actor": actor.name,
        "details": plain_details(entry.details),
    }
