# SPDX-License-Identifier: EUPL-1.2
"""Cases, their one state row, and the counters their references come from."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime

#: Cases are forgotten by their age, and called ones with those that have called them.
_OUTERMOST: dict[str, Any] = {
    "sqlite_where": literal_column("ended_at IS NOT NULL AND parent_id IS NULL"),
    "postgresql_where": literal_column("ended_at IS NOT NULL AND parent_id IS NULL"),
}


class CaseRow(Base):
    """What is asked about a case without opening it."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_definition_key_state", "definition_key", "state"),
        Index("ix_cases_definition_id_ended_at", "definition_id", "ended_at", **_OUTERMOST),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("definitions.id"))
    definition_key: Mapped[str] = mapped_column(String(200))
    #: The file reference (Aktenzeichen).
    reference: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(300), default="")
    #: What the neighbours know the case by; need not be unique.
    business_key: Mapped[str | None] = mapped_column(String(300), index=True)
    #: The case that called this one, and the token in it that waits; the outermost case of all these.
    parent_id: Mapped[str | None] = mapped_column(String(36), index=True)
    parent_token: Mapped[str | None] = mapped_column(String(36))
    root_id: Mapped[str] = mapped_column(String(36), index=True)
    depth: Mapped[int] = mapped_column(default=0)
    #: Nothing moves until it is resumed.
    suspended: Mapped[bool] = mapped_column(default=False)
    #: active | completed | cancelled
    state: Mapped[str] = mapped_column(String(20))
    started_by: Mapped[str] = mapped_column(String(100))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Name of the end event that ended the case.
    ended_with: Mapped[str | None] = mapped_column(String(300))


class CaseStateRow(Base):
    """Tokens and variables, compressed; written whole, with a revision that makes a lost update impossible."""

    __tablename__ = "case_states"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class CounterRow(Base):
    """The last number given out in a circle of numbers, such as the references of one process in one year."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    last: Mapped[int]
