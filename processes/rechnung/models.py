# SPDX-License-Identifier: EUPL-1.2
"""The books: what is owed, what was begun, what has arrived.

They name the case without a foreign key: books are kept longer than case files.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, Numeric, String, Text, UniqueConstraint
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
    state: Mapped[str] = mapped_column(String(20), index=True)
    #: What is still owed, with fees and surcharges: always the balance of the claim's entries in the journal.
    open_amount: Mapped[Decimal] = mapped_column(Betrag, default=Decimal(0))
    #: Who owes it, for the cashier's lists and to recognise a transfer by name.
    debtor: Mapped[str] = mapped_column(String(200), default="")
    #: How far dunning is: 0 nothing yet, 1 reminded, 2 Mahnung, 3 enforcement announced, 4 handed over.
    dunning_level: Mapped[int] = mapped_column(default=0)
    #: Until this day nobody duns (Mahnsperre, Stundung); None: no stop.
    dunning_stop_until: Mapped[date | None]
    dunning_stop_reason: Mapped[str] = mapped_column(String(200), default="")
    #: The mandate by which the amount is collected from the payer's account; None: the payer pays.
    mandat_id: Mapped[int | None] = mapped_column(index=True)
    #: For which day the bank has been told to collect; a debit that came back is collected no second time.
    collected_for: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Mandat(Base):
    """A payer's leave to collect from an account (SEPA core direct debit)."""

    __tablename__ = "mandate"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: At most 35 signs; the payer's bank shows it.
    reference: Mapped[str] = mapped_column(String(35), unique=True)
    name: Mapped[str] = mapped_column(String(70))
    iban: Mapped[str] = mapped_column(String(34))
    signed_on: Mapped[date]
    #: aktiv | widerrufen
    state: Mapped[str] = mapped_column(String(12))
    #: Unused for 36 months it lapses.
    last_used_on: Mapped[date | None]


class Posten(Base):
    """One line of what a claim is made up of, such as a book that was not brought back."""

    __tablename__ = "forderungsposten"

    id: Mapped[int] = mapped_column(primary_key=True)
    forderung_id: Mapped[int] = mapped_column(ForeignKey("forderungen.id"), index=True)
    text: Mapped[str] = mapped_column(String(250))
    #: What is owed for it, with VAT where there is any.
    amount: Mapped[Decimal] = mapped_column(Betrag)
    #: The rate of VAT in it, in per cent; None: no supply that VAT is due on.
    tax_rate: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))


class Rate(Base):
    """One instalment that was agreed on."""

    __tablename__ = "raten"

    id: Mapped[int] = mapped_column(primary_key=True)
    forderung_id: Mapped[int] = mapped_column(ForeignKey("forderungen.id"), index=True)
    due_date: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Betrag)


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
    #: angelegt | weitergeleitet | bezahlt | fehlgeschlagen | abgebrochen | abgelaufen | unbekannt
    #: | zurueckgebucht | erstattet (the whole of it; less than that leaves it paid)
    status: Mapped[str] = mapped_column(String(20))
    #: What was given back at the provider, as far as it is booked.
    refunded: Mapped[Decimal] = mapped_column(Betrag, default=Decimal(0))
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


class Buchungssatz(Base):
    """An entry of the journal: an amount on the debit of one account and on the credit of another.

    Never changed and never deleted before its claim; what was wrong is reversed by another entry.
    """

    __tablename__ = "buchungssaetze"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: None for money of which nobody knows yet what it is for.
    forderung_id: Mapped[int | None] = mapped_column(ForeignKey("forderungen.id"), index=True)
    #: Sollstellung, Zahlung, Mahngebühr, … see `journal.ARTEN`.
    kind: Mapped[str] = mapped_column(String(30))
    debit: Mapped[str] = mapped_column(String(30))
    credit: Mapped[str] = mapped_column(String(30))
    amount: Mapped[Decimal] = mapped_column(Betrag)
    currency: Mapped[str] = mapped_column(String(3))
    #: The day that counts: when it was owed, when the money was there.
    value_date: Mapped[date] = mapped_column(index=True)
    booked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    #: Name of the person who has caused it; empty for the platform.
    by: Mapped[str] = mapped_column(String(100))
    #: What it was made from; the same thing is booked once.
    receipt: Mapped[str] = mapped_column(String(150), unique=True)
    text: Mapped[str] = mapped_column(String(250))


class Kontoauszug(Base):
    """A bank statement that was read."""

    __tablename__ = "kontoauszuege"

    id: Mapped[int] = mapped_column(primary_key=True)
    iban: Mapped[str] = mapped_column(String(34))
    #: As the bank numbers it.
    number: Mapped[str] = mapped_column(String(70))
    file_name: Mapped[str] = mapped_column(String(200))
    #: camt.053, camt.052, camt.054, MT940
    format: Mapped[str] = mapped_column(String(10))
    opening: Mapped[Decimal | None] = mapped_column(Betrag)
    closing: Mapped[Decimal | None] = mapped_column(Betrag)
    currency: Mapped[str] = mapped_column(String(3))
    #: Lines that it has, and lines that were known from another statement.
    line_count: Mapped[int]
    known_count: Mapped[int]
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_by: Mapped[str] = mapped_column(String(100))


class Kontoumsatz(Base):
    """A line of a bank statement, and what has become of it."""

    __tablename__ = "kontoumsaetze"

    id: Mapped[int] = mapped_column(primary_key=True)
    kontoauszug_id: Mapped[int] = mapped_column(ForeignKey("kontoauszuege.id"), index=True)
    #: By which the same line is known again, whatever statement it comes in.
    key: Mapped[str] = mapped_column(String(100), unique=True)
    #: Positive: money that came in.
    amount: Mapped[Decimal] = mapped_column(Betrag)
    currency: Mapped[str] = mapped_column(String(3))
    booked_on: Mapped[date]
    value_on: Mapped[date]
    name: Mapped[str] = mapped_column(String(140))
    iban: Mapped[str] = mapped_column(String(34))
    text: Mapped[str] = mapped_column(Text)
    #: Structured creditor reference (ISO 11649), as it was sent.
    reference: Mapped[str] = mapped_column(String(35))
    end_to_end: Mapped[str] = mapped_column(String(35))
    #: Why a direct debit came back (ISO 20022 code); empty otherwise.
    return_reason: Mapped[str] = mapped_column(String(4))
    #: neu | gebucht | klaeren | erledigt | ohne (not about claims)
    state: Mapped[str] = mapped_column(String(10), index=True)
    #: Which rule has found the claim, how sure it is (0 to 100), and why, in words.
    rule: Mapped[str] = mapped_column(String(30))
    confidence: Mapped[int]
    reason: Mapped[str] = mapped_column(String(250))
    forderung_id: Mapped[int | None] = mapped_column(ForeignKey("forderungen.id"), index=True)


class Forderungslauf(Base):
    """A file of many claims, from its check to the last claim that was raised from it."""

    __tablename__ = "forderungslaeufe"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    by: Mapped[str] = mapped_column(String(100))
    #: vorschau | laeuft
    state: Mapped[str] = mapped_column(String(10))
    #: Of the page that a single claim was typed on: sent twice, it is raised once.
    page_key: Mapped[str | None] = mapped_column(String(36), unique=True)


class Laufzeile(Base):
    """A row of such a file: what it says, what is wrong with it, and the case that it has become."""

    __tablename__ = "laufzeilen"
    __table_args__ = (UniqueConstraint("lauf_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lauf_id: Mapped[int] = mapped_column(ForeignKey("forderungslaeufe.id"))
    #: The line of the file, from 2.
    number: Mapped[int]
    data: Mapped[dict[str, str]] = mapped_column(JSON)
    amount: Mapped[str] = mapped_column(String(20))
    error: Mapped[str] = mapped_column(String(250))
    case_id: Mapped[str | None] = mapped_column(String(36))
