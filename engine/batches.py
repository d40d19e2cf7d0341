# SPDX-License-Identifier: EUPL-1.2
"""Batches: the same thing done to many cases or jobs, a few at a time, each as if it were alone.

One with which it cannot be done is noted with the reason; the others go on. The job of a batch has its id.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from engine.db import after_commit
from engine.deployed import Definition
from engine.errands import ERRANDS, as_told
from engine.errors import AmtsflussError, NotFound, StepFailed
from engine.identity import Actor
from engine.incidents import close_incidents_of, reason_of
from engine.migration import MigrationPlan
from engine.models import BatchItemRow, BatchRow, CaseRow, JobRow
from engine.modification import Instruction
from engine.services import Services
from engine.values import pack, unpack

#: So many cases are done in one transaction.
PORTION = 10
MOST_CASES = 100_000


class BatchNotFound(NotFound):
    """There is no such batch."""


class BatchRefused(AmtsflussError):
    """The batch names no case, or too many."""


@dataclass(frozen=True)
class BatchInfo:
    """What is known of a batch."""

    id: str
    kind: str
    key: str
    total: int
    #: Done with, those that failed included.
    done: int
    failed: int
    suspended: bool
    created_by: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


def migrate_in_batch(
    session: Session,
    services: Services,
    plan: MigrationPlan,
    case_ids: Sequence[str],
    by: Actor,
    variables: Mapping[str, Any] | None = None,
) -> BatchInfo:
    """Take many cases over to another version."""
    mappings = [[one.source_element, one.target_element, one.update_trigger] for one in plan.mappings]
    about = {"source": plan.source.id, "target": plan.target.id, "mappings": mappings, "variables": variables or {}}
    return _create(session, services, "migration", plan.source.key, about, case_ids, by)


def cancel_in_batch(
    session: Session, services: Services, key: str, case_ids: Sequence[str], reason: str, by: Actor
) -> BatchInfo:
    """End many cases by hand; `key` is that of their process, or *."""
    return _create(session, services, "deletion", key, {"reason": reason}, case_ids, by)


def modify_in_batch(
    session: Session, services: Services, key: str, case_ids: Sequence[str], what: Sequence[Instruction], by: Actor
) -> BatchInfo:
    """Put many cases elsewhere."""
    return _create(session, services, "modification", key, {"instructions": as_told(what)}, case_ids, by)


def suspend_in_batch(
    session: Session, services: Services, key: str, case_ids: Sequence[str], by: Actor, *, suspended: bool
) -> BatchInfo:
    """Hold many cases, or let them go on."""
    return _create(session, services, "suspension", key, {"suspended": suspended}, case_ids, by)


def write_in_batch(
    session: Session, services: Services, key: str, case_ids: Sequence[str], variables: Mapping[str, Any], by: Actor
) -> BatchInfo:
    """Set variables of many cases."""
    return _create(session, services, "variables", key, {"variables": dict(variables)}, case_ids, by)


def tell_in_batch(
    session: Session,
    services: Services,
    key: str,
    case_ids: Sequence[str],
    message: str,
    variables: Mapping[str, Any],
    by: Actor,
) -> BatchInfo:
    """Give a message to many cases; nothing happens in those that do not wait for it."""
    about = {"message": message, "variables": dict(variables)}
    return _create(session, services, "message", key, about, case_ids, by)


def retry_jobs_in_batch(
    session: Session,
    services: Services,
    key: str,
    job_ids: Sequence[str],
    attempts: int,
    by: Actor,
    *,
    due_at: datetime | None = None,
) -> BatchInfo:
    """Say of many jobs how often they are tried from now on, and when."""
    about = {"attempts": attempts, "due": due_at}
    return _create(session, services, "job_retries", key, about, job_ids, by)


def retry_external_in_batch(
    session: Session, services: Services, key: str, task_ids: Sequence[str], retries: int, by: Actor
) -> BatchInfo:
    """The same of external work."""
    return _create(session, services, "external_retries", key, {"retries": retries}, task_ids, by)


def forget_in_batch(
    session: Session, services: Services, key: str, case_ids: Sequence[str], reason: str | None, by: Actor
) -> BatchInfo:
    """Forget many cases that have ended."""
    return _create(session, services, "forgetting", key, {"reason": reason}, case_ids, by)


def restart_in_batch(
    session: Session,
    services: Services,
    definition: Definition,
    case_ids: Sequence[str],
    what: Sequence[Instruction],
    by: Actor,
    *,
    as_begun: bool,
    keeps_key: bool,
) -> BatchInfo:
    """Begin many ended cases again."""
    about = {"definition": definition.id, "instructions": as_told(what)}
    about |= {"as_begun": as_begun, "keeps_key": keeps_key}
    return _create(session, services, "restart", definition.key, about, case_ids, by)


def run_portion(session: Session, services: Services, batch_id: str) -> None:
    """Do the next few cases of a batch, and leave a job for those behind them."""
    batch = session.get(BatchRow, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.ended_at is not None:
        return
    batch.started_at = batch.started_at or services.clock.now()
    by, about = Actor(batch.created_by, batch.created_by), unpack(batch.content)
    for item in session.scalars(_open_items(batch_id).limit(PORTION)).all():
        reason = _tried(session, services, batch.kind, about, item.case_id, by)
        item.state, item.reason = "failed" if reason else "done", reason
        batch.done += 1
        batch.failed += bool(reason)
    session.flush()
    if batch.done < batch.total:
        _leave_job(session, services, batch)
    elif not batch.failed:
        batch.ended_at = services.clock.now()
    session.flush()


def retry_batch(session: Session, services: Services, batch_id: str) -> None:
    """Try those again that have failed."""
    batch = _locked(session, batch_id)
    failed = update(BatchItemRow).where(BatchItemRow.batch_id == batch_id, BatchItemRow.state == "failed")
    session.execute(failed.values(state="open", reason=None))
    batch.done, batch.failed = batch.done - batch.failed, 0
    session.flush()
    if batch.done < batch.total and session.get(JobRow, batch_id) is None:
        _leave_job(session, services, batch)


def suspend_batch(session: Session, services: Services, batch_id: str, *, suspended: bool) -> None:
    """Hold a batch after the portion in hand, or let it go on."""
    _locked(session, batch_id).suspended = suspended
    session.execute(update(JobRow).where(JobRow.id == batch_id).values(suspended=suspended))
    session.flush()
    if not suspended:
        after_commit(session, services.wake)


def delete_batch(session: Session, services: Services, batch_id: str) -> None:
    """Forget a batch; what it has done stays done."""
    _locked(session, batch_id)
    close_incidents_of(session, services, batch_id)
    session.execute(delete(JobRow).where(JobRow.id == batch_id))
    session.execute(delete(BatchItemRow).where(BatchItemRow.batch_id == batch_id))
    session.execute(delete(BatchRow).where(BatchRow.id == batch_id))


def forget_batch(session: Session, batch_id: str) -> None:
    """Forget a batch that is done. Raises `BatchRefused` while it is not."""
    batch = session.get(BatchRow, batch_id, with_for_update=True)
    if batch is None:
        raise BatchNotFound
    if batch.ended_at is None:
        raise BatchRefused("The batch is not done: delete it as a batch, or wait for its end.")
    session.execute(delete(BatchItemRow).where(BatchItemRow.batch_id == batch_id))
    session.delete(batch)
    session.flush()


def keys_of(session: Session, case_ids: Iterable[str], *, ended: bool = False) -> dict[str, str]:
    """The process of each of these cases that goes on, or also of those that have `ended`; others are left out."""
    ids = list(dict.fromkeys(case_ids))
    found: dict[str, str] = {}
    for at in range(0, len(ids), 500):
        some = select(CaseRow.id, CaseRow.definition_key).where(CaseRow.id.in_(ids[at : at + 500]))
        some = some if ended else some.where(CaseRow.state == "active")
        found.update((row.id, row.definition_key) for row in session.execute(some))
    return {case_id: found[case_id] for case_id in ids if case_id in found}


def describe_batch(row: BatchRow) -> BatchInfo:
    """A row as the value that leaves the engine."""
    return BatchInfo(
        row.id,
        row.kind,
        row.key,
        row.total,
        row.done,
        row.failed,
        row.suspended,
        row.created_by,
        row.created_at,
        row.started_at,
        row.ended_at,
    )


def _create(
    session: Session,
    services: Services,
    kind: str,
    key: str,
    about: Mapping[str, Any],
    case_ids: Sequence[str],
    by: Actor,
) -> BatchInfo:
    ids = list(dict.fromkeys(case_ids))
    if not 0 < len(ids) <= MOST_CASES:
        raise BatchRefused(f"A batch is for 1 to {MOST_CASES} cases or jobs, not for {len(ids)}.")
    batch = BatchRow(
        id=str(uuid4()),
        kind=kind,
        key=key,
        content=pack(dict(about)),
        total=len(ids),
        done=0,
        failed=0,
        suspended=False,
        created_by=by.name,
        created_at=services.clock.now(),
    )
    session.add(batch)
    session.flush()
    rows = [
        {"batch_id": batch.id, "number": number, "case_id": case_id, "state": "open"}
        for number, case_id in enumerate(ids, 1)
    ]
    session.execute(insert(BatchItemRow), rows)
    _leave_job(session, services, batch)
    return describe_batch(batch)


def _leave_job(session: Session, services: Services, batch: BatchRow) -> None:
    now = services.clock.now()
    session.add(
        JobRow(
            id=batch.id,
            kind="batch",
            state="ready",
            inputs=pack({"batch": batch.id}),
            created_at=now,
            due_at=now,
            attempts=0,
            suspended=batch.suspended,
        )
    )
    session.flush()
    after_commit(session, services.wake)


def _open_items(batch_id: str) -> Any:
    items = select(BatchItemRow).where(BatchItemRow.batch_id == batch_id, BatchItemRow.state == "open")
    return items.order_by(BatchItemRow.number)


def _tried(
    session: Session, services: Services, kind: str, about: Mapping[str, Any], case_id: str, by: Actor
) -> str | None:
    """Do it to one case; why it could not be done."""
    try:
        with session.begin_nested():
            ERRANDS[kind](session, services, about, case_id, by)
    except StepFailed as failed:
        return f"{failed.element_id}: {reason_of(failed.cause)}"
    except AmtsflussError as refused:
        return reason_of(refused)
    return None


def _locked(session: Session, batch_id: str) -> BatchRow:
    batch = session.get(BatchRow, batch_id, with_for_update=True)
    if batch is None or batch.ended_at is not None:
        raise BatchNotFound
    return batch
