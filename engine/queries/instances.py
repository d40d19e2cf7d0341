# SPDX-License-Identifier: EUPL-1.2
"""Cases that go on, as other programs ask for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from engine.cases import CaseInfo, describe
from engine.models import CaseRow, DefinitionRow, DeploymentRow, HistoryRow, IncidentRow
from engine.queries.listing import OF_CASE, Asked, Listing, Meaning, always, equals, like
from engine.queries.variables import Condition, cases_with


@dataclass(frozen=True)
class InstanceLine:
    """A case in a list, with the version that it goes by."""

    case: CaseInfo
    version: int
    tenant_id: str | None


def _incident(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    still_open = IncidentRow.case_id == CaseRow.id, IncidentRow.resolved_at.is_(None)
    return exists().where(*still_open, *conditions)


def _stands_at(elements: Sequence[str]) -> ColumnElement[bool]:
    later = aliased(HistoryRow)
    gone = exists().where(later.token_id == HistoryRow.token_id, later.kind.in_(("completed", "cancelled")))
    entered = HistoryRow.case_id == CaseRow.id, HistoryRow.kind == "entered", HistoryRow.element_id.in_(elements)
    return exists().where(*entered, ~gone)


def _has_called() -> ColumnElement[bool]:
    called = aliased(CaseRow)
    return exists().where(called.parent_id == CaseRow.id, called.state == "active")


def _caller_of(case_id: str) -> ColumnElement[bool]:
    called = aliased(CaseRow)
    return CaseRow.id.in_(select(called.parent_id).where(called.id == case_id))


_MEANINGS: dict[str, Meaning] = {
    **OF_CASE,
    "keys_not": lambda keys: CaseRow.definition_key.not_in(list(keys)),
    "deployment": equals(DefinitionRow.deployment_id),
    "caller": equals(CaseRow.parent_id),
    "called": _caller_of,
    "with_incident": lambda value: _incident(),
    "incident": lambda number: _incident(IncidentRow.id == number),
    "incident_kinds": lambda kinds: _incident(IncidentRow.kind.in_(list(kinds))),
    "incident_reason": lambda reason: _incident(IncidentRow.reason == reason),
    "incident_reason_like": lambda pattern: _incident(like(IncidentRow.reason)(pattern)),
    "elements": _stands_at,
    "outermost": always(CaseRow.parent_id.is_(None)),
    "calls_none": lambda value: ~_has_called(),
}


def _any_of(conditions: Mapping[str, Any]) -> ColumnElement[bool]:
    return or_(*(_MEANINGS[name](value) for name, value in conditions.items()))


_LISTING = Listing(
    select(CaseRow, DefinitionRow.version, DeploymentRow.tenant_id)
    .join(DefinitionRow, DefinitionRow.id == CaseRow.definition_id)
    .join(DeploymentRow, DeploymentRow.id == DefinitionRow.deployment_id)
    .where(CaseRow.state == "active"),
    {**_MEANINGS, "any_of": _any_of},
    {
        "instanceId": CaseRow.id,
        "definitionKey": CaseRow.definition_key,
        "definitionId": CaseRow.definition_id,
        "tenantId": DeploymentRow.tenant_id,
        "businessKey": CaseRow.business_key,
    },
    (CaseRow.started_at, CaseRow.id),
)
ORDERS = tuple(_LISTING.orders)


def list_instances(session: Session, asked: Asked, variables: Sequence[Condition] = ()) -> list[InstanceLine]:
    """The cases that fit, in the order that is wanted, else the oldest first."""
    rows = _LISTING.rows(session, _with_variables(session, asked, variables))
    return [InstanceLine(describe(row), version, tenant_id) for row, version, tenant_id in rows]


def count_instances(session: Session, asked: Asked, variables: Sequence[Condition] = ()) -> int:
    """How many fit."""
    return _LISTING.count(session, _with_variables(session, asked, variables))


def _with_variables(session: Session, asked: Asked, variables: Sequence[Condition]) -> Asked:
    if not variables:
        return asked
    fitting = select(CaseRow.id).where(CaseRow.id.in_(_LISTING.narrowed(asked).with_only_columns(CaseRow.id)))
    return asked.with_conditions(cases=cases_with(session, [CaseRow.id.in_(fitting)], variables))
