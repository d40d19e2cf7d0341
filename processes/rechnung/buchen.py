# SPDX-License-Identifier: EUPL-1.2
"""Booking what has arrived: once for each transaction, whoever brings the news and however often.

Order of locks: the case first (`correlate`), then the claim; operations of the case lock in the same order. Claims are
locked without their key (`key_share`), because a new booking holds the key of its claim while it waits for the case.
"""

from datetime import timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.cases import find_case
from engine.clock import Clock
from engine.errors import CaseNotFound, NobodyWaits, SeveralWait, StepFailed
from engine.jobs import enqueue
from engine.messages import correlate
from engine.services import Services
from processes.rechnung.models import Buchung, Forderung, Zahlung
from processes.rechnung.stand import Zahlungsstand

#: The message that cases wait for, with the claim's reference as key.
MESSAGE = "zahlung_eingegangen"
_FIRST_REMINDER = timedelta(seconds=30)

Zustellung = Literal["zugestellt", "noch_nicht", "niemand"]


def verbuchen(session: Session, services: Services, provider: str, transaction_id: str, stand: Zahlungsstand) -> None:
    """Record how a transaction stands; when it is paid, book it and tell the case that waits for it."""
    zahlung = session.scalars(
        select(Zahlung).where(Zahlung.provider == provider, Zahlung.transaction_id == transaction_id)
    ).one_or_none()
    if zahlung is None or stand.status == "offen" or zahlung.status == "bezahlt":
        return
    zahlung.status, zahlung.updated_at = stand.status, services.clock.now()
    session.flush()
    if stand.status == "bezahlt":
        buchung = _book(session, services.clock, zahlung, stand)
        if buchung is not None:
            _settle(session, services, buchung)


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


def _book(session: Session, clock: Clock, zahlung: Zahlung, stand: Zahlungsstand) -> Buchung | None:
    """The new booking, or None when this transaction has been booked before."""
    buchung = Buchung(
        forderung_id=zahlung.forderung_id,
        provider=zahlung.provider,
        transaction_id=zahlung.transaction_id,
        amount=stand.betrag,
        currency=stand.waehrung,
        method=stand.zahlungsart,
        art="zahlung" if _fits(zahlung, stand) else "abweichung",
        paid_at=stand.am or clock.now(),
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
    owed = zahlung.forderung
    return (stand.betrag, stand.waehrung) == (zahlung.amount, owed.currency) and zahlung.amount == owed.amount


def _settle(session: Session, services: Services, buchung: Buchung) -> None:
    """Mark the claim paid and move the case on, or flag the booking for the cashier."""
    if buchung.art == "abweichung":
        return
    forderung = buchung.forderung
    delivery: Zustellung = "niemand"
    if forderung.state == "offen":
        try:
            delivery = zustellen(session, services, forderung, buchung)
        except (StepFailed, SeveralWait):
            delivery = "noch_nicht"
    forderung = _locked(session, forderung.id)
    if forderung.state == "bezahlt":
        buchung.art = "ueberzahlung"
    elif forderung.state == "storniert":
        buchung.art = "nach_verfahrensende"
    else:
        forderung.state, forderung.paid_at = "bezahlt", buchung.paid_at
        if delivery == "niemand":
            buchung.art = "nach_verfahrensende"
        elif delivery == "noch_nicht":
            _deliver_later(session, services, forderung, buchung)
    session.flush()


def _locked(session: Session, forderung_id: int) -> Forderung:
    statement = select(Forderung).where(Forderung.id == forderung_id).with_for_update(key_share=True)
    return session.scalars(statement, execution_options={"populate_existing": True}).one()


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
