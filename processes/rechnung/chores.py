# SPDX-License-Identifier: EUPL-1.2
"""When the books forget: ten full years after the one in which a claim was settled, with its payments and bookings.

An open claim is never forgotten, nor one for which money has arrived since. The ten years are example data of the
demo town; the town's own rules on keeping books say how long it really is.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, update
from sqlalchemy.orm import Session

from engine.chores import DAILY, PORTION, Chore, add_chore
from engine.clock import Clock
from engine.services import Services
from processes.rechnung.models import Buchung, Buchungssatz, Forderung, Kontoumsatz, Posten, Rate, Zahlung

AUFBEWAHRUNG_JAHRE = 10


def vergessen(session: Session, services: Services) -> int:
    """Delete some claims whose time is over; how many."""
    alte = select(Forderung.id).where(ist_alt(services.clock)).limit(PORTION).with_for_update(skip_locked=True)
    ids = session.scalars(alte).all()
    session.execute(update(Kontoumsatz).where(Kontoumsatz.forderung_id.in_(ids)).values(forderung_id=None))
    for zeile in (Buchung, Zahlung, Posten, Rate, Buchungssatz):
        session.execute(delete(zeile).where(zeile.forderung_id.in_(ids)))
    session.execute(delete(Forderung).where(Forderung.id.in_(ids)))
    return len(ids)


def ist_alt(clock: Clock) -> ColumnElement[bool]:
    """Whether a claim has been settled for so long that nobody needs it."""
    erster_tag = datetime(clock.today().year - AUFBEWAHRUNG_JAHRE, 1, 1, tzinfo=clock.zone)
    zuletzt = func.coalesce(Forderung.paid_at, Forderung.created_at)
    gebucht = and_(Buchung.forderung_id == Forderung.id, Buchung.booked_at >= erster_tag)
    return and_(Forderung.state != "offen", zuletzt < erster_tag, ~exists().where(gebucht))


def faellig(session: Session, services: Services) -> int:
    """How many claims can be forgotten."""
    return session.scalar(select(func.count()).where(ist_alt(services.clock))) or 0


add_chore(Chore("forderungen", DAILY, vergessen, faellig))
