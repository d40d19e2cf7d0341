# SPDX-License-Identifier: EUPL-1.2
"""What must be true of the list of dogs: no tag number is given out again, and no tax ends before it begins."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import CounterRow
from engine.services import Services
from engine.verify import Finding, add_invariant
from processes.hundesteuer.models import Hund
from processes.hundesteuer.operations import ZAEHLER


@add_invariant
def marken_sind_gezaehlt(session: Session, services: Services) -> Iterator[Finding]:
    """The counter is not behind the tags that have been given out."""
    last = session.scalar(select(CounterRow.last).where(CounterRow.name == ZAEHLER)) or 0
    hoechste = session.scalar(select(func.max(Hund.marke)))
    if hoechste is not None and int(hoechste) > last:
        yield Finding(
            "hundesteuer.zaehler",
            hoechste,
            reason=f"Der Zähler der Steuermarken steht auf {last}, vergeben ist schon eine höhere Nummer.",
            cure=f"In der Tabelle counters {ZAEHLER} auf die Nummer dieser Marke setzen.",
        )


@add_invariant
def steuer_endet_nach_ihrem_beginn(session: Session, services: Services) -> Iterator[Finding]:
    """A dog that was signed off was taxed until then."""
    for marke in session.scalars(select(Hund.marke).where(Hund.steuer_bis < Hund.steuer_ab)):
        yield Finding(
            "hundesteuer.zeitraum",
            marke,
            reason="Die Steuer für diesen Hund endet, bevor sie beginnt.",
            cure="In der Tabelle hunde Beginn und Ende mit der Akte vergleichen.",
        )
