# SPDX-License-Identifier: EUPL-1.2
"""Looking at what belongs to no single case: references between tables, documents, batches, what begins cases."""

from collections.abc import Callable, Iterator

from sqlalchemy import Column, Table, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from engine.db import Base, Database
from engine.documents import load_document
from engine.errors import ContentLost
from engine.models import (
    BatchRow,
    CandidateRow,
    CandidateUserRow,
    CaseRow,
    DefinitionRow,
    DocumentRow,
    JobRow,
    SubscriptionRow,
    TaskRow,
)
from engine.models.task import NEVER
from engine.verify.findings import Finding, moment

#: So many documents are looked at in one moment of the database; their content is held one by one.
_DOCUMENTS = 50


def broken_references(session: Session) -> Iterator[Finding]:
    """Rows that name a row that is not there: jobs of cases that are gone, cases of definitions that are gone, …"""
    for table in Base.metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            number = _dangling(session, table, key.parent, key.column)
            if number:
                details = {"column": key.parent.name, "number": str(number), "other": key.column.table.name}
                yield Finding("reference_broken", table.name, details)


def _dangling(session: Session, table: Table, column: Column[object], named: Column[object]) -> int:
    other = named.table.alias()
    there = exists().where(other.c[named.name] == column)
    lost = select(func.count()).select_from(table).where(column.is_not(None), ~there)
    return session.scalar(lost) or 0


def lost_batches(session: Session) -> Iterator[Finding]:
    """Batches that are not done and with which nothing goes on."""
    job = exists().where(JobRow.id == BatchRow.id)
    waiting = select(BatchRow.id, BatchRow.key).where(BatchRow.ended_at.is_(None), BatchRow.done < BatchRow.total, ~job)
    for row in session.execute(waiting):
        yield Finding("batch_stands", row.id, {"process": row.key})


def wrong_beginnings(session: Session) -> Iterator[Finding]:
    """What begins cases: jobs and subscriptions of the newest version of each process, and of no other."""
    newer = aliased(DefinitionRow)
    is_old = exists().where(newer.key == DefinitionRow.key, newer.version > DefinitionRow.version)
    current = select(DefinitionRow.id).where(~is_old)
    for table in (JobRow, SubscriptionRow):
        begins = (table.definition_id.is_not(None), table.case_id.is_(None))
        wrong = select(table.element_id).where(*begins, table.definition_id.not_in(current))
        wrong = wrong.where(table.kind == "start") if table is JobRow else wrong
        for element in session.scalars(wrong):
            yield Finding("beginning_left", element)


def misplaced_tasks(session: Session) -> Iterator[Finding]:
    """Tasks that do not stand in the lists of those whom they are offered to as they are."""
    for offers in (CandidateRow, CandidateUserRow):
        differs = or_(
            offers.taken.is_distinct_from(TaskRow.assignee.is_not(None)),
            offers.priority != TaskRow.priority,
            offers.due_at != func.coalesce(TaskRow.due_at, literal(NEVER, TaskRow.due_at.type)),
            offers.created_at != TaskRow.created_at,
        )
        wrong = select(CaseRow.reference, TaskRow.element_id, TaskRow.id).join(TaskRow, TaskRow.case_id == CaseRow.id)
        for row in session.execute(wrong.join(offers, offers.task_id == TaskRow.id).where(differs).distinct()):
            yield Finding("task_misplaced", row.reference, {"element": row.element_id, "token": row.id})


def check_documents(db: Database, case_id: str | None, told: Callable[[int], None]) -> Iterator[Finding]:
    """Whether what is stored is what was stored: each document's size and checksum."""
    after = ""
    while True:
        with moment(db) as session:
            some = select(DocumentRow.id, DocumentRow.size, CaseRow.reference).join(
                CaseRow, CaseRow.id == DocumentRow.case_id
            )
            if case_id is not None:
                some = some.where(DocumentRow.case_id == case_id)
            rows = session.execute(some.where(DocumentRow.id > after).order_by(DocumentRow.id).limit(_DOCUMENTS)).all()
            found = [finding for row in rows for finding in _check_document(session, row.id, row.size, row.reference)]
        if not rows:
            return
        yield from found
        told(len(rows))
        after = rows[-1].id


def _check_document(session: Session, document_id: str, size: int, reference: str) -> Iterator[Finding]:
    try:
        is_whole = len(load_document(session, document_id).content or b"") == size
    except ContentLost:
        is_whole = False
    if not is_whole:
        yield Finding("document_lost", reference, {"document": document_id})
