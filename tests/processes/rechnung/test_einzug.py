# SPDX-License-Identifier: EUPL-1.2
"""Collecting a claim: letter, payment, the whole ladder of dunning. Every end event of the model is reached."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Vorgang
from engine.db import unit_of_work
from engine.identity import Actor
from engine.queries.cases import case_by_reference
from engine.verify import verify_town
from processes.gemeinsam.kalender import werktag
from processes.rechnung.buchen import Eingang, eingehen, wieder_oeffnen
from processes.rechnung.erledigen import aufgeben
from processes.rechnung.fordern import finden, mahnsperre, raten_anlegen, stornieren
from processes.rechnung.journal import buchen, saetze
from processes.rechnung.saeumnis import angefangene_monate, saeumniszuschlag, stundungszinsen, verzugszinsen
from tests.processes.scenes import PERSON, brief

PETRA = Actor("petra.kasse", "Petra Kasse", frozenset({"kasse"}))
TAGE = timedelta(days=1)


@pytest.fixture
def gefordert(vorgang: Vorgang):
    """Raises a claim of a fee."""

    def raised(
        betrag: str = "1000.00", *, email: str = PERSON["email"], oeffentlich: bool = True, **mehr: Any
    ) -> Vorgang:
        vorgang.by = PETRA
        auftrag = {
            "zweck": "Sondernutzung Marktplatz",
            "betrag": Decimal(betrag),
            "frist_tage": Decimal(30),
            "oeffentlich_rechtlich": oeffentlich,
            "posten": [],
            "rechtsgrundlage": "",
            **mehr,
        }
        return vorgang.beginnt("rechnung_einzug", person={**PERSON, "email": email}, auftrag=auftrag).jobs_laufen()

    return raised


def zahlt(fall: Vorgang, betrag: str, beleg: str = "1") -> Vorgang:
    with unit_of_work(fall.db) as session:
        claim = finden(session, fall.variable("forderung")["referenz"], sperren=True)
        eingehen(
            session, fall.services, claim, Eingang("kasse", beleg, Decimal(betrag), "EUR", "bar", fall.clock.now())
        )
    return fall.jobs_laufen()


def offen(fall: Vorgang) -> Decimal:
    with fall.db.reading() as session:
        return finden(session, fall.variable("forderung")["referenz"]).open_amount


def betreffe(postausgang) -> list[str]:
    return [mail.subject.rpartition(" (")[0] for mail in postausgang]


def test_wer_zahlt_ist_fertig(gefordert, postausgang):
    fall = zahlt(gefordert(), "1000.00").endet_mit("Bezahlt")
    assert betreffe(postausgang) == ["Ihr Gebührenbescheid"]
    assert "1.000,00" in brief(postausgang[0])
    assert "Rechtsbehelfsbelehrung" in brief(postausgang[0])
    assert list(verify_town(fall.db, fall.services)) == []


def test_eine_rechnung_nennt_ihre_posten_und_keinen_rechtsbehelf(gefordert, postausgang):
    posten = [{"text": "Buch „Momo“", "betrag": Decimal("12.50")}, {"text": "Bearbeitung", "betrag": Decimal("3.00")}]
    gefordert("15.50", oeffentlich=False, posten=posten)
    assert betreffe(postausgang) == ["Ihre Rechnung"]
    assert "Momo" in brief(postausgang[0])
    assert "12,50" in brief(postausgang[0])
    assert "Rechtsbehelfsbelehrung" not in brief(postausgang[0])


def test_ohne_e_mail_wird_gedruckt(gefordert, postausgang):
    fall = gefordert(email="")
    fall.erledigt("Schreiben drucken und absenden", abgesandt=True).jobs_laufen()
    assert postausgang == []
    zahlt(fall, "1000.00").endet_mit("Bezahlt")


def test_wer_nie_zahlt_geht_die_ganze_leiter_hinauf(gefordert, postausgang):
    fall = gefordert("1250.00")
    fall.zeit_vergeht(40 * TAGE)
    assert offen(fall) == Decimal("1250.00"), "a reminder costs nothing"
    fall.zeit_vergeht(16 * TAGE)
    assert offen(fall) == Decimal("1256.25"), "½ % of 1.250 €"
    fall.zeit_vergeht(18 * TAGE)
    months = angefangene_monate(fall.variable("mahnung")["urspruenglich_faellig_am"], fall.clock.today())
    assert fall.variable("mahnung")["saeumniszuschlag"] == Decimal("12.50") * months
    assert betreffe(postausgang) == [
        "Ihr Gebührenbescheid",
        "Zahlungserinnerung",
        "Mahnung",
        "Ankündigung der Vollstreckung",
    ]
    assert "6,25" in brief(postausgang[2])
    assert "§ 240 AO" in brief(postausgang[3])
    fall.zeit_vergeht(22 * TAGE)
    fall.erledigt("An die Vollstreckung abgeben", an="vollziehung", vermerk="").endet_mit(
        "An die Vollstreckung abgegeben"
    )
    assert list(verify_town(fall.db, fall.services)) == []


def test_wer_nach_der_mahnung_zahlt_zahlt_die_gebuehr_mit(gefordert):
    fall = gefordert("1000.00").zeit_vergeht(40 * TAGE).zeit_vergeht(16 * TAGE)
    zahlt(fall, "1000.00")
    assert offen(fall) == Decimal("5.00")
    zahlt(fall, "5.00", beleg="2").endet_mit("Bezahlt")


def test_eine_mahnsperre_haelt_alles_an(gefordert, postausgang):
    fall = gefordert()
    with unit_of_work(fall.db) as session:
        claim = finden(session, fall.variable("forderung")["referenz"], sperren=True)
        mahnsperre(session, claim, fall.clock.today() + 100 * TAGE, "Widerspruch")
    for _ in range(9):
        fall.zeit_vergeht(10 * TAGE)
    assert betreffe(postausgang) == ["Ihr Gebührenbescheid"]
    fall.zeit_vergeht(20 * TAGE)
    assert betreffe(postausgang)[-1] == "Zahlungserinnerung"


def test_eine_stornierte_forderung_wird_nicht_gemahnt(gefordert, postausgang):
    fall = gefordert()
    with unit_of_work(fall.db) as session:
        claim = finden(session, fall.variable("forderung")["referenz"], sperren=True)
        stornieren(session, fall.clock, claim, "Petra Kasse", "Irrtum")
    fall.zeit_vergeht(40 * TAGE).endet_mit("Nichts mehr offen")
    assert len(postausgang) == 1


def gibt_auf(fall: Vorgang, weg: str) -> Vorgang:
    with unit_of_work(fall.db) as session:
        claim = finden(session, fall.variable("forderung")["referenz"], sperren=True)
        aufgeben(session, fall.services, claim, weg, "Petra Kasse", "Ihr Hund ist befreit.")
    return fall.jobs_laufen()


@pytest.mark.parametrize(("weg", "worte"), [("storno", "nehmen wir zurück"), ("erlass", "erlassen wir Ihnen")])
def test_wer_nichts_mehr_schuldet_erfaehrt_es_mit_grund(gefordert, postausgang, weg: str, worte: str):
    fall = gibt_auf(gefordert(), weg).endet_mit("Forderung zurückgenommen")
    assert worte in brief(postausgang[-1])
    assert "befreit" in brief(postausgang[-1])
    assert offen(fall) == Decimal(0)
    assert list(verify_town(fall.db, fall.services)) == []


def test_die_ruecknahme_wird_ohne_e_mail_gedruckt(gefordert, postausgang):
    fall = gefordert(email="")
    fall.erledigt("Schreiben drucken und absenden", abgesandt=True).jobs_laufen()
    gibt_auf(fall, "storno").erledigt("Rücknahme drucken und absenden", abgesandt=True).jobs_laufen()
    fall.endet_mit("Forderung zurückgenommen")
    assert postausgang == []


def test_eine_niederschlagung_bleibt_im_haus(gefordert, postausgang):
    gibt_auf(gefordert(), "niederschlagung").endet_mit("Nicht weiter verfolgt")
    assert len(postausgang) == 1


def test_ein_kleinbetrag_wird_erinnert_und_dann_niedergeschlagen(gefordert, postausgang):
    fall = gefordert("4.50").zeit_vergeht(40 * TAGE).zeit_vergeht(16 * TAGE)
    fall.endet_mit("Kleinbetrag niedergeschlagen")
    assert betreffe(postausgang)[-1] == "Zahlungserinnerung"
    assert offen(fall) == Decimal(0)
    assert list(verify_town(fall.db, fall.services)) == []


def test_privatrechtliches_kostet_keine_mahngebuehr_und_keinen_zuschlag(gefordert):
    fall = gefordert("1000.00", oeffentlich=False)
    for days in (40, 16, 18):
        fall.zeit_vergeht(days * TAGE)
    with fall.db.reading() as session:
        claim = finden(session, fall.variable("forderung")["referenz"])
        kinds = {satz.kind for satz in saetze(session, claim.id)}
    assert not kinds & {"mahngebuehr", "saeumniszuschlag"}


@pytest.mark.parametrize(
    ("betrag", "gebuehr"), [("100.00", "4.00"), ("800.00", "4.00"), ("1000.00", "5.00"), ("20000.00", "75.00")]
)
def test_mahngebuehr_nach_der_kostenordnung(gefordert, betrag: str, gebuehr: str):
    fall = gefordert(betrag).zeit_vergeht(40 * TAGE).zeit_vergeht(16 * TAGE)
    assert fall.variable("mahnung")["gebuehr"] == Decimal(gebuehr)


@pytest.mark.parametrize(
    ("betrag", "faellig", "gezahlt", "zuschlag"),
    [
        ("149.99", "2027-02-15", "2027-02-18", "0.00"),
        ("149.99", "2027-02-15", "2027-02-19", "1.00"),
        ("149.99", "2027-02-15", "2027-03-15", "1.00"),
        ("149.99", "2027-02-15", "2027-03-16", "2.00"),
        ("49.99", "2027-02-15", "2028-02-15", "0.00"),
        ("1250.00", "2027-07-20", "2027-10-10", "37.50"),
        # The third day after Wednesday 23.12. is Boxing Day, a Saturday; grace ends on Monday.
        ("100.00", "2026-12-23", "2026-12-28", "0.00"),
        ("100.00", "2026-12-23", "2026-12-29", "1.00"),
    ],
)
def test_saeumniszuschlag(betrag: str, faellig: str, gezahlt: str, zuschlag: str):
    late = saeumniszuschlag(Decimal(betrag), date.fromisoformat(faellig), date.fromisoformat(gezahlt))
    assert late == Decimal(zuschlag)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 900), st.decimals("0", "9999", places=2))
def test_a_surcharge_never_falls_with_time(faellig: date, later: int, betrag: Decimal):
    first = saeumniszuschlag(betrag, faellig, faellig + later * TAGE)
    assert 0 <= first <= saeumniszuschlag(betrag, faellig, faellig + (later + 1) * TAGE)


@pytest.mark.parametrize(
    ("tag", "werktags"),
    [
        ("2026-11-27", "2026-11-27"),
        ("2026-11-28", "2026-11-30"),
        ("2026-12-25", "2026-12-28"),
        ("2027-01-06", "2027-01-07"),
    ],
)
def test_naechster_werktag_in_baden_wuerttemberg(tag: str, werktags: str):
    assert werktag(date.fromisoformat(tag)) == date.fromisoformat(werktags)


def test_every_letter_that_the_table_names_is_there():
    folder = Path(__file__).parents[3] / "processes" / "rechnung"
    table = (folder / "mahnstufe.dmn").read_text(encoding="utf-8")
    for name in ("rechnung", "erinnerung", "mahnung", "ankuendigung"):
        assert name == "rechnung" or f'"rechnung/{name}"' in table
        assert (folder / "letters" / f"{name}.html").is_file()
        assert (folder / "mails" / f"{name}.txt").is_file()


@pytest.mark.parametrize(
    ("betrag", "bis", "zinsen"),
    [
        ("1000.00", date(2026, 12, 1), "5.00"),
        ("1000.00", date(2026, 11, 30), "0.00"),
        ("1049.99", date(2027, 5, 1), "30.00"),
        ("49.99", date(2027, 11, 1), "0.00"),
    ],
)
def test_interest_on_deferral_counts_full_months_and_whole_fifties(betrag: str, bis: date, zinsen: str):
    assert stundungszinsen(Decimal(betrag), date(2026, 11, 1), bis, Decimal("0.5")) == Decimal(zinsen)


@pytest.mark.parametrize(
    ("bis", "zinsen"),
    [
        (date(2026, 11, 1), "0.00"),
        (date(2026, 11, 2), "0.17"),
        (date(2027, 11, 1), "62.70"),
        (date(2026, 1, 1), "0.00"),
    ],
)
def test_interest_for_late_payment_counts_days(bis: date, zinsen: str):
    assert verzugszinsen(Decimal("1000.00"), date(2026, 11, 1), bis, Decimal("6.27")) == Decimal(zinsen)


def test_private_law_claims_bear_interest_instead_of_fee_and_surcharge(gefordert, postausgang):
    fall = gefordert("1000.00", oeffentlich=False).zeit_vergeht(40 * TAGE).zeit_vergeht(16 * TAGE)
    with fall.db.reading() as session:
        claim = finden(session, fall.variable("forderung")["referenz"])
        kinds = {satz.kind: satz for satz in saetze(session, claim.id)}
    assert "saeumniszuschlag" not in kinds
    assert "mahngebuehr" not in kinds
    days = (kinds["verzugszinsen"].value_date - claim.due_date).days
    arisen = verzugszinsen(Decimal(1000), claim.due_date, kinds["verzugszinsen"].value_date, Decimal("6.27"))
    assert kinds["verzugszinsen"].amount == arisen > 0
    assert f"6,27 % im Jahr von 1.000,00 € für {days} Tage" in kinds["verzugszinsen"].text.replace("\xa0", " ")
    assert "Verzugszinsen" in brief(postausgang[-1])


def test_every_fee_says_in_the_journal_why_it_is_so_high(gefordert):
    fall = gefordert("1000.00")
    for days in (40, 16, 18):
        fall.zeit_vergeht(days * TAGE)
    with fall.db.reading() as session:
        claim = finden(session, fall.variable("forderung")["referenz"])
        why = {satz.kind: satz.text.replace("\xa0", " ") for satz in saetze(session, claim.id)}
    assert why["mahngebuehr"].startswith("§ 1 LVwVGKO: ½ %")
    assert why["saeumniszuschlag"].startswith("§ 240 AO: 1 % von 1.000,00 € für ")


def test_a_missed_instalment_ends_the_stop_of_dunning(gefordert, postausgang):
    fall = gefordert("1000.00")
    with unit_of_work(fall.db) as session:
        raten_anlegen(session, fall.clock, finden(session, fall.variable("forderung")["referenz"], sperren=True), 4)
    fall.zeit_vergeht(31 * TAGE)
    zahlt(fall, "250.00").zeit_vergeht(28 * TAGE)
    assert betreffe(postausgang) == ["Ihr Gebührenbescheid"], "the first instalment came, the second is not due"
    for _ in range(3):
        fall.zeit_vergeht(10 * TAGE)
    assert "Zahlungserinnerung" in betreffe(postausgang), "the second is missing, two months before the last"


def test_what_goes_back_after_the_end_is_a_task_of_the_cashier(gefordert):
    fall = zahlt(gefordert(), "1000.00").endet_mit("Bezahlt")
    with unit_of_work(fall.db) as session:
        claim = finden(session, fall.variable("forderung")["referenz"], sperren=True)
        buchen(session, fall.clock, "ruecklastschrift", Decimal("1000.00"), "bank/zurueck", forderung=claim)
        wieder_oeffnen(session, fall.services, claim, "Die Lastschrift kam zurück (AC04).")
    with fall.db.reading() as session:
        fall.info = case_by_reference(session, "WO-2026-00001")
    assert "AC04" in fall.variable("offen")["grund"]
    fall.erledigt("Wieder offene Forderung bearbeiten", ergebnis="angeschrieben").endet_mit("Bearbeitet")
    assert list(verify_town(fall.db, fall.services)) == []
