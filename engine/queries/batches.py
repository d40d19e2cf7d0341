# SPDX-License-Identifier: EUPL-1.2
"""Batches from the outside: how far they are, and why some of it failed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.batches import BatchInfo, BatchNotFound, describe_batch
from engine.models import BatchItemRow, BatchRow
from engine.queries.criteria import Criterion, after, before, equal, given, said
from engine.queries.listing import Asked, Listing

#: What other programs call the kinds of ours.
NAMES = {
    "migration": "instance-migration",
    "deletion": "instance-deletion",
    "modification": "instance-modification",
    "suspension": "instance-update-suspension-state",
    "variables": "set-variables",
    "message": "correlate-message",
    "job_retries": "set-job-retries",
    "external_retries": "set-external-task-retries",
    "forgetting": "historic-instance-deletion",
    "restart": "instance-restart",
}
LISTING = Listing(
    select(BatchRow),
    {
        "batchId": equal(BatchRow.id),
        "type": Criterion("text", lambda name: BatchRow.kind == next((k for k, n in NAMES.items() if n == name), "")),
        "suspended": said(BatchRow.suspended.is_(True)),
        "completed": said(BatchRow.ended_at.is_not(None)),
        "withFailures": given(BatchRow.failed > 0),
        "withoutFailures": given(BatchRow.failed == 0),
        "createdBy": equal(BatchRow.created_by),
        "startedAfter": after(BatchRow.created_at),
        "startedBefore": before(BatchRow.created_at),
    },
    {"batchId": BatchRow.id, "startTime": BatchRow.created_at, "endTime": BatchRow.ended_at, "tenantId": BatchRow.key},
    (BatchRow.created_at, BatchRow.id),
    BatchRow.key,
)


def batches(session: Session, asked: Asked) -> list[BatchInfo]:
    """The batches that fit."""
    return [describe_batch(row[0]) for row in LISTING.rows(session, asked)]


def batch_count(session: Session, asked: Asked) -> int:
    """How many fit."""
    return LISTING.count(session, asked)


def find_batch(session: Session, batch_id: str) -> BatchInfo:
    """One batch, or `BatchNotFound`."""
    row = session.get(BatchRow, batch_id)
    if row is None:
        raise BatchNotFound
    return describe_batch(row)


def failures(session: Session, batch_id: str, *, limit: int = 100) -> list[tuple[str, str]]:
    """The first cases with which it could not be done, and why."""
    rows = session.execute(
        select(BatchItemRow.case_id, BatchItemRow.reason)
        .where(BatchItemRow.batch_id == batch_id, BatchItemRow.state == "failed")
        .order_by(BatchItemRow.number)
        .limit(limit)
    )
    return [(case_id, reason or "") for case_id, reason in rows]
