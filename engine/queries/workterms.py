# SPDX-License-Identifier: EUPL-1.2
"""By what open tasks can be asked for, by the names that other programs use, and how they can be sorted.

Conditions on cases and definitions are asked as sets of ids, so that the database may walk along an index of tasks
and stop when it has what is wanted, however much is open.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from engine.models import CandidateRow, CandidateUserRow, CaseRow, DefinitionRow, MembershipRow, TaskRow
from engine.queries.criteria import (
    Criterion,
    after,
    alike,
    at_least,
    at_most,
    before,
    definition_number,
    equal,
    given,
    nobody,
    one_of,
)
from engine.queries.listing import for_tenants
from engine.queries.matching import among, among_numbers, like
from engine.queries.past import on


def _of_case(asked: Criterion) -> Criterion:
    return Criterion(asked.kind, lambda value: TaskRow.case_id.in_(select(CaseRow.id).where(asked(value))))


def _of_definition(asked: Criterion) -> Criterion:
    definitions = select(DefinitionRow.id)
    return Criterion(asked.kind, lambda value: TaskRow.definition_id.in_(definitions.where(asked(value))))


def _suspended(is_so: bool) -> Criterion:
    return given(TaskRow.case_id.in_(select(CaseRow.id).where(CaseRow.suspended.is_(is_so))))


def _offered(to: ColumnElement[bool]) -> ColumnElement[bool]:
    return TaskRow.id.in_(select(CandidateRow.task_id).where(to))


def _offered_to_user(name: str) -> ColumnElement[bool]:
    groups = select(MembershipRow.group_key).where(MembershipRow.username == name)
    own = TaskRow.id.in_(select(CandidateUserRow.task_id).where(CandidateUserRow.username == name))
    return or_(own, _offered(CandidateRow.group_key.in_(groups)))


def _involves(name: str) -> ColumnElement[bool]:
    linked = TaskRow.id.in_(select(CandidateUserRow.task_id).where(CandidateUserRow.username == name))
    return or_(TaskRow.assignee == name, TaskRow.owner == name, linked)


def _text(make: Callable[[str], ColumnElement[bool]]) -> Criterion:
    return Criterion("text", make)


def _moment(make: Callable[[Any], ColumnElement[bool]]) -> Criterion:
    return Criterion("moment", make)


def granted(session: Session, keys: frozenset[str] | None) -> list[ColumnElement[bool]]:
    """Only tasks of these processes; None: of all.

    Their numbers are looked up before. By these the database knows whether they have many tasks or few, and whether
    to begin with the tasks in their order or with those of these processes.
    """
    if keys is None:
        return []
    versions = session.scalars(
        select(DefinitionRow.id).where(among(DefinitionRow.key, keys)).order_by(DefinitionRow.id)
    )
    return [among_numbers(TaskRow.definition_id, versions.all())]


_HAS_GROUPS = exists().where(CandidateRow.task_id == TaskRow.id)
_HAS_USERS = exists().where(CandidateUserRow.task_id == TaskRow.id)
_CHANGED = func.coalesce(TaskRow.updated_at, TaskRow.created_at)

#: Whoever asks by candidates wants tasks that nobody has, unless `includeAssignedTasks` says otherwise.
BY_CANDIDATES: Mapping[str, Criterion] = {
    "candidateUser": _text(_offered_to_user),
    "candidateGroup": _text(lambda group: _offered(CandidateRow.group_key == group)),
    "candidateGroups": Criterion("texts", lambda groups: _offered(among(CandidateRow.group_key, groups))),
    "candidateGroupLike": _text(lambda pattern: _offered(like(CandidateRow.group_key, pattern))),
    "withCandidateGroups": given(_HAS_GROUPS),
    "withoutCandidateGroups": given(~_HAS_GROUPS),
    "withCandidateUsers": given(_HAS_USERS),
    "withoutCandidateUsers": given(~_HAS_USERS),
}
INCLUDE_ASSIGNED = "includeAssignedTasks"

CRITERIA: Mapping[str, Criterion] = {
    **BY_CANDIDATES,
    "taskId": equal(TaskRow.id),
    "taskIdIn": one_of(TaskRow.id),
    "executionId": _text(lambda token: or_(TaskRow.id == token, TaskRow.case_id == token)),
    "activityInstanceIdIn": Criterion(
        "texts", lambda ids: among(TaskRow.id, [each.rpartition(":")[2] for each in ids])
    ),
    "processInstanceId": equal(TaskRow.case_id),
    "processInstanceIdIn": one_of(TaskRow.case_id),
    "processInstanceBusinessKey": _of_case(equal(CaseRow.business_key)),
    "processInstanceBusinessKeyIn": _of_case(one_of(CaseRow.business_key)),
    "processInstanceBusinessKeyLike": _of_case(alike(CaseRow.business_key)),
    "active": _suspended(False),
    "suspended": _suspended(True),
    "processDefinitionId": _text(lambda text: TaskRow.definition_id == definition_number(text)),
    "processDefinitionKey": _of_definition(equal(DefinitionRow.key)),
    "processDefinitionKeyIn": _of_definition(one_of(DefinitionRow.key)),
    "processDefinitionName": _of_definition(equal(DefinitionRow.name)),
    "processDefinitionNameLike": _of_definition(alike(DefinitionRow.name)),
    "tenantIdIn": Criterion("texts", lambda tenants: for_tenants(TaskRow.definition_id, tenants)),
    "withoutTenantId": Criterion("flag", lambda asked: for_tenants(TaskRow.definition_id, [None])),
    "taskDefinitionKey": equal(TaskRow.element_id),
    "taskDefinitionKeyIn": one_of(TaskRow.element_id),
    "taskDefinitionKeyNotIn": Criterion("texts", lambda ids: TaskRow.element_id.not_in(ids)),
    "taskDefinitionKeyLike": alike(TaskRow.element_id),
    "name": equal(TaskRow.name),
    "nameNotEqual": _text(lambda name: TaskRow.name != name),
    "nameLike": alike(TaskRow.name),
    "nameNotLike": _text(lambda pattern: ~like(TaskRow.name, pattern)),
    "description": equal(TaskRow.description),
    "descriptionLike": alike(TaskRow.description),
    "assignee": equal(TaskRow.assignee),
    "assigneeIn": one_of(TaskRow.assignee),
    "assigneeNotIn": Criterion("texts", lambda names: TaskRow.assignee.not_in(names)),
    "assigneeLike": alike(TaskRow.assignee),
    "assigned": given(TaskRow.assignee.is_not(None)),
    "unassigned": given(TaskRow.assignee.is_(None)),
    "owner": equal(TaskRow.owner),
    "involvedUser": _text(_involves),
    "delegationState": _text(lambda state: TaskRow.delegation == state.lower()),
    "priority": Criterion("number", lambda number: TaskRow.priority == number),
    "minPriority": at_least(TaskRow.priority),
    "maxPriority": at_most(TaskRow.priority),
    "dueDate": on(TaskRow.due_at),
    "dueBefore": before(TaskRow.due_at),
    "dueAfter": after(TaskRow.due_at),
    "withoutDueDate": given(TaskRow.due_at.is_(None)),
    "followUpDate": on(TaskRow.follow_up_at),
    "followUpBefore": before(TaskRow.follow_up_at),
    "followUpAfter": after(TaskRow.follow_up_at),
    "followUpBeforeOrNotExistent": _moment(lambda at: or_(TaskRow.follow_up_at.is_(None), TaskRow.follow_up_at < at)),
    "createdOn": on(TaskRow.created_at),
    "createdBefore": before(TaskRow.created_at),
    "createdAfter": after(TaskRow.created_at),
    "updatedAfter": after(_CHANGED),
    **nobody(
        "parentTaskId",
        "caseInstanceId",
        "caseInstanceBusinessKey",
        "caseInstanceBusinessKeyLike",
        "caseDefinitionId",
        "caseDefinitionKey",
        "caseDefinitionName",
        "caseDefinitionNameLike",
        "caseExecutionId",
    ),
}

ORDERS: Mapping[str, Any] = {
    "instanceId": TaskRow.case_id,
    "executionId": TaskRow.id,
    "id": TaskRow.id,
    "name": TaskRow.name,
    "nameCaseInsensitive": func.lower(TaskRow.name),
    "description": TaskRow.description,
    "assignee": TaskRow.assignee,
    "created": TaskRow.created_at,
    "lastUpdated": _CHANGED,
    "dueDate": TaskRow.due_at,
    "followUpDate": TaskRow.follow_up_at,
    "priority": TaskRow.priority,
    # There are no tasks outside of processes.
    "caseInstanceId": TaskRow.created_at,
    "caseExecutionId": TaskRow.created_at,
}
#: These may be empty; what is empty comes last, or first when sorted downwards, on every database.
MAY_BE_EMPTY = frozenset({"assignee", "dueDate", "followUpDate"})
#: Sort by a variable of the case, of the task, or of whichever is nearer.
VARIABLE_ORDERS = ("processVariable", "executionVariable", "taskVariable")


def all_of(wanted: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """The conditions that are wanted, by name."""
    too = bool(wanted.get(INCLUDE_ASSIGNED))
    return [_condition(name, value, too) for name, value in wanted.items() if name != INCLUDE_ASSIGNED]


def _condition(name: str, value: Any, assigned_too: bool) -> ColumnElement[bool]:
    condition = CRITERIA[name](value)
    return condition if assigned_too or name not in BY_CANDIDATES else and_(condition, TaskRow.assignee.is_(None))
