# SPDX-License-Identifier: EUPL-1.2
"""What is waited for: messages, signals and conditions, by tokens and by models; and messages kept for later."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime


class SubscriptionRow(Base):
    """One token that waits, or one start event that begins a case."""

    __tablename__ = "event_subscriptions"
    __table_args__ = (
        Index("ix_event_subscriptions_kind_name_correlation_key", "kind", "name", "correlation_key"),
        Index("ix_event_subscriptions_definition_id", "definition_id"),
    )

    #: The token's id; for a start event an id of its own.
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    #: message | signal | conditional; timer at a start that needs other events too
    kind: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    #: Set for start events instead of a case.
    definition_id: Mapped[int | None] = mapped_column(ForeignKey("definitions.id", ondelete="CASCADE"))
    element_id: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(300))
    #: None: found by the case, not by a key.
    correlation_key: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Of a start that needs several events: what this one brought; None until it has come.
    gathered: Mapped[bytes | None] = mapped_column(LargeBinary)


class KeptMessageRow(Base):
    """A message that came before anybody awaited it, kept for a while."""

    __tablename__ = "kept_messages"
    __table_args__ = (Index("ix_kept_messages_name_correlation_key", "name", "correlation_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    correlation_key: Mapped[str | None] = mapped_column(String(300))
    business_key: Mapped[str | None] = mapped_column(String(300))
    #: Payload and variables.
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
