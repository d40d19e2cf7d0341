# SPDX-License-Identifier: EUPL-1.2
"""Where cases came from that began in another engine, so that none comes twice."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime


class CaseOriginRow(Base):
    """What a case was called in the engine in which it began. Stays when the case is deleted: it must not come back."""

    __tablename__ = "case_origins"

    origin_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id", ondelete="SET NULL"), index=True)
    adopted_at: Mapped[datetime] = mapped_column(UtcDateTime)
