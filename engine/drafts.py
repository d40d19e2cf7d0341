# SPDX-License-Identifier: EUPL-1.2
"""Unfinished applications: what a citizen has typed so far, kept on the server until it is sent or forgotten."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, defer

from engine.cases import CaseInfo, begin_case, find_case
from engine.clock import Clock
from engine.definitions import load_definition
from engine.documents import NewDocument, add_document
from engine.errors import DocumentNotFound, DraftNotFound
from engine.identity import Actor
from engine.models import DefinitionRow, DraftFileRow, DraftRow
from engine.services import Services
from engine.values import pack, unpack

#: Drafts that were never sent are forgotten after this time.
LIFETIME = timedelta(days=30)


@dataclass(frozen=True)
class DraftFile:
    """A file uploaded into a draft."""

    id: str
    field_path: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class Draft:
    """An unfinished application. Its id is a secret: whoever knows it can read and send it."""

    id: str
    definition_id: int
    definition_key: str
    answers: dict[str, Any]
    files: tuple[DraftFile, ...]
    expires_at: datetime
    submitted_case_id: str | None


def new_draft(session: Session, clock: Clock, definition_id: int) -> Draft:
    """Begin an application."""
    delete_expired(session, clock)
    draft_id = secrets.token_urlsafe(24)
    session.add(
        DraftRow(
            id_hash=fingerprint(draft_id),
            definition_id=definition_id,
            answers=pack({}),
            created_at=clock.now(),
            expires_at=clock.now() + LIFETIME,
        )
    )
    session.flush()
    return load_draft(session, clock, draft_id)


def load_draft(session: Session, clock: Clock, draft_id: str, *, to_change: bool = False) -> Draft:
    """A draft by its secret id, or `DraftNotFound`.

    Loaded `to_change`, it stays as it is until the transaction ends: nobody else writes into it or sends it meanwhile.
    """
    row = _row(session, clock, draft_id, lock=to_change)
    key = session.scalar(select(DefinitionRow.key).where(DefinitionRow.id == row.definition_id))
    files = session.scalars(
        select(DraftFileRow).where(DraftFileRow.draft_hash == row.id_hash).options(defer(DraftFileRow.content))
    )
    return Draft(
        id=draft_id,
        definition_id=row.definition_id,
        definition_key=key or "",
        answers=unpack(row.answers),
        files=tuple(_describe(file) for file in files),
        expires_at=row.expires_at,
        submitted_case_id=row.case_id,
    )


def save_answers(session: Session, clock: Clock, draft_id: str, answers: dict[str, Any]) -> None:
    """Keep what was typed, right or wrong."""
    _unsent(session, clock, draft_id).answers = pack(answers)
    session.flush()


def add_file(
    session: Session, clock: Clock, draft_id: str, field_path: str, name: str, media_type: str, content: bytes
) -> DraftFile:
    """Keep an uploaded file; the caller has checked its content."""
    row = DraftFileRow(
        id=str(uuid4()),
        draft_hash=_unsent(session, clock, draft_id).id_hash,
        field_path=field_path,
        name=name[:255],
        media_type=media_type,
        size=len(content),
        content=content,
    )
    session.add(row)
    session.flush()
    return _describe(row)


def remove_file(session: Session, draft_id: str, file_id: str) -> None:
    """Throw an uploaded file away; one of another draft is left alone."""
    session.execute(
        delete(DraftFileRow).where(DraftFileRow.id == file_id, DraftFileRow.draft_hash == fingerprint(draft_id))
    )


def file_content(session: Session, draft_id: str, file_id: str) -> bytes:
    """The bytes of an uploaded file, or `DocumentNotFound`."""
    content = session.scalar(
        select(DraftFileRow.content).where(DraftFileRow.id == file_id, DraftFileRow.draft_hash == fingerprint(draft_id))
    )
    if content is None:
        raise DocumentNotFound
    return content


def submit_draft(
    session: Session, services: Services, draft_id: str, answers: dict[str, Any], *, by: Actor
) -> CaseInfo:
    """Turn a draft into a case. Sending twice gives the same case; uploads become documents of the case."""
    row = _row(session, services.clock, draft_id, lock=True)
    if row.case_id is not None:
        return find_case(session, row.case_id)
    definition = load_definition(session, services, row.definition_id)
    files = {
        file.id: file for file in session.scalars(select(DraftFileRow).where(DraftFileRow.draft_hash == row.id_hash))
    }

    def with_documents(case_id: str) -> dict[str, Any]:
        replaced: dict[str, Any] = _replace_files(session, services.clock, case_id, answers, files, by)
        return replaced

    case = begin_case(session, services, definition, with_documents, by=by)
    # The case holds everything now; the draft stays as the memory that it was sent.
    row.case_id, row.answers = case.id, pack({})
    session.execute(delete(DraftFileRow).where(DraftFileRow.draft_hash == row.id_hash))
    session.flush()
    return case


def delete_expired(session: Session, clock: Clock) -> None:
    """Forget drafts whose time has run out."""
    session.execute(delete(DraftRow).where(DraftRow.expires_at < clock.now()))


def _replace_files(
    session: Session, clock: Clock, case_id: str, value: Any, files: dict[str, DraftFileRow], by: Actor
) -> Any:
    if isinstance(value, dict):
        file = files.get(str(value.get("file_id")))
        if file is not None:
            new = NewDocument(file.name, file.media_type, file.content, for_applicant=True)
            return add_document(session, clock, case_id, new, by.name).reference()
        return {key: _replace_files(session, clock, case_id, member, files, by) for key, member in value.items()}
    if isinstance(value, list):
        return [_replace_files(session, clock, case_id, member, files, by) for member in value]
    return value


def _row(session: Session, clock: Clock, draft_id: str, *, lock: bool = False) -> DraftRow:
    statement = select(DraftRow).where(DraftRow.id_hash == fingerprint(draft_id), DraftRow.expires_at >= clock.now())
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise DraftNotFound
    return row


def _unsent(session: Session, clock: Clock, draft_id: str) -> DraftRow:
    """A draft that may still change: what was sent is with the case and stays as it was sent."""
    row = _row(session, clock, draft_id)
    if row.case_id is not None:
        raise DraftNotFound
    return row


def _describe(row: DraftFileRow) -> DraftFile:
    return DraftFile(row.id, row.field_path, row.name, row.media_type, row.size)


def fingerprint(draft_id: str) -> str:
    """What the database holds of a draft's secret id."""
    return hashlib.sha256(draft_id.encode()).hexdigest()
