# SPDX-License-Identifier: EUPL-1.2
"""What applicants and offices write to each other."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "nachrichten",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("vom_amt", sa.Boolean(), nullable=False),
        sa.Column("autor", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("am", moment, nullable=False),
        sa.Column("gelesen_am", moment, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_nachrichten_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nachrichten")),
    )
    op.create_index(op.f("ix_nachrichten_case_id"), "nachrichten", ["case_id"])
    op.create_index(op.f("ix_nachrichten_gelesen_am"), "nachrichten", ["gelesen_am"])
