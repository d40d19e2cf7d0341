# SPDX-License-Identifier: EUPL-1.2
"""What was found and waits for its owner."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fundsachen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nummer", sa.String(length=50), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("art", sa.String(length=20), nullable=False),
        sa.Column("beschreibung", sa.String(length=150), nullable=False),
        sa.Column("fundort", sa.String(length=100), nullable=False),
        sa.Column("fundtag", sa.Date(), nullable=False),
        sa.Column("lagerort", sa.String(length=60), nullable=False),
        sa.Column("stand", sa.String(length=20), nullable=False),
        sa.Column("frist", sa.Date(), nullable=False),
        sa.Column("abgeschlossen_am", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fundsachen")),
        sa.UniqueConstraint("case_id", name=op.f("uq_fundsachen_case_id")),
        sa.UniqueConstraint("nummer", name=op.f("uq_fundsachen_nummer")),
    )
    op.create_index(op.f("ix_fundsachen_abgeschlossen_am"), "fundsachen", ["abgeschlossen_am"])
    op.create_index(op.f("ix_fundsachen_fundtag"), "fundsachen", ["fundtag"])
    op.create_index(op.f("ix_fundsachen_stand"), "fundsachen", ["stand"])
