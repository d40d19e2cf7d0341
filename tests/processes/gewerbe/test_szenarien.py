# SPDX-License-Identifier: EUPL-1.2
"""Trades are notified, changed and given up. Every end event of the model is reached here."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from conftest import Vorgang
from engine.identity import Actor
from tests.processes.scenes import PERSON, brief, zahlt

KARIN = Actor("karin.lenz", "Karin Lenz", frozenset({"ordnungsamt"}))
PETRA = Actor("petra.kohl", "Petra Kohl", frozenset({"kasse"}))
TAGE = timedelta(days=1)
BETRIEB = {
    "rechtsform": "einzel",
    "name": None,
    "register": None,
    "strasse": "Marktstraße 7",
    "plz": "73230",
    "ort": "Kirchheim unter Teck",
    "taetigkeit_kurz": "Fahrradladen",
    "taetigkeit": "Einzelhandel mit Fahrrädern",
    "nebenerwerb": "nein",
    "beschaeftigte": Decimal(2),
    "erlaubnis": "nein",
}


@pytest.fixture
def angezeigt(vorgang: Vorgang):
    """Somebody notifies a trade."""

    def notify(art: str = "anmelden") -> Vorgang:
        vorgang.by = KARIN
        anzeige = {"art": art, "tag": date(2026, 12, 1), "aenderung": None, "grund": None}
        inhaber = {"geburtstag": date(1980, 5, 17), "geburtsort": "Ulm", "staatsangehoerigkeit": "deutsch"}
        return vorgang.beginnt(
            "gewerbe", anzeige=anzeige, betrieb=BETRIEB, person=PERSON, inhaber=inhaber
        ).jobs_laufen()

    return notify


def entscheidet(fall: Vorgang, entscheidung: str, **mehr: Any) -> Vorgang:
    felder = {"begruendung": None, "frage": None, **mehr}
    return fall.erledigt("Antrag prüfen", entscheidung=entscheidung, **felder).jobs_laufen()


@pytest.mark.parametrize(("art", "betrag"), [("anmelden", "30.00"), ("ummelden", "20.00")])
def test_empfang_wird_bescheinigt_weitergeleitet_und_bezahlt(angezeigt, postausgang, art: str, betrag: str):
    fall = entscheidet(angezeigt(art), "ausstellen")
    assert fall.variable("gebuehr")["betrag"] == Decimal(betrag)
    for worte in ("§ 15 Abs. 1 GewO", "Einzelhandel mit Fahrrädern", "keine Erlaubnis", "Rechtsbehelfsbelehrung"):
        assert worte in brief(postausgang[-1]), worte
    zahlt(fall, postausgang[-1])
    fall.erledigt("An andere Stellen weiterleiten", stellen=["finanzamt", "ihk"]).jobs_laufen()
    fall.endet_mit("Weitergeleitet")


def test_wer_erst_spaeter_zahlt_haelt_die_weiterleitung_nicht_auf(angezeigt, postausgang):
    fall = entscheidet(angezeigt(), "ausstellen")
    fall.erledigt("An andere Stellen weiterleiten", stellen=["finanzamt"])
    zahlt(fall, postausgang[-1]).endet_mit("Bezahlt")


def test_bescheinigung_ist_nach_drei_tagen_faellig(angezeigt):
    fall = angezeigt()
    assert [task.due_at for task in fall.aufgaben()] == [fall.clock.now() + 3 * TAGE]


def test_abmeldung_ist_frei(angezeigt, postausgang):
    fall = entscheidet(angezeigt("abmelden"), "ausstellen")
    assert "Gebühr" not in brief(postausgang[-1])
    fall.erledigt("An andere Stellen weiterleiten", stellen=["finanzamt"]).endet_mit("Bescheinigt und weitergeleitet")


def test_was_kein_gewerbe_ist_wird_zurueckgewiesen(angezeigt, postausgang):
    fall = entscheidet(angezeigt(), "ablehnen", begruendung="Landwirtschaft ist kein Gewerbe.")
    fall.endet_mit("Zurückgewiesen")
    assert "Landwirtschaft" in brief(postausgang[-1])


def test_unvollstaendige_anzeige_wird_nachgefragt(angezeigt):
    fall = entscheidet(angezeigt(), "rueckfrage", frage="Welche Nummer hat der Betrieb im Register?")
    fall.antwortet("Rückfrage beantworten", antwort="Keine", nachweis=None).jobs_laufen()
    fall.wartet_auf("Antrag prüfen")


def test_wer_nicht_zahlt_wird_erinnert_und_kommt_zur_kasse(angezeigt, postausgang):
    fall = entscheidet(angezeigt(), "ausstellen")
    fall.erledigt("An andere Stellen weiterleiten", stellen=["finanzamt"]).zeit_vergeht(37 * TAGE)
    assert "noch offen" in postausgang[-1].text
    fall.zeit_vergeht(14 * TAGE)
    fall.erledigt("Rückstand klären", von=PETRA, ergebnis="Mahnung").endet_mit("An Kasse abgegeben")
