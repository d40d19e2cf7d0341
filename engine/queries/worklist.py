# SPDX-License-Identifier: EUPL-1.2
"""Open tasks, as other programs ask for them: by dozens of conditions, by variables, in any order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session

from engine.models import (
    AttachmentRow,
    CaseRow,
    CaseStateRow,
    CommentRow,
    DefinitionRow,
    DeploymentRow,
    HistoryRow,
    TaskRow,
)
from engine.queries.listing import AnyRow
from engine.queries.variables import MOST_OPENED, Condition, TooManyToCompare, holds
from engine.queries.workterms import MAY_BE_EMPTY, ORDERS, all_of, granted
from engine.spiff.state import stored_scope, stored_state


@dataclass(frozen=True)
class WorkLine:
    """One open task in a list."""

    id: str
    name: str
    description: str
    element_id: str
    form_key: str | None
    case_id: str
    definition_id: int
    definition_key: str
    definition_version: int
    tenant_id: str | None
    assignee: str | None
    owner: str | None
    #: pending | resolved
    delegation: str | None
    priority: int
    created_at: datetime
    updated_at: datetime | None
    due_at: datetime | None
    follow_up_at: datetime | None
    suspended: bool


@dataclass(frozen=True)
class Terms:
    """Conditions by name, and on variables: of the case, and of the task's own."""

    conditions: Mapping[str, Any] = field(default_factory=dict)
    of_case: Sequence[Condition] = ()
    of_task: Sequence[Condition] = ()

    @property
    def open_states(self) -> bool:
        """Whether variables have to be looked at."""
        return bool(self.of_case or self.of_task)


@dataclass(frozen=True)
class WorkOrder:
    """One thing to sort by: a column, or a variable."""

    by: str
    descending: bool = False
    variable: str = ""


@dataclass(frozen=True)
class WorkAsked:
    """What is wanted of the list."""

    terms: Terms = Terms()
    #: Of each of these at least one condition must hold.
    any_of: Sequence[Terms] = ()
    orders: Sequence[WorkOrder] = ()
    first: int = 0
    most: int = 1000
    #: The keys of the processes whose tasks may be seen; None for all.
    granted: frozenset[str] | None = None


def list_work(session: Session, asked: WorkAsked) -> list[WorkLine]:
    """The tasks that fit, in the order that is wanted.

    Equal ones come oldest first; newest first if they are sorted downwards, except by priority.
    """
    if asked.most == 0:
        return []
    if _opens_states(asked):
        enough = asked.first + asked.most
        ids = _compared(session, asked, enough)[asked.first : enough]
    else:
        statement = _fitting(session, asked).order_by(*_order(asked)).limit(asked.most).offset(asked.first)
        ids = list(session.scalars(statement))
    found = {line.id: line for line in _lines(session, ids)}
    return [found[task_id] for task_id in ids if task_id in found]


def count_work(session: Session, asked: WorkAsked) -> int:
    """How many fit."""
    if _opens_states(asked):
        return len(_compared(session, asked))
    return session.scalar(select(func.count()).select_from(_fitting(session, asked).subquery())) or 0


def find_work(session: Session, task_id: str) -> WorkLine | None:
    """One open task."""
    return next(iter(_lines(session, [task_id])), None)


@dataclass(frozen=True)
class TaskVariables:
    """The variables that a task sees, and those of its own among them."""

    line: WorkLine
    seen: Mapping[str, Any]
    local: Mapping[str, Any]


def variables_at(session: Session, line: WorkLine) -> TaskVariables:
    """What is to be seen from where a task stands."""
    content = session.scalar(select(CaseStateRow.content).where(CaseStateRow.case_id == line.case_id)) or b""
    return TaskVariables(line, stored_scope(content, line.id), _Seen(content, line.id).of_task)


@dataclass(frozen=True)
class PastTask:
    """A task that is there or was there, and whose it is."""

    case_id: str
    definition_key: str


def past_task(session: Session, task_id: str) -> PastTask | None:
    """Where a task belongs, also when it is over."""
    row = session.execute(
        select(CaseRow.id, CaseRow.definition_key)
        .join(HistoryRow, HistoryRow.case_id == CaseRow.id)
        .where(HistoryRow.token_id == task_id, HistoryRow.element_type == "userTask")
        .limit(1)
    ).one_or_none()
    return None if row is None else PastTask(row[0], row[1])


def noted_at(session: Session, ids: Sequence[str]) -> tuple[set[str], set[str]]:
    """Which of these tasks have comments, and which attachments."""
    comments = session.scalars(select(CommentRow.task_id).where(CommentRow.task_id.in_(ids)).distinct())
    attachments = session.scalars(select(AttachmentRow.task_id).where(AttachmentRow.task_id.in_(ids)).distinct())
    return {str(task_id) for task_id in comments}, set(attachments)


def _fitting(session: Session, asked: WorkAsked) -> Select[str]:
    """The ids of tasks that fit what the database can compare."""
    closed = [all_of(terms.conditions) for terms in asked.any_of if not terms.open_states]
    groups = [or_(*conditions) for conditions in closed if conditions]
    return select(TaskRow.id).where(*granted(session, asked.granted), *all_of(asked.terms.conditions), *groups)


def _order(asked: WorkAsked) -> list[Any]:
    """As the indexes have it, so that the database may walk along one of them: in both directions."""
    by_columns = [one for one in asked.orders if not one.variable]
    order: list[Any] = []
    for one in by_columns:
        column = ORDERS[one.by].desc() if one.descending else ORDERS[one.by].asc()
        if one.by in MAY_BE_EMPTY:
            column = column.nulls_first() if one.descending else column.nulls_last()
        order.append(column)
    # Of what is equally urgent the oldest is wanted first, whichever way it is sorted.
    last = by_columns[-1] if by_columns else None
    age = (TaskRow.created_at, TaskRow.id)
    turned = last is not None and last.descending and last.by != "priority"
    return [*order, *(column.desc() if turned else column for column in age)]


def _lines(session: Session, ids: Sequence[str]) -> list[WorkLine]:
    if not ids:
        return []
    statement = (
        select(TaskRow, DefinitionRow.key, DefinitionRow.version, DeploymentRow.tenant_id, CaseRow.suspended)
        .join(CaseRow, CaseRow.id == TaskRow.case_id)
        .join(DefinitionRow, DefinitionRow.id == TaskRow.definition_id)
        .join(DeploymentRow, DeploymentRow.id == DefinitionRow.deployment_id)
        .where(TaskRow.id.in_(ids))
    )
    return [_line(row) for row in session.execute(statement)]


def _line(row: AnyRow) -> WorkLine:
    task, key, version, tenant_id, suspended = row
    return WorkLine(
        id=task.id,
        name=task.name,
        description=task.description,
        element_id=task.element_id,
        form_key=task.form_key,
        case_id=task.case_id,
        definition_id=task.definition_id,
        definition_key=key,
        definition_version=version,
        tenant_id=tenant_id,
        assignee=task.assignee,
        owner=task.owner,
        delegation=task.delegation,
        priority=task.priority,
        created_at=task.created_at,
        updated_at=task.updated_at,
        due_at=task.due_at,
        follow_up_at=task.follow_up_at,
        suspended=suspended,
    )


# -- variables: these lie packed in the states of the cases, so tasks are looked at one by one ---------------------


def _opens_states(asked: WorkAsked) -> bool:
    terms = (asked.terms, *asked.any_of)
    return any(each.open_states for each in terms) or any(order.variable for order in asked.orders)


def _compared(session: Session, asked: WorkAsked, enough: int | None = None) -> list[str]:
    """The ids of the tasks that fit, in order: of all, or of the first so many."""
    by_variables = any(order.variable for order in asked.orders)
    groups = [terms for terms in asked.any_of if terms.open_states]
    met = [or_(false(), *all_of(terms.conditions)) for terms in groups]
    statement = _fitting(session, asked).add_columns(CaseStateRow.content, *met)
    statement = statement.join(CaseStateRow, CaseStateRow.case_id == TaskRow.case_id)
    statement = statement.order_by(*_order(asked)).limit(MOST_OPENED + 1).execution_options(yield_per=500)
    found: list[tuple[str, list[Any]]] = []
    with session.execute(statement) as rows:
        for number, (task_id, content, *met_already) in enumerate(rows):
            if number == MOST_OPENED:
                raise TooManyToCompare
            seen = _Seen(content, task_id)
            if seen.fits_all(asked.terms) and all(
                done or seen.fits_one(terms) for done, terms in zip(met_already, groups, strict=True)
            ):
                found.append((task_id, [seen.value(order) for order in asked.orders if order.variable]))
            if len(found) == enough and not by_variables:
                break
    for number, order in reversed(list(enumerate(one for one in asked.orders if one.variable))):
        found.sort(key=lambda each, at=number: _rank(each[1][at]), reverse=order.descending)  # type: ignore[misc]  # a default binds the place
    return [task_id for task_id, _ in found]


class _Seen:
    """The variables of a case and of a task in it."""

    def __init__(self, content: bytes, task_id: str) -> None:
        stored = stored_state(content)
        self.of_case: Mapping[str, Any] = stored["variables"]
        self.of_task: Mapping[str, Any] = next(
            (marks.get("local", {}) for key, _, _, _, marks in stored["tokens"] if key == task_id), {}
        )

    def fits_all(self, terms: Terms) -> bool:
        """Whether all conditions on variables hold."""
        return all(holds(one, self.of_case) for one in terms.of_case) and all(
            holds(one, self.of_task) for one in terms.of_task
        )

    def fits_one(self, terms: Terms) -> bool:
        """Whether one of them does."""
        return any(holds(one, self.of_case) for one in terms.of_case) or any(
            holds(one, self.of_task) for one in terms.of_task
        )

    def value(self, order: WorkOrder) -> Any:
        """What to sort by."""
        own, around = self.of_task.get(order.variable), self.of_case.get(order.variable)
        if order.by == "taskVariable":
            return own
        return around if order.by == "processVariable" or own is None else own


def _rank(value: Any) -> tuple[int, Any]:
    """Values of one kind beside each other; what is missing comes last."""
    if isinstance(value, bool | int | float) or hasattr(value, "as_tuple"):
        return 0, value
    if isinstance(value, datetime):
        return 1, value.timestamp()
    if isinstance(value, str):
        return 2, value
    return (4, 0) if value is None else (3, str(value))
