# SPDX-License-Identifier: EUPL-1.2
"""Booking what has arrived: once for each transaction, whoever brings the news and however often.

Order of locks: the case first (`correlate`), then the claim; operations of the case lock in the same order. Claims are
locked without their key (`key_share`), because a new booking holds the key of its claim while it waits for the case.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connectors.pdf.formats import euro
from engine.cases import find_case, start_case
from engine.clock import Clock
from engine.errors import CaseNotFound, DefinitionNotFound, NobodyWaits, SeveralWait, StepFailed
from engine.identity import SYSTEM
from engine.jobs import enqueue
from engine.messages import correlate
from engine.services import Services
from processes.rechnung.journal import buchen, verwahrt
from processes.rechnung.models import Buchung, Forderung, Zahlung
from processes.rechnung.stand import Zahlungsstand

#: The message that cases wait for, with the claim's reference as key.
MESSAGE = "zahlung_eingegangen"
_FIRST_REMINDER = timedelta(seconds=30)

#: Which account money of these comes to; everything else came online.
_KONTO = {"bank": "bank", "kasse": "bar"}

Zustellung = Literal["zugestellt", "noch_nicht", "niemand"]


def verbuchen(session: Session, services: Services, provider: str, transaction_id: str, stand: Zahlungsstand) -> None:
    """Record how a transaction stands; when it is paid, book it and tell the case that waits for it."""
    zahlung = session.scalars(
        select(Zahlung).where(Zahlung.provider == provider, Zahlung.transaction_id == transaction_id)
    ).one_or_none()
    if zahlung is None or stand.status == "offen":
        return
    if zahlung.status in ("bezahlt", "zurueckgebucht", "erstattet"):
        if stand.zurueckgebucht > 0:
            _take_back(session, services, zahlung, stand.zurueckgebucht)
        if stand.erstattet > zahlung.refunded:
            _given_back_elsewhere(session, services, zahlung, stand.erstattet)
        return
    zahlung.status, zahlung.updated_at = stand.status, services.clock.now()
    session.flush()
    if stand.status == "bezahlt":
        money = Eingang(
            provider=zahlung.provider,
            transaction_id=zahlung.transaction_id or "",
            amount=stand.betrag,
            currency=stand.waehrung,
            method=stand.zahlungsart,
            paid_at=stand.am or services.clock.now(),
            abweichung=not _fits(zahlung, stand),
        )
        eingehen(session, services, zahlung.forderung, money)


def _take_back(session: Session, services: Services, zahlung: Zahlung, amount: Decimal) -> None:
    """A payment that the payer's bank has taken back opens the claim again, once."""
    forderung = _locked(session, zahlung.forderung_id)
    receipt = f"{zahlung.provider}/{zahlung.transaction_id}/zurueck"
    if buchen(session, services.clock, "rueckbelastung", amount, receipt, forderung=forderung) is None:
        return
    zahlung.status = "zurueckgebucht"
    wieder_oeffnen(session, services, forderung, "Der Zahlungsanbieter hat die Zahlung zurückgebucht.")


def wieder_oeffnen(session: Session, services: Services, forderung: Forderung, grund: str) -> None:
    """A paid claim is owed again. When its case has ended nobody would dun, so the cashier gets a task.

    Where the process of that task is not published yet, the claim is still on the list of open ones.
    """
    forderung.state, forderung.paid_at = "offen", None
    session.flush()
    if _case_is_active(session, forderung.case_id):
        return
    offen = {"referenz": forderung.reference, "zweck": forderung.purpose, "schuldner": forderung.debtor or "unbekannt"}
    offen |= {"betrag": euro(forderung.open_amount), "grund": grund}
    with suppress(DefinitionNotFound):
        start_case(session, services, "rechnung_wieder_offen", {"offen": offen}, by=SYSTEM)


def _given_back_elsewhere(session: Session, services: Services, zahlung: Zahlung, whole: Decimal) -> None:
    """Money went back on the provider's own pages: out of what is put aside, else the claim is open again."""
    forderung, amount = _locked(session, zahlung.forderung_id), whole - zahlung.refunded
    receipt = f"{zahlung.provider}/{zahlung.transaction_id}/erstattet/{whole}"
    kind = "erstattung_anbieter" if amount <= verwahrt(session, forderung) else "rueckzahlung"
    buchen(session, services.clock, kind, amount, receipt, forderung=forderung, text="Beim Zahlungsanbieter veranlasst")
    if kind == "rueckzahlung" and forderung.state == "bezahlt":
        wieder_oeffnen(session, services, forderung, "Beim Zahlungsanbieter wurde Geld zurückgegeben.")
    zahlung.refunded = whole
    if zahlung.refunded >= zahlung.amount:
        zahlung.status = "erstattet"
    session.flush()


def zustellen(session: Session, services: Services, forderung: Forderung, buchung: Buchung) -> Zustellung:
    """Give the message to the waiting case. A step that fails behind it (`StepFailed`) leaves the booking untouched."""
    payload = {
        "referenz": forderung.reference,
        "betrag": buchung.amount,
        "waehrung": buchung.currency,
        "zahlungsart": buchung.method,
        "eingegangen_am": buchung.paid_at,
    }
    try:
        with session.begin_nested():
            correlate(session, services, MESSAGE, forderung.reference, payload)
    except NobodyWaits:
        return "noch_nicht" if _case_is_active(session, forderung.case_id) else "niemand"
    return "zugestellt"


@dataclass(frozen=True)
class Eingang:
    """Money that has come in for a claim."""

    #: A provider's name, "bank" or "kasse".
    provider: str
    transaction_id: str
    amount: Decimal
    currency: str
    method: str | None
    paid_at: datetime
    by: str = ""
    text: str = ""
    #: Of money that is not taken for the claim, why.
    abweichung: bool = False

    @property
    def receipt(self) -> str:
        """By which the journal knows it."""
        return f"{self.provider}/{self.transaction_id}"


def eingehen(
    session: Session, services: Services, forderung: Forderung, money: Eingang, *, later: bool = False
) -> Buchung | None:
    """Book money on a claim, tell the case that waits for it, and flag what the cashier must see.

    None when this money has been booked before. With `later` the case is told by a job, for whoever books many.
    """
    buchung = _book(session, services.clock, forderung, money)
    if buchung is None:
        return None
    if buchung.art == "abweichung":
        _hold(session, services.clock, forderung, money, money.amount)
        return buchung
    delivery: Zustellung = "noch_nicht" if later else "niemand"
    pays_all = money.amount >= forderung.open_amount
    if forderung.state == "offen" and pays_all and not later and forderung.case_id:
        try:
            delivery = zustellen(session, services, forderung, buchung)
        except (StepFailed, SeveralWait):
            delivery = "noch_nicht"
    forderung = _locked(session, forderung.id)
    _settle(session, services, forderung, buchung, money, delivery)
    session.flush()
    return buchung


def _book(session: Session, clock: Clock, forderung: Forderung, money: Eingang) -> Buchung | None:
    """The new booking, or None when this transaction has been booked before."""
    buchung = Buchung(
        forderung_id=forderung.id,
        provider=money.provider,
        transaction_id=money.transaction_id,
        amount=money.amount,
        currency=money.currency,
        method=money.method,
        art="abweichung" if money.abweichung or money.currency != forderung.currency else "zahlung",
        paid_at=money.paid_at,
        booked_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(buchung)
            session.flush()
    except IntegrityError:
        return None
    return buchung


def _fits(zahlung: Zahlung, stand: Zahlungsstand) -> bool:
    return (stand.betrag, stand.waehrung) == (zahlung.amount, zahlung.forderung.currency)


def _settle(
    session: Session,
    services: Services,
    forderung: Forderung,
    buchung: Buchung,
    money: Eingang,
    delivery: Zustellung,
) -> None:
    """Put the money on the claim as far as it is owed, the rest aside, and mark the claim."""
    clock = services.clock
    if forderung.state != "offen":
        buchung.art = "ueberzahlung" if forderung.state == "bezahlt" else "nach_verfahrensende"
        _hold(session, clock, forderung, money, money.amount)
        return
    taken = min(money.amount, forderung.open_amount)
    kind = f"zahlung_{_KONTO.get(money.provider, 'online')}"
    day = money.paid_at.astimezone(clock.zone).date()
    about: dict[str, Any] = {"value_date": day, "by": money.by, "text": money.text}
    buchen(session, clock, kind, taken, money.receipt, forderung=forderung, **about)
    if taken < money.amount:
        buchung.art = "ueberzahlung"
        _hold(session, clock, forderung, money, money.amount - taken)
    if forderung.open_amount > 0:
        buchung.art = "teilzahlung"
        return
    forderung.state, forderung.paid_at = "bezahlt", buchung.paid_at
    if not forderung.case_id:
        return
    if delivery == "niemand":
        buchung.art = "nach_verfahrensende"
    elif delivery == "noch_nicht":
        _deliver_later(session, services, forderung, buchung)


def _hold(session: Session, clock: Clock, forderung: Forderung, money: Eingang, amount: Decimal) -> None:
    """Put money aside until the cashier has decided."""
    kind = f"verwahrung_{_KONTO.get(money.provider, 'online')}"
    day = money.paid_at.astimezone(clock.zone).date()
    entry = buchen(
        session,
        clock,
        kind,
        amount,
        f"{money.receipt}/verwahrt",
        value_date=day,
        by=money.by,
        text=f"{forderung.reference} {money.text}".strip(),
        currency=money.currency,
    )
    if entry is not None:
        entry.forderung_id = forderung.id


def _locked(session: Session, forderung_id: int) -> Forderung:
    statement = select(Forderung).where(Forderung.id == forderung_id).with_for_update(key_share=True)
    return session.scalars(statement, execution_options={"populate_existing": True}).one()


def spaeter_zustellen(session: Session, services: Services, forderungen: Sequence[Forderung]) -> None:
    """Tell the cases of claims that have just been paid, each by a job of its own."""
    ids = [forderung.id for forderung in forderungen]
    bookings = session.scalars(select(Buchung).where(Buchung.forderung_id.in_(ids), Buchung.art == "zahlung"))
    by_claim = {buchung.forderung_id: buchung for buchung in bookings}
    for forderung in forderungen:
        _deliver_later(session, services, forderung, by_claim[forderung.id])


def _deliver_later(session: Session, services: Services, forderung: Forderung, buchung: Buchung) -> None:
    """The payment was faster than the case, or the case's next step failed: try again, with the case to blame."""
    enqueue(
        session,
        services,
        "rechnung.zustellung_vorbereiten",
        {"buchung_id": buchung.id},
        then="rechnung.zahlung_zustellen",
        case_id=forderung.case_id,
        due_at=services.clock.now() + _FIRST_REMINDER,
    )


def _case_is_active(session: Session, case_id: str) -> bool:
    try:
        return find_case(session, case_id).state == "active"
    except CaseNotFound:
        return False
