# SPDX-License-Identifier: EUPL-1.2
"""Programs that work with the town: their accounts, their tokens, and what they may do."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime


class MachineRow(Base):
    """An account of a program. It cannot log in to pages."""

    __tablename__ = "machine_accounts"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    #: None: tokens only.
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MachineTokenRow(Base):
    """A secret by which a program proves which account it has. Only the hash is kept."""

    __tablename__ = "machine_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("machine_accounts.name", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: To the hour; None: never.
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MachineGrantRow(Base):
    """One thing that an account may do."""

    __tablename__ = "machine_grants"

    account: Mapped[str] = mapped_column(ForeignKey("machine_accounts.name", ondelete="CASCADE"), primary_key=True)
    resource: Mapped[str] = mapped_column(String(30), primary_key=True)
    permission: Mapped[str] = mapped_column(String(10), primary_key=True)
    #: Key of a process or decision, name of a topic, or * for all.
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
