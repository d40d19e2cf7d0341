# SPDX-License-Identifier: EUPL-1.2
"""The cashier at work: claims by form and file, statements, clearing, cash, dunning stops, the journal."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from sqlalchemy import select

from connectors.payment import FakePaymentProvider, PaymentProvider
from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from engine.worker import Worker
from forms import check_form
from processes import FOLDER
from processes.rechnung.ablauf import fetch_payment, start_payment
from processes.rechnung.fordern import NeueForderung, anlegen, finden
from processes.rechnung.lauf import SPALTEN, pruefen
from processes.rechnung.models import Zahlung
from tests.statements import Movement, camt
from tests.web.browser import Browser
from web.bootstrap import Platform

HEAD = ";".join(SPALTEN)
ROW = "Muster;Erika;Hauptstraße 1;73230;Kirchheim unter Teck;erika@example.org;Bücherei;12,50;14;privat;Buch=12,50;;;;"


@pytest.fixture(autouse=True)
def collecting(town: Platform) -> None:
    """The process that collects claims is there."""
    folder = FOLDER / "rechnung"
    with unit_of_work(town.db) as session:
        deploy(session, town.services, Bundle.from_folder(folder), form_check=check_form)


@pytest.fixture
def rf(town: Platform) -> str:
    """An open claim of 30 euros; its reference."""
    with unit_of_work(town.db) as session:
        due = town.clock.today() + timedelta(days=14)
        new = NeueForderung(Decimal("30.00"), "Sondernutzung", due, schuldner="Erika Muster")
        return anlegen(session, town.clock, new).reference


def state(town: Platform, rf: str) -> tuple[str, str]:
    with town.db.reading() as session:
        claim = finden(session, rf)
        return claim.state, str(claim.open_amount)


def sends(petra: Browser, path: str, page: str, **posted: object):
    petra.get(page)
    return petra.send(path, posted)


def reads(petra: Browser, town: Platform, *movements: Movement) -> str:
    content = camt(movements, iban=town.settings.town.iban.replace(" ", ""))
    response = sends(petra, "/inbox/kasse/auszuege", "/inbox/kasse/auszuege", datei=(BytesIO(content), "auszug.xml"))
    assert response.status_code == 302, response.text
    Worker(town.db, town.services).run_until_idle()
    return str(response.location)


def test_overview_shows_what_is_open_and_how_old(petra: Browser, rf: str):
    page = petra.get("/inbox/kasse/").text
    assert "30,00\xa0€" in page
    assert "noch nicht fällig" in page
    assert "Tagesabschluss" in page


def test_open_items_are_found_by_name_and_reference(petra: Browser, rf: str):
    for words in ("muster", rf, f"{rf[:4]} {rf[4:8]} {rf[8:]}"):
        assert rf in petra.get("/inbox/kasse/offen", query_string={"suche": words}).text
    assert "Dazu ist nichts offen" in petra.get("/inbox/kasse/offen", query_string={"suche": "100%"}).text


def test_a_statement_is_read_and_a_payment_booked(petra: Browser, town: Platform, rf: str):
    address = reads(petra, town, Movement("30.00", text=rf))
    page = petra.get(address).text
    assert "Alle 1 neuen Umsätze sind zugeordnet" in page
    assert state(town, rf) == ("bezahlt", "0.00")
    page = petra.get(f"/inbox/kasse/forderung/{rf}").text
    assert "Zahlung per Überweisung" in page


def test_while_lines_are_assigned_the_page_looks_again(petra: Browser, town: Platform):
    content = camt([Movement("1.00")], iban=town.settings.town.iban.replace(" ", ""))
    response = sends(petra, "/inbox/kasse/auszuege", "/inbox/kasse/auszuege", datei=(BytesIO(content), "a.xml"))
    page = petra.get(response.location)
    assert page.headers["Refresh"]
    assert "0 von 1 Umsätzen" in page.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "kein Kontoauszug"),
        (camt([Movement("1.00")], iban="DE89370400440532013000"), "nicht zum Konto der Stadt"),
        (None, "Bitte wählen Sie"),
    ],
)
def test_what_is_no_statement_of_ours_is_refused(petra: Browser, content: bytes | None, words: str):
    posted = {} if content is None else {"datei": (BytesIO(content), "a.xml")}
    response = sends(petra, "/inbox/kasse/auszuege", "/inbox/kasse/auszuege", **posted)
    assert response.status_code == 422
    assert words in response.text


def test_what_is_unsure_is_cleared_with_a_suggestion(petra: Browser, town: Platform, rf: str):
    reads(petra, town, Movement("30.00", text="Danke", name="MUSTER ERIKA"))
    page = petra.get("/inbox/kasse/klaerung").text
    assert rf in page
    assert "65 %" in page
    line = re.search(r"/inbox/kasse/klaerung/\d+", page)
    assert line
    response = sends(petra, f"{line[0]}/zuordnen", line[0], referenz=rf)
    assert response.location == f"/inbox/kasse/forderung/{rf}"
    assert state(town, rf) == ("bezahlt", "0.00")
    assert sends(petra, f"{line[0]}/zuordnen", line[0], referenz=rf).location == "/inbox/kasse/klaerung"
    assert "schon jemand geklärt" in petra.get("/inbox/kasse/klaerung").text


def test_a_reference_that_there_is_not_keeps_what_was_typed(petra: Browser, town: Platform):
    reads(petra, town, Movement("30.00", text="Danke"))
    line = re.search(r"/inbox/kasse/klaerung/\d+", petra.get("/inbox/kasse/klaerung").text)
    assert line
    response = sends(petra, f"{line[0]}/zuordnen", line[0], referenz="RF18 5390 0754 7034")
    assert response.status_code == 422
    assert "RF18 5390 0754 7034" in response.text


def test_money_in_another_currency_is_booked_on_no_claim(petra: Browser, town: Platform, rf: str):
    content = camt([Movement("30.00", text=rf, currency="CHF")], kind="052", iban=town.settings.town.iban)
    sends(petra, "/inbox/kasse/auszuege", "/inbox/kasse/auszuege", datei=(BytesIO(content), "auszug.xml"))
    Worker(town.db, town.services).run_until_idle()
    line = re.search(r"/inbox/kasse/klaerung/\d+", petra.get("/inbox/kasse/klaerung").text)
    assert line
    response = sends(petra, f"{line[0]}/zuordnen", line[0], referenz=rf)
    assert response.status_code == 422
    assert "CHF wird auf keine Forderung" in response.text
    assert state(town, rf) == ("offen", "30.00")


def test_money_of_nobody_is_put_aside(petra: Browser, town: Platform):
    reads(petra, town, Movement("77.00", text="Danke"))
    line = re.search(r"/inbox/kasse/klaerung/\d+", petra.get("/inbox/kasse/klaerung").text)
    assert line
    sends(petra, f"{line[0]}/verwahren", line[0])
    assert "77,00\xa0€" in petra.get("/inbox/kasse/").text
    assert "Nichts zu klären" in petra.get("/inbox/kasse/klaerung").text


def test_cash_is_booked_once_a_receipt(petra: Browser, town: Platform, rf: str):
    page = f"/inbox/kasse/forderung/{rf}"
    assert sends(petra, f"{page}/bar", page, betrag="zehn", beleg="Q1").status_code == 422
    assert sends(petra, f"{page}/bar", page, betrag="10,00", beleg="").status_code == 422
    sends(petra, f"{page}/bar", page, betrag="10,00", beleg="Q1")
    assert sends(petra, f"{page}/bar", page, betrag="10,00", beleg="Q1").status_code == 422
    assert state(town, rf) == ("offen", "20.00")


@pytest.mark.parametrize(("art", "stands"), [("storno", "storniert"), ("erlass", "erlassen")])
def test_giving_a_claim_up_wants_a_reason(petra: Browser, town: Platform, rf: str, art: str, stands: str):
    page = f"/inbox/kasse/forderung/{rf}"
    assert sends(petra, f"{page}/{art}", page, grund=" ").status_code == 422
    sends(petra, f"{page}/{art}", page, grund="Irrtum")
    assert state(town, rf) == (stands, "0.00")
    assert sends(petra, f"{page}/{art}", page, grund="Noch einmal").status_code == 422


def test_dunning_is_stopped_until_a_day(petra: Browser, rf: str):
    page = f"/inbox/kasse/forderung/{rf}"
    assert sends(petra, f"{page}/mahnsperre", page, bis="2020-01-01", grund="x").status_code == 422
    assert sends(petra, f"{page}/mahnsperre", page, bis="31.12.2099", grund="x").status_code == 422
    sends(petra, f"{page}/mahnsperre", page, bis="2099-12-31", grund="Widerspruch")
    assert "31.12.2099, Widerspruch" in petra.get(page).text


def test_journal_is_a_table_that_runs_no_formulas(petra: Browser, town: Platform, rf: str):
    page = f"/inbox/kasse/forderung/{rf}"
    sends(petra, f"{page}/erlass", page, grund="=1+1")
    response = petra.get("/inbox/kasse/journal.csv", query_string={"von": "2000-01-01", "bis": "2100-01-01"})
    assert response.mimetype == "text/csv"
    assert f"30,00;EUR;forderungen;ertrag;Sollstellung;{rf}" in response.text
    assert "'=1+1" in response.text


def test_journal_comes_in_the_layout_of_datev_too(petra: Browser, rf: str):
    page = f"/inbox/kasse/forderung/{rf}"
    sends(petra, f"{page}/erlass", page, grund='Härte; "sehr"')
    response = petra.get("/inbox/kasse/journal-datev.csv", query_string={"von": "2026-01-01", "bis": "2026-12-31"})
    head, captions, *lines = response.data.decode("cp1252").split("\r\n")
    assert head.startswith('"EXTF";700;21;"Buchungsstapel";13;2026')
    assert captions.startswith("Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen")
    assert lines[0].startswith('30,00;"S";"EUR";;;;1511;3311;;')
    assert lines[1].endswith(f'"{rf}";"";;"Erlass Härte; ""sehr"""')
    assert {line.count(";") for line in lines[:1]} == {captions.count(";")}


def test_a_batch_lies_in_one_year(petra: Browser):
    answer = petra.get("/inbox/kasse/journal-datev.csv", query_string={"von": "2025-12-01", "bis": "2026-01-31"})
    assert answer.status_code == 302
    assert "jedes Jahr für sich" in petra.get(answer.location).text


def test_a_claim_by_form_begins_a_case(petra: Browser):
    names = dict(zip(SPALTEN, ROW.split(";"), strict=True))
    wrong = sends(petra, "/inbox/kasse/neu", "/inbox/kasse/neu", **names | {"betrag": "-3"})
    assert wrong.status_code == 422
    assert "„-3“ ist kein Betrag" in wrong.text
    assert 'value="Hauptstraße 1"' in wrong.text
    response = sends(petra, "/inbox/kasse/neu", "/inbox/kasse/neu", **names)
    assert response.location.startswith("/inbox/vorgang/")


VAT: dict[str, tuple[dict[str, str], str]] = {
    "a fee": ({"steuersatz": "19", "art": "oeffentlich"}, "keine Umsatzsteuer"),
    "words": ({"steuersatz": "viel"}, "Steuersatz ist keine Zahl"),
    "nothing": ({"steuersatz": "0"}, "Steuersatz ist keine Zahl"),
    "no rate": ({"leitweg_id": "08116033-A0123-50"}, "gehört der Steuersatz"),
    "wrong check digits": ({"steuersatz": "19", "leitweg_id": "08116033-A0123-51"}, "Leitweg-ID stimmt nicht"),
    "no mail": ({"steuersatz": "19", "leitweg_id": "08116033-A0123-50", "email": ""}, "fehlt die E-Mail"),
    "no day": ({"steuersatz": "19", "leistungstag": "gestern"}, "kein Datum"),
}


@pytest.mark.parametrize("name", VAT)
def test_what_no_invoice_can_be_written_of_is_refused(petra: Browser, name: str):
    typed, reason = VAT[name]
    names = dict(zip(SPALTEN, ROW.split(";"), strict=True)) | typed
    answer = sends(petra, "/inbox/kasse/neu", "/inbox/kasse/neu", **names)
    assert answer.status_code == 422
    assert reason in answer.text


def test_a_double_click_raises_one_claim(petra: Browser):
    page = petra.get("/inbox/kasse/neu").text
    key = re.search(r'name="seite" value="([^"]+)"', page)
    assert key
    names = dict(zip(SPALTEN, ROW.split(";"), strict=True)) | {"seite": key[1]}
    first, again = (petra.send("/inbox/kasse/neu", names) for _ in range(2))
    assert first.location == again.location
    assert again.location.startswith("/inbox/vorgang/")


def test_a_file_is_looked_at_before_anything_is_raised(petra: Browser, town: Platform):
    rows = [
        ROW,
        ROW.replace("12,50;14", "zwölf;14"),
        ROW.replace("73230", "7323"),
        ROW.replace("Buch=12,50", "Buch=1,00"),
    ]
    content = "\r\n".join([HEAD, *rows]).encode("cp1252")
    response = sends(petra, "/inbox/kasse/lauf", "/inbox/kasse/neu", datei=(BytesIO(content), "lauf.csv"))
    page = petra.get(response.location).text
    for words in (
        "1 Forderung anlegen",
        "„zwölf“ ist kein Betrag",
        "keine Postleitzahl",
        "nicht den Betrag",
        "12,50\xa0€",
    ):
        assert words in page
    refused = sends(petra, f"{response.location}/beginnen", response.location)
    assert refused.status_code == 422, "all or nothing, unless the cashier says otherwise"
    for _ in range(2):
        sends(petra, f"{response.location}/beginnen", response.location, teilweise="ja")
    Worker(town.db, town.services).run_until_idle()
    assert "1 von 1 Forderungen angelegt" in petra.get(response.location).text
    assert (
        petra.get("/inbox/kasse/offen", query_string={"suche": "Erika"}).text.count('<th class="kern-table__cell"') == 1
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "fehlen die Spalten"),
        (b"a;b\n1;2", "fehlen die Spalten"),
        (HEAD.encode(), "keine Zeilen"),
        (f"{HEAD};geheim\n{ROW};x".encode(), "kennen wir nicht: geheim"),
        (b"\0\0", "keine Textdatei"),
        (f"{HEAD}\n{'x' * 200_000}".encode(), "nicht als CSV lesen"),
    ],
)
def test_a_file_that_is_none_is_refused(petra: Browser, content: bytes, words: str):
    response = sends(petra, "/inbox/kasse/lauf", "/inbox/kasse/neu", datei=(BytesIO(content), "lauf.csv"))
    assert response.status_code == 422
    assert words in response.text


WILD = ("0", "-1", "9" * 30, "1e999", "NaN", "' OR 1=1 --", "<script>", "\x00", "ü" * 300, "0001-01-01", "%", "²", "٣")


@pytest.mark.parametrize("odd", WILD)
def test_odd_input_is_refused_or_taken_and_never_breaks(petra: Browser, rf: str, odd: str):
    for path in ("/inbox/kasse/", "/inbox/kasse/offen", "/inbox/kasse/klaerung", "/inbox/kasse/journal.csv"):
        for name in ("tag", "suche", "seite", "von", "bis"):
            assert petra.get(path, query_string={name: odd}).status_code < 500, (path, name)
    claim = f"/inbox/kasse/forderung/{rf}"
    names = {
        f"{claim}/bar": ("betrag", "beleg"),
        f"{claim}/mahnsperre": ("bis", "grund"),
        f"{claim}/erstattung": ("erstatten", "iban", "empfaenger", "warum"),
        "/inbox/kasse/neu": (*SPALTEN, "seite"),
        "/inbox/kasse/lastschriften/mandat": ("mandat", "name", "iban", "vom"),
        "/zahlen": ("referenz", "betrag"),
    }
    petra.get("/inbox/kasse/neu")
    for path, fields in names.items():
        assert petra.send(path, dict.fromkeys(fields, odd)).status_code < 500, path


def test_a_line_break_in_a_name_does_not_get_through():
    row = dict(zip(SPALTEN, ROW.split(";"), strict=True)) | {"nachname": "Muster\r\nDE02120300000000202051"}
    data, problem = pruefen(row)
    assert problem == ""
    assert data["nachname"] == "Muster DE02120300000000202051"


def test_the_provider_is_asked_whether_it_answers(petra: Browser, town: Platform):
    assert "Der Zahlungsanbieter antwortet" in petra.get("/inbox/kasse/anbieter").text
    provider = town.connectors[PaymentProvider]
    assert isinstance(provider, FakePaymentProvider)
    provider.unreachable = True
    page = petra.get("/inbox/kasse/anbieter")
    assert page.status_code == 200
    assert "antwortet nicht" in page.text


def test_payments_without_an_end_are_listed(petra: Browser, town: Platform, rf: str):
    provider = town.connectors[PaymentProvider]
    assert isinstance(provider, FakePaymentProvider)
    start_payment(town.db, town.services, provider, rf, "https://stadt.example/zurueck")
    assert "Keine Zahlung hängt" in petra.get("/inbox/kasse/anbieter").text
    with unit_of_work(town.db) as session:
        session.scalars(select(Zahlung)).one().created_at -= timedelta(hours=2)
    page = petra.get("/inbox/kasse/anbieter").text
    assert f"/forderung/{rf}" in page
    assert "noch offen" in page


def test_what_was_paid_twice_online_goes_back_the_same_way(petra: Browser, town: Platform, rf: str):
    provider = town.connectors[PaymentProvider]
    assert isinstance(provider, FakePaymentProvider)
    start_payment(town.db, town.services, provider, rf, "https://stadt.example/zurueck")
    [transaction] = provider.payments
    reads(petra, town, Movement("30.00", text=rf))
    provider.settle(transaction, "paid", town.clock.now())
    fetch_payment(town.db, town.services, provider, rf)
    page = f"/inbox/kasse/forderung/{rf}"
    assert "Wie es kam: Fake" in petra.get(page).text
    answer = sends(petra, f"{page}/erstattung", page, erstatten="30,00", warum="doppelt", weg="nicht-meine")
    assert "So viel kam auf diesem Weg nicht" in answer.text
    answer = sends(petra, f"{page}/erstattung", page, erstatten="30,00", warum="doppelt", weg=transaction)
    assert "ist beantragt" in petra.get(answer.location).text
