# SPDX-License-Identifier: EUPL-1.2
"""Commands on tasks that programs give: who has a task, on whose behalf, what it says, and who may take it.

Each checks that whoever asks may touch this task, as `engine.tasks` does. History names who asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, exists, insert, literal, select, update
from sqlalchemy.orm import Session

from engine.cases import CaseInfo, change_variables, describe
from engine.errors import BpmnError, CaseHasEnded, TaskAlreadyCompleted
from engine.history import record
from engine.identity import Actor
from engine.models import CandidateRow, CandidateUserRow, TaskRow
from engine.movement import moving
from engine.places import SORTED_BY, move_in_lists, place_of
from engine.services import Services
from engine.spiff.host import Thrown
from engine.spiff.workflow import TokenGone
from engine.tasks import permitted_task, tell_listeners

DELEGATIONS = ("pending", "resolved")
#: How somebody can be linked to a task.
LinkType = Literal["candidate", "assignee", "owner"]


@dataclass(frozen=True)
class TaskChanges:
    """All that can be changed about an open task, as it shall be."""

    name: str
    description: str
    assignee: str | None
    owner: str | None
    delegation: str | None
    priority: int
    due_at: datetime | None
    follow_up_at: datetime | None


@dataclass(frozen=True)
class Link:
    """Somebody, or a group, and what they have to do with a task."""

    type: LinkType
    user: str | None = None
    group: str | None = None


def assign_task(session: Session, services: Services, task_id: str, name: str | None, by: Actor) -> None:
    """Give a task to somebody, whoever has it now, or to nobody."""
    task = permitted_task(session, task_id, by)
    if task.assignee == name:
        return
    _change(session, services, task, assignee=name)
    kind = "task_assigned" if name is not None else "task_released"
    _record(session, services, task, kind, by, assignee=name, before=task.assignee)
    tell_listeners(session, services, task, by)


def delegate_task(session: Session, services: Services, task_id: str, name: str, by: Actor) -> None:
    """Let somebody else do a task for the one who has it, who gets it back then."""
    task = permitted_task(session, task_id, by)
    owner = task.owner or task.assignee
    _change(session, services, task, assignee=name, owner=owner, delegation="pending")
    _record(session, services, task, "task_delegated", by, assignee=name, before=task.assignee, owner=owner)
    tell_listeners(session, services, task, by)


def resolve_task(session: Session, services: Services, task_id: str, variables: Mapping[str, Any], by: Actor) -> None:
    """A delegated task is done, with these variables; it goes back to its owner, who completes it."""
    task = permitted_task(session, task_id, by)
    if variables:
        change_task_variables(session, services, task_id, variables, by)
    _change(session, services, task, assignee=task.owner, delegation="resolved")
    _record(session, services, task, "task_resolved", by, assignee=task.owner, before=task.assignee)
    tell_listeners(session, services, task, by)


def update_task(session: Session, services: Services, task_id: str, changes: TaskChanges, by: Actor) -> None:
    """Let a task be like this."""
    task = permitted_task(session, task_id, by)
    new = {each.name: getattr(changes, each.name) for each in fields(changes)}
    changed = {name: value for name, value in new.items() if value != getattr(task, name)}
    if not changed:
        return
    _change(session, services, task, **changed)
    _record(session, services, task, "task_changed", by, names=sorted(changed))
    tell_listeners(session, services, task, by, "assignment" if "assignee" in changed else "update")


def change_task_variables(
    session: Session,
    services: Services,
    task_id: str,
    values: Mapping[str, Any],
    by: Actor,
    *,
    removed: Iterable[str] = (),
    local: bool = False,
) -> CaseInfo:
    """Set and remove variables from where the task stands; `local`: those of the task's own."""
    task = permitted_task(session, task_id, by)
    try:
        return change_variables(
            session, services, task.case_id, values, by, removed=removed, token_id=task_id, local=local
        )
    except (TokenGone, CaseHasEnded):
        raise TaskAlreadyCompleted from None


def throw_at_task(session: Session, services: Services, task_id: str, error: BpmnError, by: Actor) -> CaseInfo:
    """A task ends with an error of the process, which the model may catch."""
    task = permitted_task(session, task_id, by)
    try:
        with moving(session, services, task.case_id, by) as movement:
            movement.throw(task_id, error)
    except (TokenGone, CaseHasEnded):
        raise TaskAlreadyCompleted from None
    return describe(movement.case)


def escalate_task(
    session: Session, services: Services, task_id: str, code: str, variables: Mapping[str, Any], by: Actor
) -> CaseInfo:
    """Whoever does a task calls for others. The task goes on, unless the model says otherwise."""
    task = permitted_task(session, task_id, by)
    try:
        with moving(session, services, task.case_id, by) as movement:
            movement.throw(task_id, Thrown("escalation", code, variables=variables, element_id=task.element_id))
    except (TokenGone, CaseHasEnded):
        raise TaskAlreadyCompleted from None
    return describe(movement.case)


# -- who has to do with a task -------------------------------------------------------------------------------------


def links_of_task(session: Session, task_id: str) -> list[Link]:
    """Who has a task, who owns it, and who may take it."""
    task = session.get(TaskRow, task_id)
    links: list[Link] = []
    if task is not None:
        links += [Link("assignee", task.assignee)] if task.assignee else []
        links += [Link("owner", task.owner)] if task.owner else []
    users = select(CandidateUserRow.username).where(CandidateUserRow.task_id == task_id)
    links += [Link("candidate", user) for user in session.scalars(users.order_by(CandidateUserRow.username))]
    groups = select(CandidateRow.group_key).where(CandidateRow.task_id == task_id)
    return links + [
        Link("candidate", group=group) for group in session.scalars(groups.order_by(CandidateRow.group_key))
    ]


def add_link(session: Session, services: Services, task_id: str, link: Link, by: Actor) -> None:
    """Link somebody or a group to a task. One who has or owns it takes the place of whoever did before."""
    task = permitted_task(session, task_id, by)
    if link.type == "assignee":
        assign_task(session, services, task_id, link.user, by)
    elif link.type == "owner":
        _change(session, services, task, owner=link.user)
    else:
        row, column, name = _candidate(link)
        known = exists().where(row.task_id == task_id, column == name)
        place = {
            "task_id": task_id,
            column.key: name,
            **place_of(task.assignee, task.priority, task.due_at, task.created_at),
        }
        once = select(*(literal(value, row.__table__.c[name].type) for name, value in place.items())).where(~known)
        session.execute(insert(row).from_select(list(place), once))
        _change(session, services, task)
    if link.type != "assignee":
        _record(session, services, task, "task_linked", by, type=link.type, user=link.user, group=link.group)


def remove_link(session: Session, services: Services, task_id: str, link: Link, by: Actor) -> None:
    """Take such a link off, if it is there."""
    task = permitted_task(session, task_id, by)
    if link.type == "assignee":
        if task.assignee == link.user:
            assign_task(session, services, task_id, None, by)
        return
    if link.type == "owner":
        if task.owner != link.user:
            return
        _change(session, services, task, owner=None)
    else:
        row, column, name = _candidate(link)
        session.execute(delete(row).where(row.task_id == task_id, column == name))
        _change(session, services, task)
    _record(session, services, task, "task_unlinked", by, type=link.type, user=link.user, group=link.group)


def _candidate(link: Link) -> tuple[Any, Any, str]:
    if link.group is not None:
        return CandidateRow, CandidateRow.group_key, link.group
    return CandidateUserRow, CandidateUserRow.username, link.user or ""


def _change(session: Session, services: Services, task: TaskRow, **values: Any) -> None:
    """Change the row of a task that is still open."""
    changed = session.execute(
        update(TaskRow)
        .where(TaskRow.id == task.id)
        .values(updated_at=services.clock.now(), **values)
        .returning(*SORTED_BY)
        # The caller goes on to speak of how the task was before.
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if changed is None:
        raise TaskAlreadyCompleted
    move_in_lists(session, task.id, place_of(*changed))


def _record(session: Session, services: Services, task: TaskRow, kind: str, by: Actor, **details: Any) -> None:
    told = {name: value for name, value in details.items() if value is not None}
    about = {"token_id": task.id, "element_id": task.element_id, "element_name": task.name}
    record(session, services.clock, task.case_id, kind, by, **about, **told)
