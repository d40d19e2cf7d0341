# SPDX-License-Identifier: EUPL-1.2
"""What must be true of incoming invoices: what was ordered to be paid stands in one run, with its sum."""

from collections.abc import Iterator

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine.services import Services
from engine.verify import Finding, add_invariant
from processes.rechnungseingang.models import Eingangsrechnung, Zahllauf

_ABGLEICHEN = "Mit der Datei des Zahllaufs und dem Kontoauszug vergleichen, bevor etwas geändert wird."


@add_invariant
def angewiesenes_steht_im_zahllauf(session: Session, services: Services) -> Iterator[Finding]:
    """Nothing is paid outside a run, nothing that is in one waits for another, and each run's sum is right."""
    in_a_run = Eingangsrechnung.state.in_(("angewiesen", "bezahlt"))
    odd = or_(in_a_run & Eingangsrechnung.zahllauf_id.is_(None), ~in_a_run & Eingangsrechnung.zahllauf_id.is_not(None))
    for kennung in session.scalars(select(Eingangsrechnung.kennung).where(odd)):
        yield Finding(
            "rechnungseingang.zahllauf",
            kennung,
            reason="Stand der Rechnung und Zahllauf passen nicht zusammen.",
            cure=_ABGLEICHEN,
        )
    counted = (
        select(Zahllauf.id)
        .join(Eingangsrechnung, Eingangsrechnung.zahllauf_id == Zahllauf.id)
        .group_by(Zahllauf.id, Zahllauf.total, Zahllauf.invoice_count)
        .having(
            or_(
                func.round(func.sum(Eingangsrechnung.amount), 2) != Zahllauf.total,
                func.count() != Zahllauf.invoice_count,
            )
        )
    )
    for run_id in session.scalars(counted):
        yield Finding(
            "rechnungseingang.summe",
            f"Zahllauf {run_id}",
            reason="Die Summe des Zahllaufs ist nicht die seiner Rechnungen.",
            cure=_ABGLEICHEN,
        )
