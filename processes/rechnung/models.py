# SPDX-License-Identifier: EUPL-1.2
"""The books: what is owed, what was begun, what has arrived.

They name the case without a foreign key: books are kept longer than case files.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.db import Base, UtcDateTime

Betrag = Numeric(12, 2)


class Forderung(Base):
    """What somebody owes the town, under one reference."""

    __tablename__ = "forderungen"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(String(36), index=True)
    aktenzeichen: Mapped[str] = mapped_column(String(64))
    #: ISO 11649, on the notice, in the transfer, at the payment provider.
    reference: Mapped[str] = mapped_column(String(25), unique=True)
    amount: Mapped[Decimal] = mapped_column(Betrag)
    currency: Mapped[str] = mapped_column(String(3))
    purpose: Mapped[str] = mapped_column(String(250))
    due_date: Mapped[date]
    #: Late payment of public-law claims follows other rules than that of private-law ones.
    public_law: Mapped[bool]
    #: offen | bezahlt | storniert
    state: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Zahlung(Base):
    """One attempt to pay online."""

    __tablename__ = "zahlungen"
    __table_args__ = (UniqueConstraint("provider", "transaction_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    forderung_id: Mapped[int] = mapped_column(ForeignKey("forderungen.id"), index=True)
    #: Ours: asking the provider twice with it makes one payment.
    request_id: Mapped[str] = mapped_column(String(36), unique=True)
    provider: Mapped[str] = mapped_column(String(50))
    #: The provider's, once it has answered.
    transaction_id: Mapped[str | None] = mapped_column(String(100))
    #: Where the payer was sent.
    redirect_url: Mapped[str | None] = mapped_column(String(2100))
    amount: Mapped[Decimal] = mapped_column(Betrag)
    #: angelegt | weitergeleitet | bezahlt | fehlgeschlagen | abgebrochen | unbekannt
    status: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    forderung: Mapped[Forderung] = relationship()


class Buchung(Base):
    """Money that has arrived. Never changed in amount, booked once for each transaction, kept as long as books are."""

    __tablename__ = "buchungen"
    __table_args__ = (UniqueConstraint("provider", "transaction_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    forderung_id: Mapped[int] = mapped_column(ForeignKey("forderungen.id"), index=True)
    provider: Mapped[str] = mapped_column(String(50))
    transaction_id: Mapped[str] = mapped_column(String(100))
    amount: Mapped[Decimal] = mapped_column(Betrag)
    currency: Mapped[str] = mapped_column(String(3))
    method: Mapped[str | None] = mapped_column(String(40))
    #: zahlung | ueberzahlung | nach_verfahrensende | abweichung; all but the first need the cashier.
    art: Mapped[str] = mapped_column(String(20), index=True)
    #: When the provider says the money was paid.
    paid_at: Mapped[datetime] = mapped_column(UtcDateTime)
    booked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    forderung: Mapped[Forderung] = relationship()
