# SPDX-License-Identifier: EUPL-1.2
"""Single lines of the history, as other programs ask for them: what became of variables, jobs and external work, what
decisions gave, and what people did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, false, func, or_, select
from sqlalchemy.orm import Session

from engine.models import CaseRow, DeploymentRow, HistoryRow
from engine.queries.criteria import Criterion, alike, at_least, at_most, equal, given, nobody, one_of
from engine.queries.jobs import TIMERS
from engine.queries.listing import AnyRow, Asked, Listing
from engine.queries.matching import among
from engine.queries.past import OF_CASE, Origin, origin, since, until, with_origin
from engine.values import from_json


@dataclass(frozen=True)
class PastLine:
    """One line of the history."""

    origin: Origin
    id: int
    at: datetime
    kind: str
    token_id: str | None
    element_id: str
    element_name: str
    element_type: str
    actor: str
    details: Mapping[str, Any]


def list_past_lines(session: Session, listing: Listing, asked: Asked) -> list[PastLine]:
    """The lines that fit, in the order that is wanted, else as they were written."""
    return [_described(row) for row in listing.rows(session, asked)]


def find_past_line(session: Session, listing: Listing, number: int) -> PastLine | None:
    """One of them by its number."""
    row = session.execute(listing.statement.where(HistoryRow.id == number)).one_or_none()
    return None if row is None else _described(row)


def lines_of(kinds: Sequence[str], criteria: Mapping[str, Any], orders: Mapping[str, Any]) -> Listing:
    """A list of the lines of these kinds."""
    lines: Any = select(HistoryRow).select_from(HistoryRow)
    return Listing(
        with_origin(lines.where(HistoryRow.kind.in_(kinds)), HistoryRow.case_id),
        {**OF_CASE, **criteria},
        {**orders, "tenantId": DeploymentRow.tenant_id, "occurrence": HistoryRow.id},
        (HistoryRow.id,),
        CaseRow.definition_key,
    )


def _described(row: AnyRow) -> PastLine:
    line = row[0]
    return PastLine(
        origin=origin(row),
        id=line.id,
        at=line.at,
        kind=line.kind,
        token_id=line.token_id,
        element_id=line.element_id,
        element_name=line.element_name,
        element_type=line.element_type,
        actor=line.actor,
        details=from_json(line.details),
    )


def told(name: str) -> Any:
    """A text among the details of a line."""
    return HistoryRow.details[name].as_string()


def _number(name: str) -> Any:
    return HistoryRow.details[name].as_string().cast(Integer)


def _lines_of(kinds: Sequence[str]) -> Criterion:
    return given(HistoryRow.kind.in_(kinds))


def _numbers(ids: Sequence[str]) -> list[int]:
    return [int(each) for each in ids if each.isascii() and each.isdecimal() and len(each) < 10]


def number_is(text: str) -> ColumnElement[bool]:
    """The line of that number; other texts name none."""
    return among(HistoryRow.id, _numbers([text]))


def _of_instance(ids: Sequence[str]) -> ColumnElement[bool]:
    tokens = [each.rpartition(":")[2] for each in ids]
    of_the_case = and_(HistoryRow.token_id.is_(None), among(HistoryRow.case_id, tokens))
    return or_(among(HistoryRow.token_id, tokens), of_the_case)


_TIMES = {"time": HistoryRow.at, "timestamp": HistoryRow.at}
_TOKEN = func.coalesce(HistoryRow.token_id, HistoryRow.case_id)

# -- variables -----------------------------------------------------------------------------------------------------

#: What stands between the parts of a variable's id.
_ID = ":"


def _variable_is(text: str) -> ColumnElement[bool]:
    case_id, _, rest = text.partition(_ID)
    owner, _, name = rest.partition(_ID)
    return and_(HistoryRow.case_id == case_id, equal(_TOKEN)(owner), equal(told("name"))(name))


def _at_task(task_id: str) -> ColumnElement[bool]:
    return HistoryRow.token_id == task_id


VARIABLES = lines_of(
    ["variable_written"],
    {
        "executionId": Criterion("text", lambda token: _of_instance([token])),
        "activityInstanceId": Criterion("text", lambda each: _of_instance([each])),
        "activityInstanceIdIn": Criterion("texts", _of_instance),
        "taskId": Criterion("text", _at_task),
        "variableInstanceId": Criterion("text", _variable_is),
        "variableNameLike": alike(told("name")),
        "variableName": equal(told("name")),
        "variableUpdates": given(HistoryRow.kind == "variable_written"),
        "formFields": given(HistoryRow.kind == "form_field"),
        "initial": given(HistoryRow.details["initial"].as_boolean()),
        "occurredBefore": until(HistoryRow.at),
        "occurredAfter": since(HistoryRow.at),
        "not_deleted": lambda value: told("change") != "delete",
        **nobody("caseInstanceId", "caseExecutionId", "userOperationId"),
    },
    {
        **_TIMES,
        "processInstanceId": HistoryRow.case_id,
        "variableName": told("name"),
        "variableType": told("name"),
        "variableRevision": HistoryRow.id,
        "formPropertyId": told("name"),
    },
)

# -- jobs and external work ----------------------------------------------------------------------------------------


def _of_job_definition(text: str) -> ColumnElement[bool]:
    number, _, rest = text.partition(":")
    kind, _, element_id = rest.partition(":")
    at = and_(among(CaseRow.definition_id, _numbers([number])), HistoryRow.element_id == element_id)
    return and_(at, told("job").in_(TIMERS) if kind == "timer" else told("job").not_in(TIMERS))


_ELEMENT = {
    "activityIdIn": one_of(HistoryRow.element_id),
    "activityInstanceIdIn": Criterion("texts", _of_instance),
    "executionIdIn": one_of(HistoryRow.token_id),
}
JOBS = lines_of(
    ["job_created", "job_done", "job_failed", "job_withdrawn"],
    {
        **_ELEMENT,
        "logId": Criterion("text", number_is),
        "jobId": equal(HistoryRow.token_id),
        "jobExceptionMessage": equal(told("error")),
        "jobDefinitionId": Criterion("text", _of_job_definition),
        "failedActivityIdIn": one_of(told("failed_element")),
        "deploymentId": Criterion("text", lambda text: among(DeploymentRow.id, _numbers([text]))),
        "jobPriorityLowerThanOrEquals": at_most(func.coalesce(_number("priority"), 0)),
        "jobPriorityHigherThanOrEquals": at_least(func.coalesce(_number("priority"), 0)),
        "creationLog": _lines_of(["job_created"]),
        "failureLog": _lines_of(["job_failed"]),
        "successLog": _lines_of(["job_done"]),
        "deletionLog": _lines_of(["job_withdrawn"]),
        "job_kinds": lambda kinds: told("job").in_(kinds),
    },
    {
        **_TIMES,
        "jobId": HistoryRow.token_id,
        "jobDueDate": told("due"),
        "jobRetries": _number("retries"),
        "jobPriority": _number("priority"),
        "jobDefinitionId": HistoryRow.element_id,
        "activityId": HistoryRow.element_id,
        "executionId": HistoryRow.token_id,
        "processInstanceId": HistoryRow.case_id,
        "processDefinitionId": CaseRow.definition_id,
        "processDefinitionKey": CaseRow.definition_key,
        "deploymentId": DeploymentRow.id,
        "hostname": HistoryRow.id,
    },
)
EXTERNAL_WORK = lines_of(
    ["external_created", "external_done", "external_failed", "external_withdrawn"],
    {
        **_ELEMENT,
        "logId": Criterion("text", number_is),
        "externalTaskId": equal(HistoryRow.token_id),
        "topicName": equal(told("topic")),
        "workerId": equal(told("worker")),
        "errorMessage": equal(told("error")),
        "priorityLowerThanOrEquals": at_most(func.coalesce(_number("priority"), 0)),
        "priorityHigherThanOrEquals": at_least(func.coalesce(_number("priority"), 0)),
        "creationLog": _lines_of(["external_created"]),
        "failureLog": _lines_of(["external_failed"]),
        "successLog": _lines_of(["external_done"]),
        "deletionLog": _lines_of(["external_withdrawn"]),
    },
    {
        **_TIMES,
        "externalTaskId": HistoryRow.token_id,
        "retries": _number("retries"),
        "priority": _number("priority"),
        "topicName": told("topic"),
        "workerId": told("worker"),
        "activityId": HistoryRow.element_id,
        "activityInstanceId": HistoryRow.token_id,
        "executionId": HistoryRow.token_id,
        "processInstanceId": HistoryRow.case_id,
        "processDefinitionId": CaseRow.definition_id,
        "processDefinitionKey": CaseRow.definition_key,
    },
)

# -- decisions -----------------------------------------------------------------------------------------------------


def _asked_at(places: Sequence[tuple[str, int, int]]) -> ColumnElement[bool]:
    """Of these decisions: key, version, and the deployment by which those are known that a case began with."""
    bundle, version = _number("deployment"), _number("version")
    found = [
        and_(
            equal(told("decision"))(key),
            or_(bundle == deployment, and_(bundle.is_(None), version == number)),
        )
        for key, number, deployment in places
    ]
    return or_(false(), *found)


_NAME = HistoryRow.details["outputs"]["name"].as_string()
DECISIONS = lines_of(
    ["decision_evaluated"],
    {
        "decisionInstanceId": Criterion("text", number_is),
        "decisionInstanceIdIn": Criterion("texts", lambda ids: among(HistoryRow.id, _numbers(ids))),
        "rootDecisionInstanceId": Criterion("text", number_is),
        "decisionDefinitionKey": equal(told("decision")),
        "decisionDefinitionKeyIn": one_of(told("decision")),
        "decisionDefinitionName": equal(_NAME),
        "decisionDefinitionNameLike": alike(_NAME),
        "activityIdIn": one_of(HistoryRow.element_id),
        "activityInstanceIdIn": Criterion("texts", _of_instance),
        "evaluatedBefore": until(HistoryRow.at),
        "evaluatedAfter": since(HistoryRow.at),
        "asked_at": _asked_at,
        **nobody("caseDefinitionId", "caseDefinitionKey", "caseInstanceId", "userId"),
    },
    {"evaluationTime": HistoryRow.at},
)
