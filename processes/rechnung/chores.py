# SPDX-License-Identifier: EUPL-1.2
"""When the books forget: ten full years after the one in which a claim was settled, with its payments and bookings.

An open claim is never forgotten, nor one for which money has arrived since. The ten years are example data of the
demo town; the town's own rules on keeping books say how long it really is.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from engine.chores import DAILY, PORTION, Chore, add_chore
from engine.clock import Clock
from engine.services import Services
from processes.rechnung.lastschrift import VERFALL_MONATE
from processes.rechnung.models import (
    Buchung,
    Buchungssatz,
    Forderung,
    Forderungslauf,
    Kontoauszug,
    Kontoumsatz,
    Laufzeile,
    Mandat,
    Posten,
    Rate,
    Zahlung,
)
from processes.rechnung.saeumnis import months_later

AUFBEWAHRUNG_JAHRE = 10
#: Claims and cases stay; the rows of the file they came from are of use for a while only.
LAUF_TAGE = 90
#: A debit without a mandate can come back for 13 months.
RUECKGABE_MONATE = 14


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
    erster_tag = _erster_tag(clock)
    zuletzt = func.coalesce(Forderung.paid_at, Forderung.created_at)
    gebucht = and_(Buchung.forderung_id == Forderung.id, Buchung.booked_at >= erster_tag)
    return and_(Forderung.state != "offen", zuletzt < erster_tag, ~exists().where(gebucht))


def faellig(session: Session, services: Services) -> int:
    """How many claims can be forgotten."""
    return session.scalar(select(func.count()).where(ist_alt(services.clock))) or 0


add_chore(Chore("forderungen", DAILY, vergessen, faellig))


def auszuege_vergessen(session: Session, services: Services) -> int:
    """Delete some lines of old bank statements, and the statements that have none left; how many lines."""
    ids = session.scalars(select(Kontoumsatz.id).where(_alter_auszug(services.clock)).limit(PORTION)).all()
    session.execute(delete(Kontoumsatz).where(Kontoumsatz.id.in_(ids)))
    leer = ~exists().where(Kontoumsatz.kontoauszug_id == Kontoauszug.id)
    session.execute(delete(Kontoauszug).where(leer, Kontoauszug.read_at < _erster_tag(services.clock)))
    return len(ids)


def auszuege_faellig(session: Session, services: Services) -> int:
    """How many lines of bank statements can be forgotten."""
    return session.scalar(select(func.count()).where(_alter_auszug(services.clock))) or 0


def _alter_auszug(clock: Clock) -> ColumnElement[bool]:
    alte = select(Kontoauszug.id).where(Kontoauszug.read_at < _erster_tag(clock))
    return Kontoumsatz.kontoauszug_id.in_(alte)


def _erster_tag(clock: Clock) -> datetime:
    return datetime(clock.today().year - AUFBEWAHRUNG_JAHRE, 1, 1, tzinfo=clock.zone)


add_chore(Chore("kontoauszuege", DAILY, auszuege_vergessen, auszuege_faellig))


def laeufe_vergessen(session: Session, services: Services) -> int:
    """Delete the rows of runs that are older than `LAUF_TAGE`, and the runs; how many rows."""
    ids = session.scalars(select(Laufzeile.id).where(_alter_lauf(services.clock)).limit(PORTION)).all()
    session.execute(delete(Laufzeile).where(Laufzeile.id.in_(ids)))
    leer = ~exists().where(Laufzeile.lauf_id == Forderungslauf.id)
    grenze = services.clock.now() - timedelta(days=LAUF_TAGE)
    session.execute(delete(Forderungslauf).where(leer, Forderungslauf.created_at < grenze))
    return len(ids)


def laeufe_faellig(session: Session, services: Services) -> int:
    """How many rows of runs can be forgotten."""
    return session.scalar(select(func.count()).where(_alter_lauf(services.clock))) or 0


def _alter_lauf(clock: Clock) -> ColumnElement[bool]:
    alte = select(Forderungslauf.id).where(Forderungslauf.created_at < clock.now() - timedelta(days=LAUF_TAGE))
    return Laufzeile.lauf_id.in_(alte)


add_chore(Chore("forderungslaeufe", DAILY, laeufe_vergessen, laeufe_faellig))


def mandate_vergessen(session: Session, services: Services) -> int:
    """Delete mandates that are over and past the time in which a debit can come back; how many."""
    ids = session.scalars(select(Mandat.id).where(_altes_mandat(services.clock)).limit(PORTION)).all()
    session.execute(update(Forderung).where(Forderung.mandat_id.in_(ids)).values(mandat_id=None))
    session.execute(delete(Mandat).where(Mandat.id.in_(ids)))
    return len(ids)


def mandate_faellig(session: Session, services: Services) -> int:
    """How many mandates can be forgotten."""
    return session.scalar(select(func.count()).where(_altes_mandat(services.clock))) or 0


def _altes_mandat(clock: Clock) -> ColumnElement[bool]:
    used = func.coalesce(Mandat.last_used_on, Mandat.signed_on)
    taken_back = and_(Mandat.state == "widerrufen", used < months_later(clock.today(), -RUECKGABE_MONATE))
    lapsed = used < months_later(clock.today(), -(VERFALL_MONATE + RUECKGABE_MONATE))
    return or_(taken_back, lapsed)


add_chore(Chore("mandate", DAILY, mandate_vergessen, mandate_faellig))
