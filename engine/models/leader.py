# SPDX-License-Identifier: EUPL-1.2
"""Which process does what only one may do at a time."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime


class LeaderRow(Base):
    """One duty and the process that has it, until it is renewed or runs out."""

    __tablename__ = "leaders"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    holder: Mapped[str] = mapped_column(String(100))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
