# SPDX-License-Identifier: EUPL-1.2
"""Looking at cases: does each one's state load, and are its rows those that its tokens need?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.definitions import load_definition
from engine.incidents import reason_of
from engine.models import CaseRow, CaseStateRow, IncidentRow, JobRow, SubscriptionRow, TaskRow
from engine.services import Services
from engine.spiff.state import set_up, stored_state
from engine.verify.findings import Finding
from engine.verify.standing import Rows, rows_of


@dataclass
class Batch:
    """Some cases with all of their rows."""

    cases: Sequence[CaseRow]
    states: dict[str, bytes]
    tasks: dict[str, list[Any]]
    jobs: dict[str, list[Any]]
    subscriptions: dict[str, list[Any]]
    #: Open ones.
    incidents: dict[str, list[Any]]
    #: State and calling token of the cases that these have called, and the states of those that have called these.
    called: dict[str, Any]
    callers: dict[str, str]
    #: By case, for whoever looks at their history: tokens that are there still. Missing: nobody could tell.
    live: dict[str, set[str]] = field(default_factory=dict)


def read_batch(session: Session, cases: Sequence[CaseRow]) -> Batch:
    """All that is known of these cases but their history, in a handful of statements."""
    ids = [case.id for case in cases]
    states = select(CaseStateRow.case_id, CaseStateRow.content).where(CaseStateRow.case_id.in_(ids))
    jobs = select(JobRow.case_id, JobRow.id, JobRow.token_id, JobRow.kind, JobRow.state, JobRow.element_id)
    subscriptions = select(SubscriptionRow.case_id, SubscriptionRow.id, SubscriptionRow.kind, SubscriptionRow.name)
    incidents = select(IncidentRow.case_id, IncidentRow.id, IncidentRow.job_id).where(IncidentRow.resolved_at.is_(None))
    called = select(CaseRow.id, CaseRow.parent_id, CaseRow.parent_token, CaseRow.state)
    callers = select(CaseRow.id, CaseRow.state).where(CaseRow.id.in_([case.parent_id for case in cases]))
    return Batch(
        cases,
        {row.case_id: row.content for row in session.execute(states)},
        _by_case(session, select(TaskRow.case_id, TaskRow.id, TaskRow.element_id, TaskRow.definition_id), TaskRow, ids),
        _by_case(session, jobs, JobRow, ids),
        _by_case(session, subscriptions.add_columns(SubscriptionRow.element_id), SubscriptionRow, ids),
        _by_case(session, incidents, IncidentRow, ids),
        {row.id: row for row in session.execute(called.where(CaseRow.parent_id.in_(ids)))},
        {row.id: row.state for row in session.execute(callers)},
    )


def _by_case(session: Session, statement: Any, table: Any, ids: Sequence[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in session.execute(statement.where(table.case_id.in_(ids))):
        found.setdefault(row.case_id, []).append(row)
    return found


def check_batch(session: Session, services: Services, batch: Batch) -> Iterator[Finding]:
    """What is wrong with these cases."""
    for case in batch.cases:
        yield from _family_findings(batch, case)
        yield from _job_findings(batch, case)
        if case.state == "active":
            yield from _active_findings(session, services, batch, case)
        else:
            yield from _ended_findings(batch, case)


def _family_findings(batch: Batch, case: CaseRow) -> Iterator[Finding]:
    if (case.state == "active") != (case.ended_at is None):
        yield _found(case, "end_unclear")
    if case.parent_id is None:
        return
    caller = batch.callers.get(case.parent_id)
    if caller is None:
        yield _found(case, "caller_missing")
    elif case.state == "active" and caller != "active":
        yield _found(case, "caller_ended")


def _job_findings(batch: Batch, case: CaseRow) -> Iterator[Finding]:
    jobs = {job.id: job for job in batch.jobs.get(case.id, ())}
    incidents = batch.incidents.get(case.id, ())
    noted = {incident.job_id for incident in incidents}
    for job in jobs.values():
        if job.state == "failed" and job.id not in noted:
            yield _found(case, "failure_unseen", element=job.element_id, job=job.id)
    for incident in incidents:
        if incident.job_id is not None and incident.job_id not in jobs:
            yield _found(case, "incident_left", incident=str(incident.id))


def _ended_findings(batch: Batch, case: CaseRow) -> Iterator[Finding]:
    """Nothing of an ended case is left to do, but what it has sent on its way."""
    batch.live[case.id] = set()
    for task in batch.tasks.get(case.id, ()):
        yield _found(case, "task_left", element=task.element_id, token=task.id)
    for job in batch.jobs.get(case.id, ()):
        if job.token_id is not None or job.kind == "continuation":
            yield _found(case, "job_left", element=job.element_id, token=job.id)
    for subscription in batch.subscriptions.get(case.id, ()):
        yield _found(case, "subscription_left", element=subscription.element_id, token=subscription.id)
    for incident in batch.incidents.get(case.id, ()):
        if incident.job_id is None:
            yield _found(case, "incident_left", incident=str(incident.id))
    content = batch.states.get(case.id)
    try:
        left = stored_state(content)["tokens"] if content is not None else None
    except Exception as trouble:
        yield _found(case, "state_unreadable", cause=reason_of(trouble))
        return
    if left is None:
        yield _found(case, "state_missing")
    elif left:
        yield _found(case, "tokens_left")


def _active_findings(session: Session, services: Services, batch: Batch, case: CaseRow) -> Iterator[Finding]:
    content = batch.states.get(case.id)
    if content is None:
        yield _found(case, "state_missing")
        return
    try:
        definition = load_definition(session, services, case.definition_id)
    except Exception as trouble:
        yield _found(case, "definition_unreadable", cause=reason_of(trouble))
        return
    if definition.key != case.definition_key:
        yield _found(case, "definition_differs", definition=definition.key)
    try:
        stored = stored_state(content)
        workflow = set_up(definition.spec, stored)
    except Exception as trouble:
        yield _found(case, "state_unreadable", cause=reason_of(trouble))
        return
    rows = rows_of(workflow, {token: state for token, _, state, *_ in stored["tokens"]})
    batch.live[case.id] = set(rows.elements)
    if not rows.elements:
        yield _found(case, "nothing_left")
    yield from _task_findings(batch, case, rows)
    yield from _work_findings(batch, case, rows)
    yield from _subscription_findings(batch, case, rows)
    yield from _called_findings(batch, case, rows)


def _task_findings(batch: Batch, case: CaseRow, rows: Rows) -> Iterator[Finding]:
    there = {task.id: task for task in batch.tasks.get(case.id, ())}
    for token in rows.tasks - set(there):
        yield _found(case, "task_missing", element=rows.elements[token], token=token)
    for token, task in there.items():
        if token not in rows.tasks:
            yield _found(case, "task_left", element=task.element_id, token=token)
        elif (task.element_id, task.definition_id) != (rows.elements[token], case.definition_id):
            yield _found(case, "task_differs", element=task.element_id, token=token)


def _work_findings(batch: Batch, case: CaseRow, rows: Rows) -> Iterator[Finding]:
    """Work, timers and continuations of tokens; and the job that goes on with a batch that was full."""
    there = {job.token_id: job for job in batch.jobs.get(case.id, ()) if job.token_id is not None}
    for token in set(rows.jobs) - set(there):
        problem = "timer_missing" if rows.jobs[token] == {"timer"} else "job_missing"
        yield _found(case, problem, element=rows.elements[token], token=token)
    for token, job in there.items():
        if token in rows.jobs:
            if job.kind not in rows.jobs[token]:
                yield _found(case, "job_differs", element=job.element_id, token=token)
        elif token not in rows.maybe_jobs:
            yield _found(case, "job_left", element=job.element_id, token=token)
    goes_on = any(job.token_id is None and job.kind == "continuation" for job in batch.jobs.get(case.id, ()))
    if goes_on != rows.under_way:
        yield _found(case, "stands_still" if rows.under_way else "job_left", element="", token=case.id)


def _subscription_findings(batch: Batch, case: CaseRow, rows: Rows) -> Iterator[Finding]:
    there = {subscription.id: subscription for subscription in batch.subscriptions.get(case.id, ())}
    for token in set(rows.subscriptions) - set(there):
        yield _found(case, "subscription_missing", element=rows.elements[token], token=token)
    for token, subscription in there.items():
        if token not in rows.subscriptions:
            yield _found(case, "subscription_left", element=subscription.element_id, token=token)
            continue
        kind, name = rows.subscriptions[token]
        if subscription.kind != kind or name not in (None, subscription.name):
            yield _found(case, "subscription_differs", element=subscription.element_id, token=token)


def _called_findings(batch: Batch, case: CaseRow, rows: Rows) -> Iterator[Finding]:
    for token, called in rows.called.items():
        row = batch.called.get(called)
        if row is None or row.state != "active" or row.parent_token != token:
            yield _found(case, "called_missing", element=rows.elements[token], token=token)


def _found(case: CaseRow, problem: str, **details: str) -> Finding:
    return Finding(problem, case.reference, details)
