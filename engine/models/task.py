# SPDX-License-Identifier: EUPL-1.2
"""Open tasks and who may take them. A completed task leaves these tables for the history."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, desc
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime

#: By what lists leave tasks out lies in the index, so that these need not be opened for it.
_HOLDING: dict[str, Any] = {"postgresql_include": ["definition_id", "assignee"]}


#: Stands for no date where one is needed to sort by.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


class TaskRow(Base):
    """A task that waits for a person."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_assignee_due_at", "assignee", "due_at"),
        # Lists of programs begin with what is newest, also when very much is open.
        Index("ix_tasks_created_at_id", "created_at", "id"),
        # They sort by these, too.
        Index("ix_tasks_priority", "priority", "created_at", "id", **_HOLDING),
        Index("ix_tasks_priority_desc", desc("priority"), "created_at", "id", **_HOLDING),
        Index("ix_tasks_due_at", "due_at", "created_at", "id", **_HOLDING),
        Index("ix_tasks_name", "name", "created_at", "id", **_HOLDING),
    )

    #: The token that waits here.
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("definitions.id"), index=True)
    element_id: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(300))
    form_key: Mapped[str | None] = mapped_column(String(200))
    assignee: Mapped[str | None] = mapped_column(String(100))
    priority: Mapped[int] = mapped_column(default=50)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    follow_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    description: Mapped[str] = mapped_column(Text, default="")
    #: Who has delegated the task and gets it back.
    owner: Mapped[str | None] = mapped_column(String(100))
    #: pending | resolved, None when never delegated
    delegation: Mapped[str | None] = mapped_column(String(20))
    #: When somebody last changed something about it; None: never.
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def _line(table: str, whom: str) -> tuple[Index, Index]:
    """The order in which a list stands, and what is due first."""
    return (
        Index(f"ix_{table}_line_desc", whom, "taken", desc("priority"), "due_at", "created_at", "task_id"),
        Index(f"ix_{table}_due", whom, "due_at", "created_at", "task_id"),
    )


class CandidateRow(Base):
    """A group whose members may take a task, and where the task stands in their list."""

    __tablename__ = "task_candidates"
    __table_args__ = _line("task_candidates", "group_key")

    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True)
    group_key: Mapped[str] = mapped_column(String(100), primary_key=True)
    #: As the task says it; here, since only within one table an index gives an order.
    taken: Mapped[bool]
    priority: Mapped[int]
    #: `NEVER` where the task has no date.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CandidateUserRow(Base):
    """A person who may take a task, and where the task stands in their list."""

    __tablename__ = "task_candidate_users"
    __table_args__ = _line("task_candidate_users", "username")

    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True)
    username: Mapped[str] = mapped_column(String(100), primary_key=True)
    taken: Mapped[bool]
    priority: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
