# SPDX-License-Identifier: EUPL-1.2
"""Invoices that come in and the runs that pay them; the rate of VAT of what a commercial claim is made up of."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "zahllaeufe",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("pay_on", sa.Date(), nullable=False),
        sa.Column("invoice_count", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(12, 2), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zahllaeufe")),
    )
    op.create_table(
        "eingangsrechnungen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("kennung", sa.String(length=35), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("supplier", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.Numeric(12, 2), nullable=True),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("purpose", sa.String(length=140), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("zahllauf_id", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["zahllauf_id"], ["zahllaeufe.id"], name=op.f("fk_eingangsrechnungen_zahllauf_id_zahllaeufe")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eingangsrechnungen")),
        sa.UniqueConstraint("digest", name=op.f("uq_eingangsrechnungen_digest")),
    )
    for column in ("case_id", "kennung", "number", "state", "zahllauf_id"):
        op.create_index(op.f(f"ix_eingangsrechnungen_{column}"), "eingangsrechnungen", [column])
    op.add_column("zahlungen", sa.Column("refunded", sa.Numeric(12, 2), nullable=False, server_default="0"))
    op.add_column("forderungsposten", sa.Column("tax_rate", sa.Numeric(5, 2), nullable=True))
