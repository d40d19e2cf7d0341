# SPDX-License-Identifier: EUPL-1.2
"""Messages about a case. They go with its file."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime


class Nachricht(Base):
    """One message, never changed after it was sent."""

    __tablename__ = "nachrichten"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    #: Whether the town has written it; else the applicant has.
    vom_amt: Mapped[bool]
    #: Name of the clerk; empty for the applicant.
    autor: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    am: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When somebody of the town has taken note; for those of the town itself: when it was sent.
    gelesen_am: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
