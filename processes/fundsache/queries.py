# SPDX-License-Identifier: EUPL-1.2
"""What everybody may see of the finds."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from processes.fundsache.models import Fund
from processes.fundsache.operations import ARTEN, OFFEN

#: So many are shown at once; whoever looks for something narrows it down by words.
MOST = 100


@dataclass(frozen=True)
class Fundsache:
    """One thing that waits for its owner."""

    nummer: str
    art: str
    beschreibung: str
    fundort: str
    fundtag: date
    frist: date


def fundsachen(session: Session, words: str = "") -> list[Fundsache]:
    """What waits, found last at the top; with words only what each of them occurs in."""
    statement = select(Fund).where(Fund.stand == OFFEN)
    for word in words.split()[:10]:
        kinds = [key for key, name in ARTEN.items() if word.casefold() in name.casefold()]
        text = (Fund.beschreibung.icontains(word, autoescape=True), Fund.fundort.icontains(word, autoescape=True))
        statement = statement.where(or_(*text, Fund.art.in_(kinds)))
    rows = session.scalars(statement.order_by(Fund.fundtag.desc(), Fund.id.desc()).limit(MOST))
    return [
        Fundsache(row.nummer, ARTEN[row.art], row.beschreibung, row.fundort, row.fundtag, row.frist) for row in rows
    ]
