# SPDX-License-Identifier: EUPL-1.2
"""All cases that began, going on and ended, as other programs ask for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from engine.models import CaseRow, DefinitionRow, DeploymentRow, HistoryRow, IncidentRow
from engine.queries.criteria import Criterion, alike, equal, given, nobody, one_of
from engine.queries.listing import AnyRow, Asked, Listing
from engine.queries.matching import like
from engine.queries.past import OF_CASE, ORIGIN, Origin, elapsed, origin, since, until
from engine.queries.variables import Condition, cases_with
from engine.values import from_json

_ENDS = ("completed", "cancelled")


@dataclass(frozen=True)
class PastCase:
    """A case, going on or ended."""

    origin: Origin
    name: str
    business_key: str | None
    #: active | completed | cancelled
    state: str
    suspended: bool
    parent_id: str | None
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    #: The start event; None where it is not known any more.
    started_at_element: str | None = None
    #: Why it was cancelled.
    reason: str | None = None


def _incident(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(IncidentRow.case_id == CaseRow.id, *conditions)


def _line(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(HistoryRow.case_id == CaseRow.id, *conditions)


def _stands_at(elements: Sequence[str]) -> ColumnElement[bool]:
    later = aliased(HistoryRow)
    gone = exists().where(later.token_id == HistoryRow.token_id, later.kind.in_(_ENDS))
    return _line(HistoryRow.kind == "entered", HistoryRow.element_id.in_(elements), ~gone)


def _acted(criterion: Criterion, kinds: Sequence[str]) -> Criterion:
    return Criterion(criterion.kind, lambda value: _line(HistoryRow.kind.in_(kinds), criterion(value)))


def _caller_of(case_id: str) -> ColumnElement[bool]:
    called = aliased(CaseRow)
    return CaseRow.id.in_(select(called.parent_id).where(called.id == case_id))


def _incident_state(state: str) -> ColumnElement[bool]:
    still_open = IncidentRow.resolved_at.is_(None)
    return _incident(still_open if state == "open" else ~still_open)


def _numbers(values: Sequence[str]) -> list[int]:
    return [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 10]


_JOBS_DONE = ("job_done", "job_failed", "external_done")
_STATES: Mapping[str, ColumnElement[bool]] = {
    "finished": CaseRow.state != "active",
    "unfinished": CaseRow.state == "active",
    "active": and_(CaseRow.state == "active", CaseRow.suspended.is_(False)),
    "suspended": and_(CaseRow.state == "active", CaseRow.suspended.is_(True)),
    "completed": CaseRow.state == "completed",
    "externallyTerminated": and_(CaseRow.state == "cancelled", CaseRow.parent_id.is_(None)),
    "internallyTerminated": and_(CaseRow.state == "cancelled", CaseRow.parent_id.is_not(None)),
}
CRITERIA: Mapping[str, Criterion] = {
    **OF_CASE,
    **{name: given(condition) for name, condition in _STATES.items()},
    "processInstanceIdNotIn": Criterion("texts", lambda ids: CaseRow.id.not_in(ids)),
    "processDefinitionKeyNotIn": Criterion("texts", lambda keys: CaseRow.definition_key.not_in(keys)),
    "processInstanceBusinessKeyIn": one_of(CaseRow.business_key),
    "processInstanceBusinessKeyLike": alike(CaseRow.business_key),
    "rootProcessInstances": given(CaseRow.parent_id.is_(None)),
    "superProcessInstanceId": equal(CaseRow.parent_id),
    "subProcessInstanceId": Criterion("text", _caller_of),
    "startedBy": equal(CaseRow.started_by),
    "startedBefore": until(CaseRow.started_at),
    "startedAfter": since(CaseRow.started_at),
    "finishedBefore": until(CaseRow.ended_at),
    "finishedAfter": since(CaseRow.ended_at),
    "withIncidents": given(_incident()),
    "withRootIncidents": given(_incident()),
    "incidentIdIn": Criterion("texts", lambda ids: _incident(IncidentRow.id.in_(_numbers(ids)))),
    "incidentStatus": Criterion("text", _incident_state),
    "incidentMessage": Criterion("text", lambda text: _incident(IncidentRow.reason == text)),
    "incidentMessageLike": Criterion("text", lambda pattern: _incident(like(IncidentRow.reason, pattern))),
    "executedActivityIdIn": _acted(one_of(HistoryRow.element_id), _ENDS),
    "executedActivityBefore": _acted(until(HistoryRow.at), _ENDS),
    "executedActivityAfter": _acted(since(HistoryRow.at), _ENDS),
    "executedJobBefore": _acted(until(HistoryRow.at), _JOBS_DONE),
    "executedJobAfter": _acted(since(HistoryRow.at), _JOBS_DONE),
    "activeActivityIdIn": Criterion("texts", _stands_at),
    "activityIdIn": Criterion("texts", _stands_at),
    **nobody("superCaseInstanceId", "subCaseInstanceId", "caseInstanceId"),
}


def _any_of(groups: Sequence[Mapping[str, Any]]) -> ColumnElement[bool]:
    """Of each group at least one condition holds."""
    return and_(*(or_(*(MEANINGS[name](value) for name, value in group.items())) for group in groups))


MEANINGS: Mapping[str, Any] = {
    **CRITERIA,
    "any_of": _any_of,
    "incident_kinds": lambda kinds: _incident(IncidentRow.kind.in_(kinds)),
}
LISTING = Listing(
    select(CaseRow, DefinitionRow.name, *ORIGIN)
    .select_from(CaseRow)
    .join(DefinitionRow, DefinitionRow.id == CaseRow.definition_id)
    .join(DeploymentRow, DeploymentRow.id == DefinitionRow.deployment_id),
    MEANINGS,
    {
        "instanceId": CaseRow.id,
        "definitionId": CaseRow.definition_id,
        "definitionKey": CaseRow.definition_key,
        "definitionName": DefinitionRow.name,
        "definitionVersion": DefinitionRow.version,
        "businessKey": CaseRow.business_key,
        "startTime": CaseRow.started_at,
        "endTime": CaseRow.ended_at,
        "duration": elapsed(CaseRow.started_at, CaseRow.ended_at),
        "tenantId": DeploymentRow.tenant_id,
    },
    (CaseRow.started_at, CaseRow.id),
    CaseRow.definition_key,
)


def list_past_cases(session: Session, asked: Asked, variables: Sequence[Condition] = ()) -> list[PastCase]:
    """The cases that fit, in the order that is wanted, else the oldest first."""
    rows = LISTING.rows(session, _with_variables(session, asked, variables))
    told = _told(session, [row[0].id for row in rows])
    return [_described(row, told.get(row[0].id, {})) for row in rows]


def count_past_cases(session: Session, asked: Asked, variables: Sequence[Condition] = ()) -> int:
    """How many fit."""
    return LISTING.count(session, _with_variables(session, asked, variables))


def find_past_case(session: Session, case_id: str) -> PastCase | None:
    """One of them."""
    return next(iter(list_past_cases(session, Asked({"processInstanceId": case_id}, most=1))), None)


def _with_variables(session: Session, asked: Asked, variables: Sequence[Condition]) -> Asked:
    if not variables:
        return asked
    fitting = LISTING.narrowed(asked).with_only_columns(CaseRow.id)
    return asked.with_conditions(processInstanceIds=cases_with(session, [CaseRow.id.in_(fitting)], variables))


def _told(session: Session, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What only the history knows of these cases: where they began, and why they were cancelled."""
    if not ids:
        return {}
    began = and_(
        HistoryRow.kind == "completed", HistoryRow.element_type == "startEvent", HistoryRow.parent_token.is_(None)
    )
    lines = session.execute(
        select(HistoryRow.case_id, HistoryRow.kind, HistoryRow.element_id, HistoryRow.details)
        .where(HistoryRow.case_id.in_(ids), or_(began, HistoryRow.kind == "case_cancelled"))
        .order_by(HistoryRow.id.desc())
    )
    told: dict[str, dict[str, Any]] = {}
    for case_id, kind, element_id, details in lines:
        about = told.setdefault(case_id, {})
        if kind == "case_cancelled":
            about["reason"] = from_json(details).get("reason")
        else:
            about["started_at_element"] = element_id
    return told


def _described(row: AnyRow, told: Mapping[str, Any]) -> PastCase:
    case, name = row[0], row[1]
    return PastCase(
        origin=origin(row),
        name=name,
        business_key=case.business_key,
        state=case.state,
        suspended=case.suspended,
        parent_id=case.parent_id,
        started_at=case.started_at,
        started_by=case.started_by,
        ended_at=case.ended_at,
        **told,
    )
