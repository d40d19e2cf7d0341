# SPDX-License-Identifier: EUPL-1.2
"""Deployments, their files, and the process definitions in them."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime


class DeploymentRow(Base):
    """Models, decisions and forms that were brought in together and stay together."""

    __tablename__ = "deployments"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    checksum: Mapped[str] = mapped_column(String(64))
    deployed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Which program brought it; None: the command line.
    source: Mapped[str | None] = mapped_column(String(200))
    #: For whom, in the words of whoever deployed it. A label: it keeps nobody out.
    tenant_id: Mapped[str | None] = mapped_column(String(100))


class ResourceRow(Base):
    """One file of a deployment."""

    __tablename__ = "deployment_resources"
    __table_args__ = (UniqueConstraint("deployment_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class DefinitionRow(Base):
    """One version of a process definition."""

    __tablename__ = "definitions"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id"))
    key: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    resource_name: Mapped[str] = mapped_column(String(200))
    version_tag: Mapped[str | None] = mapped_column(String(200))
    #: No case begins until it is resumed.
    suspended: Mapped[bool] = mapped_column(default=False)
    #: For how many days the history of its ended cases is wanted; None: for good.
    history_days: Mapped[int | None]
    #: The namespace of its file, which editors fill with their own address.
    category: Mapped[str | None] = mapped_column(String(300))
    description: Mapped[str | None] = mapped_column(Text)
    #: Whether lists of what can be begun offer it.
    startable: Mapped[bool] = mapped_column(default=True)
