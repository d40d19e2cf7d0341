# SPDX-License-Identifier: EUPL-1.2
"""The ways of something that was found. Every end event of the model is reached here."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from conftest import Vorgang
from engine.chores import chores, do_all
from engine.identity import Actor
from processes.fundsache.models import Fund
from processes.fundsache.queries import fundsachen
from tests.processes.scenes import PERSON

FRANZ = Actor("franz.feder", "Franz Feder", frozenset({"fundbuero"}))
TAGE = timedelta(days=1)


@pytest.fixture
def angezeigt(vorgang: Vorgang):
    """Somebody reports what they have found; the office takes it."""

    def report(*, art: str = "handy", lohn: bool = False, eigentum: bool = False) -> Vorgang:
        vorgang.by = FRANZ
        vorgang.beginnt(
            "fundsache",
            sache={
                "art": art,
                "beschreibung": "Schwarz, Riss im Glas, Bild eines Hundes",
                "wert": Decimal("200"),
                "fundtag": date(2026, 11, 20),
                "fundort": "Marktplatz",
            },
            verbleib={"wo": "abgabe", "finderlohn": lohn, "eigentum": eigentum},
            person=PERSON,
        ).jobs_laufen()
        return vorgang

    return report


def angenommen(fall: Vorgang, oeffentlich: str = "Schwarzes Telefon") -> Vorgang:
    felder: dict[str, Any] = {"grund": None, "fundort_oeffentlich": "Innenstadt", "lagerort": "Regal 3"}
    return fall.erledigt("Fund annehmen", entscheidung="annehmen", oeffentlich=oeffentlich, **felder).jobs_laufen()


def liste(fall: Vorgang, words: str = "") -> list[str]:
    with fall.db.reading() as session:
        return [each.beschreibung for each in fundsachen(session, words)]


def zurueck(fall: Vorgang, wert: str = "200", **mehr: Any) -> Vorgang:
    felder = {"an": "Otto Kurz, Ausweis und Kaufbeleg", "wert": Decimal(wert), "auszahlung": None, **mehr}
    return fall.erledigt("Eigentümerin oder Eigentümer ermitteln", **felder).jobs_laufen()


def test_fund_steht_in_der_liste_ohne_einzelheiten(angezeigt):
    fall = angenommen(angezeigt())
    assert liste(fall) == liste(fall, "telefon") == liste(fall, "Handy innenstadt") == ["Schwarzes Telefon"]
    assert liste(fall, "Hund") == liste(fall, "Marktplatz") == liste(fall, "Muster") == []
    assert liste(fall, "%") == liste(fall, "_") == []


def test_fund_wird_zurueckgegeben_ohne_lohn(angezeigt, postausgang):
    fall = zurueck(angenommen(angezeigt())).endet_mit("Zurückgegeben")
    assert liste(fall) == []
    assert "Finderlohn" not in postausgang[-1].text


@pytest.mark.parametrize(
    ("art", "wert", "lohn"),
    [("handy", "200", "10.00"), ("handy", "500", "25.00"), ("schmuck", "1500", "55.00"), ("tier", "1000", "30.00")],
)
def test_finderlohn_folgt_dem_gesetz(angezeigt, postausgang, art: str, wert: str, lohn: str):
    fall = zurueck(angenommen(angezeigt(art=art, lohn=True)), wert, auszahlung="Er liegt im Fundbüro bereit.")
    fall.endet_mit("Zurückgegeben")
    assert fall.variable("finderlohn")["lohn"] == Decimal(lohn)
    assert "§ 971" in postausgang[-1].text.replace("\xa0", " ")
    assert "liegt im Fundbüro bereit" in postausgang[-1].text


def test_nach_sechs_monaten_gehoert_die_sache_dem_finder(angezeigt, postausgang):
    fall = angenommen(angezeigt(eigentum=True)).zeit_vergeht(182 * TAGE)
    assert liste(fall)
    fall.zeit_vergeht(TAGE)
    assert liste(fall) == []
    assert "gehört jetzt Ihnen" in postausgang[-1].text
    fall.erledigt("Abholung vermerken", vermerk="Abgeholt").endet_mit("Finder erwirbt")


def test_wer_nichts_will_ueberlaesst_es_der_stadt(angezeigt):
    fall = angenommen(angezeigt()).zeit_vergeht(183 * TAGE)
    fall.erledigt("Verwertung vermerken", vermerk="Gespendet").endet_mit("An die Stadt gefallen")


def test_was_keine_fundsache_ist_wird_mit_grund_beantwortet(angezeigt, postausgang):
    felder = {"oeffentlich": None, "fundort_oeffentlich": None, "lagerort": None}
    fall = angezeigt().erledigt("Fund annehmen", entscheidung="ablehnen", grund="Das ist Sperrmüll.", **felder)
    fall.jobs_laufen().endet_mit("Keine Fundsache")
    assert "Sperrmüll" in postausgang[-1].text


def test_nach_drei_jahren_ist_der_fund_vergessen(angezeigt):
    fall = zurueck(angenommen(angezeigt()))
    fall.clock.advance(timedelta(days=3 * 365 + 1))
    list(do_all(fall.db, fall.services, chores()))
    with fall.db.reading() as session:
        assert session.scalars(select(Fund)).all() == []
