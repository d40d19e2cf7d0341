# SPDX-License-Identifier: EUPL-1.2
"""Unfinished applications, kept so that nothing typed is lost."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime


class DraftRow(Base):
    """Answers given so far. The id is the secret that opens the draft; only its hash is stored."""

    __tablename__ = "drafts"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("definitions.id"))
    answers: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    #: Set once the draft has become a case, so that a second submit finds it.
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)


class DraftFileRow(Base):
    """A file uploaded into a draft."""

    __tablename__ = "draft_files"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    draft_hash: Mapped[str] = mapped_column(ForeignKey("drafts.id_hash", ondelete="CASCADE"), index=True)
    field_path: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
