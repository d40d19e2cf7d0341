# SPDX-License-Identifier: EUPL-1.2
"""Data stores: named values that outlive the cases that read and write them."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime


class DataStoreRow(Base):
    """The present value of one data store."""

    __tablename__ = "data_stores"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
