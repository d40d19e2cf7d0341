# SPDX-License-Identifier: EUPL-1.2
"""How often a job is tried: operators give it more attempts, or take them away."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.db import after_commit
from engine.errors import AmtsflussError, JobNotFound
from engine.incidents import close_incidents_of
from engine.leases import PAUSES, open_job_incident, pauses_of
from engine.models import JobRow
from engine.services import Services

#: Nobody tries more often than this.
MOST_ATTEMPTS = 50


class AttemptsEndedByOperator(AmtsflussError):
    """An operator has taken the attempts away."""


def set_attempts(session: Session, services: Services, job_id: str, attempts: int) -> None:
    """How often a job is tried from now on; with none left it stands as failed."""
    row = job_row(session, job_id)
    if attempts == 0:
        if row.state != "failed":
            row.state = "failed"
            cause = AttemptsEndedByOperator()
            open_job_incident(session, services, row.case_id, row.id, row.element_id or row.topic, cause)
        session.flush()
        return
    pauses = list(pauses_of(row)) or [PAUSES[0]]
    pauses = (pauses + [pauses[-1]] * attempts)[: min(attempts, MOST_ATTEMPTS) - 1]
    row.pauses = ",".join(f"{pause.total_seconds():g}" for pause in pauses)
    if row.state == "failed":
        row.state, row.due_at = "ready", services.clock.now()
    row.attempts = 0
    close_incidents_of(session, services, job_id)
    session.flush()
    after_commit(session, services.wake)


def job_row(session: Session, job_id: str) -> JobRow:
    """The row of a job that is not external work, locked; or `JobNotFound`."""
    row = session.scalars(select(JobRow).where(JobRow.id == job_id).with_for_update()).one_or_none()
    if row is None or row.kind == "external":
        raise JobNotFound
    return row
