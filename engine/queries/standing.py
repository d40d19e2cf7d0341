# SPDX-License-Identifier: EUPL-1.2
"""How many cases stand where, and what has failed there: by process definition, and by element of one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from engine.models import CaseRow, HistoryRow, IncidentRow, JobRow
from engine.queries.matching import among


@dataclass
class Standing:
    """What goes on at one place."""

    instances: int = 0
    failed_jobs: int = 0
    #: Open incidents by kind.
    incidents: dict[str, int] = field(default_factory=dict)


def standing_at_definitions(session: Session, keys: frozenset[str] | None) -> dict[int, Standing]:
    """Of each definition that cases go on with; `keys` are those that may be seen."""
    own = [CaseRow.state == "active", among(CaseRow.definition_key, keys)]
    found: dict[int, Standing] = {}
    at = CaseRow.definition_id
    for place, number in session.execute(select(at, func.count()).where(*own).group_by(at)):
        found.setdefault(place, Standing()).instances = number
    _add_failures(session, found, at, at, own)
    return found


def standing_at_elements(session: Session, definition_id: int) -> dict[str, Standing]:
    """Of each element at which cases of this definition stand."""
    later = aliased(HistoryRow)
    gone = exists().where(later.token_id == HistoryRow.token_id, later.kind.in_(("completed", "cancelled")))
    own = [CaseRow.state == "active", CaseRow.definition_id == definition_id]
    counted = (
        select(HistoryRow.element_id, func.count())
        .join(CaseRow, CaseRow.id == HistoryRow.case_id)
        .where(*own, HistoryRow.kind == "entered", ~gone)
        .group_by(HistoryRow.element_id)
    )
    found: dict[str, Standing] = {}
    for place, number in session.execute(counted):
        found.setdefault(place, Standing()).instances = number
    _add_failures(session, found, JobRow.element_id, IncidentRow.element_id, own)
    return found


def _add_failures(
    session: Session, found: dict[Any, Standing], job_at: Any, incident_at: Any, own: Sequence[ColumnElement[bool]]
) -> None:
    jobs = select(job_at, func.count()).select_from(JobRow).join(CaseRow, CaseRow.id == JobRow.case_id)
    for place, number in session.execute(jobs.where(*own, JobRow.state == "failed").group_by(job_at)):
        found.setdefault(place, Standing()).failed_jobs = number
    incidents = select(incident_at, IncidentRow.kind, func.count()).select_from(IncidentRow)
    incidents = incidents.join(CaseRow, CaseRow.id == IncidentRow.case_id).where(*own)
    still_open = incidents.where(IncidentRow.resolved_at.is_(None)).group_by(incident_at, IncidentRow.kind)
    for place, kind, number in session.execute(still_open):
        found.setdefault(place, Standing()).incidents[kind] = number
