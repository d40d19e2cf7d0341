# SPDX-License-Identifier: EUPL-1.2
"""What the service tasks of the reports do: enter them, find those about the same thing, and say how it ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.counters import next_number
from engine.operations import CaseContext, InputRefused, operation
from processes.maengelmelder.kategorien import KATEGORIEN
from processes.maengelmelder.models import Mangel

OFFEN, ERLEDIGT = "offen", "erledigt"
#: Reports of one kind that lie closer together than both are about the same thing.
UMKREIS_METER = 30.0
ZEITRAUM = timedelta(hours=72)
#: Mean radius of the earth, in metres (IUGG).
_ERDRADIUS = 6_371_008.8
#: A degree of latitude is at least so many metres long.
_METER_JE_GRAD = 110_500.0


@dataclass(frozen=True)
class Eintragung:
    """A report that has been entered."""

    nummer: str
    #: File reference of the first report of the same thing; None when this is the first.
    haupt: str | None


@dataclass(frozen=True)
class Abschluss:
    """A report that is closed, and who else waits to hear of it."""

    nummer: str
    weitere: list[str]


@operation("maengelmelder.eintragen")
def eintragen(session: Session, ctx: CaseContext, mangel: dict[str, Any], ort: dict[str, Any]) -> Eintragung:
    """Meldung eintragen, und prüfen, ob der Mangel schon bekannt ist.

    Known is what was reported within 30 m and 72 h under the same category, and is not closed.
    """
    kategorie = mangel["kategorie"]
    if kategorie not in KATEGORIEN:
        raise InputRefused("There is no such category.")
    lat, lon = _grad(ort.get("position"))
    # Whoever reports the same thing at the same moment waits here, so that one of them is the first.
    next_number(session, f"maengel/{kategorie}")
    haupt = next(_in_der_naehe(session, kategorie, lat, lon, ctx.now - ZEITRAUM), None)
    zeile = Mangel(
        nummer=ctx.reference,
        case_id=ctx.case_id,
        kategorie=kategorie,
        beschreibung=mangel["beschreibung"],
        freigegeben=False,
        lat=lat,
        lon=lon,
        ort=(ort.get("adresse") or "")[:250],
        stand=OFFEN,
        ergebnis="",
        gemeldet_am=ctx.now,
        aktualisiert_am=ctx.now,
        frist=haupt.frist if haupt else None,
        haupt_id=haupt.id if haupt else None,
    )
    session.add(zeile)
    session.flush()
    return Eintragung(zeile.nummer, haupt.nummer if haupt else None)


@operation("maengelmelder.annehmen")
def annehmen(session: Session, ctx: CaseContext, frist: datetime, freigegeben: bool) -> None:
    """Frist und Freigabe eintragen.

    What is not set free stays unseen: only category, place and state are public.
    """
    zeile = _zeile(session, ctx)
    zeile.frist, zeile.freigegeben, zeile.aktualisiert_am = frist, freigegeben, ctx.now
    session.flush()


@operation("maengelmelder.abschliessen")
def abschliessen(session: Session, ctx: CaseContext, ergebnis: str) -> Abschluss:
    """Meldung abschließen, mit allen weiteren zum selben Mangel."""
    zeile = _zeile(session, ctx)
    weitere = session.scalars(select(Mangel).where(Mangel.haupt_id == zeile.id, Mangel.stand == OFFEN)).all()
    for each in (zeile, *weitere):
        each.stand, each.ergebnis, each.aktualisiert_am = ERLEDIGT, ergebnis, ctx.now
    session.flush()
    return Abschluss(zeile.nummer, sorted(each.nummer for each in weitere))


def entfernung(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Metres between two places, along the surface (haversine)."""
    high = sin(radians(other_lat - lat) / 2) ** 2
    wide = cos(radians(lat)) * cos(radians(other_lat)) * sin(radians(other_lon - lon) / 2) ** 2
    return 2 * _ERDRADIUS * asin(min(1.0, sqrt(high + wide)))


def _in_der_naehe(
    session: Session, kategorie: str, lat: float | None, lon: float | None, seit: datetime
) -> Iterator[Mangel]:
    """First reports that are open and close by, the closest first. Without a place on the map there is none."""
    if lat is None or lon is None:
        return
    high = UMKREIS_METER / _METER_JE_GRAD
    wide = high / max(cos(radians(lat)), 0.01)
    found = session.scalars(
        select(Mangel).where(
            Mangel.kategorie == kategorie,
            Mangel.stand == OFFEN,
            Mangel.haupt_id.is_(None),
            Mangel.gemeldet_am >= seit,
            Mangel.lat.between(lat - high, lat + high),
            Mangel.lon.between(lon - wide, lon + wide),
        )
    ).all()
    far = {each.id: entfernung(lat, lon, each.lat or 0.0, each.lon or 0.0) for each in found}
    close = [each for each in found if far[each.id] <= UMKREIS_METER]
    yield from sorted(close, key=lambda each: (far[each.id], each.id))


def _zeile(session: Session, ctx: CaseContext) -> Mangel:
    return session.scalars(select(Mangel).where(Mangel.case_id == ctx.case_id)).one()


def _grad(position: str | None) -> tuple[float | None, float | None]:
    """`48.648300, 9.451100`, as the form gives it."""
    if not position:
        return None, None
    lat, _, lon = position.partition(",")
    return float(lat), float(lon)
