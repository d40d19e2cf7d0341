# SPDX-License-Identifier: EUPL-1.2
"""All incidents that there were, open and settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engine.models import CaseRow, DefinitionRow, DeploymentRow, IncidentRow, JobRow
from engine.queries.criteria import Criterion, alike, equal, given, nobody
from engine.queries.listing import Asked, Listing
from engine.queries.matching import among
from engine.queries.past import OF_CASE, ORIGIN, Origin, origin, since, until


@dataclass(frozen=True)
class PastIncident:
    """One thing that went wrong."""

    #: None for a job of no case.
    origin: Origin | None
    id: int
    kind: str
    reason: str
    created_at: datetime
    ended_at: datetime | None
    element_id: str
    job_id: str | None
    token_id: str | None
    annotation: str | None
    #: What the program that reported it says of it.
    configuration: str | None


def _numbered(text: str) -> ColumnElement[bool]:
    is_number = text.isascii() and text.isdecimal() and len(text) < 10
    return among(IncidentRow.id, [int(text)] if is_number else [])


_TOKEN = func.coalesce(JobRow.token_id, IncidentRow.token_id)
_CONFIGURATION = func.coalesce(IncidentRow.job_id, IncidentRow.configuration)
_STATEMENT: Any = (
    select(IncidentRow, _TOKEN, *ORIGIN)
    .select_from(IncidentRow)
    .outerjoin(CaseRow, CaseRow.id == IncidentRow.case_id)
    .outerjoin(DefinitionRow, DefinitionRow.id == CaseRow.definition_id)
    .outerjoin(DeploymentRow, DeploymentRow.id == DefinitionRow.deployment_id)
    .outerjoin(JobRow, JobRow.id == IncidentRow.job_id)
)
LISTING = Listing(
    _STATEMENT,
    {
        **OF_CASE,
        "incidentId": Criterion("text", _numbered),
        "incidentMessage": equal(IncidentRow.reason),
        "incidentMessageLike": alike(IncidentRow.reason),
        "executionId": equal(_TOKEN),
        "activityId": equal(IncidentRow.element_id),
        "failedActivityId": equal(IncidentRow.element_id),
        "causeIncidentId": Criterion("text", _numbered),
        "rootCauseIncidentId": Criterion("text", _numbered),
        "configuration": equal(_CONFIGURATION),
        "createTimeBefore": until(IncidentRow.created_at),
        "createTimeAfter": since(IncidentRow.created_at),
        "endTimeBefore": until(IncidentRow.resolved_at),
        "endTimeAfter": since(IncidentRow.resolved_at),
        "open": given(IncidentRow.resolved_at.is_(None)),
        "resolved": given(IncidentRow.resolved_at.is_not(None)),
        "kinds": lambda kinds: among(IncidentRow.kind, kinds),
        **nobody("historyConfiguration", "jobDefinitionIdIn"),
        "deleted": given(IncidentRow.id.is_(None)),
    },
    {
        "incidentId": IncidentRow.id,
        "incidentMessage": IncidentRow.reason,
        "createTime": IncidentRow.created_at,
        "endTime": IncidentRow.resolved_at,
        "incidentType": IncidentRow.kind,
        "executionId": JobRow.token_id,
        "activityId": IncidentRow.element_id,
        "processInstanceId": IncidentRow.case_id,
        "processDefinitionId": CaseRow.definition_id,
        "processDefinitionKey": CaseRow.definition_key,
        "causeIncidentId": IncidentRow.id,
        "rootCauseIncidentId": IncidentRow.id,
        "configuration": IncidentRow.job_id,
        "incidentState": IncidentRow.resolved_at,
        "tenantId": DeploymentRow.tenant_id,
    },
    (IncidentRow.created_at, IncidentRow.id),
    CaseRow.definition_key,
)


def list_past_incidents(session: Session, asked: Asked) -> list[PastIncident]:
    """The incidents that fit, in the order that is wanted, else the oldest first."""
    return [_described(row) for row in LISTING.rows(session, asked)]


def count_past_incidents(session: Session, asked: Asked) -> int:
    """How many fit."""
    return LISTING.count(session, asked)


def _described(row: Sequence[Any]) -> PastIncident:
    incident, token_id = row[0], row[1]
    return PastIncident(
        origin=origin(row) if incident.case_id is not None else None,
        id=incident.id,
        kind=incident.kind,
        reason=incident.reason,
        created_at=incident.created_at,
        ended_at=incident.resolved_at,
        element_id=incident.element_id,
        job_id=incident.job_id,
        token_id=token_id,
        annotation=incident.annotation,
        configuration=incident.configuration,
    )
