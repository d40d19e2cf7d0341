# SPDX-License-Identifier: EUPL-1.2
"""Citizens' accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "konten",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("confirmed_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_konten")),
        sa.UniqueConstraint("email_key", name=op.f("uq_konten_email_key")),
    )
    op.create_table(
        "konto_sitzungen",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konten.id"], name=op.f("fk_konto_sitzungen_konto_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_konto_sitzungen")),
    )
    op.create_index(op.f("ix_konto_sitzungen_expires_at"), "konto_sitzungen", ["expires_at"])
    op.create_index(op.f("ix_konto_sitzungen_konto_id"), "konto_sitzungen", ["konto_id"])
    op.create_table(
        "konto_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["konto_id"], ["konten.id"], name=op.f("fk_konto_codes_konto_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_konto_codes")),
    )
    op.create_index(op.f("ix_konto_codes_expires_at"), "konto_codes", ["expires_at"])
    op.create_index(op.f("ix_konto_codes_konto_id"), "konto_codes", ["konto_id"])
    op.create_table(
        "konto_angaben",
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konten.id"], name=op.f("fk_konto_angaben_konto_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("konto_id", "key", name=op.f("pk_konto_angaben")),
    )
    op.create_table(
        "konto_antraege",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("process_key", sa.String(length=255), nullable=False),
        sa.Column("begun_at", moment, nullable=False),
        sa.Column("draft_hash", sa.String(length=64), nullable=True),
        sa.Column("draft_sealed", sa.Text(), nullable=True),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konten.id"], name=op.f("fk_konto_antraege_konto_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_konto_antraege")),
        sa.UniqueConstraint("konto_id", "case_id", name=op.f("uq_konto_antraege_konto_id_case_id")),
    )
    op.create_index(op.f("ix_konto_antraege_case_id"), "konto_antraege", ["case_id"])
    op.create_index(op.f("ix_konto_antraege_draft_hash"), "konto_antraege", ["draft_hash"])
    op.create_index(op.f("ix_konto_antraege_konto_id"), "konto_antraege", ["konto_id"])
    op.create_table(
        "konto_einwilligungen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("art", sa.String(length=20), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("given_at", moment, nullable=False),
        sa.Column("withdrawn_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konten.id"], name=op.f("fk_konto_einwilligungen_konto_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_konto_einwilligungen")),
    )
    op.create_index(op.f("ix_konto_einwilligungen_konto_id"), "konto_einwilligungen", ["konto_id"])
    op.create_table(
        "konto_abrufe",
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(["konto_id"], ["konten.id"], name=op.f("fk_konto_abrufe_konto_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("konto_id", "document_id", name=op.f("pk_konto_abrufe")),
    )
    op.create_table(
        "konto_passkeys",
        sa.Column("credential_id", sa.String(length=400), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konten.id"], name=op.f("fk_konto_passkeys_konto_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_konto_passkeys")),
    )
    op.create_index(op.f("ix_konto_passkeys_konto_id"), "konto_passkeys", ["konto_id"])
    op.create_table(
        "konto_anmeldedienste",
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("konto_id", sa.String(length=36), nullable=False),
        sa.Column("linked_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["konto_id"], ["konten.id"], name=op.f("fk_konto_anmeldedienste_konto_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_konto_anmeldedienste")),
    )
    op.create_index(op.f("ix_konto_anmeldedienste_konto_id"), "konto_anmeldedienste", ["konto_id"])
