# SPDX-License-Identifier: EUPL-1.2
"""The test bank: its pages, and that it is as strict as a real provider."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from connectors.payment import (
    ClientCredentials,
    PaymentProviderUnavailable,
    PaymentRefused,
    PaymentRequest,
    StartedPayment,
    XBezahldienste,
)
from engine.clock import FrozenClock
from tests.connectors.conftest import CREDENTIALS
from web.simulator import built_in_provider, create_simulator

REQUEST = PaymentRequest(
    request_id="zahlung-1",
    amount=Decimal("1234.50"),
    purpose="RF18539007547034",
    description="Gebühr <b>2026</b>",
    redirect_url="https://stadt.example/zahlung/abc/zurueck",
    reference="RF18539007547034",
)


@pytest.fixture
def provider(simulator: Flask, clock: FrozenClock) -> XBezahldienste:
    return built_in_provider(simulator, CREDENTIALS, clock=clock)


@pytest.fixture
def started(provider: XBezahldienste) -> StartedPayment:
    return provider.create(REQUEST)


@pytest.fixture
def payer(simulator: Flask) -> FlaskClient:
    return simulator.test_client()


def page_of(started: StartedPayment) -> str:
    return started.redirect_url.removeprefix("https://stadt.example/testbank")


def seal_on(page: str) -> str:
    return page.split('name="siegel" value="')[1].split('"')[0]


def press(payer: FlaskClient, started: StartedPayment, button: str, **changes: str):
    page = payer.get(page_of(started)).text
    return payer.post(page_of(started), data={"siegel": seal_on(page), "entscheidung": button, **changes})


def test_payer_is_sent_to_the_bank_beside_the_town(started):
    assert started.redirect_url == f"https://stadt.example/testbank/zahlen/{started.transaction_id}"


def test_page_says_what_is_paid_and_that_it_is_a_game(payer, started):
    page = payer.get(page_of(started))

    assert "Testbank – Simulation, es fließt kein Geld" in page.text
    assert "1.234,50\N{NO-BREAK SPACE}€" in page.text
    assert "Gebühr &lt;b&gt;2026&lt;/b&gt;" in page.text
    assert "form-action 'self' https://stadt.example;" in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(("button", "status"), [("zahlen", "paid"), ("ablehnen", "failed"), ("abbrechen", "canceled")])
def test_every_decision_leads_back_to_the_town(payer, provider, started, button, status):
    answer = press(payer, started, button)

    assert (answer.status_code, answer.location) == (303, REQUEST.redirect_url)
    assert provider.state(started.transaction_id).status == status


def test_lost_way_back_is_paid_all_the_same(payer, provider, started):
    answer = press(payer, started, "verlieren")

    assert answer.location == f"{page_of(started)}/ohne-ruecksprung"
    assert REQUEST.redirect_url not in payer.get(answer.location).text
    assert provider.state(started.transaction_id).status == "paid"


def test_a_decision_is_final(payer, provider, started):
    seal = seal_on(payer.get(page_of(started)).text)
    press(payer, started, "zahlen")
    payer.post(page_of(started), data={"siegel": seal, "entscheidung": "abbrechen"})

    assert provider.state(started.transaction_id).status == "paid"
    assert "Diese Zahlung ist abgeschlossen" in payer.get(page_of(started)).text


@pytest.mark.parametrize("seal", ["", "falsch", "of another payment"])
def test_form_that_is_not_ours_decides_nothing(payer, provider, started, seal):
    if seal == "of another payment":
        other = provider.create(replace(REQUEST, request_id="zahlung-2"))
        seal = seal_on(payer.get(page_of(other)).text)
    answer = press(payer, started, "zahlen", siegel=seal)

    assert answer.status_code == 400 and "Bitte wählen Sie noch einmal." in answer.text
    assert provider.state(started.transaction_id).status == "initial"


def test_decision_that_does_not_exist_decides_nothing(payer, provider, started):
    assert press(payer, started, "verschenken").status_code == 400
    assert provider.state(started.transaction_id).status == "initial"


def test_pages_are_whole_html(payer, started):
    pages = ["/", "/gibt-es-nicht", "/zahlen/unbekannt", page_of(started), f"{page_of(started)}/ohne-ruecksprung"]
    for page in pages:
        text = payer.get(page).text
        html5lib.HTMLParser(strict=True).parse(text)
        assert text.count("<h1") == 1 and 'lang="de"' in text
        assert "<script" not in text and "style=" not in text


def test_unknown_payment_is_not_found(payer):
    assert payer.get("/zahlen/unbekannt").status_code == 404
    assert payer.post("/zahlen/unbekannt").status_code == 404


def test_api_wants_credentials(simulator, clock):
    stranger = built_in_provider(simulator, ClientCredentials("stadt", "falsch"), clock=clock)
    with pytest.raises(PaymentProviderUnavailable, match="credentials"):
        stranger.create(REQUEST)


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "Bearer falsch"}, {"Authorization": "Basic c3RhZHQ6Z2VoZWlt"}]
)
def test_api_wants_a_token(payer, started, header):
    answer = payer.get(f"/api/paymenttransaction/amtsfluss/testbank/{started.transaction_id}", headers=header)

    assert answer.status_code == 401


def test_token_can_be_asked_for_with_a_form(payer):
    grant = {"grant_type": "client_credentials", "client_id": "stadt", "client_secret": "geheim"}

    assert payer.post("/api/token", data=grant).json["token_type"] == "Bearer"
    assert payer.post("/api/token", data={**grant, "grant_type": "password"}).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"currency": "USD"},
        {"grosAmount": 0},
        {"grosAmount": 1.005},
        {"grosAmount": "30"},
        {"grosAmount": 1e9},
        {"purpose": "Gebühr"},
        {"redirectUrl": "javascript:alert(1)"},
        {"items": []},
        {"items": ["x"]},
        {"items": [{"totalNetAmount": 1, "totalTaxAmount": 0}]},
        {"requestId": "a b"},
        {"description": ""},
        {"requestTimestamp": None},
    ],
)
def test_api_is_as_strict_as_the_standard(payer, change):
    grant = {"grant_type": "client_credentials", "client_id": "stadt", "client_secret": "geheim"}
    token = payer.post("/api/token", data=grant).json["access_token"]
    body = {
        "requestId": "1",
        "requestTimestamp": "2026-11-22T12:00:00Z",
        "currency": "EUR",
        "grosAmount": 30.5,
        "purpose": "RF741",
        "description": "Gebühr",
        "redirectUrl": "https://stadt.example/",
        "items": [{"totalNetAmount": 30.5, "totalTaxAmount": 0}],
    }

    def post(content: object) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        answer = payer.post("/api/paymenttransaction/amtsfluss/x", json=content, headers=headers)
        return int(answer.status_code)

    assert post(body) == 200
    assert post(body | {"requestId": "2"} | change) == 400
    assert post(["kein", "Objekt"]) == 400


def test_same_request_id_with_another_amount_is_refused(provider, started):
    with pytest.raises(PaymentRefused, match="409"):
        provider.create(replace(REQUEST, amount=Decimal("1.00")))


def test_payments_survive_a_restart(tmp_path: Path, clock: FrozenClock):
    def started_anew() -> XBezahldienste:
        file = tmp_path / "testbank.sqlite3"
        simulator = create_simulator(file, credentials=CREDENTIALS, base_url="http://127.0.0.1:8000", clock=clock)
        return built_in_provider(simulator, CREDENTIALS, clock=clock)

    started = started_anew().create(REQUEST)

    assert started_anew().state(started.transaction_id).amount == Decimal("1234.50")
