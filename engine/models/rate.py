# SPDX-License-Identifier: EUPL-1.2
"""How often something was tried lately, counted where all processes of a town can see it."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime


class RateCountRow(Base):
    """Attempts within one span of time. The key is a hash: it was made of a name or an address."""

    __tablename__ = "rate_counts"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
