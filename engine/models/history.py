# SPDX-License-Identifier: EUPL-1.2
"""What happened, in order; rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime


class HistoryRow(Base):
    """One thing that happened in a case."""

    __tablename__ = "history"
    __table_args__ = (Index("ix_history_case_id_id", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: case_started, case_ended, entered, completed, cancelled, task_claimed, task_released, message_received, …;
    #: body_entered and body_completed of a repeated activity as a whole; and `engine.history.DETAILS`.
    kind: Mapped[str] = mapped_column(String(40))
    token_id: Mapped[str | None] = mapped_column(String(36), index=True)
    #: The token around it: the subprocess or the repeated activity; None right in the process.
    parent_token: Mapped[str | None] = mapped_column(String(36))
    element_id: Mapped[str] = mapped_column(String(200), default="")
    element_name: Mapped[str] = mapped_column(String(300), default="")
    element_type: Mapped[str] = mapped_column(String(50), default="")
    #: The kind of the element's only event (`Node.event`); None for lines that are about no element.
    event: Mapped[str | None] = mapped_column(String(30))
    actor: Mapped[str] = mapped_column(String(100), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
