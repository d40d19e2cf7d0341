# SPDX-License-Identifier: EUPL-1.2
"""Commands on tasks: claim, release, complete. Each checks that this person may touch this task."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, true, update
from sqlalchemy.orm import Session

from engine.cases import CaseInfo, describe, forget_passing, with_called
from engine.definitions import load_definition
from engine.errors import (
    AmtsflussError,
    CaseHasEnded,
    NotAllowed,
    TaskAlreadyCompleted,
    TaskClaimedByAnother,
    TaskNotFound,
)
from engine.history import record
from engine.identity import Actor
from engine.models import CandidateRow, CandidateUserRow, DefinitionRow, HistoryRow, TaskRow
from engine.movement import moving
from engine.places import SORTED_BY, move_in_lists, place_of
from engine.services import Services
from engine.spiff.workflow import TokenGone


class TaskIsDelegated(AmtsflussError):
    """A delegated task cannot be completed, but should be resolved instead."""


def claim_task(session: Session, services: Services, task_id: str, by: Actor, *, for_user: str | None = None) -> None:
    """Take a task for oneself; a program for whom it works. Claiming one's own task again changes nothing."""
    task = permitted_task(session, task_id, by)
    name = for_user if for_user is not None and by.grants is not None else by.name
    if task.assignee == name:
        return
    if by.grants is not None and task.assignee is not None:
        raise TaskClaimedByAnother(task.assignee)
    if _assign(session, services, task, name):
        _record(session, services, task, "task_claimed", by, assignee=name)
        tell_listeners(session, services, task, by)
    else:
        # Somebody was quicker; looking again says who, or that the task is done.
        claim_task(session, services, task_id, by, for_user=for_user)


def release_task(session: Session, services: Services, task_id: str, by: Actor) -> None:
    """Give a claimed task back to its groups."""
    task = permitted_task(session, task_id, by)
    if task.assignee is None:
        return
    offered = select(
        or_(exists().where(CandidateRow.task_id == task_id), exists().where(CandidateUserRow.task_id == task_id))
    )
    if not session.scalar(offered):
        raise NotAllowed("The task has no group to go back to.")
    if _assign(session, services, task, None):
        _record(session, services, task, "task_released", by)
        tell_listeners(session, services, task, by)
    else:
        release_task(session, services, task_id, by)


def release_tasks_of(session: Session, services: Services, username: str, by: Actor) -> int:
    """Give all that somebody has claimed back to its groups, because they have left; returns how many tasks."""
    in_group = or_(
        exists().where(CandidateRow.task_id == TaskRow.id), exists().where(CandidateUserRow.task_id == TaskRow.id)
    )
    left = session.scalars(select(TaskRow).where(TaskRow.assignee == username, in_group)).all()
    for task in left:
        if _assign(session, services, task, None):
            _record(session, services, task, "task_released", by)
    return len(left)


def complete_task(
    session: Session,
    services: Services,
    task_id: str,
    answers: Mapping[str, Any],
    by: Actor,
    *,
    passing: Iterable[str] = (),
) -> CaseInfo:
    """Finish a task with its answers and let the case go on; those that are only `passing` are forgotten then.

    An unclaimed task may be completed by any member of its groups. A second completion raises `TaskAlreadyCompleted`
    and changes nothing. `StepFailed` means that the step after the task failed; the task is still open then.
    """
    task = permitted_task(session, task_id, by)
    if task.delegation == "pending" and by.grants is not None:
        raise TaskIsDelegated
    about = {"name": task.name, "assignee": task.assignee, "completedBy": by.name}
    try:
        with moving(session, services, task.case_id, by) as movement:
            movement.resume(task_id, {**answers, "answers": dict(answers), "task": about})
            forget_passing(movement, list(passing))
    except (TokenGone, CaseHasEnded):
        raise TaskAlreadyCompleted from None
    return describe(movement.case)


def permitted_task(session: Session, task_id: str, by: Actor) -> TaskRow:
    """The task, if this person may work on it: it is theirs, or unclaimed and offered to one of their groups."""
    found = session.execute(
        select(TaskRow, offered_to(by)).where(TaskRow.id == task_id).execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise missing_task(session, task_id)
    task, offered = found
    check_permission(task, offered, by)
    return task


def offered_to(by: Actor) -> ColumnElement[bool]:
    """Whether a task is offered to this person or one of their groups, as a column.

    To applicants only tasks of their own case are, and of the cases called in it. To programs those of the processes
    that they are granted.
    """
    if by.grants is not None:
        keys = by.grants.keys("task", "update")
        granted = exists().where(DefinitionRow.id == TaskRow.definition_id, DefinitionRow.key.in_(keys or ()))
        return true() if keys is None else granted
    in_group = exists().where(CandidateRow.task_id == TaskRow.id, CandidateRow.group_key.in_(by.groups))
    if by.case_id is not None:
        return and_(in_group, TaskRow.case_id.in_(with_called(by.case_id)))
    return or_(in_group, exists().where(CandidateUserRow.task_id == TaskRow.id, CandidateUserRow.username == by.name))


def check_permission(task: TaskRow, offered: bool, by: Actor) -> None:
    """Raise `NotAllowed` or `TaskClaimedByAnother` unless this person may work on the task."""
    if by.case_id is not None or by.grants is not None:
        if not offered:
            raise NotAllowed
    elif task.assignee != by.name:
        if not offered:
            raise NotAllowed
        if task.assignee is not None:
            raise TaskClaimedByAnother(task.assignee)


def _assign(session: Session, services: Services, task: TaskRow, name: str | None) -> bool:
    """Change the assignee, unless somebody has changed or completed the task since it was read."""
    changed = session.execute(
        update(TaskRow)
        .where(TaskRow.id == task.id, TaskRow.assignee.is_not_distinct_from(task.assignee))
        .values(assignee=name, updated_at=services.clock.now())
        .returning(*SORTED_BY)
    ).one_or_none()
    if changed is not None:
        move_in_lists(session, task.id, place_of(*changed))
    return changed is not None


def tell_listeners(session: Session, services: Services, task: TaskRow, by: Actor, event: str = "assignment") -> None:
    """Run what the model hangs to a change of the task; most models hang nothing there, and no case is opened."""
    process = load_definition(session, services, task.definition_id).process
    heard = {listener.event for listener in process.nodes[task.element_id].listeners}
    if heard & {event, "update"}:
        with moving(session, services, task.case_id, by) as movement:
            movement.tell_listeners(task.id, *dict.fromkeys([event, "update"]))


def missing_task(session: Session, task_id: str) -> TaskNotFound | TaskAlreadyCompleted:
    """Why a task is not there: it has been completed, or it never was."""
    was_there = session.scalar(select(exists().where(HistoryRow.token_id == task_id)))
    return TaskAlreadyCompleted() if was_there else TaskNotFound()


def _record(session: Session, services: Services, task: TaskRow, kind: str, by: Actor, **details: Any) -> None:
    record(
        session,
        services.clock,
        task.case_id,
        kind,
        by,
        token_id=task.id,
        element_id=task.element_id,
        element_name=task.name,
        **details,
    )
