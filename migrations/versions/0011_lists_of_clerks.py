# SPDX-License-Identifier: EUPL-1.2
"""Each list of a clerk is read from an index, however much is open."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

#: Each table, and the column of whom a task is offered to.
_CANDIDATES = {"task_candidates": "group_key", "task_candidate_users": "username"}


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    never, long_ago = _utc("9999-12-31 00:00:00"), _utc("1970-01-01 00:00:00")
    for table, whom in _CANDIDATES.items():
        # The defaults are for processes of the release before, which write rows while this one is put in.
        for column in (
            sa.Column("taken", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("priority", sa.Integer(), nullable=False, server_default="50"),
            sa.Column("due_at", moment, nullable=False, server_default=never),
            sa.Column("created_at", moment, nullable=False, server_default=long_ago),
        ):
            op.add_column(table, column)
        _fill(table, never)
        line: list[Any] = [whom, "taken", sa.text("priority DESC"), "due_at", "created_at", "task_id"]
        op.create_index(f"ix_{table}_line_desc", table, line)
        op.create_index(f"ix_{table}_due", table, [whom, "due_at", "created_at", "task_id"])
        op.drop_index(f"ix_{table}_{whom}_task_id", table)


def _fill(table: str, never: str) -> None:
    of_task = "FROM tasks WHERE tasks.id = {table}.task_id"
    op.execute(
        sa.text(
            f"UPDATE {table} SET"
            f" taken = (SELECT assignee IS NOT NULL {of_task.format(table=table)}),"
            f" priority = (SELECT priority {of_task.format(table=table)}),"
            f" due_at = (SELECT coalesce(due_at, CAST(:never AS {_moment()})) {of_task.format(table=table)}),"
            f" created_at = (SELECT created_at {of_task.format(table=table)})"
        ).bindparams(never=never)
    )


def _utc(moment: str) -> str:
    """As each database writes it, whatever zone its server lives in."""
    return f"{moment}.000000" if _is_sqlite() else f"{moment}+00"


def _moment() -> str:
    return "text" if _is_sqlite() else "timestamptz"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
