# SPDX-License-Identifier: EUPL-1.2
"""What the service tasks of finds do: keep the list that people look into."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.operations import CaseContext, InputRefused, operation
from processes.fundsache.models import Fund

#: Kinds of things, as the form has them.
ARTEN = {
    "schluessel": "Schlüssel",
    "geldbeutel": "Geldbeutel oder Tasche",
    "handy": "Handy oder anderes Gerät",
    "schmuck": "Schmuck oder Uhr",
    "kleidung": "Kleidung",
    "fahrrad": "Fahrrad",
    "tier": "Tier",
    "sonstiges": "Sonstiges",
}
OFFEN = "offen"
_ENDEN = frozenset({"zurueckgegeben", "verfallen"})


@operation("fundsache.eintragen")
def eintragen(
    session: Session,
    ctx: CaseContext,
    art: str,
    beschreibung: str,
    fundtag: date,
    fundort: str,
    lagerort: str,
    frist: date,
) -> str:
    """Fund in die öffentliche Liste eintragen."""
    if art not in ARTEN:
        raise InputRefused("There is no such kind of thing.")
    fund = Fund(
        nummer=ctx.reference,
        case_id=ctx.case_id,
        art=art,
        beschreibung=beschreibung,
        fundort=fundort,
        fundtag=fundtag,
        lagerort=lagerort,
        stand=OFFEN,
        frist=frist,
    )
    session.add(fund)
    session.flush()
    return fund.nummer


@operation("fundsache.abschliessen")
def abschliessen(session: Session, ctx: CaseContext, stand: str) -> None:
    """Fund aus der öffentlichen Liste nehmen: zurückgegeben oder nach Ablauf der Frist."""
    if stand not in _ENDEN:
        raise InputRefused("A find ends as zurueckgegeben or verfallen.")
    fund = session.scalars(select(Fund).where(Fund.case_id == ctx.case_id)).one()
    fund.stand, fund.abgeschlossen_am = stand, ctx.now.date()
    session.flush()
