# SPDX-License-Identifier: EUPL-1.2
"""People who work here and the groups they belong to."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime


class UserRow(Base):
    """A person with a login."""

    __tablename__ = "users"

    username: Mapped[str] = mapped_column(String(100), primary_key=True)
    #: The user name casefolded, by which it is found and given once; folding makes three letters of one at most.
    name_key: Mapped[str] = mapped_column(String(300), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    #: Random. Every login carries it and is over as soon as it changes.
    session_key: Mapped[str] = mapped_column(String(32))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GroupRow(Base):
    """A group that models name as candidates."""

    __tablename__ = "groups"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)


class MembershipRow(Base):
    """Who belongs to which group."""

    __tablename__ = "memberships"

    username: Mapped[str] = mapped_column(ForeignKey("users.username", ondelete="CASCADE"), primary_key=True)
    group_key: Mapped[str] = mapped_column(ForeignKey("groups.key", ondelete="CASCADE"), primary_key=True, index=True)
