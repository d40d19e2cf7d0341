# SPDX-License-Identifier: EUPL-1.2
"""Open incidents from the outside, with the case and the job that they are about."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import IncidentNotFound
from engine.models import CaseRow, DefinitionRow, IncidentRow, JobRow
from engine.queries.criteria import Criterion, after, alike, before, definition_number, equal, nobody, of_case
from engine.queries.listing import AnyRow, Asked, Listing


@dataclass(frozen=True)
class IncidentLine:
    """One open incident in a list."""

    id: int
    kind: str
    reason: str
    created_at: datetime
    case_id: str | None
    definition_id: int | None
    definition_key: str | None
    definition_version: int | None
    element_id: str
    #: The job, or the external task.
    job_id: str | None
    token_id: str | None
    #: What the external worker has told.
    told: str | None
    annotation: str | None
    #: What the program that reported it says of it.
    configuration: str | None


#: A job knows where it stands; what a program has reported stands there itself.
_TOKEN = func.coalesce(JobRow.token_id, IncidentRow.token_id)
_CONFIGURATION = func.coalesce(IncidentRow.job_id, IncidentRow.configuration)
LISTING = Listing(
    select(IncidentRow, DefinitionRow.id, DefinitionRow.key, DefinitionRow.version, _TOKEN, JobRow.error)
    .outerjoin(CaseRow, CaseRow.id == IncidentRow.case_id)
    .outerjoin(DefinitionRow, DefinitionRow.id == CaseRow.definition_id)
    .outerjoin(JobRow, JobRow.id == IncidentRow.job_id)
    .where(IncidentRow.resolved_at.is_(None)),
    {
        **of_case(DefinitionRow.id, DefinitionRow.key),
        **nobody("causeIncidentId", "rootCauseIncidentId"),
        "incidentId": Criterion("text", lambda text: IncidentRow.id == definition_number(text)),
        # As kinds of ours; whoever asks knows how they are called elsewhere.
        "incidentType": Criterion("texts", lambda kinds: IncidentRow.kind.in_(kinds)),
        "incidentMessage": equal(IncidentRow.reason),
        "incidentMessageLike": alike(IncidentRow.reason),
        "activityId": equal(IncidentRow.element_id),
        "failedActivityId": equal(IncidentRow.element_id),
        "executionId": equal(_TOKEN),
        "configuration": equal(_CONFIGURATION),
        "incidentTimestampAfter": after(IncidentRow.created_at),
        "incidentTimestampBefore": before(IncidentRow.created_at),
    },
    {
        "incidentId": IncidentRow.id,
        "incidentMessage": IncidentRow.reason,
        "incidentTimestamp": IncidentRow.created_at,
        "incidentType": IncidentRow.kind,
        "executionId": _TOKEN,
        "activityId": IncidentRow.element_id,
        "processInstanceId": IncidentRow.case_id,
        "processDefinitionId": DefinitionRow.id,
        "causeIncidentId": IncidentRow.id,
        "rootCauseIncidentId": IncidentRow.id,
        "configuration": _CONFIGURATION,
        "tenantId": DefinitionRow.id,
    },
    (IncidentRow.id,),
    func.coalesce(DefinitionRow.key, ""),
)


def open_incidents(session: Session, asked: Asked) -> list[IncidentLine]:
    """The incidents that fit."""
    return [_line(row) for row in LISTING.rows(session, asked)]


def incident_count(session: Session, asked: Asked) -> int:
    """How many fit."""
    return LISTING.count(session, asked)


def find_incident(session: Session, incident_id: int) -> IncidentLine:
    """One open incident, or `IncidentNotFound`."""
    found = open_incidents(session, Asked({"incidentId": str(incident_id)}, most=1))
    if not found:
        raise IncidentNotFound
    return found[0]


def _line(row: AnyRow) -> IncidentLine:
    incident, definition_id, key, version, token_id, told = row
    return IncidentLine(
        id=incident.id,
        kind=incident.kind,
        reason=incident.reason,
        created_at=incident.created_at,
        case_id=incident.case_id,
        definition_id=definition_id,
        definition_key=key,
        definition_version=version,
        element_id=incident.element_id,
        job_id=incident.job_id,
        token_id=token_id,
        told=told,
        annotation=incident.annotation,
        configuration=incident.configuration,
    )
