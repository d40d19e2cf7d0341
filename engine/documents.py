# SPDX-License-Identifier: EUPL-1.2
"""The documents of a case: uploads of applicants and notices of the town, immutable once stored."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.contents import contents_of
from engine.errors import ContentLost, DocumentNotFound, DocumentTooLarge
from engine.models.document import DocumentContentRow, DocumentRow

#: The town's upper bound for one stored document, in bytes.
MAX_DOCUMENT_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class NewDocument:
    """A document that is to be stored with its case."""

    name: str
    media_type: str
    content: bytes
    title: str = ""
    #: Whether the applicant may fetch it from the status page.
    for_applicant: bool = False


@dataclass(frozen=True)
class StoredDocument:
    """A document of a case; `content` is None in lists."""

    id: str
    case_id: str
    name: str
    title: str
    media_type: str
    size: int
    sha256: str
    for_applicant: bool
    created_at: datetime
    content: bytes | None = None

    def reference(self) -> dict[str, Any]:
        """What a case variable holds in place of the document."""
        return {"document_id": self.id, "name": self.name, "media_type": self.media_type, "size": self.size}


def add_document(session: Session, clock: Clock, case_id: str, new: NewDocument, by: str) -> StoredDocument:
    """Store a document with its case. May raise `ContentStoreUnavailable`."""
    if len(new.content) > MAX_DOCUMENT_BYTES:
        raise DocumentTooLarge(f"{new.name} has {len(new.content)} bytes.")
    row = DocumentRow(
        id=str(uuid4()),
        case_id=case_id,
        name=new.name,
        title=new.title or new.name,
        media_type=new.media_type,
        size=len(new.content),
        sha256=hashlib.sha256(new.content).hexdigest(),
        for_applicant=new.for_applicant,
        created_by=by,
        created_at=clock.now(),
    )
    contents = contents_of(session)
    if contents is not None:
        contents.put(row.sha256, new.content)
    session.add(row)
    session.flush()
    if contents is None:
        session.add(DocumentContentRow(document_id=row.id, content=new.content))
        session.flush()
    return describe(row)


def load_document(session: Session, document_id: str) -> StoredDocument:
    """A document with its content; may raise `DocumentNotFound`, or `ContentLost` when it is not what was stored.

    The caller checks who may see the case.
    """
    row = session.execute(
        select(DocumentRow, DocumentContentRow.content)
        .outerjoin(DocumentContentRow, DocumentContentRow.document_id == DocumentRow.id)
        .where(DocumentRow.id == document_id)
    ).one_or_none()
    if row is None:
        raise DocumentNotFound
    return describe(row[0], _verified(session, row[0], row[1]))


def _verified(session: Session, row: DocumentRow, content: bytes | None) -> bytes:
    """What lay in the database before there was a store still lies there."""
    contents = contents_of(session)
    if content is None and contents is not None:
        content = contents.get(row.sha256)
    if content is None:
        raise ContentLost(f"The content of document {row.id} is missing. Restore it, or set AMT_DOCUMENTS as it was.")
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise ContentLost(f"The content of document {row.id} is damaged. Restore it from a backup.")
    return content


def describe(row: DocumentRow, content: bytes | None = None) -> StoredDocument:
    """A row as the value that leaves the engine."""
    return StoredDocument(
        id=row.id,
        case_id=row.case_id,
        name=row.name,
        title=row.title,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        for_applicant=row.for_applicant,
        created_at=row.created_at,
        content=content,
    )


def is_reference(value: Any) -> bool:
    """Whether a variable's value stands for a stored document."""
    return isinstance(value, dict) and isinstance(value.get("document_id"), str)
