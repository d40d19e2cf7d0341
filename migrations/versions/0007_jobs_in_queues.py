# SPDX-License-Identifier: EUPL-1.2
"""When a queue was told of a job, and which process leads where only one may."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TOLD = sa.text("dispatched_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_jobs_dispatched_at", "jobs", ["dispatched_at"], sqlite_where=_TOLD, postgresql_where=_TOLD)
    op.create_table(
        "leaders",
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("holder", sa.String(length=100), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leaders")),
    )
