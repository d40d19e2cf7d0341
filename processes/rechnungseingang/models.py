# SPDX-License-Identifier: EUPL-1.2
"""Invoices that have come in, and the runs in which they are paid. Kept as long as books, longer than case files."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime

Betrag = Numeric(12, 2)


class Zahllauf(Base):
    """One file of transfers for the bank."""

    __tablename__ = "zahllaeufe"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(100))
    #: On which day the bank shall pay.
    pay_on: Mapped[date]
    invoice_count: Mapped[int]
    total: Mapped[Decimal] = mapped_column(Betrag)
    #: pain.001, to be fetched again if it got lost on its way.
    content: Mapped[str] = mapped_column(Text)


class Eingangsrechnung(Base):
    """An invoice to the town. Empty as long as nobody has typed what a picture of it says."""

    __tablename__ = "eingangsrechnungen"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(String(36), index=True)
    #: The case's reference; the transfer carries it, the bank statement brings it back.
    kennung: Mapped[str] = mapped_column(String(35), index=True)
    #: SHA-256 of the file: the same file is taken once.
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    file_name: Mapped[str] = mapped_column(String(200))
    supplier: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(100), index=True)
    issued_on: Mapped[date | None]
    due_on: Mapped[date | None]
    amount: Mapped[Decimal | None] = mapped_column(Betrag)
    iban: Mapped[str] = mapped_column(String(34))
    purpose: Mapped[str] = mapped_column(String(140))
    #: in_pruefung | freigegeben | angewiesen | bezahlt | zurueckgewiesen | abgelegt
    state: Mapped[str] = mapped_column(String(16), index=True)
    zahllauf_id: Mapped[int | None] = mapped_column(ForeignKey("zahllaeufe.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
