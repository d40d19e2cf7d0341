# SPDX-License-Identifier: EUPL-1.2
"""Jobs: everything that has to happen later or outside. The rows are the outbox and the timers at once."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime

#: Only rows of external work are in an index.
_EXTERNAL: dict[str, Any] = {
    "sqlite_where": literal_column("kind = 'external'"),
    "postgresql_where": literal_column("kind = 'external'"),
}
#: Only few rows are in a queue at a time.
_TOLD: dict[str, Any] = {
    "sqlite_where": literal_column("dispatched_at IS NOT NULL"),
    "postgresql_where": literal_column("dispatched_at IS NOT NULL"),
}


class JobRow(Base):
    """One operation to run, one timer to fire, or one piece of work for an external worker."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_state_due_at", "state", "due_at"),
        Index("ix_jobs_topic_state", "topic", "state"),
        Index("ix_jobs_definition_id", "definition_id"),
        Index("ix_jobs_dispatched_at", "dispatched_at", **_TOLD),
        # External work is fetched in these orders, also when very much of it waits.
        Index("ix_jobs_topic_priority_created_at_id", "topic", "priority", "created_at", "id", **_EXTERNAL),
        Index("ix_jobs_topic_created_at_id", "topic", "created_at", "id", **_EXTERNAL),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    #: operation | timer | external | continuation (go on after a commit) | message | signal |
    #: start (of a case, by a timer) | batch (a portion of it)
    kind: Mapped[str] = mapped_column(String(20))
    #: ready | failed (an incident stands open)
    state: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    #: The token that waits for the job; None for jobs that stand on their own.
    token_id: Mapped[str | None] = mapped_column(String(36))
    element_id: Mapped[str] = mapped_column(String(200), default="")
    #: Name of the operation or external topic.
    topic: Mapped[str] = mapped_column(String(200), default="")
    #: Operation that records the result of a job that stands on its own.
    then: Mapped[str | None] = mapped_column(String(200))
    inputs: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    locked_by: Mapped[str | None] = mapped_column(String(100))
    #: When a queue was told of it last, where workers hear of jobs by a queue.
    dispatched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The higher, the earlier among those that are due.
    priority: Mapped[int] = mapped_column(default=0)
    #: Not run while another exclusive job of the same case is.
    exclusive: Mapped[bool] = mapped_column(default=False)
    suspended: Mapped[bool] = mapped_column(default=False)
    #: Pauses between attempts in seconds, with commas; None: the usual ones.
    pauses: Mapped[str | None] = mapped_column(String(500))
    #: External work: attempts left as its worker counts them; None before the first failure.
    retries: Mapped[int | None]
    #: What went wrong last, in the worker's words, for operators.
    error: Mapped[str | None] = mapped_column(Text)
    error_details: Mapped[str | None] = mapped_column(Text)
    #: Of a timer start event.
    definition_id: Mapped[int | None]
