# SPDX-License-Identifier: EUPL-1.2
"""What the cashier's pages show of incoming invoices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.rechnungseingang.models import Eingangsrechnung

#: State → how it is called.
STAENDE = {
    "in_pruefung": "in Prüfung",
    "freigegeben": "freigegeben",
    "angewiesen": "angewiesen",
    "bezahlt": "bezahlt",
    "zurueckgewiesen": "zurückgewiesen",
    "abgelegt": "abgelegt",
}
PAGE = 50


@dataclass(frozen=True)
class Vorgemerkt:
    """What the next payment run would pay."""

    anzahl: int
    summe: Decimal


def eingangsrechnungen(session: Session, stand: str = "", page: int = 1) -> Sequence[Eingangsrechnung]:
    """Invoices, the newest first, of one state or of all; one more than a page to tell whether there is another."""
    statement = select(Eingangsrechnung).order_by(Eingangsrechnung.id.desc())
    if stand:
        statement = statement.where(Eingangsrechnung.state == stand)
    return session.scalars(statement.offset((page - 1) * PAGE).limit(PAGE + 1)).all()


def vorgemerkt(session: Session, bis: date) -> Vorgemerkt:
    """How many invoices are released and due until a day, and how much that is."""
    statement = select(func.count(), func.sum(Eingangsrechnung.amount)).where(
        Eingangsrechnung.state == "freigegeben", Eingangsrechnung.due_on <= bis
    )
    number, amount = session.execute(statement).one()
    return Vorgemerkt(number, Decimal(amount or 0))
