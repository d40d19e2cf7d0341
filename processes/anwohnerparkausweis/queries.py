# SPDX-License-Identifier: EUPL-1.2
"""What pages ask about parking permits."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.anwohnerparkausweis.models import Parkausweis

Zustand = Literal["gültig", "noch nicht gültig", "abgelaufen", "gesperrt"]


@dataclass(frozen=True)
class Ausweisauskunft:
    """What a warden, or anybody who holds the code, is told of a permit. No name and no address."""

    nummer: str
    kennzeichen: str
    zone: str
    gueltig_ab: date
    gueltig_bis: date
    zustand: Zustand

    @property
    def ist_gueltig(self) -> bool:
        """Whether the car may park in its zone today."""
        return self.zustand == "gültig"


def ausweis_by_code(session: Session, code: str, today: date) -> Ausweisauskunft | None:
    """The permit that a code on a windscreen stands for, None when there is none. Case and blanks do not matter."""
    eingabe = code.replace(" ", "").replace("-", "").upper()
    ausweis = session.execute(select(Parkausweis).where(Parkausweis.pruefcode == eingabe)).scalar_one_or_none()
    if ausweis is None:
        return None
    return Ausweisauskunft(
        ausweis.nummer,
        ausweis.kennzeichen,
        ausweis.zone,
        ausweis.gueltig_ab,
        ausweis.gueltig_bis,
        zustand(ausweis, today),
    )


def zustand(ausweis: Parkausweis, today: date) -> Zustand:
    """How a permit stands on a day; a block weighs more than its dates."""
    if ausweis.gesperrt_am is not None:
        return "gesperrt"
    if today > ausweis.gueltig_bis:
        return "abgelaufen"
    return "noch nicht gültig" if today < ausweis.gueltig_ab else "gültig"
