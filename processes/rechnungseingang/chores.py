# SPDX-License-Identifier: EUPL-1.2
"""When incoming invoices are forgotten: eight full years after the one in which they were settled.

§ 147 Abs. 3 AO keeps invoices for eight years; for the demo town that is example data.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, select
from sqlalchemy.orm import Session

from engine.chores import DAILY, PORTION, Chore, add_chore
from engine.clock import Clock
from engine.services import Services
from processes.rechnungseingang.models import Eingangsrechnung, Zahllauf

AUFBEWAHRUNG_JAHRE = 8


def vergessen(session: Session, services: Services) -> int:
    """Delete some invoices whose time is over, and the runs that have none left; how many invoices."""
    ids = session.scalars(select(Eingangsrechnung.id).where(_ist_alt(services.clock)).limit(PORTION)).all()
    session.execute(delete(Eingangsrechnung).where(Eingangsrechnung.id.in_(ids)))
    leer = ~exists().where(Eingangsrechnung.zahllauf_id == Zahllauf.id)
    session.execute(delete(Zahllauf).where(leer, Zahllauf.created_at < _erster_tag(services.clock)))
    return len(ids)


def faellig(session: Session, services: Services) -> int:
    """How many invoices can be forgotten."""
    return session.scalar(select(func.count()).where(_ist_alt(services.clock))) or 0


def _ist_alt(clock: Clock) -> ColumnElement[bool]:
    settled = Eingangsrechnung.state.in_(("bezahlt", "zurueckgewiesen", "abgelegt"))
    return and_(settled, Eingangsrechnung.settled_at < _erster_tag(clock))


def _erster_tag(clock: Clock) -> datetime:
    return datetime(clock.today().year - AUFBEWAHRUNG_JAHRE, 1, 1, tzinfo=clock.zone)


add_chore(Chore("eingangsrechnungen", DAILY, vergessen, faellig))
