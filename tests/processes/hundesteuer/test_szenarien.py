# SPDX-License-Identifier: EUPL-1.2
"""The ways of a message about dogs, as a designer would tell them. Every end event of the model is reached here."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.mail import Mail
from engine.bpmn import read_process
from engine.chores import chores, do_all
from engine.db import unit_of_work
from engine.identity import Actor
from engine.verify import verify_town
from processes import FOLDER
from processes.hundesteuer.models import Hund

PERSON = {
    "vorname": "Erika",
    "nachname": "Muster",
    "strasse": "Hindenburgstraße 4",
    "plz": "73230",
    "ort": "Kirchheim unter Teck",
    "email": "erika.muster@example.org",
}
PETRA = Actor("petra.kohl", "Petra Kohl", frozenset({"kasse"}))
TAGE = timedelta(days=1)


def hund(name: str, ermaessigung: str = "keine", beginn: date = date(2026, 8, 3), gefaehrlich: str = "nein"):
    """A dog, as the form gives it."""
    return {
        "name": name,
        "rasse": "Dackel",
        "beginn": beginn,
        "chip": None,
        "gefaehrlich": gefaehrlich,
        "ermaessigung": ermaessigung,
    }


def anmeldung(*hunde, bereits: int = 0):
    return {
        "anliegen": {"art": "anmelden"},
        "person": PERSON,
        "anmeldung": {"bereits": Decimal(bereits), "hunde": list(hunde), "nachweise": None},
    }


def betreffe(postausgang: list[Mail]) -> list[str]:
    return [mail.subject.split(" (")[0] for mail in postausgang]


def referenz(mail: Mail) -> str:
    """What a payer copies from the mail."""
    gefunden = re.search(r"Verwendungszweck: (RF[\w ]+)", mail.text)
    assert gefunden
    return gefunden[1].replace(" ", "").strip()


def bestand(vorgang) -> dict[str, tuple[str, date | None]]:
    """Tag number → name, and the last day of tax."""
    with vorgang.db.reading() as session:
        return {zeile.marke: (zeile.name, zeile.steuer_bis) for zeile in session.scalars(select(Hund))}


@pytest.fixture
def kasse(vorgang):
    vorgang.by = PETRA
    return vorgang


@pytest.fixture
def angemeldet(kasse, postausgang):
    """Two dogs are on the list, and their tax waits to be paid."""
    kasse.beginnt("hundesteuer", **anmeldung(hund("Rex"), hund("Lux", "assistenz"))).jobs_laufen()
    kasse.erledigt("Anmeldung prüfen", entscheidung="festsetzen").jobs_laufen()
    return kasse


def meldet(kasse, art: str, **angaben):
    """Another message by the same person."""
    hunde = {"abmelden": "abmeldung", "ummelden": "ummeldung"}[art]
    return kasse.beginnt("hundesteuer", anliegen={"art": art}, person=PERSON | angaben.pop("person", {}), **{
        hunde: angaben
    })  # fmt: skip


def abmeldung(marke: str, ende: date = date(2026, 11, 20), grund: str = "gestorben"):
    return {"marke": marke, "grund": grund, "ende": ende, "neuer_halter": None}


def test_angemeldete_hunde_bekommen_marken_und_einen_bescheid(angemeldet, postausgang):
    assert bestand(angemeldet) == {"00001": ("Rex", None), "00002": ("Lux", None)}
    assert betreffe(postausgang) == ["Ihre Meldung zur Hundesteuer ist eingegangen", "Ihr Hundesteuerbescheid"]
    bescheid = postausgang[-1].attachments[0]
    assert bescheid.name == "Hundesteuerbescheid_HST-2026-00001.pdf"
    for needed in ("00001", "00002", "36,00", "befreit: Assistenzhund", "innerhalb eines Monats", "GiroCode"):
        assert needed in bescheid.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_bezahlte_steuer_beendet_den_vorgang(angemeldet, postausgang):
    assert "Eingang bestätigt" in angemeldet.ereignisse()
    angemeldet.nachricht("zahlung_eingegangen", referenz(postausgang[-1]), betrag=36).jobs_laufen()
    angemeldet.endet_mit("Steuer bezahlt")


def test_ohne_zahlung_wird_erinnert_und_dann_uebergeben(angemeldet, postausgang):
    angemeldet.zeit_vergeht(36 * TAGE)
    assert len(postausgang) == 2
    angemeldet.zeit_vergeht(1 * TAGE)
    assert "Erinnerung versendet" in angemeldet.ereignisse()
    assert betreffe(postausgang)[-1] == "Erinnerung: Ihre Hundesteuer fehlt noch"
    angemeldet.zeit_vergeht(14 * TAGE).wartet_auf("Rückstand bearbeiten")
    angemeldet.erledigt("Rückstand bearbeiten", vermerk="Mahnung versandt.").endet_mit("Rückstand übergeben")


def test_fuer_befreite_hunde_ist_nichts_zu_zahlen(kasse, postausgang):
    kasse.beginnt("hundesteuer", **anmeldung(hund("Lux", "rettung")))
    kasse.erledigt("Anmeldung prüfen", entscheidung="festsetzen").jobs_laufen().endet_mit("Nichts zu zahlen")
    assert "keine Hundesteuer zu zahlen" in postausgang[-1].attachments[0].content.decode()
    assert "GiroCode" not in postausgang[-1].attachments[0].content.decode()


def test_rueckfrage_kehrt_mit_antwort_zurueck(kasse, postausgang):
    kasse.beginnt("hundesteuer", **anmeldung(hund("Rex")))
    kasse.erledigt("Anmeldung prüfen", entscheidung="rueckfrage", frage="Welche Rasse?").jobs_laufen()
    assert "Welche Rasse?" in postausgang[-1].text
    kasse.antwortet("Rückfrage beantworten", antwort="Dackel.").wartet_auf("Anmeldung prüfen")


def test_ohne_antwort_kehrt_die_anmeldung_nach_der_frist_zurueck(kasse):
    kasse.beginnt("hundesteuer", **anmeldung(hund("Rex")))
    kasse.erledigt("Anmeldung prüfen", entscheidung="rueckfrage", frage="Welche Rasse?").jobs_laufen()
    kasse.zeit_vergeht(28 * TAGE).wartet_auf("Anmeldung prüfen")
    assert "keine Antwort" in kasse.variable("rueckfrage")["antwort"]


def test_abgelehnte_anmeldung_endet_mit_gruenden(kasse, postausgang):
    kasse.beginnt("hundesteuer", **anmeldung(hund("Rex"))).jobs_laufen()
    kasse.erledigt("Anmeldung prüfen", entscheidung="ablehnen", begruendung="Sie wohnen nicht hier.")
    kasse.jobs_laufen().endet_mit("Abgelehnt")
    assert "Sie wohnen nicht hier." in postausgang[-1].attachments[0].content.decode()
    assert bestand(kasse) == {}


def test_abmeldung_beendet_die_steuer_mit_dem_monat(angemeldet, postausgang):
    kasse = meldet(angemeldet, "abmelden", hunde=[abmeldung("Nr. 1")]).jobs_laufen()
    assert kasse.variable("bestand")[0]["halter"] == "Erika Muster, Hindenburgstraße 4"
    kasse.erledigt("Meldung prüfen", entscheidung="uebernehmen", erstattung=Decimal(0)).jobs_laufen()
    kasse.endet_mit("Abgemeldet")
    assert bestand(kasse)["00001"] == ("Rex", date(2026, 11, 30))
    assert "30.11.2026" in postausgang[-1].attachments[0].content.decode()


def test_zu_viel_gezahlte_steuer_wird_erstattet(angemeldet, postausgang):
    kasse = meldet(angemeldet, "abmelden", hunde=[abmeldung("1")])
    kasse.erledigt("Meldung prüfen", entscheidung="uebernehmen", erstattung=Decimal("9.00")).jobs_laufen()
    assert "9,00" in postausgang[-1].attachments[0].content.decode()
    kasse.erledigt("Erstattung anweisen", angewiesen=True).endet_mit("Abgemeldet")


@pytest.mark.parametrize("art", ["abmelden", "ummelden"])
def test_unter_einer_unbekannten_marke_geschieht_nichts(angemeldet, art):
    marken = ["1", "4711"]
    hunde = [abmeldung(marke) if art == "abmelden" else {"marke": marke} for marke in marken]
    kasse = meldet(angemeldet, art, hunde=hunde).jobs_laufen()
    assert [zeile["stand"] for zeile in kasse.variable("bestand")] == ["angemeldet", "nicht im Bestand"]
    kasse.erledigt("Meldung prüfen", entscheidung="uebernehmen", erstattung=Decimal(0)).wartet_auf("Meldung prüfen")
    assert "04711" in kasse.variable("hinweis")
    assert bestand(kasse)["00001"] == ("Rex", None)
    kasse.erledigt("Meldung prüfen", entscheidung="ablehnen", begruendung="Die Marke gibt es nicht.")
    kasse.jobs_laufen().endet_mit("Abgelehnt")


def test_ein_hund_wird_nur_einmal_abgemeldet(angemeldet):
    for _ in range(2):
        kasse = meldet(angemeldet, "abmelden", hunde=[abmeldung("1")])
        kasse.erledigt("Meldung prüfen", entscheidung="uebernehmen", erstattung=Decimal(0))
    kasse.wartet_auf("Meldung prüfen")
    assert "abgemeldet zum 30.11.2026" in kasse.variable("bestand")[0]["stand"]


def test_die_neue_anschrift_gilt_fuer_die_genannten_hunde(angemeldet, postausgang):
    kasse = meldet(angemeldet, "ummelden", person={"strasse": "Neue Straße 1"}, hunde=[{"marke": "00001"}])
    kasse.erledigt("Meldung prüfen", entscheidung="uebernehmen").jobs_laufen().endet_mit("Umgemeldet")
    assert "Neue Straße 1" in postausgang[-1].text
    with kasse.db.reading() as session:
        strassen = {zeile.name: zeile.strasse for zeile in session.scalars(select(Hund))}
    assert strassen == {"Rex": "Neue Straße 1", "Lux": "Hindenburgstraße 4"}


def test_nach_vier_vollen_jahren_verlaesst_ein_hund_den_bestand(angemeldet):
    kasse = meldet(angemeldet, "abmelden", hunde=[abmeldung("1")])
    kasse.erledigt("Meldung prüfen", entscheidung="uebernehmen", erstattung=Decimal(0)).jobs_laufen()
    for jahr, bleiben in ((2030, {"00001", "00002"}), (2031, {"00002"})):
        kasse.clock.set(kasse.clock.now().replace(year=jahr))
        list(do_all(kasse.db, kasse.services, chores()))
        assert set(bestand(kasse)) == bleiben


def test_eine_marke_ueber_dem_zaehler_wird_gefunden(angemeldet):
    with unit_of_work(angemeldet.db) as session:
        session.scalars(select(Hund).where(Hund.marke == "00002")).one().marke = "00009"
    problems = {finding.problem for finding in verify_town(angemeldet.db, angemeldet.services)}
    assert problems == {"hundesteuer.zaehler"}


def test_jedes_ende_des_modells_hat_ein_szenario():
    modell = FOLDER / "hundesteuer" / "hundesteuer.bpmn"
    enden = {
        node.name for node in read_process(modell.read_bytes(), modell.name).nodes.values() if node.type == "endEvent"
    }
    quelle = Path(__file__).read_text(encoding="utf-8")
    erzaehlt = set(re.findall(r'endet_mit\("([^"]+)"\)|"([^"]+)" in \w+[\w.()* ]*ereignisse', quelle))
    assert {name for paar in erzaehlt for name in paar if name} >= enden
