# SPDX-License-Identifier: EUPL-1.2
"""Books with double entry: items, instalments, the journal, bank statements and their lines.

Claims of before get the entries that they would have had. While a release of before still runs beside this one, claims
that it raises lack theirs; `amt verify` names them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NEW = (
    sa.Column("open_amount", sa.Numeric(12, 2), nullable=False, server_default="0"),
    sa.Column("debtor", sa.String(length=200), nullable=False, server_default=""),
    sa.Column("dunning_level", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("dunning_stop_until", sa.Date(), nullable=True),
    sa.Column("dunning_stop_reason", sa.String(length=200), nullable=False, server_default=""),
    sa.Column("mandat_id", sa.Integer(), nullable=True),
    sa.Column("collected_for", sa.Date(), nullable=True),
)
#: What a claim and the money for it would have been booked as.
_ENTRIES = (
    'INSERT INTO buchungssaetze (forderung_id, kind, debit, credit, amount, currency, value_date, booked_at, "by",'
    " receipt, text) SELECT id, 'sollstellung', 'forderungen', 'ertrag', amount, currency, DATE(created_at),"
    " created_at, '', 'forderung/' || reference, purpose FROM forderungen",
    'INSERT INTO buchungssaetze (forderung_id, kind, debit, credit, amount, currency, value_date, booked_at, "by",'
    " receipt, text) SELECT id, 'storno', 'ertrag', 'forderungen', amount, currency, DATE(created_at),"
    " created_at, '', 'storno/' || reference, purpose FROM forderungen WHERE state = 'storniert'",
    'INSERT INTO buchungssaetze (forderung_id, kind, debit, credit, amount, currency, value_date, booked_at, "by",'
    " receipt, text) SELECT b.forderung_id, 'zahlung_online', 'zahlungsanbieter', 'forderungen', b.amount, b.currency,"
    " DATE(b.paid_at), b.booked_at, '', b.provider || '/' || b.transaction_id, '' FROM buchungen b"
    " JOIN forderungen f ON f.id = b.forderung_id WHERE f.state = 'bezahlt'"
    " AND b.art IN ('zahlung', 'nach_verfahrensende')",
    'INSERT INTO buchungssaetze (forderung_id, kind, debit, credit, amount, currency, value_date, booked_at, "by",'
    " receipt, text) SELECT b.forderung_id, 'verwahrung_online', 'zahlungsanbieter', 'verwahrung', b.amount,"
    " b.currency, DATE(b.paid_at), b.booked_at, '', b.provider || '/' || b.transaction_id, '' FROM buchungen b"
    " JOIN forderungen f ON f.id = b.forderung_id WHERE NOT (f.state = 'bezahlt'"
    " AND b.art IN ('zahlung', 'nach_verfahrensende'))",
    "UPDATE forderungen SET open_amount = amount WHERE state = 'offen'",
)


def upgrade() -> None:
    op.create_table(
        "mandate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=35), nullable=False),
        sa.Column("name", sa.String(length=70), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
        sa.UniqueConstraint("reference", name=op.f("uq_mandate_reference")),
    )
    for column in _NEW:
        op.add_column("forderungen", column)
    op.create_index(op.f("ix_forderungen_state"), "forderungen", ["state"])
    op.create_index(op.f("ix_forderungen_mandat_id"), "forderungen", ["mandat_id"])
    op.create_table(
        "forderungsposten",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forderung_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=250), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.ForeignKeyConstraint(["forderung_id"], ["forderungen.id"], name=op.f("fk_forderungsposten_forderung_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forderungsposten")),
    )
    op.create_index(op.f("ix_forderungsposten_forderung_id"), "forderungsposten", ["forderung_id"])
    op.create_table(
        "raten",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forderung_id", sa.Integer(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.ForeignKeyConstraint(["forderung_id"], ["forderungen.id"], name=op.f("fk_raten_forderung_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raten")),
    )
    op.create_index(op.f("ix_raten_forderung_id"), "raten", ["forderung_id"])
    op.create_table(
        "buchungssaetze",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forderung_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("debit", sa.String(length=30), nullable=False),
        sa.Column("credit", sa.String(length=30), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("receipt", sa.String(length=150), nullable=False),
        sa.Column("text", sa.String(length=250), nullable=False),
        sa.ForeignKeyConstraint(["forderung_id"], ["forderungen.id"], name=op.f("fk_buchungssaetze_forderung_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buchungssaetze")),
        sa.UniqueConstraint("receipt", name=op.f("uq_buchungssaetze_receipt")),
    )
    op.create_index(op.f("ix_buchungssaetze_forderung_id"), "buchungssaetze", ["forderung_id"])
    op.create_index(op.f("ix_buchungssaetze_value_date"), "buchungssaetze", ["value_date"])
    op.create_index(op.f("ix_buchungssaetze_booked_at"), "buchungssaetze", ["booked_at"])
    op.create_table(
        "kontoauszuege",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("number", sa.String(length=70), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("opening", sa.Numeric(12, 2), nullable=True),
        sa.Column("closing", sa.Numeric(12, 2), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("known_count", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kontoauszuege")),
    )
    op.create_table(
        "kontoumsaetze",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kontoauszug_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=140), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(length=35), nullable=False),
        sa.Column("end_to_end", sa.String(length=35), nullable=False),
        sa.Column("return_reason", sa.String(length=4), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rule", sa.String(length=30), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=250), nullable=False),
        sa.Column("forderung_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["kontoauszug_id"], ["kontoauszuege.id"], name=op.f("fk_kontoumsaetze_kontoauszug_id")),
        sa.ForeignKeyConstraint(["forderung_id"], ["forderungen.id"], name=op.f("fk_kontoumsaetze_forderung_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kontoumsaetze")),
        sa.UniqueConstraint("key", name=op.f("uq_kontoumsaetze_key")),
    )
    op.create_index(op.f("ix_kontoumsaetze_kontoauszug_id"), "kontoumsaetze", ["kontoauszug_id"])
    op.create_index(op.f("ix_kontoumsaetze_state"), "kontoumsaetze", ["state"])
    op.create_index(op.f("ix_kontoumsaetze_forderung_id"), "kontoumsaetze", ["forderung_id"])
    op.create_table(
        "forderungslaeufe",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("page_key", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forderungslaeufe")),
        sa.UniqueConstraint("page_key", name=op.f("uq_forderungslaeufe_page_key")),
    )
    op.create_index(op.f("ix_forderungslaeufe_created_at"), "forderungslaeufe", ["created_at"])
    op.create_table(
        "laufzeilen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lauf_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("amount", sa.String(length=20), nullable=False),
        sa.Column("error", sa.String(length=250), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["lauf_id"], ["forderungslaeufe.id"], name=op.f("fk_laufzeilen_lauf_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_laufzeilen")),
        sa.UniqueConstraint("lauf_id", "number", name=op.f("uq_laufzeilen_lauf_id_number")),
    )
    for statement in _ENTRIES:
        op.execute(statement)
