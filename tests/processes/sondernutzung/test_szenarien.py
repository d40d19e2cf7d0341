# SPDX-License-Identifier: EUPL-1.2
"""The ways of a permit to use the street, as a designer would tell them. Every end event is reached here."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conftest import Vorgang
from engine.bpmn import read_process
from engine.identity import Actor
from engine.queries.milestones import milestones
from processes import FOLDER
from processes.rechnung.queries import forderungen
from tests.processes.scenes import PERSON, betreffe, brief, zahlt

KARIN = Actor("karin.lenz", "Karin Lenz", frozenset({"ordnungsamt"}))
THEO = Actor("theo.grund", "Theo Grund", frozenset({"tiefbau"}))
FRIEDA = Actor("frieda.rot", "Frieda Rot", frozenset({"feuerwehr"}))
PETRA = Actor("petra.kohl", "Petra Kohl", frozenset({"kasse"}))
TAGE = timedelta(days=1)
KEINE_BEDENKEN = {"ergebnis": "keine_bedenken", "auflagen": None, "vermerk": None}


def angaben(art: str = "container", flaeche: str = "12", tage: int = 10) -> dict[str, Any]:
    """What the form gives."""
    return {
        "nutzung": {
            "art": art,
            "ort": "Marktstraße 7",
            "position": None,
            "flaeche": Decimal(flaeche),
            "von": date(2027, 1, 4),
            "bis": date(2027, 1, 4) + timedelta(days=tage - 1),
            "zweck": "Umbau im Haus",
        },
        "unterlagen": {"plan": None},
        "person": PERSON,
    }


@pytest.fixture
def antrag(vorgang: Vorgang) -> Vorgang:
    """A container for ten days, on 12 m²."""
    vorgang.by = KARIN
    return vorgang.beginnt("sondernutzung", **angaben()).jobs_laufen()


def anhoerung(fall: Vorgang) -> Vorgang:
    """Both offices have nothing against it."""
    fall.erledigt("Stellungnahme Tiefbau", von=THEO, **KEINE_BEDENKEN)
    return fall.erledigt("Stellungnahme Feuerwehr", von=FRIEDA, **KEINE_BEDENKEN)


def entscheidet(fall: Vorgang, entscheidung: str, **mehr: Any) -> Vorgang:
    felder = {"begruendung": None, "frage": None, "nebenbestimmungen": None, **mehr}
    return fall.erledigt("Antrag entscheiden", entscheidung=entscheidung, **felder).jobs_laufen()


def namen(fall: Vorgang) -> set[str]:
    return {task.name for task in fall.aufgaben()}


def test_aemter_werden_gleichzeitig_gehoert(antrag):
    assert namen(antrag) == {"Stellungnahme Tiefbau", "Stellungnahme Feuerwehr"}
    antrag.erledigt("Stellungnahme Feuerwehr", von=FRIEDA, **KEINE_BEDENKEN)
    assert namen(antrag) == {"Stellungnahme Tiefbau"}, "both answers are waited for"
    antrag.erledigt("Stellungnahme Tiefbau", von=THEO, **KEINE_BEDENKEN)
    antrag.wartet_auf("Antrag entscheiden")


def test_erlaubnis_wird_erteilt_und_bezahlt(antrag, postausgang):
    entscheidet(anhoerung(antrag), "erteilen", nebenbestimmungen="1,50 m Gehweg bleiben frei.")
    assert antrag.variable("gebuehr")["betrag"] == Decimal("60.00")
    assert betreffe(postausgang) == ["Ihr Antrag auf Sondernutzung ist eingegangen", "Ihre Sondernutzungserlaubnis"]
    bescheid = brief(postausgang[-1])
    for worte in (
        "1,50 m Gehweg bleiben frei.",
        "0,50 €",
        "60,00 €",
        "04.01.2027 bis 13.01.2027",
        "Rechtsbehelfsbelehrung",
    ):
        assert worte in bescheid, worte
    zahlt(antrag, postausgang[-1]).endet_mit("Erteilt und bezahlt")


def test_schweigen_gilt_als_keine_bedenken(antrag):
    antrag.erledigt("Stellungnahme Tiefbau", von=THEO, ergebnis="auflagen", auflagen="Bohlen", vermerk=None)
    antrag.zeit_vergeht(10 * TAGE)
    antrag.wartet_auf("Antrag entscheiden")
    assert antrag.variable("tiefbau")["auflagen"] == "Bohlen"
    assert antrag.variable("feuerwehr")["ergebnis"] == "keine_bedenken"
    assert "keine Stellungnahme" in antrag.variable("feuerwehr")["vermerk"]


def test_nach_drei_monaten_gilt_der_antrag_als_genehmigt(antrag, postausgang):
    antrag.zeit_vergeht(89 * TAGE)
    antrag.wartet_auf("Antrag entscheiden")
    antrag.zeit_vergeht(TAGE).endet_mit("Gilt als genehmigt")
    assert betreffe(postausgang)[-1] == "Ihr Antrag gilt als genehmigt"
    assert "§ 42a Abs. 3" in brief(postausgang[-1])
    with antrag.db.reading() as session:
        reached = [each.text for each in milestones(session, antrag.services, antrag.id) if each.reached_at]
    assert "Der Antrag gilt als genehmigt" in reached


def test_fiktion_trifft_auch_offene_stellungnahmen_nicht_mehr(antrag):
    antrag.zeit_vergeht(90 * TAGE)
    assert namen(antrag) == set()


def test_rueckfrage_haelt_die_frist_an_und_fragt_die_aemter_nicht_noch_einmal(antrag, postausgang):
    antrag.zeit_vergeht(80 * TAGE)
    entscheidet(antrag, "rueckfrage", frage="Wie breit ist der Gehweg?")
    assert "Wie breit" in postausgang[-1].text
    antrag.zeit_vergeht(12 * TAGE)
    antrag.antwortet("Rückfrage beantworten", antwort="2 m", nachweis=None).jobs_laufen()
    assert namen(antrag) == {"Antrag entscheiden"}
    antrag.zeit_vergeht(89 * TAGE)
    assert namen(antrag) == {"Antrag entscheiden"}
    antrag.zeit_vergeht(TAGE).endet_mit("Gilt als genehmigt")


def test_ohne_antwort_wird_nach_dem_entschieden_was_da_ist(antrag):
    entscheidet(anhoerung(antrag), "rueckfrage", frage="Wie breit ist der Gehweg?")
    antrag.zeit_vergeht(14 * TAGE)
    antrag.wartet_auf("Antrag entscheiden")
    assert "keine Antwort" in antrag.variable("rueckfrage")["antwort"]


def test_antrag_wird_mit_gruenden_abgelehnt(antrag, postausgang):
    entscheidet(anhoerung(antrag), "ablehnen", begruendung="Der Gehweg ist zu schmal.").endet_mit("Antrag abgelehnt")
    assert "zu schmal" in brief(postausgang[-1])


def test_infostand_ist_frei(vorgang, postausgang):
    vorgang.by = KARIN
    vorgang.beginnt("sondernutzung", **angaben("infostand", "4", 1)).jobs_laufen()
    entscheidet(anhoerung(vorgang), "erteilen").endet_mit("Gebührenfrei erteilt")
    assert "Eine Gebühr erheben wir nicht" in brief(postausgang[-1])


@pytest.mark.parametrize(
    ("art", "flaeche", "tage", "betrag"),
    [
        ("container", "12", 10, "60.00"),
        ("baugeruest", "2", 1, "20.00"),
        ("baugeruest", "33.5", 45, "150.75"),
        ("gastronomie", "20", 365, "1095.00"),
        ("werbung", "0.5", 3, "20.00"),
    ],
)
def test_gebuehr_ist_flaeche_mal_tage_mal_satz(vorgang, art: str, flaeche: str, tage: int, betrag: str):
    vorgang.by = KARIN
    vorgang.beginnt("sondernutzung", **angaben(art, flaeche, tage)).jobs_laufen()
    entscheidet(anhoerung(vorgang), "erteilen")
    assert vorgang.variable("gebuehr")["betrag"] == Decimal(betrag)


def test_wer_nicht_zahlt_wird_erinnert_und_kommt_zur_kasse(antrag, postausgang):
    entscheidet(anhoerung(antrag), "erteilen")
    antrag.zeit_vergeht(37 * TAGE)
    assert betreffe(postausgang)[-1] == "Erinnerung: Gebühr für Ihre Sondernutzung"
    antrag.zeit_vergeht(14 * TAGE)
    antrag.erledigt("Rückstand klären", von=PETRA, ergebnis="Mahnung veranlasst").endet_mit("An Kasse abgegeben")


def test_jedes_ende_des_modells_hat_ein_szenario():
    modell = FOLDER / "sondernutzung" / "sondernutzung.bpmn"
    knoten = read_process(modell.read_bytes(), modell.name).nodes.values()
    enden = {node.name for node in knoten if node.type == "endEvent" and node.name}
    # Those of branches that run beside the main way end no case.
    enden -= {"Eingang bestätigt", "Erinnerung versendet"}
    text = Path(__file__).read_text("utf-8")
    assert not [name for name in enden if f'endet_mit("{name}")' not in text]


def test_gebuehr_steht_in_den_buechern(antrag):
    entscheidet(anhoerung(antrag), "erteilen")
    with antrag.db.reading() as session:
        assert [claim.amount for claim in forderungen(session, antrag.id)] == [Decimal("60.00")]


def test_antrag_wird_zurueckgezogen(antrag, postausgang):
    antrag.zurueckgezogen().endet_mit("Antrag zurückgezogen")
    assert postausgang[-1].subject.startswith("Sie haben Ihren Antrag zurückgezogen")
    assert "nichts bezahlen" in postausgang[-1].text


def test_antrag_wird_nach_einer_rueckfrage_zurueckgezogen(antrag):
    entscheidet(anhoerung(antrag), "rueckfrage", frage="Wie breit ist der Gehweg?")
    antrag.zurueckgezogen().endet_mit("Antrag zurückgezogen")
    assert antrag.aufgaben() == []
