# SPDX-License-Identifier: EUPL-1.2
"""Where a task stands in the lists of those whom it is offered to.

Each offer repeats what the lists are sorted by, since a database gives an order from an index of one table only.
Whatever changes a task's assignee, priority or date passes by here; `amt verify` finds where something has not.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.models import CandidateRow, CandidateUserRow, TaskRow
from engine.models.task import NEVER

#: What the lists are sorted by, in the order in which `place_of` wants it.
SORTED_BY = (TaskRow.assignee, TaskRow.priority, TaskRow.due_at, TaskRow.created_at)


def place_of(assignee: str | None, priority: int, due_at: datetime | None, created_at: datetime) -> dict[str, Any]:
    """What an offer repeats of such a task."""
    return {
        "taken": assignee is not None,
        "priority": priority,
        "due_at": due_at or NEVER,
        "created_at": created_at,
    }


def move_in_lists(session: Session, task_id: str, place: dict[str, Any]) -> None:
    """The task has changed: put it where it belongs now."""
    for offers in (CandidateRow, CandidateUserRow):
        session.execute(
            update(offers).where(offers.task_id == task_id).values(**place).execution_options(synchronize_session=False)
        )
