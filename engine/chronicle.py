# SPDX-License-Identifier: EUPL-1.2
"""What a batch leaves in the history: what happened in the case, and the details that only programs ask for.

All lines of a batch travel in one statement.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from engine.history import plain_details
from engine.identity import SYSTEM, Actor
from engine.models import CaseRow, JobRow, TaskRow
from engine.spiff.changes import Changes, Entry, NewJob, VariableChange
from engine.values import to_json

#: A value whose JSON is longer is not kept in the history: only that it was changed.
LONGEST_VALUE = 4_000
LONGEST_DESCRIPTION = 1_000


@dataclass
class Closed:
    """The rows that a batch has taken away, as they were at last."""

    #: By their tokens: what is known of tasks and jobs when they are over.
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)


#: Lines that are about the case as a whole, and name whoever moved it.
_ACTS = frozenset(
    {"case_started", "case_adopted", "case_cancelled", "case_modified", "case_migrated", "variables_changed"}
)
#: What is read of rows while they are deleted.
TASK_COLUMNS = (
    TaskRow.id,
    TaskRow.assignee,
    TaskRow.owner,
    TaskRow.priority,
    TaskRow.due_at,
    TaskRow.follow_up_at,
    TaskRow.description,
)
JOB_COLUMNS = (
    JobRow.id,
    JobRow.token_id,
    JobRow.kind,
    JobRow.topic,
    JobRow.element_id,
    JobRow.priority,
    JobRow.due_at,
    JobRow.retries,
    JobRow.locked_by,
)


def closed_task(row: Any) -> dict[str, Any]:
    """What the history keeps of a task that is over; what is empty is left out."""
    about = {
        "assignee": row.assignee,
        "owner": row.owner,
        "priority": row.priority,
        "due": moment(row.due_at),
        "follow_up": moment(row.follow_up_at),
        "description": row.description[:LONGEST_DESCRIPTION],
    }
    return {name: value for name, value in about.items() if value not in (None, "")}


def closed_job(row: Any) -> dict[str, Any]:
    """What the history keeps of a job that is over."""
    about = _about_job(row.kind, row.topic, row.priority, row.due_at)
    about |= {"element": row.element_id, "retries": row.retries, "worker": row.locked_by}
    return {name: value for name, value in about.items() if value is not None}


def moment(at: datetime | None) -> str | None:
    """A moment as a text that sorts like moments do."""
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def lines(
    case: CaseRow, changes: Changes, by: Actor, acted_on: str | None, closed: Closed, now: datetime
) -> list[dict[str, Any]]:
    """The rows to add to the history."""
    rows = [_happened(entry, changes, by if _is_act(entry, acted_on) else SYSTEM, closed) for entry in changes.entries]
    begins = bool(changes.entries) and changes.entries[0].kind == "case_started"
    rows += [_variable(owner, name, change, begins) for (owner, name), change in changes.variables.items()]
    rows += [_begun(job) for job in changes.jobs.values()]
    rows += _over(changes, closed, acted_on)
    return [{"case_id": case.id, "at": now} | row for row in rows]


def _happened(entry: Entry, changes: Changes, actor: Actor, closed: Closed) -> dict[str, Any]:
    node = entry.node
    # The name of a task may be computed; where it opens, the history has it as people read it.
    opened = changes.tasks.get(entry.token_id or "")
    name = opened.name[:300] if opened else node.name if node else ""
    details = entry.details
    if opened is not None and entry.kind == "entered":
        offered = {"groups": list(opened.candidate_groups), "users": list(opened.candidate_users)}
        about = {**offered, "assigned": opened.assignee}
        details = {**details, **{name: value for name, value in about.items() if value}}
    if entry.kind in ("completed", "cancelled") and entry.token_id in closed.tasks:
        details = {**details, "task": closed.tasks[entry.token_id]}
    return {
        "kind": entry.kind,
        "token_id": entry.token_id,
        "parent_token": entry.parent_id,
        "element_id": node.id if node else "",
        "element_name": name,
        "element_type": node.type if node else "",
        "event": node.event if node else None,
        "actor": actor.name,
        "details": plain_details(details),
    }


def _is_act(entry: Entry, acted_on: str | None) -> bool:
    if entry.kind in _ACTS:
        return True
    return entry.token_id is not None and entry.token_id == acted_on


def _variable(owner: str | None, name: str, change: VariableChange, begins: bool) -> dict[str, Any]:
    about: dict[str, Any] = {"name": name, "change": change.kind}
    about |= {"initial": True} if begins and change.early else {}
    about |= {"whole": True} if change.whole else {}
    if change.kind != "delete":
        value = to_json(change.value)
        is_long = isinstance(value, str | list | dict) and len(json.dumps(value)) > LONGEST_VALUE
        about |= {"is_long": True} if is_long else {"value": value}
    node = change.node
    element = {"element_id": node.id if node else "", "element_type": node.type if node else ""}
    return _detail("variable_written", owner, about, **element)


def _begun(job: NewJob) -> dict[str, Any]:
    about = _about_job(job.kind, job.topic, job.priority, job.due_at)
    kind = "external_created" if job.kind == "external" else "job_created"
    return _detail(kind, job.token_id, about, element_id=job.node.id, element_type=job.node.type)


def _over(changes: Changes, closed: Closed, acted_on: str | None) -> Iterator[dict[str, Any]]:
    """Of the jobs that are gone: the one that moved the case is done, and those whose elements are; others are not."""
    done = {acted_on} | {entry.token_id for entry in changes.entries if entry.kind in ("completed", "body_completed")}
    cancelled = {entry.token_id for entry in changes.entries if entry.kind == "cancelled"}
    for token_id, about in closed.jobs.items():
        goes_on = about["job"] == "continuation" and token_id not in cancelled
        kind = "external" if about["job"] == "external" else "job"
        end = "done" if token_id in done or goes_on else "withdrawn"
        told = {name: value for name, value in about.items() if name != "element"}
        yield _detail(f"{kind}_{end}", token_id, told, element_id=about.get("element", ""))


def _about_job(kind: str, topic: str, priority: int, due_at: datetime) -> dict[str, Any]:
    about = {"job": kind, "topic": topic, "priority": priority, "due": moment(due_at)}
    return {name: value for name, value in about.items() if value}


def _detail(
    kind: str, token_id: str | None, details: Mapping[str, Any], *, element_id: str = "", element_type: str = ""
) -> dict[str, Any]:
    return {
        "kind": kind,
        "token_id": token_id,
        "parent_token": None,
        "element_id": element_id,
        "element_name": "",
        "element_type": element_type,
        "event": None,
        "actor": "",
        "details": dict(details),
    }
