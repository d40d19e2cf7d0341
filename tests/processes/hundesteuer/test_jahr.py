# SPDX-License-Identifier: EUPL-1.2
"""At the beginning of a year everybody who has a dog gets one notice about all of them."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

import processes
from engine.bpmn import read_process
from engine.cases import find_case
from engine.clock import FrozenClock
from engine.db import unit_of_work
from engine.dmn import load_decisions
from engine.models import CaseRow
from processes import FOLDER
from processes.hundesteuer import operations
from processes.hundesteuer.models import Hund
from processes.hundesteuer.operations import veranlagen
from tests.processes.hundesteuer.test_szenarien import PETRA, betreffe, referenz

ERIKA = {
    "vorname": "Erika",
    "nachname": "Muster",
    "strasse": "Hindenburgstraße 4",
    "plz": "73230",
    "ort": "Kirchheim unter Teck",
    "email": "erika.muster@example.org",
}
PAUL = ERIKA | {"vorname": "Paul", "nachname": "Probe", "email": "paul.probe@example.org"}
DECISION = load_decisions((processes.FOLDER / "hundesteuer" / "steuer.dmn").read_bytes())["jahressteuer"]


def hund(marke: str, person: dict[str, str] = ERIKA, **more) -> Hund:
    usual = {"name": f"Hund {marke}", "rasse": "Dackel", "gefaehrlich": False, "ermaessigung": "keine"}
    times = {"steuer_ab": date(2025, 3, 1), "veranlagt": 2026, "jahressteuer": Decimal(108)}
    return Hund(marke=marke, case_id="c", aktenzeichen="HST-2025-00001", **person, **usual | times | more)


@pytest.fixture
def bestand(vorgang):
    """Two people with dogs, on the eve of the day."""
    with unit_of_work(vorgang.db) as session:
        session.add_all(
            [
                hund("00001"),
                hund("00002", ermaessigung="rettung"),
                hund("00003", person=ERIKA | {"nachname": "MUSTER"}),
                hund("00004", person=PAUL),
                hund("00005", person=PAUL, steuer_bis=date(2026, 12, 31)),
            ]
        )
    vorgang.by = PETRA
    vorgang.clock.set(datetime(2027, 1, 9, 12))
    return vorgang


def vorgaenge(vorgang, key: str) -> list[str]:
    with vorgang.db.reading() as session:
        return list(session.scalars(select(CaseRow.id).where(CaseRow.definition_key == key).order_by(CaseRow.title)))


def bescheid(vorgang, number: int = 0):
    """One holder's case."""
    ids = vorgaenge(vorgang, "hundesteuer_jahresbescheid")
    with vorgang.db.reading() as session:
        vorgang.info = find_case(session, ids[number])
    return vorgang


def test_am_zehnten_januar_bekommt_jeder_halter_einen_bescheid(bestand, postausgang):
    bestand.jobs_laufen()
    assert postausgang == []
    bestand.zeit_vergeht(timedelta(days=1))
    assert sorted(mail.to for mail in postausgang) == ["erika.muster@example.org", "paul.probe@example.org"]
    assert betreffe(postausgang) == ["Ihr Hundesteuerbescheid"] * 2
    (erika,) = (mail for mail in postausgang if mail.to.startswith("erika"))
    brief = erika.attachments[0].content.decode().replace("\N{NO-BREAK SPACE}", " ")
    for needed in ("Hundesteuer 2027", "00001", "00003", "befreit: Rettungshund", "324,00 €", "Stadtkasse"):
        assert needed in brief
    assert "00005" not in "".join(mail.attachments[0].content.decode() for mail in postausgang)
    (jahr,) = vorgaenge(bestand, "hundesteuer_jahr")
    with bestand.db.reading() as session:
        assert session.get_one(CaseRow, jahr).ended_with == "Jahr veranlagt"


def test_jahr_veranlagt_endet_mit_allen_haltern(bestand, monkeypatch):
    """More dogs than one transaction looks at."""
    monkeypatch.setattr(operations, "PORTION", 1)
    bestand.zeit_vergeht(timedelta(days=1))
    assert len(vorgaenge(bestand, "hundesteuer_jahresbescheid")) == 2
    with bestand.db.reading() as session:
        (jahr,) = session.scalars(select(CaseRow).where(CaseRow.definition_key == "hundesteuer_jahr"))
        assert (jahr.state, jahr.ended_with) == ("completed", "Jahr veranlagt")


def test_niemand_wird_zweimal_veranlagt(bestand, postausgang):
    bestand.zeit_vergeht(timedelta(days=1))
    with unit_of_work(bestand.db) as session:
        assert veranlagen(session, 2027).halter == []
    bestand.zeit_vergeht(timedelta(days=1))
    assert len(postausgang) == 2


def test_im_naechsten_jahr_beginnt_es_von_vorn(bestand, postausgang):
    bestand.zeit_vergeht(timedelta(days=1))
    bestand.clock.set(datetime(2028, 1, 10, 12))
    bestand.jobs_laufen()
    assert betreffe(postausgang).count("Ihr Hundesteuerbescheid") == 4


def test_bezahlte_steuer_beendet_den_vorgang(bestand, postausgang):
    bestand.zeit_vergeht(timedelta(days=1))
    (mail,) = (mail for mail in postausgang if mail.to.startswith("erika"))
    bestand.nachricht("zahlung_eingegangen", referenz(mail), betrag=324).jobs_laufen()
    bescheid(bestand).endet_mit("Steuer bezahlt")


def test_ohne_zahlung_wird_erinnert_und_dann_uebergeben(bestand, postausgang):
    bestand.zeit_vergeht(timedelta(days=1)).zeit_vergeht(timedelta(days=37))
    assert betreffe(postausgang).count("Erinnerung: Ihre Hundesteuer fehlt noch") == 2
    assert "Erinnerung versendet" in bescheid(bestand).ereignisse()
    bestand.zeit_vergeht(timedelta(days=14))
    bescheid(bestand).erledigt("Rückstand bearbeiten", vermerk="Mahnung.").endet_mit("Rückstand übergeben")


def test_fuer_befreite_hunde_allein_kommt_kein_bescheid(vorgang, postausgang):
    with unit_of_work(vorgang.db) as session:
        session.add(hund("00001", ermaessigung="dienst"))
    vorgang.clock.set(datetime(2027, 1, 10, 12))
    vorgang.jobs_laufen()
    bescheid(vorgang).endet_mit("Nichts zu zahlen")
    assert postausgang == []


@pytest.mark.parametrize(
    ("ab", "bis", "betrag"),
    [
        (date(2025, 3, 1), None, 108),
        (date(2025, 3, 1), date(2027, 1, 31), 9),
        (date(2027, 2, 1), None, 99),
        (date(2025, 3, 1), date(2028, 1, 31), 108),
    ],
)
def test_monate_eines_jahres(ab, bis, betrag):
    eigene = {"marke": "1", "name": "Rex", "ermaessigung": "keine", "gefaehrlich": "nein", "steuer_ab": ab}
    angaben = {"antragsdatum": date(2027, 1, 1), "hunde": [eigene | {"steuer_bis": bis}]}
    assert DECISION.evaluate(angaben, FrozenClock(datetime(2027, 1, 10, 12))).value["betrag"] == betrag


@pytest.mark.parametrize("name", ["hundesteuer_jahr", "hundesteuer_jahresbescheid"])
def test_jedes_ende_hat_ein_szenario(name):
    modell = FOLDER / "hundesteuer" / f"{name}.bpmn"
    enden = {
        node.name for node in read_process(modell.read_bytes(), modell.name).nodes.values() if node.type == "endEvent"
    }
    quelle = Path(__file__).read_text(encoding="utf-8")
    erzaehlt = set(re.findall(r'endet_mit\("([^"]+)"\)|"([^"]+)" in \w+[\w.()* ]*ereignisse|, "([^"]+)"\)\n', quelle))
    assert {name for namen in erzaehlt for name in namen if name} >= enden
