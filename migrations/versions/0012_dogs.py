# SPDX-License-Identifier: EUPL-1.2
"""The town's list of dogs."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hunde",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("marke", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("aktenzeichen", sa.String(length=50), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("rasse", sa.String(length=100), nullable=False),
        sa.Column("chip", sa.String(length=15), nullable=True),
        sa.Column("gefaehrlich", sa.Boolean(), nullable=False),
        sa.Column("ermaessigung", sa.String(length=20), nullable=False),
        sa.Column("jahressteuer", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("steuer_ab", sa.Date(), nullable=False),
        sa.Column("veranlagt", sa.Integer(), nullable=False),
        sa.Column("vorname", sa.String(length=100), nullable=False),
        sa.Column("nachname", sa.String(length=100), nullable=False),
        sa.Column("strasse", sa.String(length=150), nullable=False),
        sa.Column("plz", sa.String(length=10), nullable=False),
        sa.Column("ort", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("steuer_bis", sa.Date(), nullable=True),
        sa.Column("grund", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hunde")),
        sa.UniqueConstraint("marke", name=op.f("uq_hunde_marke")),
    )
    op.create_index(op.f("ix_hunde_case_id"), "hunde", ["case_id"])
    op.create_index(op.f("ix_hunde_veranlagt"), "hunde", ["veranlagt"])
    op.create_index(op.f("ix_hunde_steuer_bis"), "hunde", ["steuer_bis"])
