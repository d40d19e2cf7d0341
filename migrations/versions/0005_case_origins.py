# SPDX-License-Identifier: EUPL-1.2
"""Where cases came from that began in another engine."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_origins",
        sa.Column("origin_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_origins_case_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("origin_id", name=op.f("pk_case_origins")),
    )
    op.create_index(op.f("ix_case_origins_case_id"), "case_origins", ["case_id"], unique=False)
