# SPDX-License-Identifier: EUPL-1.2
"""What must be true of the list of permits: no number is given out again."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import CounterRow
from engine.services import Services
from engine.verify import Finding, add_invariant
from processes.anwohnerparkausweis.models import Parkausweis

#: Before the year in a permit's number.
_ANFANG = "P-"


@add_invariant
def nummern_sind_gezaehlt(session: Session, services: Services) -> Iterator[Finding]:
    """The counter of a year is not behind the permits of that year."""
    jahre = select(func.substr(Parkausweis.nummer, len(_ANFANG) + 1, 4)).distinct()
    for jahr in session.scalars(jahre).all():
        name = f"parkausweis/{jahr}"
        last = session.scalar(select(CounterRow.last).where(CounterRow.name == name)) or 0
        hoechste = session.scalars(
            # Up to 99 999 the numbers of a year have the same length; longer ones are higher.
            select(Parkausweis.nummer)
            .where(Parkausweis.nummer.startswith(f"{_ANFANG}{jahr}-"))
            .order_by(func.length(Parkausweis.nummer).desc(), Parkausweis.nummer.desc())
            .limit(1)
        ).one()
        if int(hoechste.rpartition("-")[2]) > last:
            yield Finding(
                "parkausweis.zaehler",
                hoechste,
                reason=f"Der Zähler der Ausweise steht auf {last}, vergeben ist schon eine höhere Nummer.",
                cure=f"In der Tabelle counters {name} auf die Nummer dieses Ausweises setzen.",
            )
