# SPDX-License-Identifier: EUPL-1.2
"""Open tasks: lists, counts and the one task that somebody works on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from engine.cases import with_called
from engine.clock import Clock
from engine.errors import NotAllowed, TaskClaimedByAnother
from engine.identity import APPLICANT_GROUP, Actor
from engine.models import CandidateRow, CandidateUserRow, CaseRow, CaseStateRow, DefinitionRow, TaskRow, UserRow
from engine.spiff.state import stored_scope
from engine.tasks import check_permission, missing_task, offered_to

Queue = Literal["meine", "gruppen", "alle", "ueberfaellig"]
QUEUES: tuple[Queue, ...] = ("meine", "gruppen", "alle", "ueberfaellig")

T = TypeVar("T")

#: Most urgent first, then what is due first, then what has waited longest.
_ORDER = (TaskRow.priority.desc(), TaskRow.due_at.is_(None), TaskRow.due_at, TaskRow.created_at, TaskRow.id)

#: SQLAlchemy types the outer-joined name as text; it is None for an unclaimed task.
_Lines = Select[TaskRow, str, str, bool, str, Any]


@dataclass(frozen=True)
class Page(Generic[T]):
    """Part of a list, with the size of the whole."""

    lines: tuple[T, ...]
    total: int
    limit: int
    offset: int

    @property
    def has_more(self) -> bool:
        """Whether something follows."""
        return self.offset + len(self.lines) < self.total


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


def open_tasks(
    session: Session, actor: Actor, queue: Queue, clock: Clock, *, limit: int = 50, offset: int = 0
) -> Page[TaskLine]:
    """The tasks of one queue: most urgent first, then by due date, then oldest first."""
    condition = _in_queue(actor, queue, clock)
    total = session.scalar(select(func.count()).select_from(TaskRow).where(condition)) or 0
    rows = session.execute(_lines().where(condition).order_by(*_ORDER).limit(limit).offset(offset)).all()
    return Page(tuple(_line(row) for row in rows), total, limit, offset)


def task_counts(session: Session, actor: Actor, clock: Clock) -> dict[Queue, int]:
    """How many tasks wait in each queue, in one statement."""
    counts = [
        select(func.count()).select_from(TaskRow).where(_in_queue(actor, queue, clock)).scalar_subquery()
        for queue in QUEUES
    ]
    return dict(zip(QUEUES, session.execute(select(*counts)).one(), strict=True))


def next_task(session: Session, actor: Actor, queue: Queue, clock: Clock) -> TaskLine | None:
    """The first task of a queue."""
    row = session.execute(_lines().where(_in_queue(actor, queue, clock)).order_by(*_ORDER).limit(1)).one_or_none()
    return _line(row) if row else None


def task_detail(session: Session, task_id: str, actor: Actor) -> TaskDetail:
    """A task for its page, in one statement. Members of its groups may look on while a colleague has it."""
    row = session.execute(
        _lines()
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
    return TaskDetail(_line(line), stored_scope(content, task_id), held_by)


def applicant_tasks(session: Session, case_id: str) -> list[TaskLine]:
    """What the applicant of a case has to do, in it or in a case called in it; what was asked first comes first."""
    offered = select(CandidateRow.task_id).where(CandidateRow.group_key == APPLICANT_GROUP)
    own = TaskRow.case_id.in_(with_called(case_id))
    rows = session.execute(_lines().where(own, TaskRow.id.in_(offered)).order_by(TaskRow.created_at, TaskRow.id)).all()
    return [_line(row) for row in rows]


def tasks_of_case(session: Session, case_id: str) -> list[TaskLine]:
    """All open tasks of a case."""
    return [_line(row) for row in session.execute(_lines().where(TaskRow.case_id == case_id)).all()]


def tasks_to_open(session: Session, case_id: str, actor: Actor) -> set[str]:
    """The ids of those open tasks of a case whose pages are open to this person."""
    own = or_(TaskRow.assignee == actor.name, offered_to(actor))
    return set(session.scalars(select(TaskRow.id).where(TaskRow.case_id == case_id, own)))


def _in_queue(actor: Actor, queue: Queue, clock: Clock) -> ColumnElement[bool]:
    if actor.case_id is not None:
        raise NotAllowed("Applicants have no inbox.")
    offered = or_(
        TaskRow.id.in_(select(CandidateRow.task_id).where(CandidateRow.group_key.in_(actor.groups))),
        TaskRow.id.in_(select(CandidateUserRow.task_id).where(CandidateUserRow.username == actor.name)),
    )
    mine = TaskRow.assignee == actor.name
    if queue == "meine":
        return mine
    if queue == "gruppen":
        return offered & TaskRow.assignee.is_(None)
    if queue == "ueberfaellig":
        return or_(mine, offered) & (TaskRow.due_at < clock.now())
    return or_(mine, offered)


def _lines() -> _Lines:
    lines: _Lines = (
        select(TaskRow, CaseRow.reference, CaseRow.title, CaseRow.suspended, DefinitionRow.name, UserRow.display_name)
        .join(CaseRow, CaseRow.id == TaskRow.case_id)
        .join(DefinitionRow, DefinitionRow.id == TaskRow.definition_id)
        .outerjoin(UserRow, UserRow.username == TaskRow.assignee)
    )
    return lines


def _line(row: Row[TaskRow, str, str, bool, str, Any] | Sequence[Any]) -> TaskLine:
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
