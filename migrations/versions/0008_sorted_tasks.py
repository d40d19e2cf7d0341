# SPDX-License-Identifier: EUPL-1.2
"""Orders in which programs want tasks, also when very many are open."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What programs mostly ask of tasks besides lies in the indexes.
    holding: dict[str, Any] = {"postgresql_include": ["definition_id", "assignee"]}
    for column in ("priority", "due_at", "name"):
        op.create_index(f"ix_tasks_{column}", "tasks", [column, "created_at", "id"], unique=False, **holding)
    urgent_first: list[Any] = [sa.text("priority DESC"), "created_at", "id"]
    op.create_index("ix_tasks_priority_desc", "tasks", urgent_first, unique=False, **holding)
