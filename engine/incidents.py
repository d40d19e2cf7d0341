# SPDX-License-Identifier: EUPL-1.2
"""Writing down what went wrong, in words that carry no personal data, and trying it again."""

from sqlalchemy import case, exists, select, update
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.db import after_commit
from engine.errors import AmtsflussError, IncidentNotFound
from engine.history import record
from engine.identity import Actor
from engine.models import IncidentRow, JobRow
from engine.services import Services


def open_incident(
    session: Session,
    clock: Clock,
    *,
    case_id: str | None,
    element_id: str,
    kind: str,
    cause: BaseException,
    job_id: str | None = None,
) -> None:
    """Leave a failure for an operator to look at."""
    session.add(
        IncidentRow(
            case_id=case_id,
            job_id=job_id,
            element_id=element_id,
            kind=kind,
            reason=reason_of(cause),
            created_at=clock.now(),
        )
    )
    session.flush()


def open_incident_once(
    session: Session, clock: Clock, *, case_id: str, element_id: str, kind: str, cause: BaseException
) -> None:
    """The same for what is found each time that somebody looks, unless it is open already."""
    known = exists().where(
        IncidentRow.case_id == case_id,
        IncidentRow.element_id == element_id,
        IncidentRow.kind == kind,
        IncidentRow.resolved_at.is_(None),
    )
    if not session.scalar(select(known)):
        open_incident(session, clock, case_id=case_id, element_id=element_id, kind=kind, cause=cause)


def close_incidents_of(session: Session, services: Services, job_id: str) -> None:
    """What a job had failed at is settled."""
    session.execute(
        update(IncidentRow)
        .where(IncidentRow.job_id == job_id, IncidentRow.resolved_at.is_(None))
        .values(resolved_at=services.clock.now())
    )


def retry_incident(session: Session, services: Services, incident_id: int, by: Actor) -> None:
    """Let a failed job run again from its first attempt, once its cause has been mended.

    Raises `IncidentNotFound` when there is no such open incident. A step that failed while somebody was working on it
    has no job: that person only has to try again, and the incident is closed.
    """
    incident = session.get(IncidentRow, incident_id)
    if incident is None or incident.resolved_at is not None:
        raise IncidentNotFound
    incident.resolved_at = services.clock.now()
    if incident.job_id is not None:
        session.execute(
            update(JobRow)
            .where(JobRow.id == incident.job_id)
            .values(
                state="ready",
                attempts=0,
                due_at=services.clock.now(),
                locked_until=None,
                locked_by=None,
                # External work counts its attempts itself.
                retries=case((JobRow.retries.is_(None), None), else_=1),
            )
        )
    if incident.case_id is not None:
        record(session, services.clock, incident.case_id, "incident_retried", by, element_id=incident.element_id)
    session.flush()
    after_commit(session, services.wake)


def reason_of(cause: BaseException) -> str:
    """What to write down: our own sentences, but only the kind of a foreign error, whose text may name people."""
    if isinstance(cause, AmtsflussError):
        return f"{type(cause).__name__}: {cause.message}"
    return type(cause).__name__
