# SPDX-License-Identifier: EUPL-1.2
"""Certificates from the register of residents. Every end event of the model is reached here."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from conftest import Vorgang
from engine.identity import Actor
from tests.processes.scenes import PERSON, betreffe, brief, zahlt

ANNA = Actor("anna.berger", "Anna Berger", frozenset({"buergerbuero"}))
TAGE = timedelta(days=1)
GESUCHT = {"vorname": "Otto", "nachname": "Kurz", "letzte_anschrift": "Plochinger Straße 1", "erklaerung": True}


@pytest.fixture
def bestellt(vorgang: Vorgang):
    """Orders a certificate of one kind."""

    def order(art: str = "einfach", zweck: str | None = "Bank") -> Vorgang:
        vorgang.by = ANNA
        return vorgang.beginnt(
            "meldebescheinigung",
            anliegen={"art": art, "zweck": zweck},
            gesucht=GESUCHT if art == "auskunft" else {},
            person=PERSON,
            angaben={"geburtstag": date(1980, 5, 17)},
        ).jobs_laufen()

    return order


def entscheidet(fall: Vorgang, entscheidung: str, **mehr: Any) -> Vorgang:
    felder = {"begruendung": None, "frage": None, "ergebnis": None, "daten": None, **mehr}
    return fall.erledigt("Antrag prüfen", entscheidung=entscheidung, **felder).jobs_laufen()


@pytest.mark.parametrize(
    ("art", "betrag", "worte"),
    [
        ("einfach", "10.00", "§ 18 Abs. 1 BMG"),
        ("erweitert", "12.00", "§ 18 Abs. 2 BMG"),
        ("auskunft", "12.00", "§ 44 BMG"),
    ],
)
def test_bescheinigung_wird_bezahlt_und_kommt(bestellt, postausgang, art: str, betrag: str, worte: str):
    fall = bestellt(art, None)
    entscheidet(fall, "ausstellen", ergebnis="gefunden", daten="Kurz, Otto\nMarktstraße 7, Kirchheim")
    assert fall.variable("gebuehr")["betrag"] == Decimal(betrag)
    assert not postausgang[-1].attachments, "nothing is handed out before it is paid"
    zahlt(fall, postausgang[-1]).endet_mit("Bescheinigung ausgestellt")
    assert worte in brief(postausgang[-1])
    assert "Marktstraße 7" in brief(postausgang[-1])


def test_gesperrt_und_unbekannt_lauten_gleich_und_verraten_nichts(bestellt, postausgang):
    fall = entscheidet(bestellt("auskunft", None), "ausstellen", ergebnis="keine_auskunft")
    zahlt(fall, postausgang[-1]).endet_mit("Bescheinigung ausgestellt")
    text = brief(postausgang[-1])
    assert "Otto Kurz" in text
    assert "heißt nicht, dass die Person hier gemeldet ist oder war" in text
    assert "Plochinger" not in text


def test_antrag_wird_mit_gruenden_abgelehnt(bestellt, postausgang):
    entscheidet(bestellt(), "ablehnen", begruendung="Sie sind hier nicht gemeldet.").endet_mit("Antrag abgelehnt")
    assert "nicht gemeldet" in brief(postausgang[-1])
    assert "Rechtsbehelfsbelehrung" in brief(postausgang[-1])


def test_rueckfrage_wird_beantwortet_oder_bleibt_aus(bestellt):
    fall = entscheidet(bestellt(), "rueckfrage", frage="Wie hießen Sie früher?")
    fall.antwortet("Rückfrage beantworten", antwort="Klein", nachweis=None).jobs_laufen()
    entscheidet(fall, "rueckfrage", frage="Seit wann?").zeit_vergeht(14 * TAGE)
    fall.wartet_auf("Antrag prüfen")
    assert "keine Antwort" in fall.variable("rueckfrage")["antwort"]


def test_wer_nicht_zahlt_wird_erinnert_und_bekommt_nichts(bestellt, postausgang):
    fall = entscheidet(bestellt(), "ausstellen", daten="Muster, Erika")
    fall.zeit_vergeht(10 * TAGE)
    assert betreffe(postausgang)[-1] == "Erinnerung: Gebühr für Ihre Bescheinigung"
    fall.zeit_vergeht(20 * TAGE).endet_mit("Nicht bezahlt")
    assert betreffe(postausgang)[-1] == "Ihr Antrag ist eingestellt"


def test_antrag_wird_zurueckgezogen(bestellt, postausgang):
    bestellt().zurueckgezogen().endet_mit("Antrag zurückgezogen")
    assert postausgang[-1].subject.startswith("Sie haben Ihren Antrag zurückgezogen")
    assert "nichts bezahlen" in postausgang[-1].text


def test_antrag_wird_nach_einer_rueckfrage_zurueckgezogen(bestellt):
    fall = entscheidet(bestellt(), "rueckfrage", frage="Seit wann?")
    fall.zurueckgezogen().endet_mit("Antrag zurückgezogen")
    assert fall.aufgaben() == []
