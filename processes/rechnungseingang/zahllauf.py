# SPDX-License-Identifier: EUPL-1.2
"""Payment runs: what is released goes to the bank in one file (pain.001); each invoice in one run only."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases import find_case
from engine.errors import CaseNotFound
from engine.services import Services
from processes.gemeinsam.kalender import werktag
from processes.gemeinsam.sepa import Auftrag, Konto, ueberweisungen
from processes.rechnungseingang.models import Eingangsrechnung, Zahllauf


def zahllauf(session: Session, services: Services, konto: Konto, bis: date, by: str) -> Zahllauf | None:
    """A file of all that is released and due until a day; None when that is nothing. Raises AuftragAbgelehnt."""
    statement = (
        select(Eingangsrechnung)
        .where(Eingangsrechnung.state == "freigegeben", Eingangsrechnung.due_on <= bis)
        .order_by(Eingangsrechnung.id)
        .with_for_update(skip_locked=True)
    )
    rows = [each for each in session.scalars(statement) if _wanted(session, services, each)]
    if not rows:
        return None
    pay_on = werktag(services.clock.today())
    auftraege = [_auftrag(row) for row in rows]
    run = Zahllauf(
        created_at=services.clock.now(),
        by=by,
        pay_on=pay_on,
        invoice_count=len(rows),
        total=sum((each.betrag for each in auftraege), start=Decimal(0)),
        content=ueberweisungen(konto, auftraege, pay_on).decode(),
    )
    session.add(run)
    session.flush()
    for row in rows:
        row.state, row.zahllauf_id = "angewiesen", run.id
    session.flush()
    return run


def _wanted(session: Session, services: Services, row: Eingangsrechnung) -> bool:
    """An invoice whose case somebody has ended by hand is not paid."""
    try:
        active = find_case(session, row.case_id).state == "active"
    except CaseNotFound:
        active = False
    if not active:
        row.state, row.settled_at = "abgelegt", services.clock.now()
    return active


def _auftrag(row: Eingangsrechnung) -> Auftrag:
    text = row.purpose or f"Rechnung {row.number}"
    return Auftrag(Konto(row.supplier, row.iban), row.amount or Decimal(0), text, row.kennung)


def zahllaeufe(session: Session, most: int = 20) -> Sequence[Zahllauf]:
    """The newest runs."""
    return session.scalars(select(Zahllauf).order_by(Zahllauf.id.desc()).limit(most)).all()
