# SPDX-License-Identifier: EUPL-1.2
"""Asking to pay in instalments: a case of its own in which the cashier decides; nobody duns meanwhile."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from engine.cases import start_case
from engine.identity import Actor
from engine.services import Services
from processes.rechnung.fordern import finden, mahnsperre

PROZESS = "rechnung_raten"
MOST = 12
#: So long nobody duns while the cashier thinks.
_BEDENKZEIT = timedelta(days=21)
_GRUND = "Ratenantrag"


class RatenantragAbgelehnt(ValueError):
    """It cannot be asked for; the message says in German why."""


@dataclass(frozen=True)
class Ratenantrag:
    """What a payer asks for."""

    raten: str
    name: str
    email: str
    grund: str


def beantragen(session: Session, services: Services, referenz: str, antrag: Ratenantrag, by: Actor) -> None:
    """Hand the wish to the cashier, once a claim. Raises RatenantragAbgelehnt."""
    forderung = finden(session, referenz, sperren=True)
    if forderung.state != "offen":
        raise RatenantragAbgelehnt("Es ist nichts mehr zu zahlen.")
    if forderung.dunning_stop_reason.startswith(("Ratenantrag", "Ratenzahlung")):
        raise RatenantragAbgelehnt("Darum haben Sie schon gebeten. Wir melden uns per E-Mail.")
    if not antrag.raten.isdecimal() or not 2 <= int(antrag.raten) <= MOST:
        raise RatenantragAbgelehnt(f"Bitte wählen Sie 2 bis {MOST} Raten.")
    if not antrag.name or not antrag.grund or "@" not in antrag.email:
        raise RatenantragAbgelehnt("Bitte nennen Sie Ihren Namen, Ihre E-Mail-Adresse und den Grund.")
    asked = {
        "referenz": referenz,
        "raten": int(antrag.raten),
        "name": antrag.name,
        "email": antrag.email,
        "grund": antrag.grund,
    }
    start_case(session, services, PROZESS, {"antrag": asked}, by=by)
    mahnsperre(session, forderung, services.clock.today() + _BEDENKZEIT, _GRUND)
