# SPDX-License-Identifier: EUPL-1.2
"""Paying online, step by step. The provider is only ever called between transactions, never inside one."""

from datetime import timedelta
from typing import Literal
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.payment import (
    PaymentProvider,
    PaymentProviderUnavailable,
    PaymentRefused,
    PaymentRequest,
    StartedPayment,
    purpose_line,
)
from engine.db import Database, unit_of_work
from engine.jobs import enqueue
from engine.services import Services
from processes.rechnung.buchen import verbuchen
from processes.rechnung.errors import (
    ForderungIstBezahlt,
    ForderungIstStorniert,
    ForderungUnbekannt,
    ZahlungWirdVorbereitet,
)
from processes.rechnung.models import Forderung, Zahlung
from processes.rechnung.operations import SHORTEST_PAUSE
from processes.rechnung.stand import Zahlungsstand

#: A second click within this time goes to the same payment.
DOUBLE_CLICK = timedelta(minutes=1)

Ausgang = Literal["offen", "wird_bestaetigt", "bezahlt", "fehlgeschlagen", "abgebrochen", "storniert"]

#: How the latest attempt ended while the claim stands open. Paid and yet open: the amount was another one.
_AUSGANG: dict[str, Ausgang] = {
    "bezahlt": "wird_bestaetigt",
    "fehlgeschlagen": "fehlgeschlagen",
    "abgebrochen": "abgebrochen",
    "abgelaufen": "abgebrochen",
}


def start_payment(
    db: Database, services: Services, provider: PaymentProvider, reference: str, redirect_url: str
) -> str:
    """Begin a payment and return the address of the provider's page, from which the payer returns to `redirect_url`.

    Raises ForderungUnbekannt, ForderungIstBezahlt, ForderungIstStorniert, ZahlungWirdVorbereitet,
    PaymentProviderUnavailable, PaymentRefused.
    """
    # Whoever lost the way back from a payment and clicks again must not pay twice.
    fetch_payment(db, services, provider, reference)
    with unit_of_work(db) as session:
        begun = _begin(session, services, provider, reference, redirect_url)
    if isinstance(begun, str):
        return begun
    try:
        started = provider.create(begun)
    except Exception:
        # Nobody was sent anywhere, so nobody can have paid: the payer may try again at once.
        with unit_of_work(db) as session:
            _attempt(session, begun.request_id).status = "fehlgeschlagen"
        raise
    with unit_of_work(db) as session:
        _send_off(session, services, begun.request_id, started)
    return started.redirect_url


def fetch_payment(db: Database, services: Services, provider: PaymentProvider, reference: str) -> Ausgang:
    """Ask the provider about this claim's undecided payments, book what is new, and say how the claim stands."""
    with db.reading() as session:
        forderung = _find(session, reference)
        open_attempts = _undecided(session, forderung, provider)
    for transaction_id in open_attempts:
        try:
            stand = Zahlungsstand.from_provider(provider.state(transaction_id))
        except (PaymentProviderUnavailable, PaymentRefused):
            # The polling job meets the same trouble and reports it; the payer sees that it is being confirmed.
            continue
        with unit_of_work(db) as session:
            verbuchen(session, services, provider.name, transaction_id, stand)
    with db.reading() as session:
        return _outcome(session, _find(session, reference))


def take_news(db: Database, services: Services, provider: PaymentProvider, transaction_id: str) -> bool:
    """Ask how a transaction stands of which the provider says that there is news, and book it; False: not one of ours.

    Raises PaymentProviderUnavailable, PaymentRefused.
    """
    with db.reading() as session:
        known = session.scalar(
            select(Zahlung.id).where(Zahlung.provider == provider.name, Zahlung.transaction_id == transaction_id)
        )
    if known is None:
        return False
    stand = Zahlungsstand.from_provider(provider.state(transaction_id))
    with unit_of_work(db) as session:
        verbuchen(session, services, provider.name, transaction_id, stand)
    return True


def _begin(
    session: Session, services: Services, provider: PaymentProvider, reference: str, redirect_url: str
) -> PaymentRequest | str:
    """A new attempt as the provider shall hear of it, or the address of one that began a moment ago."""
    forderung = _find(session, reference, lock=True)
    if forderung.state == "bezahlt":
        raise ForderungIstBezahlt
    if forderung.state != "offen":
        raise ForderungIstStorniert
    now = services.clock.now()
    recent = _latest(session, forderung)
    if recent is not None and recent.created_at > now - DOUBLE_CLICK:
        if recent.status == "angelegt":
            raise ZahlungWirdVorbereitet
        if recent.status == "weitergeleitet" and recent.redirect_url:
            return recent.redirect_url
    zahlung = Zahlung(
        forderung_id=forderung.id,
        request_id=str(uuid4()),
        provider=provider.name,
        amount=forderung.open_amount,
        status="angelegt",
        created_at=now,
        updated_at=now,
    )
    session.add(zahlung)
    session.flush()
    return PaymentRequest(
        request_id=zahlung.request_id,
        amount=forderung.open_amount,
        purpose=purpose_line(forderung.reference),
        description=forderung.purpose,
        redirect_url=redirect_url,
        reference=forderung.reference,
        currency=forderung.currency,
    )


def _send_off(session: Session, services: Services, request_id: str, started: StartedPayment) -> None:
    """Remember where the payer goes, and that somebody has to ask how it ended."""
    now = services.clock.now()
    zahlung = _attempt(session, request_id)
    zahlung.transaction_id, zahlung.redirect_url = started.transaction_id, started.redirect_url
    zahlung.status, zahlung.updated_at = "weitergeleitet", now
    enqueue(
        session,
        services,
        "rechnung.zahlung_abfragen",
        {"anbieter": zahlung.provider, "transaktion": started.transaction_id, "begonnen_am": now},
        then="rechnung.zahlung_verbuchen",
        due_at=now + SHORTEST_PAUSE,
    )


def _outcome(session: Session, forderung: Forderung) -> Ausgang:
    if forderung.state == "bezahlt":
        return "bezahlt"
    latest = _latest(session, forderung)
    status = latest.status if latest is not None else ""
    if status in ("weitergeleitet", "unbekannt"):
        return "wird_bestaetigt"
    if forderung.state != "offen":
        return "storniert"
    return _AUSGANG.get(status, "offen")


def _find(session: Session, reference: str, *, lock: bool = False) -> Forderung:
    statement = select(Forderung).where(Forderung.reference == reference)
    forderung = session.scalars(statement.with_for_update(key_share=True) if lock else statement).one_or_none()
    if forderung is None:
        raise ForderungUnbekannt
    return forderung


def _latest(session: Session, forderung: Forderung) -> Zahlung | None:
    statement = select(Zahlung).where(Zahlung.forderung_id == forderung.id).order_by(Zahlung.id.desc()).limit(1)
    return session.scalars(statement).one_or_none()


def _attempt(session: Session, request_id: str) -> Zahlung:
    return session.scalars(select(Zahlung).where(Zahlung.request_id == request_id)).one()


def _undecided(session: Session, forderung: Forderung, provider: PaymentProvider) -> list[str]:
    statement = select(Zahlung.transaction_id).where(
        Zahlung.forderung_id == forderung.id,
        Zahlung.provider == provider.name,
        Zahlung.status.in_(("weitergeleitet", "unbekannt")),
    )
    return [transaction_id for transaction_id in session.scalars(statement) if transaction_id]
