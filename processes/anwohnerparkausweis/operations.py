# SPDX-License-Identifier: EUPL-1.2
"""What the service tasks of the resident's parking permit do; its letters and mails are written by `gemeinsam`."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from connectors.girocode import plain_code, svg_data_uri
from connectors.links import Links
from connectors.pdf import Letters
from engine.clock import Clock
from engine.counters import next_reference
from engine.documents import NewDocument
from engine.operations import CaseContext, operation
from processes.anwohnerparkausweis.laufzeit import letzter_tag
from processes.anwohnerparkausweis.models import Parkausweis, neuer_pruefcode

_SLICE = "anwohnerparkausweis"
_NUMMER = "P-{year}-{number:05}"


@dataclass(frozen=True)
class Ausweis:
    """What the model knows of a permit that has been issued."""

    nummer: str
    pruefcode: str
    kennzeichen: str
    zone: str
    gueltig_ab: date
    gueltig_bis: date


@operation("anwohnerparkausweis.ausweis_ausstellen")
def ausweis_ausstellen(
    session: Session, clock: Clock, ctx: CaseContext, kennzeichen: str, zone: str, beginn: date, laufzeit_monate: int
) -> Ausweis:
    """Ausweis ausstellen: Nummer vergeben und Gültigkeit eintragen.

    Bought months count from the day of issue when the wished first day has passed by then.
    """
    gueltig_ab = max(beginn, clock.today())
    eintrag = Parkausweis(
        nummer=next_reference(session, "parkausweis", _NUMMER, clock.today()),
        pruefcode=neuer_pruefcode(),
        case_id=ctx.case_id,
        kennzeichen=kennzeichen,
        zone=zone,
        gueltig_ab=gueltig_ab,
        gueltig_bis=letzter_tag(gueltig_ab, laufzeit_monate),
        ausgestellt_am=clock.now(),
    )
    session.add(eintrag)
    session.flush()
    return Ausweis(
        eintrag.nummer, eintrag.pruefcode, eintrag.kennzeichen, eintrag.zone, eintrag.gueltig_ab, eintrag.gueltig_bis
    )


@operation("anwohnerparkausweis.ausweis_erstellen")
def ausweis_erstellen(letters: Letters, links: Links, ctx: CaseContext, ausweis: dict[str, Any]) -> NewDocument:
    """Parkausweis mit Code für die Kontrolle als PDF erstellen."""
    pruefadresse = links.ausweis(ausweis["pruefcode"])
    angaben = {
        "ctx": ctx,
        "ausweis": ausweis,
        "pruefadresse": pruefadresse,
        "code": svg_data_uri(plain_code(pruefadresse)),
    }
    inhalt = letters.render(f"{_SLICE}/letters/ausweis.html", angaben)
    name = f"Parkausweis_{ausweis['nummer']}.pdf"
    return NewDocument(name, "application/pdf", inhalt, title="Bewohnerparkausweis", for_applicant=True)
