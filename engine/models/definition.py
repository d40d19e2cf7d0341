# SPDX-License-Identifier: EUPL-1.2
"""Deployments, their files, and the process definitions in them."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime


class DeploymentRow(Base):
    """Models, decisions and forms that were brought in together and stay together."""

    __tablename__ = "deployments"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    checksum: Mapped[str] = mapped_column(String(64))
    deployed_at: Mapped[datetime] = mapped_column(UtcDateTime)


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
