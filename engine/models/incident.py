# SPDX-License-Identifier: EUPL-1.2
"""Incidents: what went wrong and waits for an operator."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime


class IncidentRow(Base):
    """One failure that did not mend itself. The reason names no personal data."""

    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_resolved_at_created_at", "resolved_at", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[str | None] = mapped_column(String(36), index=True)
    element_id: Mapped[str] = mapped_column(String(200))
    #: job_failed | step_failed | external_failed | form_missing, or what another program calls it
    kind: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: What operators have noted about it.
    annotation: Mapped[str | None] = mapped_column(Text)
    #: Where it stands, when a program has reported it, and what that program says of it; a job knows its own token.
    token_id: Mapped[str | None] = mapped_column(String(36))
    configuration: Mapped[str | None] = mapped_column(String(300))
