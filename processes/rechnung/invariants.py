# SPDX-License-Identifier: EUPL-1.2
"""What must be true of the books: money is booked once, and what counts as paid has been."""

from collections.abc import Iterator

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from engine.services import Services
from engine.verify import Finding, add_invariant
from processes.rechnung.journal import FORDERUNGEN
from processes.rechnung.models import Buchung, Buchungssatz, Forderung, Zahlung

#: A payment that went back has come before.
_GEZAHLT = ("bezahlt", "zurueckgebucht", "erstattet")
_ABGLEICHEN = "Mit dem Kontoauszug und dem Zahlungsanbieter abgleichen, bevor etwas geändert wird."


@add_invariant
def bezahltes_ist_gebucht(session: Session, services: Services) -> Iterator[Finding]:
    """A claim is paid by exactly one booking; others say that they need the cashier."""
    tilgt = and_(Buchung.forderung_id == Forderung.id, Buchung.art != "abweichung")
    bezahlt = select(Forderung.reference).where(Forderung.state == "bezahlt", ~exists().where(tilgt))
    for referenz in session.scalars(bezahlt):
        yield Finding(
            "rechnung.ohne_buchung", referenz, reason="Die Forderung gilt als bezahlt, ohne Buchung.", cure=_ABGLEICHEN
        )
    doppelt = (
        select(Forderung.reference)
        .join(Buchung, Buchung.forderung_id == Forderung.id)
        .where(Buchung.art == "zahlung")
        .group_by(Forderung.reference)
        .having(func.count() > 1)
    )
    for referenz in session.scalars(doppelt):
        yield Finding(
            "rechnung.doppelt_gebucht",
            referenz,
            reason="Die Forderung ist mehr als einmal als bezahlt gebucht.",
            cure=_ABGLEICHEN,
        )


@add_invariant
def gebuchtes_ist_bezahlt(session: Session, services: Services) -> Iterator[Finding]:
    """Each payment that arrived is booked once, under the transaction by which the provider knows it."""
    dieselbe = and_(Zahlung.provider == Buchung.provider, Zahlung.transaction_id == Buchung.transaction_id)
    ungebucht = (
        select(Forderung.reference)
        .join(Zahlung, Zahlung.forderung_id == Forderung.id)
        .where(Zahlung.status.in_(_GEZAHLT), ~exists().where(dieselbe))
    )
    for referenz in session.scalars(ungebucht):
        yield Finding("rechnung.ungebucht", referenz, reason="Eine Zahlung ist nicht gebucht.", cure=_ABGLEICHEN)
    erfunden = (
        select(Forderung.reference)
        .join(Buchung, Buchung.forderung_id == Forderung.id)
        .where(Buchung.provider.not_in(("bank", "kasse")))
        .where(~exists().where(dieselbe, Zahlung.status.in_(_GEZAHLT)))
    )
    for referenz in session.scalars(erfunden):
        yield Finding(
            "rechnung.ohne_zahlung", referenz, reason="Eine Buchung gehört zu keiner Zahlung.", cure=_ABGLEICHEN
        )


@add_invariant
def offenes_steht_im_journal(session: Session, services: Services) -> Iterator[Finding]:
    """What a claim still owes is the balance of its entries, and its state says the same."""
    share = case((Buchungssatz.debit == FORDERUNGEN, Buchungssatz.amount), else_=0) - case(
        (Buchungssatz.credit == FORDERUNGEN, Buchungssatz.amount), else_=0
    )
    balance = (
        select(func.coalesce(func.sum(share), 0)).where(Buchungssatz.forderung_id == Forderung.id).scalar_subquery()
    )
    is_open = Forderung.state == "offen"
    odd = or_(
        func.round(balance, 2) != Forderung.open_amount,
        and_(is_open, Forderung.open_amount <= 0),
        and_(~is_open, Forderung.open_amount != 0),
    )
    for referenz in session.scalars(select(Forderung.reference).where(odd)):
        yield Finding(
            "rechnung.journal",
            referenz,
            reason="Der offene Betrag ist nicht der Saldo der Buchungssätze.",
            cure=_ABGLEICHEN,
        )
