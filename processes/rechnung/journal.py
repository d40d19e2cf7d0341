# SPDX-License-Identifier: EUPL-1.2
"""The journal: double entry, one row an entry, so that debit and credit cannot differ. Nothing is changed afterwards.

What a claim still owes is the balance of its entries on the account of receivables. It is kept beside the claim, in the
same transaction, so that lists need not add up; `amt verify` compares the two.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Result, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.clock import Clock
from processes.rechnung.models import Buchungssatz, Forderung

FORDERUNGEN = "forderungen"
ERTRAG = "ertrag"
BANK = "bank"
KASSE = "kasse"
ANBIETER = "zahlungsanbieter"
VERWAHRUNG = "verwahrung"
NEBENFORDERUNGEN = "nebenforderungen"
NACHLASS = "nachlass"

KONTEN: dict[str, str] = {
    FORDERUNGEN: "Forderungen",
    ERTRAG: "Erträge",
    BANK: "Bankkonto",
    KASSE: "Barkasse",
    ANBIETER: "Zahlungsanbieter",
    VERWAHRUNG: "Verwahrkonto",
    NEBENFORDERUNGEN: "Mahngebühren, Säumniszuschläge und Zinsen",
    NACHLASS: "Erlass und Niederschlagung",
}
"""Accounts, by key, as the cashier calls them."""


@dataclass(frozen=True)
class Art:
    """A kind of entry: what it is called and which accounts it moves."""

    name: str
    debit: str
    credit: str


ARTEN: dict[str, Art] = {
    "sollstellung": Art("Sollstellung", FORDERUNGEN, ERTRAG),
    "storno": Art("Storno", ERTRAG, FORDERUNGEN),
    "mahngebuehr": Art("Mahngebühr", FORDERUNGEN, NEBENFORDERUNGEN),
    "saeumniszuschlag": Art("Säumniszuschlag", FORDERUNGEN, NEBENFORDERUNGEN),
    "stundungszinsen": Art("Stundungszinsen", FORDERUNGEN, NEBENFORDERUNGEN),
    "verzugszinsen": Art("Verzugszinsen", FORDERUNGEN, NEBENFORDERUNGEN),
    "nebenstorno": Art("Storno von Nebenforderungen", NEBENFORDERUNGEN, FORDERUNGEN),
    "zahlung_online": Art("Zahlung online", ANBIETER, FORDERUNGEN),
    "zahlung_bank": Art("Zahlung per Überweisung", BANK, FORDERUNGEN),
    "zahlung_bar": Art("Zahlung bar", KASSE, FORDERUNGEN),
    "verwahrung_online": Art("Ungeklärte Zahlung online", ANBIETER, VERWAHRUNG),
    "verwahrung_bank": Art("Ungeklärte Überweisung", BANK, VERWAHRUNG),
    "verwahrung_bar": Art("Ungeklärte Barzahlung", KASSE, VERWAHRUNG),
    "umbuchung": Art("Aus der Verwahrung zugeordnet", VERWAHRUNG, FORDERUNGEN),
    "auskehrung": Art("Ins Verwahrkonto", FORDERUNGEN, VERWAHRUNG),
    "erstattung": Art("Erstattung", VERWAHRUNG, BANK),
    "erstattung_anbieter": Art("Erstattung über den Zahlungsanbieter", VERWAHRUNG, ANBIETER),
    "ruecklastschrift": Art("Rücklastschrift", FORDERUNGEN, BANK),
    "rueckbelastung": Art("Rückbelastung des Zahlungsanbieters", FORDERUNGEN, ANBIETER),
    "rueckzahlung": Art("Rückzahlung beim Zahlungsanbieter", FORDERUNGEN, ANBIETER),
    "erlass": Art("Erlass", NACHLASS, FORDERUNGEN),
    "niederschlagung": Art("Niederschlagung", NACHLASS, FORDERUNGEN),
}


def buchen(
    session: Session,
    clock: Clock,
    art: str,
    amount: Decimal,
    receipt: str,
    *,
    forderung: Forderung | None = None,
    value_date: date | None = None,
    by: str = "",
    text: str = "",
    currency: str = "EUR",
) -> Buchungssatz | None:
    """Make an entry of a kind in `ARTEN` and keep what the claim owes in step; None when the receipt is booked already.

    Raises ValueError for an amount that is no positive number of cents.
    """
    if not amount.is_finite() or amount <= 0 or amount != round(amount, 2):
        raise ValueError("An entry has a positive amount in euros and cents.")
    kind = ARTEN[art]
    entry = Buchungssatz(
        forderung_id=forderung.id if forderung else None,
        kind=art,
        debit=kind.debit,
        credit=kind.credit,
        amount=amount,
        currency=currency,
        value_date=value_date or clock.today(),
        booked_at=clock.now(),
        by=by,
        receipt=receipt,
        text=text[:250],
    )
    try:
        with session.begin_nested():
            session.add(entry)
            session.flush()
    except IntegrityError:
        return None
    if forderung is not None:
        forderung.open_amount += wirkung(kind, amount)
        session.flush()
    return entry


def wirkung(kind: Art, amount: Decimal) -> Decimal:
    """By how much an entry changes what is owed."""
    return amount * ((kind.debit == FORDERUNGEN) - (kind.credit == FORDERUNGEN))


def zeitraum(session: Session, von: date, bis: date) -> Result[Buchungssatz, str | None, str | None]:
    """The entries of some days in their order, each with reference and file reference of its claim, for exports."""
    statement = (
        select(Buchungssatz, Forderung.reference, Forderung.aktenzeichen)
        .outerjoin(Forderung, Forderung.id == Buchungssatz.forderung_id)
        .where(Buchungssatz.value_date.between(von, bis))
        .order_by(Buchungssatz.id)
        .execution_options(yield_per=1000)
    )
    return session.execute(statement)


def verwahrt(session: Session, forderung: Forderung) -> Decimal:
    """Money that came for a claim and belongs to nobody yet."""
    total = Decimal(0)
    for satz in saetze(session, forderung.id):
        total += satz.amount * ((satz.credit == VERWAHRUNG) - (satz.debit == VERWAHRUNG))
    return total


def saetze(session: Session, forderung_id: int) -> list[Buchungssatz]:
    """The entries of a claim, in their order."""
    statement = select(Buchungssatz).where(Buchungssatz.forderung_id == forderung_id).order_by(Buchungssatz.id)
    return list(session.scalars(statement))
