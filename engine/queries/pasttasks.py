# SPDX-License-Identifier: EUPL-1.2
"""All tasks that ever waited for somebody, open and over, as other programs ask for them.

What is known of an open task stands in its row. When it is over the history keeps its last state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, func, literal, or_
from sqlalchemy.orm import Session

from engine.models import CaseRow, DeploymentRow, TaskRow
from engine.queries.criteria import Criterion, after, alike, before, equal, given, nobody, one_of
from engine.queries.listing import AnyRow, Asked, Listing
from engine.queries.matching import among, like
from engine.queries.past import OF_CASE, Origin, elapsed, named_in, on, origin, since, stored_moment, until, with_origin
from engine.queries.pastactivities import (
    IS_OVER,
    assignee_of,
    came,
    kept_of_task,
    passages,
    told_of_task,
    went,
)
from engine.queries.variables import Condition, cases_with


@dataclass(frozen=True)
class PastTask:
    """A task, open or over."""

    origin: Origin
    id: str
    element_id: str
    name: str
    description: str
    assignee: str | None
    owner: str | None
    priority: int
    due_at: datetime | None
    follow_up_at: datetime | None
    began_at: datetime
    ended_at: datetime | None
    #: completed | deleted; None while it is open.
    ended_as: str | None
    was_changed: bool


_ASSIGNEE = func.coalesce(TaskRow.assignee, told_of_task("assignee"))
_OWNER = func.coalesce(TaskRow.owner, told_of_task("owner"))
_DESCRIPTION = func.coalesce(TaskRow.description, told_of_task("description"))
_PRIORITY = func.coalesce(TaskRow.priority, went.details["task"]["priority"].as_string().cast(Integer))
_DUE = func.coalesce(TaskRow.due_at, stored_moment(told_of_task("due")))
_FOLLOW_UP = func.coalesce(TaskRow.follow_up_at, stored_moment(told_of_task("follow_up")))
_GROUPS, _USERS = came.details["groups"].as_string(), came.details["users"].as_string()
_ENDED_AS = case((went.kind == "completed", literal("completed")), (went.kind == "cancelled", literal("deleted")))


def _involves(name: str) -> ColumnElement[bool]:
    return or_(equal(_ASSIGNEE)(name), equal(_OWNER)(name), named_in(_USERS, name))


def _had_group(name: str) -> ColumnElement[bool]:
    return named_in(_GROUPS, name)


def _instances(ids: Sequence[str]) -> ColumnElement[bool]:
    return among(came.token_id, [each.rpartition(":")[2] for each in ids])


CRITERIA: Mapping[str, Criterion] = {
    **OF_CASE,
    "taskDueDate": on(_DUE),
    "taskDueDateBefore": before(_DUE),
    "taskDueDateAfter": after(_DUE),
    "withoutTaskDueDate": given(_DUE.is_(None)),
    "taskFollowUpDate": on(_FOLLOW_UP),
    "taskFollowUpDateBefore": before(_FOLLOW_UP),
    "taskFollowUpDateAfter": after(_FOLLOW_UP),
    "taskId": equal(came.token_id),
    "executionId": equal(came.token_id),
    "activityInstanceIdIn": Criterion("texts", _instances),
    "processInstanceBusinessKeyIn": one_of(CaseRow.business_key),
    "processInstanceBusinessKeyLike": alike(CaseRow.business_key),
    "taskName": equal(came.element_name),
    "taskNameLike": alike(came.element_name),
    "taskDescription": equal(_DESCRIPTION),
    "taskDescriptionLike": Criterion("text", lambda pattern: like(_DESCRIPTION, pattern)),
    "taskDefinitionKey": equal(came.element_id),
    "taskDefinitionKeyIn": one_of(came.element_id),
    "taskDeleteReason": equal(_ENDED_AS),
    "taskDeleteReasonLike": Criterion("text", lambda pattern: like(_ENDED_AS, pattern)),
    "taskAssignee": equal(_ASSIGNEE),
    "taskAssigneeLike": Criterion("text", lambda pattern: like(_ASSIGNEE, pattern)),
    "taskOwner": equal(_OWNER),
    "taskOwnerLike": Criterion("text", lambda pattern: like(_OWNER, pattern)),
    "taskPriority": Criterion("number", equal(_PRIORITY)),
    "assigned": given(_ASSIGNEE.is_not(None)),
    "unassigned": given(_ASSIGNEE.is_(None)),
    "finished": given(IS_OVER),
    "unfinished": given(~IS_OVER),
    "processFinished": given(CaseRow.state != "active"),
    "processUnfinished": given(CaseRow.state == "active"),
    "startedBefore": until(came.at),
    "startedAfter": since(came.at),
    "finishedBefore": until(went.at),
    "finishedAfter": since(went.at),
    "taskInvolvedUser": Criterion("text", _involves),
    "taskInvolvedGroup": Criterion("text", _had_group),
    "taskHadCandidateUser": Criterion("text", lambda name: named_in(_USERS, name)),
    "taskHadCandidateGroup": Criterion("text", _had_group),
    "withCandidateGroups": given(_GROUPS.is_not(None)),
    "withoutCandidateGroups": given(_GROUPS.is_(None)),
    **nobody(
        "taskParentTaskId",
        "caseInstanceId",
        "caseDefinitionId",
        "caseDefinitionKey",
        "caseDefinitionName",
        "caseExecutionId",
    ),
}


def _any_of(groups: Sequence[Mapping[str, Any]]) -> ColumnElement[bool]:
    return and_(*(or_(*(CRITERIA[name](value) for name, value in group.items())) for group in groups))


LISTING = Listing(
    with_origin(passages().where(came.element_type == "userTask", came.kind == "entered"), came.case_id),
    {**CRITERIA, "any_of": _any_of},
    {
        "taskId": came.token_id,
        "activityInstanceID": came.token_id,
        "activityInstanceId": came.token_id,
        "processDefinitionId": CaseRow.definition_id,
        "processInstanceId": came.case_id,
        "executionId": came.token_id,
        "duration": elapsed(came.at, went.at),
        "endTime": went.at,
        "startTime": came.at,
        "taskName": came.element_name,
        "taskDescription": _DESCRIPTION,
        "assignee": _ASSIGNEE,
        "owner": _OWNER,
        "dueDate": _DUE,
        "followUpDate": _FOLLOW_UP,
        "deleteReason": _ENDED_AS,
        "taskDefinitionKey": came.element_id,
        "priority": _PRIORITY,
        "tenantId": DeploymentRow.tenant_id,
        "caseDefinitionId": came.id,
        "caseInstanceId": came.id,
        "caseExecutionId": came.id,
    },
    (came.id,),
    CaseRow.definition_key,
)


def list_past_tasks(session: Session, asked: Asked, variables: Sequence[Condition] = ()) -> list[PastTask]:
    """The tasks that fit, in the order that is wanted, else as they came."""
    return [_described(row) for row in LISTING.rows(session, _with_variables(session, asked, variables))]


def count_past_tasks(session: Session, asked: Asked, variables: Sequence[Condition] = ()) -> int:
    """How many fit."""
    return LISTING.count(session, _with_variables(session, asked, variables))


def _with_variables(session: Session, asked: Asked, variables: Sequence[Condition]) -> Asked:
    if not variables:
        return asked
    fitting = LISTING.narrowed(asked).with_only_columns(came.case_id)
    return asked.with_conditions(processInstanceIds=cases_with(session, [CaseRow.id.in_(fitting)], variables))


def _described(row: AnyRow) -> PastTask:
    begun, over, task = row[:3]
    kept = kept_of_task(over)
    return PastTask(
        origin=origin(row),
        id=begun.token_id,
        element_id=begun.element_id,
        name=task.name if task is not None else begun.element_name,
        description=task.description if task is not None else kept.get("description", ""),
        assignee=assignee_of(begun, over, task),
        owner=task.owner if task is not None else kept.get("owner"),
        priority=task.priority if task is not None else kept.get("priority", 50),
        due_at=task.due_at if task is not None else _moment(kept.get("due")),
        follow_up_at=task.follow_up_at if task is not None else _moment(kept.get("follow_up")),
        began_at=begun.at,
        ended_at=over.at if over is not None else None,
        ended_as=None if over is None else "completed" if over.kind == "completed" else "deleted",
        was_changed=task is not None and task.updated_at is not None,
    )


def _moment(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)
