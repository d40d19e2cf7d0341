# SPDX-License-Identifier: EUPL-1.2
"""The list of permits knows which numbers it has given out."""

from sqlalchemy import update

from engine.db import unit_of_work
from engine.models import CounterRow
from engine.verify import verify_town
from processes.anwohnerparkausweis.models import Parkausweis


def test_a_counter_behind_the_permits_is_found(vorgang):
    vorgang.beginnt("anwohnerparkausweis")
    heute = vorgang.clock.today()
    with unit_of_work(vorgang.db) as session:
        zeiten = {"gueltig_ab": heute, "gueltig_bis": heute, "ausgestellt_am": vorgang.clock.now()}
        about = {"pruefcode": "x", "case_id": vorgang.id, "kennzeichen": "ES-A 1", "zone": "A"}
        session.add(Parkausweis(nummer="P-2026-00007", **about, **zeiten))
        session.add(CounterRow(name="parkausweis/2026", last=7))
    assert list(verify_town(vorgang.db, vorgang.services)) == []
    with unit_of_work(vorgang.db) as session:
        session.execute(update(CounterRow).where(CounterRow.name == "parkausweis/2026").values(last=6))
    (finding,) = verify_town(vorgang.db, vorgang.services)
    assert (finding.problem, finding.about) == ("parkausweis.zaehler", "P-2026-00007")
