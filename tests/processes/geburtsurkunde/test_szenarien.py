# SPDX-License-Identifier: EUPL-1.2
"""Certificates of birth. Every end event of the model is reached here."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from conftest import Vorgang
from engine.identity import Actor
from tests.processes.scenes import PERSON, brief, zahlt

SINA = Actor("sina.engel", "Sina Engel", frozenset({"standesamt"}))
TAGE = timedelta(days=1)


@pytest.fixture
def bestellt(vorgang: Vorgang):
    """Orders certificates."""

    def order(anzahl: int = 1, verwendung: str = "privat") -> Vorgang:
        vorgang.by = SINA
        return vorgang.beginnt(
            "geburtsurkunde",
            geburt={"vorname": "Erika", "nachname": "Klein", "tag": date(1980, 5, 17), "verhaeltnis": "selbst"},
            bestellung={"art": "urkunde", "anzahl": Decimal(anzahl), "verwendung": verwendung},
            person=PERSON,
        ).jobs_laufen()

    return order


def entscheidet(fall: Vorgang, entscheidung: str, **mehr: Any) -> Vorgang:
    felder = {"begruendung": None, "frage": None, **mehr}
    return fall.erledigt("Antrag prüfen", entscheidung=entscheidung, **felder).jobs_laufen()


@pytest.mark.parametrize(("anzahl", "betrag"), [(1, "15.00"), (2, "22.50"), (10, "82.50")])
def test_urkunde_wird_bezahlt_und_verschickt(bestellt, postausgang, anzahl: int, betrag: str):
    fall = entscheidet(bestellt(anzahl), "ausstellen")
    assert fall.variable("gebuehr")["betrag"] == Decimal(betrag)
    assert [task.name for task in fall.aufgaben()] == [], "nothing is made before it is paid"
    zahlt(fall, postausgang[-1])
    fall.erledigt("Urkunde ausstellen und absenden", vermerk="1 Geburtsurkunde, Nr. 17/1980").jobs_laufen()
    fall.endet_mit("Urkunde versandt")
    assert "Nr. 17/1980" in postausgang[-1].text.replace("\xa0", " ")


def test_fuer_die_rente_ist_die_urkunde_frei(bestellt):
    fall = entscheidet(bestellt(2, "sozialversicherung"), "ausstellen")
    fall.wartet_auf("Urkunde ausstellen und absenden")


def test_wer_kein_recht_hat_wird_mit_gruenden_abgelehnt(bestellt, postausgang):
    fall = entscheidet(bestellt(), "ablehnen", begruendung="Die Geburt ist hier nicht eingetragen.")
    fall.endet_mit("Antrag abgelehnt")
    assert "nicht eingetragen" in brief(postausgang[-1])


def test_rueckfrage_wird_beantwortet(bestellt):
    fall = entscheidet(bestellt(), "rueckfrage", frage="Haben Sie die Nummer?")
    fall.antwortet("Rückfrage beantworten", antwort="17/1980", nachweis=None).jobs_laufen()
    fall.wartet_auf("Antrag prüfen")


def test_wer_nicht_zahlt_bekommt_nichts(bestellt, postausgang):
    fall = entscheidet(bestellt(), "ausstellen").zeit_vergeht(30 * TAGE).endet_mit("Nicht bezahlt")
    assert fall.aufgaben() == []
    assert "eingestellt" in postausgang[-1].text


def test_antrag_wird_zurueckgezogen(bestellt, postausgang):
    bestellt().zurueckgezogen().endet_mit("Antrag zurückgezogen")
    assert postausgang[-1].subject.startswith("Sie haben Ihren Antrag zurückgezogen")
    assert "nichts bezahlen" in postausgang[-1].text


def test_antrag_wird_nach_einer_rueckfrage_zurueckgezogen(bestellt):
    fall = entscheidet(bestellt(), "rueckfrage", frage="Haben Sie die Nummer?")
    fall.zurueckgezogen().endet_mit("Antrag zurückgezogen")
    assert fall.aufgaben() == []
