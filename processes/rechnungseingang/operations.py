# SPDX-License-Identifier: EUPL-1.2
"""What the model of incoming invoices has checked and remembered."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connectors.einvoice import Finding
from connectors.pdf.formats import euro, viererblock
from engine.clock import Clock
from engine.operations import CaseContext, InputRefused, operation
from processes.gemeinsam.kalender import als_tag
from processes.gemeinsam.sepa import gueltige_iban
from processes.rechnungseingang.annehmen import befund
from processes.rechnungseingang.models import Eingangsrechnung

#: How an invoice can end.
_STAENDE = ("bezahlt", "zurueckgewiesen", "abgelegt")


@dataclass(frozen=True)
class Pruefung:
    """The invoice with its findings; `eingang` says whether somebody has to look at them first."""

    rechnung: dict[str, Any]
    eingang: dict[str, Any]


@operation("rechnungseingang.pruefen")
def pruefen(
    session: Session, ctx: CaseContext, clock: Clock, rechnung: dict[str, Any], befunde: list[dict[str, Any]]
) -> Pruefung:
    """Rechnung prüfen: schon einmal gekommen, Bankverbindung, Betrag; dazu, was beim Einlesen auffiel."""
    row = _row(session, rechnung)
    typed = "waehrung" not in rechnung
    angaben = rechnung | {"iban": "".join(str(rechnung.get("iban") or "").split()).upper()}
    row.kennung = ctx.reference
    row.supplier, row.number = str(angaben["lieferant"])[:200], str(angaben["rechnungsnummer"])[:100]
    row.issued_on, row.due_on = als_tag(angaben.get("rechnungsdatum")), als_tag(angaben.get("faellig_am"))
    row.amount, row.iban = round(Decimal(angaben["betrag"]), 2), angaben["iban"][:34]
    row.purpose = str(angaben.get("verwendungszweck") or "")[:140]
    session.flush()
    found = [*befunde, *(befund(each) for each in (*_doppelt(session, row), *_anderes_konto(session, row)))]
    if typed and gueltige_iban(row.iban) is None:
        found.append(befund(Finding("Konto", "Die IBAN stimmt nicht.")))
    eingang = {
        "kennung": row.kennung,
        "betrag": euro(row.amount),
        "iban": viererblock(row.iban),
        "stichtag": clock.today(),
        "befunde": found,
        "schwer": any(each["schwer"] for each in found),
    }
    return Pruefung(angaben, eingang)


def _doppelt(session: Session, row: Eingangsrechnung) -> list[Finding]:
    """Whether an invoice of this number has come from the same supplier before."""
    same = select(Eingangsrechnung.kennung).where(
        Eingangsrechnung.number == row.number,
        func.lower(Eingangsrechnung.supplier) == row.supplier.lower(),
        Eingangsrechnung.id != row.id,
        Eingangsrechnung.state.not_in(("zurueckgewiesen", "abgelegt")),
    )
    first = session.scalars(same.order_by(Eingangsrechnung.id).limit(1)).first()
    return [Finding("Doppelt", f"Diese Rechnung ist schon einmal gekommen: {first}.")] if first else []


def _anderes_konto(session: Session, row: Eingangsrechnung) -> list[Finding]:
    """Whether the supplier was paid to another account before: the usual sign of a forged invoice."""
    paid = select(Eingangsrechnung.iban).where(
        func.lower(Eingangsrechnung.supplier) == row.supplier.lower(),
        Eingangsrechnung.state.in_(("angewiesen", "bezahlt")),
        Eingangsrechnung.id != row.id,
    )
    known = set(session.scalars(paid.distinct()))
    text = "Dieser Lieferant bekam sein Geld bisher auf ein anderes Konto. Bitte fragen Sie ihn auf bekanntem Weg."
    return [Finding("Anderes Konto", text)] if known and row.iban not in known else []


@operation("rechnungseingang.vormerken")
def vormerken(session: Session, rechnung: dict[str, Any], zahlungsziel_tage: int) -> None:
    """Rechnung für den nächsten Zahllauf vormerken; ohne Angabe fällig nach dem Zahlungsziel ab Rechnungsdatum."""
    row, amount = _row(session, rechnung), Decimal(rechnung["betrag"])
    if amount <= 0 or amount != round(amount, 2) or gueltige_iban(row.iban) is None:
        raise InputRefused("Diese Rechnung lässt sich nicht überweisen: Betrag oder IBAN stimmt nicht.")
    if row.due_on is None and row.issued_on is not None:
        row.due_on = row.issued_on + timedelta(days=zahlungsziel_tage)
    row.state = "freigegeben"
    session.flush()


@operation("rechnungseingang.abschliessen")
def abschliessen(session: Session, clock: Clock, rechnung: dict[str, Any], stand: str) -> None:
    """Rechnung abschließen: bezahlt, zurückgewiesen oder abgelegt."""
    if stand not in _STAENDE:
        raise InputRefused(f"“{stand}” is no end of an invoice.")
    row = _row(session, rechnung)
    row.state, row.settled_at = stand, clock.now()
    session.flush()


def _row(session: Session, rechnung: dict[str, Any]) -> Eingangsrechnung:
    statement = select(Eingangsrechnung).where(Eingangsrechnung.id == rechnung["id"]).with_for_update()
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise InputRefused("Diese Rechnung gibt es nicht mehr.")
    return row
