# SPDX-License-Identifier: EUPL-1.2
"""Ended cases are found by their age, drafts by their case; and it is known how many references were forgotten."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OUTERMOST = "ended_at IS NOT NULL AND parent_id IS NULL"


def upgrade() -> None:
    ended: dict[str, Any] = {"sqlite_where": sa.text(_OUTERMOST), "postgresql_where": sa.text(_OUTERMOST)}
    op.create_index("ix_cases_definition_id_ended_at", "cases", ["definition_id", "ended_at"], **ended)
    op.create_index(op.f("ix_drafts_case_id"), "drafts", ["case_id"])
    # What was deleted before anybody counted it is what is missing now.
    counters, cases = sa.table("counters", sa.column("name"), sa.column("last")), sa.table("cases", sa.column("id"))
    cases.append_column(sa.column("parent_id"))
    connection = op.get_bind()
    given = connection.scalar(sa.select(sa.func.sum(counters.c.last)).where(counters.c.name.startswith("reference/")))
    there = connection.scalar(sa.select(sa.func.count()).select_from(cases).where(cases.c.parent_id.is_(None)))
    if (given or 0) > (there or 0):
        op.bulk_insert(counters, [{"name": "forgotten", "last": int(given or 0) - int(there or 0)}])
