# SPDX-License-Identifier: EUPL-1.2
"""What is known of a person and put into forms for them, each with its source, so that it is trusted as far as that.

The keys are the purposes of WCAG 2.1, success criterion 1.3.5, which forms name anyway (`amt.autocomplete`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.clock import Clock
from processes.konto.models import KontoAngabe

#: Purpose → its German name, in the order in which people say them.
FELDER: dict[str, str] = {
    "given-name": "Vorname",
    "family-name": "Nachname",
    "address-line1": "Straße und Hausnummer",
    "postal-code": "Postleitzahl",
    "address-level2": "Ort",
    "tel": "Telefon",
}
EMAIL = "email"

SELBST, ANTRAG, ANMELDEDIENST = "selbst", "antrag", "anmeldedienst"
#: Source → how far it can be trusted, in words for the person and the clerk.
QUELLEN = {
    SELBST: "von Ihnen angegeben",
    ANTRAG: "aus Ihrem letzten Antrag",
    ANMELDEDIENST: "vom Anmeldedienst bestätigt",
}
#: What is confirmed is not written over by what somebody merely typed into a form.
_VERTRAUEN = {ANTRAG: 0, SELBST: 1, ANMELDEDIENST: 2}


@dataclass(frozen=True)
class Angabe:
    """One value with its source."""

    key: str
    value: str
    source: str
    at: datetime

    @property
    def label(self) -> str:
        """What it is called."""
        return FELDER[self.key]

    @property
    def source_text(self) -> str:
        """Where it comes from."""
        return QUELLEN[self.source]


def angaben(session: Session, konto_id: str) -> dict[str, Angabe]:
    """Key → what is known, in the order of `FELDER`."""
    rows = session.scalars(select(KontoAngabe).where(KontoAngabe.konto_id == konto_id))
    found = {row.key: Angabe(row.key, row.value, row.source, row.at) for row in rows}
    return {key: found[key] for key in FELDER if key in found}


def save_angaben(session: Session, clock: Clock, konto_id: str, values: Mapping[str, str], source: str) -> None:
    """Keep what is new; what the person said themselves replaces everything, the rest only what is trusted less.

    An empty value that the person gives takes the old one away. What has not changed keeps its source.
    """
    known = angaben(session, konto_id)
    for key in FELDER:
        value = values.get(key, "").strip()[:254]
        old = known.get(key)
        if key not in values or (old is not None and old.value == value) or (not value and source != SELBST):
            continue
        if old is not None and source != SELBST and _VERTRAUEN[source] < _VERTRAUEN[old.source]:
            continue
        session.execute(delete(KontoAngabe).where(KontoAngabe.konto_id == konto_id, KontoAngabe.key == key))
        if value:
            session.add(KontoAngabe(konto_id=konto_id, key=key, value=value, source=source, at=clock.now()))
        session.flush()
