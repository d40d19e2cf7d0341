# SPDX-License-Identifier: EUPL-1.2
"""The ways of an application, as a designer would tell them. Every end event of the model is reached here."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from connectors.links import Links
from connectors.mail import Mail, Mailer
from engine.bpmn import read_process
from engine.errors import NobodyWaits, TaskClaimedByAnother
from engine.identity import Actor
from processes import FOLDER
from processes.anwohnerparkausweis.queries import ausweis_by_code

ANTRAG = {
    "person": {
        "vorname": "Erika",
        "nachname": "Muster",
        "strasse": "Hindenburgstraße 4",
        "plz": "73230",
        "ort": "Kirchheim unter Teck",
        "email": "erika.muster@example.org",
    },
    "fahrzeug": {"kennzeichen": "ES-AB 123", "halter": "ja"},
    "parken": {"zone": "A", "beginn": date(2026, 12, 1), "laufzeit_monate": "12"},
    "unterlagen": {"fahrzeugschein": [], "nutzungsueberlassung": None},
    "einwilligung": {"bekanntgabe": None},
}
TAGE = timedelta(days=1)
JONAS = Actor("jonas.weiss", "Jonas Weiss", frozenset({"buergerbuero"}))


def betreffe(postausgang: list[Mail]) -> list[str]:
    return [mail.subject.split(" (")[0] for mail in postausgang]


def referenz(mail: Mail) -> str:
    """What a payer copies from the mail."""
    gefunden = re.search(r"Verwendungszweck: (RF[\w ]+)", mail.text)
    assert gefunden
    return gefunden[1].replace(" ", "").strip()


def wartet_auf_zahlung(vorgang) -> bool:
    name = "Zahlung abwarten"
    return name in vorgang.ereignisse("entered") and name not in vorgang.ereignisse("completed")


@pytest.fixture
def antrag(vorgang):
    return vorgang.beginnt("anwohnerparkausweis", **ANTRAG).wartet_auf("Antrag prüfen")


@pytest.fixture
def bewilligt(antrag, postausgang):
    """A case that waits for its payment."""
    antrag.erledigt("Antrag prüfen", entscheidung="genehmigen").jobs_laufen()
    assert wartet_auf_zahlung(antrag)
    return antrag


def test_genehmigter_und_bezahlter_antrag_endet_mit_ausweis(antrag, postausgang):
    assert postausgang == []  # nothing leaves before the commit
    assert "Eingang bestätigt" in antrag.jobs_laufen().ereignisse()
    antrag.erledigt("Antrag prüfen", entscheidung="genehmigen").jobs_laufen()
    assert wartet_auf_zahlung(antrag)
    antrag.nachricht("zahlung_eingegangen", referenz(postausgang[-1]), betrag=30).jobs_laufen()
    antrag.endet_mit("Ausweis ausgestellt")
    assert betreffe(postausgang) == [
        "Ihr Antrag ist eingegangen",
        "Ihr Antrag ist genehmigt: Bitte zahlen Sie die Gebühr",
        "Ihr Bewohnerparkausweis",
    ]
    assert {mail.to for mail in postausgang} == {"erika.muster@example.org"}
    assert [mail.attachments[0].name for mail in postausgang[1:]] == [
        "Gebührenbescheid_APA-2026-00001.pdf",
        "Parkausweis_P-2026-00001.pdf",
    ]


def test_abgelehnter_antrag_endet_mit_bescheid(antrag, postausgang):
    grund = "Ihre Anschrift liegt in keiner Bewohnerparkzone."
    antrag.erledigt("Antrag prüfen", entscheidung="ablehnen", begruendung=grund)
    antrag.jobs_laufen().endet_mit("Antrag abgelehnt")
    assert betreffe(postausgang)[-1] == "Entscheidung über Ihren Antrag"
    bescheid = postausgang[-1].attachments[0].content.decode()
    assert grund in bescheid
    assert "innerhalb eines Monats" in bescheid


def test_rueckfrage_kehrt_mit_antwort_zur_selben_person_zurueck(antrag, postausgang):
    antrag.erledigt("Antrag prüfen", von=JONAS, entscheidung="rueckfrage", frage="Wohnen Sie noch dort?")
    antrag.jobs_laufen().wartet_auf("Rückfrage beantworten")
    assert "Wohnen Sie noch dort?" in postausgang[-1].text
    assert "20.12.2026" in postausgang[-1].text  # 28 days to answer
    antrag.antwortet("Rückfrage beantworten", antwort="Ja, seit 2019.").wartet_auf("Antrag prüfen")
    with pytest.raises(TaskClaimedByAnother):
        antrag.erledigt("Antrag prüfen", entscheidung="genehmigen")
    antrag.erledigt("Antrag prüfen", von=JONAS, entscheidung="genehmigen")
    assert wartet_auf_zahlung(antrag.jobs_laufen())


def test_rueckfrage_ist_mehrmals_moeglich(antrag, postausgang):
    for frage in ("Erste Frage?", "Zweite Frage?"):
        antrag.erledigt("Antrag prüfen", entscheidung="rueckfrage", frage=frage).jobs_laufen()
        antrag.antwortet("Rückfrage beantworten", antwort="Antwort.")
    antrag.wartet_auf("Antrag prüfen")
    assert [frage in mail.text for frage, mail in zip(("Erste", "Zweite"), postausgang[-2:], strict=True)] == [
        True,
        True,
    ]


def test_ohne_antwort_geht_der_antrag_nach_der_frist_zurueck(antrag):
    antrag.erledigt("Antrag prüfen", entscheidung="rueckfrage", frage="Wohnen Sie noch dort?")
    antrag.jobs_laufen().wartet_auf("Rückfrage beantworten")
    antrag.zeit_vergeht(27 * TAGE).wartet_auf("Rückfrage beantworten")
    antrag.zeit_vergeht(1 * TAGE).wartet_auf("Antrag prüfen")
    assert "keine Antwort" in antrag.variable("rueckfrage")["antwort"]
    antrag.erledigt("Antrag prüfen", entscheidung="ablehnen", begruendung="Keine Antwort.")
    antrag.jobs_laufen().endet_mit("Antrag abgelehnt")


def test_ohne_zahlung_endet_der_vorgang_nach_erinnerung(bewilligt, postausgang):
    bewilligt.zeit_vergeht(13 * TAGE)
    assert len(postausgang) == 2
    bewilligt.zeit_vergeht(1 * TAGE)
    assert wartet_auf_zahlung(bewilligt)
    assert betreffe(postausgang)[-1] == "Erinnerung: Ihre Zahlung fehlt noch"
    assert "20.12.2026" in postausgang[-1].text  # the day on which the case ends without payment
    bewilligt.zeit_vergeht(14 * TAGE).endet_mit("Nicht bezahlt")
    assert betreffe(postausgang)[-1] == "Ihr Antrag ist beendet"
    assert "eingestellt" in postausgang[-1].attachments[0].content.decode()


def test_zahlung_nach_der_erinnerung_fuehrt_zum_ausweis(bewilligt, postausgang):
    gebuehr = referenz(postausgang[-1])
    bewilligt.zeit_vergeht(20 * TAGE)
    assert referenz(postausgang[-1]) == gebuehr
    bewilligt.nachricht("zahlung_eingegangen", gebuehr, betrag=30).jobs_laufen().endet_mit("Ausweis ausgestellt")
    bewilligt.zeit_vergeht(60 * TAGE)
    assert betreffe(postausgang)[-1] == "Ihr Bewohnerparkausweis"  # no notice of an end follows


def test_zahlung_nach_dem_ende_aendert_nichts(bewilligt, postausgang):
    gebuehr = referenz(postausgang[-1])
    bewilligt.zeit_vergeht(14 * TAGE).zeit_vergeht(14 * TAGE).endet_mit("Nicht bezahlt")
    versandt = len(postausgang)
    with pytest.raises(NobodyWaits):
        bewilligt.nachricht("zahlung_eingegangen", gebuehr, betrag=30)
    bewilligt.jobs_laufen().endet_mit("Nicht bezahlt")
    assert len(postausgang) == versandt


def test_doppelte_zahlung_ergibt_einen_ausweis(bewilligt, postausgang):
    gebuehr = referenz(postausgang[-1])
    bewilligt.nachricht("zahlung_eingegangen", gebuehr, betrag=30)
    with pytest.raises(NobodyWaits):
        bewilligt.nachricht("zahlung_eingegangen", gebuehr, betrag=30)
    bewilligt.jobs_laufen().endet_mit("Ausweis ausgestellt")
    assert betreffe(postausgang).count("Ihr Bewohnerparkausweis") == 1
    assert bewilligt.variable("ausweis")["nummer"] == "P-2026-00001"


@pytest.mark.parametrize(
    ("beginn", "wartezeit", "gueltig_ab"),
    [
        (None, 0, date(2026, 12, 1)),  # as wished
        (date(2027, 1, 15), 0, date(2027, 1, 15)),  # as the clerk decided
        (None, 15, date(2026, 12, 7)),  # paid after the wished day: nobody pays for days that are gone
    ],
)
def test_erster_gueltiger_tag(antrag, postausgang, beginn, wartezeit, gueltig_ab):
    antrag.erledigt("Antrag prüfen", entscheidung="genehmigen", gueltig_ab=beginn).jobs_laufen()
    gebuehr = referenz(postausgang[-1])
    antrag.zeit_vergeht(wartezeit * TAGE)
    antrag.nachricht("zahlung_eingegangen", gebuehr, betrag=30).jobs_laufen().endet_mit("Ausweis ausgestellt")
    assert antrag.variable("ausweis")["gueltig_ab"] == gueltig_ab


def test_kontrolle_sieht_den_ausweis_ohne_namen(bewilligt, postausgang, db, services):
    bewilligt.nachricht("zahlung_eingegangen", referenz(postausgang[-1]), betrag=30).jobs_laufen()
    ausweis = postausgang[-1].attachments[0].content.decode()
    assert "ES-AB 123" in ausweis
    assert "Muster," not in ausweis and "Erika" not in ausweis
    code = bewilligt.variable("ausweis")["pruefcode"]
    assert services.connectors[Links].ausweis(code) in ausweis
    with db.reading() as session:
        auskunft = ausweis_by_code(session, code.lower(), date(2027, 3, 1))
    assert auskunft is not None and auskunft.ist_gueltig


def test_ausgefallener_mailserver_haelt_die_pruefung_nicht_auf(vorgang, services, postausgang):
    services.connectors[Mailer].unreachable = True
    vorgang.beginnt("anwohnerparkausweis", **ANTRAG).jobs_laufen().wartet_auf("Antrag prüfen")
    services.connectors[Mailer].unreachable = False
    assert "Eingang bestätigt" in vorgang.zeit_vergeht(1 * TAGE).ereignisse()
    assert betreffe(postausgang) == ["Ihr Antrag ist eingegangen"]


def test_jedes_ende_des_modells_hat_ein_szenario():
    modell = FOLDER / "anwohnerparkausweis" / "anwohnerparkausweis.bpmn"
    enden = {
        node.name for node in read_process(modell.read_bytes(), modell.name).nodes.values() if node.type == "endEvent"
    }
    quelle = Path(__file__).read_text(encoding="utf-8")
    erzaehlt = set(re.findall(r'endet_mit\("([^"]+)"\)|"([^"]+)" in \w+[\w.()* ]*ereignisse', quelle))
    assert {name for paar in erzaehlt for name in paar if name} >= enden


def test_antrag_wird_zurueckgezogen(antrag, postausgang):
    antrag.zurueckgezogen().endet_mit("Antrag zurückgezogen")
    assert postausgang[-1].subject.startswith("Sie haben Ihren Antrag zurückgezogen")
    assert "nichts bezahlen" in postausgang[-1].text


def test_antrag_wird_nach_einer_rueckfrage_zurueckgezogen(antrag):
    antrag.erledigt("Antrag prüfen", entscheidung="rueckfrage", frage="Wohnen Sie noch dort?").jobs_laufen()
    antrag.zurueckgezogen().endet_mit("Antrag zurückgezogen")
    assert antrag.aufgaben() == []
