# SPDX-License-Identifier: EUPL-1.2
"""Open tasks of a case, and the one task that somebody works on. The lists of clerks are in `queues`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import Session

from engine.cases import with_called
from engine.errors import TaskClaimedByAnother
from engine.identity import APPLICANT_GROUP, Actor
from engine.models import CandidateRow, CaseRow, CaseStateRow, DefinitionRow, TaskRow, UserRow
from engine.spiff.state import stored_scope
from engine.tasks import check_permission, missing_task, offered_to

#: SQLAlchemy types the outer-joined name as text; it is None for an unclaimed task.
_Lines = Select[TaskRow, str, str, bool, str, Any]


@dataclass(frozen=True)
class TaskLine:
    """One open task in a list."""

    id: str
    name: str
    element_id: str
    form_key: str | None
    case_id: str
    reference: str
    title: str
    definition_id: int
    definition_name: str
    assignee: str | None
    assignee_name: str | None
    created_at: datetime
    due_at: datetime | None
    priority: int
    #: What the model says about it.
    description: str = ""
    #: Whether its case is, so that it cannot be completed now.
    suspended: bool = False


@dataclass(frozen=True)
class TaskDetail:
    """A task with what is needed to decide it."""

    line: TaskLine
    #: As they are seen where the task stands: in its subprocess, its round, with its own input.
    variables: Mapping[str, Any]
    #: None when this person may complete the task; else the user name of whoever has claimed it.
    held_by: str | None

    @property
    def form_key(self) -> str | None:
        """The form to fill."""
        return self.line.form_key

    @property
    def definition_id(self) -> int:
        """The definition version whose bundle holds the form."""
        return self.line.definition_id


def task_detail(session: Session, task_id: str, actor: Actor) -> TaskDetail:
    """A task for its page, in one statement. Members of its groups may look on while a colleague has it."""
    row = session.execute(
        task_lines()
        .add_columns(CaseStateRow.content, offered_to(actor))
        .join(CaseStateRow, CaseStateRow.case_id == TaskRow.case_id)
        .where(TaskRow.id == task_id)
    ).one_or_none()
    if row is None:
        raise missing_task(session, task_id)
    *line, content, offered = row
    held_by = None
    try:
        check_permission(row[0], offered, actor)
    except TaskClaimedByAnother as claimed:
        held_by = claimed.holder
    return TaskDetail(task_line(line), stored_scope(content, task_id), held_by)


def applicant_tasks(session: Session, case_id: str) -> list[TaskLine]:
    """What the applicant of a case has to do, in it or in a case called in it; what was asked first comes first."""
    offered = select(CandidateRow.task_id).where(CandidateRow.group_key == APPLICANT_GROUP)
    own = TaskRow.case_id.in_(with_called(case_id))
    rows = session.execute(
        task_lines().where(own, TaskRow.id.in_(offered)).order_by(TaskRow.created_at, TaskRow.id)
    ).all()
    return [task_line(row) for row in rows]


def tasks_of_case(session: Session, case_id: str) -> list[TaskLine]:
    """All open tasks of a case."""
    return [task_line(row) for row in session.execute(task_lines().where(TaskRow.case_id == case_id)).all()]


def tasks_to_open(session: Session, case_id: str, actor: Actor) -> set[str]:
    """The ids of those open tasks of a case whose pages are open to this person."""
    own = or_(TaskRow.assignee == actor.name, offered_to(actor))
    return set(session.scalars(select(TaskRow.id).where(TaskRow.case_id == case_id, own)))


@cache
def task_lines() -> _Lines:
    """What lists and pages say of tasks, not yet restricted."""
    # Made once: it is asked with every page.
    lines: _Lines = (
        select(TaskRow, CaseRow.reference, CaseRow.title, CaseRow.suspended, DefinitionRow.name, UserRow.display_name)
        .join(CaseRow, CaseRow.id == TaskRow.case_id)
        .join(DefinitionRow, DefinitionRow.id == TaskRow.definition_id)
        .outerjoin(UserRow, UserRow.username == TaskRow.assignee)
    )
    return lines


def task_line(row: Row[TaskRow, str, str, bool, str, Any] | Sequence[Any]) -> TaskLine:
    task, reference, title, suspended, definition_name, assignee_name = row
    return TaskLine(
        id=task.id,
        name=task.name,
        element_id=task.element_id,
        form_key=task.form_key,
        case_id=task.case_id,
        reference=reference,
        title=title,
        definition_id=task.definition_id,
        definition_name=definition_name,
        assignee=task.assignee,
        assignee_name=assignee_name,
        created_at=task.created_at,
        due_at=task.due_at,
        priority=task.priority,
        description=task.description,
        suspended=suspended,
    )
