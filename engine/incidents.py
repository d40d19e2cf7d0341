# SPDX-License-Identifier: EUPL-1.2
"""Writing down what went wrong, in words that carry no personal data, and trying it again."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import case, exists, select, update
from sqlalchemy.orm import Session

from engine.cases import CaseInfo, cancel_case, describe
from engine.clock import Clock
from engine.db import after_commit
from engine.definitions import load_definition
from engine.errors import AmtsflussError, IncidentCannotBeSkipped, IncidentNotFound
from engine.feel.errors import FeelLimitExceeded, UnknownName
from engine.history import record
from engine.identity import Actor
from engine.models import IncidentRow, JobRow
from engine.movement import Movement, moving
from engine.services import Services
from engine.spiff.modification import pass_over
from engine.starts import leave_start
from engine.timetable import Due, following
from engine.values import unpack


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


def report_incident(
    session: Session,
    clock: Clock,
    *,
    case_id: str,
    token_id: str,
    element_id: str,
    kind: str,
    reason: str,
    configuration: str | None,
) -> int:
    """Leave what a program has found at a token, in its own words; the incident's number."""
    incident = IncidentRow(
        case_id=case_id,
        token_id=token_id,
        element_id=element_id,
        kind=kind,
        reason=reason,
        configuration=configuration,
        created_at=clock.now(),
    )
    session.add(incident)
    session.flush()
    return incident.id


def close_incidents_of(session: Session, services: Services, job_id: str) -> None:
    """What a job had failed at is settled."""
    session.execute(
        update(IncidentRow)
        .where(IncidentRow.job_id == job_id, IncidentRow.resolved_at.is_(None))
        .values(resolved_at=services.clock.now())
    )


def retry_incident(session: Session, services: Services, incident_id: int, by: Actor) -> bool:
    """Let a failed job run again from its first attempt, once its cause has been mended. Whether there is such a job.

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
    return incident.job_id is not None


def annotate_incident(session: Session, incident_id: int, text: str | None) -> None:
    """Note something about an open incident; None takes the note away."""
    incident = session.get(IncidentRow, incident_id)
    if incident is None or incident.resolved_at is not None:
        raise IncidentNotFound
    incident.annotation = text
    session.flush()


def skip_incident(
    session: Session, services: Services, incident_id: int, values: Mapping[str, Any], by: Actor
) -> CaseInfo | None:
    """Leave what failed as done, with these variable values in the place of what it would have brought.

    The token goes on behind it; a message or a signal that could not be delivered is not, and a timer that should have
    begun a case begins none this time. Raises `IncidentCannotBeSkipped` where nothing could go on, and `StepFailed`
    when what follows fails in its turn; the incident stands then as before.
    """
    incident = _open_incident(session, incident_id)
    job = session.get(JobRow, incident.job_id or "", populate_existing=True)
    if job is None:
        raise IncidentCannotBeSkipped("No job stands there: whoever worked at it tries again, or the case is modified.")
    if job.token_id is None or job.case_id is None:
        _give_up(session, services, job, values)
        _settle(session, services, incident, "incident_skipped", by)
        return None
    with moving(session, services, job.case_id, by) as movement:
        _skip(movement, job, incident.element_id, values)
    _settle(session, services, incident, "incident_skipped", by, names=sorted(values))
    return describe(movement.case)


def _skip(movement: Movement, job: JobRow, failed: str, values: Mapping[str, Any]) -> None:
    token = movement.act_on(job.token_id or "")
    node = movement.definition.process.nodes.get(failed)
    if node is None or node.type == "eventBasedGateway":
        raise IncidentCannotBeSkipped(f"Nothing follows {failed} by itself; modify the case.")
    # An armed event first has to happen; what fails is then the token that stands on it.
    is_there = token.task_spec.element_id == failed and not token.is_armed
    if is_there and token.marks.get("phase") != "after":
        movement.arrange(failed, lambda: pass_over(token, values))
        return
    if job.kind not in ("continuation", "timer"):
        raise IncidentCannotBeSkipped(
            f"{job.element_id} has done its work, and {failed} behind it fails. Mend that and let the job run again."
        )
    # What the job does has no effect outside, so it can be done now, up to what failed.
    workflow = movement.workflow
    workflow.instead[failed] = lambda reached: pass_over(reached, values)
    if job.kind == "timer":
        movement.resume(token.key, {})
    else:
        movement.go_on(token.key)
    workflow.advance()
    if workflow.instead:
        raise IncidentCannotBeSkipped(f"The case does not come to {failed} any more; let the job run again.")


def _give_up(session: Session, services: Services, job: JobRow, values: Mapping[str, Any]) -> None:
    """A job without a token: what it should have told or begun is left out."""
    if values:
        raise IncidentCannotBeSkipped("No activity stands there that could bring values.")
    if job.kind == "continuation":
        raise IncidentCannotBeSkipped("The case goes round in circles; modify it or cancel it.")
    if job.kind == "operation":
        raise IncidentCannotBeSkipped(f"{job.topic} stands on its own, and nothing goes on behind it. Cancel it.")
    if job.kind == "start":
        _leave_next_start(session, services, job)
    session.delete(job)
    session.flush()


def _leave_next_start(session: Session, services: Services, job: JobRow) -> None:
    """Set a timer start event again for its next date, if there is one, and let this one pass."""
    about, definition_id = unpack(job.inputs), job.definition_id or 0
    due = following(Due(about["at"], about["rule"], about["remaining"]), services.clock)
    if due is not None:
        node = load_definition(session, services, definition_id).process.nodes[job.element_id]
        leave_start(session, services, definition_id, node, due, waiting=about["token"])


def cancel_incident(
    session: Session,
    services: Services,
    incident_id: int,
    by: Actor,
    *,
    reason: str = "",
    whole_case: bool = False,
) -> CaseInfo | None:
    """Give up what failed: its token is taken off, and each scope of which it was the last one.

    With the last token the case ends as cancelled; `whole_case` ends it in any case. A job that belongs to no token is
    deleted. A failed step that nobody's job stands behind is only noted as settled.
    """
    incident = _open_incident(session, incident_id)
    why = reason or f"What failed at {incident.element_id} was given up."
    if whole_case and incident.case_id is not None:
        info = cancel_case(session, services, incident.case_id, why, by)
        _settle(session, services, incident, "incident_cancelled", by)
        return info
    job = session.get(JobRow, incident.job_id or "", populate_existing=True)
    given_up: CaseInfo | None = None
    if job is not None and job.kind == "continuation" and job.token_id is None:
        raise IncidentCannotBeSkipped("The case goes round in circles; modify it, or cancel it as a whole.")
    if job is not None and job.token_id is not None and job.case_id is not None:
        with moving(session, services, job.case_id, by) as movement:
            movement.cancel_token(movement.act_on(job.token_id), why)
        given_up = describe(movement.case)
    elif job is not None:
        session.delete(job)
    _settle(session, services, incident, "incident_cancelled", by)
    return given_up


def _open_incident(session: Session, incident_id: int) -> IncidentRow:
    incident = session.get(IncidentRow, incident_id, populate_existing=True)
    if incident is None or incident.resolved_at is not None:
        raise IncidentNotFound
    return incident


def _settle(session: Session, services: Services, incident: IncidentRow, kind: str, by: Actor, **details: Any) -> None:
    if incident.job_id is not None:
        close_incidents_of(session, services, incident.job_id)
    incident.resolved_at = services.clock.now()
    if incident.case_id is not None:
        element = incident.element_id
        record(session, services.clock, incident.case_id, kind, by, element_id=element, **details)
    session.flush()
    after_commit(session, services.wake)


def reason_of(cause: BaseException) -> str:
    """What to write down: our own sentences, but only the kind of a foreign error, whose text may name people."""
    if isinstance(cause, AmtsflussError | FeelLimitExceeded | UnknownName):
        return f"{type(cause).__name__}: {cause.message if isinstance(cause, AmtsflussError) else cause}"
    return type(cause).__name__
