# SPDX-License-Identifier: EUPL-1.2
"""Notes at cases and their tasks, and what is attached to tasks: documents of the case, or addresses.

Who may see or write them is checked by the caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.documents import NewDocument, add_document
from engine.errors import NotFound
from engine.history import record
from engine.identity import Actor
from engine.models import AttachmentRow, CommentRow, DocumentRow

#: More than these are not shown at once.
MOST_SHOWN = 1_000


class CommentNotFound(NotFound):
    """There is no such comment."""


class AttachmentNotFound(NotFound):
    """There is no such attachment."""


@dataclass(frozen=True)
class Comment:
    """One note."""

    id: str
    case_id: str
    task_id: str | None
    author: str
    at: datetime
    message: str


@dataclass(frozen=True)
class Attachment:
    """Something that belongs to a task."""

    id: str
    case_id: str
    task_id: str
    name: str
    description: str
    #: What it is, in the words of whoever attached it.
    type: str
    #: Where it lies; None for a document of the case.
    url: str | None
    document_id: str | None
    added_at: datetime


def add_comment(
    session: Session, clock: Clock, case_id: str, message: str, by: Actor, *, task_id: str | None = None
) -> Comment:
    """Note something."""
    row = CommentRow(id=str(uuid4()), case_id=case_id, task_id=task_id, author=by.name, at=clock.now(), message=message)
    session.add(row)
    session.flush()
    return _comment(row)


def comments_of_task(session: Session, task_id: str) -> list[Comment]:
    """The notes at a task, newest first."""
    statement = select(CommentRow).where(CommentRow.task_id == task_id)
    newest = statement.order_by(CommentRow.at.desc(), CommentRow.id).limit(MOST_SHOWN)
    return [_comment(row) for row in session.scalars(newest)]


def comments_of_case(session: Session, case_id: str) -> list[Comment]:
    """The notes at a case and its tasks, newest first."""
    statement = select(CommentRow).where(CommentRow.case_id == case_id)
    newest = statement.order_by(CommentRow.at.desc(), CommentRow.id).limit(MOST_SHOWN)
    return [_comment(row) for row in session.scalars(newest)]


def find_comment(session: Session, comment_id: str) -> Comment:
    """One note, or `CommentNotFound`."""
    row = session.get(CommentRow, comment_id)
    if row is None:
        raise CommentNotFound
    return _comment(row)


def change_comment(session: Session, clock: Clock, comment_id: str, message: str) -> None:
    """Say it otherwise."""
    find_comment(session, comment_id)
    row = session.get_one(CommentRow, comment_id)
    row.message, row.at = message, clock.now()
    session.flush()


def delete_comments(session: Session, ids: Sequence[str]) -> None:
    """Take notes away."""
    session.execute(delete(CommentRow).where(CommentRow.id.in_(ids)))


def attach(
    session: Session,
    clock: Clock,
    case_id: str,
    task_id: str,
    by: Actor,
    *,
    name: str,
    description: str = "",
    type: str = "",
    url: str | None = None,
    document: NewDocument | None = None,
) -> Attachment:
    """Attach an address or a document to a task; the document becomes one of the case."""
    stored = add_document(session, clock, case_id, document, by.name) if document is not None else None
    row = AttachmentRow(
        id=str(uuid4()),
        case_id=case_id,
        task_id=task_id,
        name=name,
        description=description,
        type=type,
        url=url,
        document_id=stored.id if stored is not None else None,
        added_by=by.name,
        added_at=clock.now(),
    )
    session.add(row)
    record(session, clock, case_id, "attachment_added", by, token_id=task_id, attachment_id=row.id)
    return _attachment(row)


def attachments_of_task(session: Session, task_id: str) -> list[Attachment]:
    """What is attached to a task, oldest first."""
    statement = select(AttachmentRow).where(AttachmentRow.task_id == task_id)
    rows = session.scalars(statement.order_by(AttachmentRow.added_at, AttachmentRow.id).limit(MOST_SHOWN))
    return [_attachment(row) for row in rows]


def find_attachment(session: Session, attachment_id: str) -> Attachment:
    """One of them, or `AttachmentNotFound`."""
    row = session.get(AttachmentRow, attachment_id)
    if row is None:
        raise AttachmentNotFound
    return _attachment(row)


def detach(session: Session, attachment_id: str) -> None:
    """Take an attachment off, with its document."""
    found = find_attachment(session, attachment_id)
    session.execute(delete(AttachmentRow).where(AttachmentRow.id == attachment_id))
    if found.document_id is not None:
        session.execute(delete(DocumentRow).where(DocumentRow.id == found.document_id))


def _comment(row: CommentRow) -> Comment:
    return Comment(row.id, row.case_id, row.task_id, row.author, row.at, row.message)


def _attachment(row: AttachmentRow) -> Attachment:
    return Attachment(
        id=row.id,
        case_id=row.case_id,
        task_id=row.task_id,
        name=row.name,
        description=row.description,
        type=row.type,
        url=row.url,
        document_id=row.document_id,
        added_at=row.added_at,
    )
