# SPDX-License-Identifier: EUPL-1.2
"""How much is going on: a handful of counts for whoever watches the installation, each answered from an index."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import CaseRow, IncidentRow, JobRow, TaskRow


@dataclass(frozen=True)
class Load:
    """What stands in the database at one moment."""

    #: By key of the definition and state (active, completed, cancelled).
    cases: Mapping[tuple[str, str], int]
    open_tasks: int
    due_jobs: int
    #: For how many seconds the job has been due that has waited longest; 0 when none is.
    longest_wait: float
    failed_jobs: int
    open_incidents: int


def load(session: Session, now: datetime) -> Load:
    """Count. Five statements; that of the cases reads a whole index, so it is not for every glance."""
    counted = select(CaseRow.definition_key, CaseRow.state, func.count()).group_by(
        CaseRow.definition_key, CaseRow.state
    )
    due = select(func.count(), func.min(JobRow.due_at)).where(
        JobRow.state == "ready", JobRow.due_at <= now, JobRow.kind != "external", JobRow.suspended.is_(False)
    )
    due_jobs, first = session.execute(due).one()
    failed = select(func.count()).select_from(JobRow).where(JobRow.state == "failed")
    incidents = select(func.count()).select_from(IncidentRow).where(IncidentRow.resolved_at.is_(None))
    return Load(
        cases={(key, state): count for key, state, count in session.execute(counted)},
        open_tasks=session.scalar(select(func.count()).select_from(TaskRow)) or 0,
        due_jobs=due_jobs,
        longest_wait=max(0.0, (now - first).total_seconds()) if due_jobs else 0.0,
        failed_jobs=session.scalar(failed) or 0,
        open_incidents=session.scalar(incidents) or 0,
    )
