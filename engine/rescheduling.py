# SPDX-License-Identifier: EUPL-1.2
"""What operators change about jobs: due dates, order, suspension; and running one at once."""

import os
import socket
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.attempts import job_row
from engine.bpmn.model import Timer
from engine.clock import Clock, FrozenClock
from engine.db import Database, after_commit
from engine.definitions import load_definition
from engine.errors import AmtsflussError, CallerSuspended, JobNotFound
from engine.jobs import run_job
from engine.leases import claim_certain_job
from engine.models import CaseRow, CaseStateRow, JobRow
from engine.services import Services
from engine.spiff.state import stored_scope, stored_state
from engine.timetable import first_due


class NoTimer(AmtsflussError):
    """The job is no timer whose model says when it is due."""


def run_now(db: Database, services: Services, job_id: str) -> Exception | None:
    """Run a job at once, in this thread; why it failed, if it did. Raises `JobNotFound` and `JobIsRun`."""
    failures: list[Exception] = []
    job = claim_certain_job(db, services, f"{socket.gethostname()}:{os.getpid()}", job_id)
    if job is None:
        raise JobNotFound
    run_job(db, services, job, failures.append)
    return failures[0] if failures else None


def set_due(session: Session, services: Services, job_id: str, due_at: datetime | None) -> None:
    """Let a job be due at another time; None: at once."""
    job_row(session, job_id).due_at = due_at or services.clock.now()
    session.flush()
    after_commit(session, services.wake)


def recalculate_due(session: Session, services: Services, job_id: str, *, from_creation: bool) -> datetime:
    """Let a timer be due when its model says, with variables as they are now; counted from now or its beginning."""
    row = job_row(session, job_id)
    clock: Clock = FrozenClock(row.created_at, str(services.clock.zone)) if from_creation else services.clock
    if row.kind not in ("timer", "start"):
        raise NoTimer
    timer, scope = _timer_of(session, services, row)
    row.due_at = first_due(timer, scope, clock).at
    session.flush()
    after_commit(session, services.wake)
    return row.due_at


def set_job_priority(session: Session, job_id: str, priority: int) -> None:
    """Let a job be run earlier (higher) or later among those that are due."""
    job_row(session, job_id).priority = priority
    session.flush()


def suspend_jobs(session: Session, services: Services, job_ids: Sequence[str], *, suspended: bool) -> None:
    """Hold jobs, or let them be run. Raises `CallerSuspended` while the case of one of them is held."""
    for at in range(0, len(job_ids), 500):
        some = JobRow.id.in_(list(job_ids[at : at + 500]))
        if not suspended:
            held = select(JobRow.id).join(CaseRow, CaseRow.id == JobRow.case_id).where(some, CaseRow.suspended)
            if session.execute(held.limit(1)).first() is not None:
                raise CallerSuspended("The case of the job is suspended; resume it, and its jobs go on with it.")
        session.execute(update(JobRow).where(some).values(suspended=suspended))
    session.flush()
    if not suspended:
        after_commit(session, services.wake)


def _timer_of(session: Session, services: Services, row: JobRow) -> tuple[Timer, dict[str, object]]:
    """What the model says of a timer, and what it sees."""
    content = session.scalar(select(CaseStateRow.content).where(CaseStateRow.case_id == row.case_id))
    definition_id = row.definition_id
    if row.case_id is not None:
        definition_id = session.get_one(CaseRow, row.case_id).definition_id
    node = load_definition(session, services, definition_id or 0).process.nodes.get(row.element_id)
    timers = [event.timer for event in node.events] if node is not None else []
    number = 0
    if content is not None and len(timers) > 1:
        tokens = stored_state(content)["tokens"]
        name = next((spec for key, spec, *_ in tokens if key == row.token_id), "")
        number = int(name.rpartition("#")[2]) if "#" in name else 0
    timer = timers[number] if number < len(timers) else None
    if timer is None:
        raise NoTimer
    return timer, dict(stored_scope(content, row.token_id or "")) if content is not None else {}
