# SPDX-License-Identifier: EUPL-1.2
"""Batches: the same thing to be done to many cases or jobs, in small portions, by the worker."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime


class BatchRow(Base):
    """What is to be done, and how far it is."""

    __tablename__ = "batches"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    #: As in `engine.errands.ERRANDS`.
    kind: Mapped[str] = mapped_column(String(30))
    #: Of which process; * for those of several.
    key: Mapped[str] = mapped_column(String(200))
    #: What the kind needs to know.
    content: Mapped[bytes] = mapped_column(LargeBinary)
    total: Mapped[int]
    #: Items that are done with, whatever came of them.
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    suspended: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class BatchItemRow(Base):
    """One case of a batch, or one job."""

    __tablename__ = "batch_items"
    __table_args__ = (Index("ix_batch_items_batch_id_state_number", "batch_id", "state", "number"),)

    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(String(36))
    #: open | done | failed
    state: Mapped[str] = mapped_column(String(10), default="open")
    #: Why it failed.
    reason: Mapped[str | None] = mapped_column(Text)
