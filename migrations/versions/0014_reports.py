# SPDX-License-Identifier: EUPL-1.2
"""What people have reported as broken."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "maengel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nummer", sa.String(length=50), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("kategorie", sa.String(length=30), nullable=False),
        sa.Column("beschreibung", sa.Text(), nullable=False),
        sa.Column("freigegeben", sa.Boolean(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("ort", sa.String(length=250), nullable=False),
        sa.Column("stand", sa.String(length=20), nullable=False),
        sa.Column("ergebnis", sa.Text(), nullable=False),
        sa.Column("gemeldet_am", moment, nullable=False),
        sa.Column("aktualisiert_am", moment, nullable=False),
        sa.Column("frist", moment, nullable=True),
        sa.Column("haupt_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["haupt_id"], ["maengel.id"], name=op.f("fk_maengel_haupt_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maengel")),
        sa.UniqueConstraint("case_id", name=op.f("uq_maengel_case_id")),
        sa.UniqueConstraint("nummer", name=op.f("uq_maengel_nummer")),
    )
    op.create_index(op.f("ix_maengel_gemeldet_am"), "maengel", ["gemeldet_am"])
    op.create_index(op.f("ix_maengel_haupt_id"), "maengel", ["haupt_id"])
    op.create_index(op.f("ix_maengel_kategorie"), "maengel", ["kategorie"])
    op.create_index(op.f("ix_maengel_stand"), "maengel", ["stand"])
