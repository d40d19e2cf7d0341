# SPDX-License-Identifier: EUPL-1.2
"""What everybody may know of the reports. Who has reported something is not in these tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from processes.maengelmelder.kategorien import KATEGORIEN, Kategorie
from processes.maengelmelder.models import Mangel
from processes.maengelmelder.operations import OFFEN

#: At most so many reports in one answer (GeoReport v2).
MOST = 1_000


class MangelUnbekannt(NotFound):
    """No report has this number."""


@dataclass(frozen=True)
class Meldung:
    """One report as everybody sees it."""

    nummer: str
    kategorie: str
    #: Empty until somebody of the town has read it.
    beschreibung: str
    lat: float | None
    lon: float | None
    ort: str
    ist_offen: bool
    ergebnis: str
    gemeldet_am: datetime
    aktualisiert_am: datetime
    frist: datetime | None
    #: Number of the first report of the same thing.
    haupt: str | None

    @property
    def art(self) -> Kategorie:
        """What kind of thing it is about."""
        return KATEGORIEN[self.kategorie]


def meldung(session: Session, nummer: str) -> Meldung:
    """One report, or `MangelUnbekannt`."""
    found = _found(session, Mangel.nummer == nummer)
    if not found:
        raise MangelUnbekannt
    return found[0]


def meldungen(
    session: Session,
    *,
    nummern: Sequence[str] = (),
    kategorien: Sequence[str] = (),
    seit: datetime | None = None,
    bis: datetime | None = None,
    offen: bool | None = None,
    most: int = MOST,
) -> list[Meldung]:
    """Reports that fit, the newest first. Numbers override all other conditions."""
    if nummern:
        return _found(session, Mangel.nummer.in_(nummern), most=most)
    wanted: list[ColumnElement[bool]] = []
    if kategorien:
        wanted.append(Mangel.kategorie.in_(kategorien))
    if seit is not None:
        wanted.append(Mangel.gemeldet_am >= seit)
    if bis is not None:
        wanted.append(Mangel.gemeldet_am <= bis)
    if offen is not None:
        wanted.append(Mangel.stand == OFFEN if offen else Mangel.stand != OFFEN)
    return _found(session, *wanted, most=most)


def _found(session: Session, *wanted: ColumnElement[bool], most: int = MOST) -> list[Meldung]:
    haupt = select(Mangel).subquery("haupt")
    rows = session.execute(
        select(Mangel, haupt.c.nummer)
        .outerjoin(haupt, haupt.c.id == Mangel.haupt_id)
        .where(*wanted)
        .order_by(Mangel.gemeldet_am.desc(), Mangel.id.desc())
        .limit(most)
    )
    return [
        Meldung(
            nummer=row.nummer,
            kategorie=row.kategorie,
            beschreibung=row.beschreibung if row.freigegeben else "",
            lat=row.lat,
            lon=row.lon,
            ort=row.ort if row.freigegeben else "",
            ist_offen=row.stand == OFFEN,
            ergebnis=row.ergebnis,
            gemeldet_am=row.gemeldet_am,
            aktualisiert_am=row.aktualisiert_am,
            frist=row.frist,
            haupt=first,
        )
        for row, first in rows
    ]
