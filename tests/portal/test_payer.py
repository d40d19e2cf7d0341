# SPDX-License-Identifier: EUPL-1.2
"""Finding one's claim with the letter in hand, and calls of the payment provider."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from connectors.payment import FakePaymentProvider, PaymentProvider
from engine.db import unit_of_work
from processes.rechnung.fordern import NeueForderung, anlegen, finden, stornieren
from tests.web.browser import Browser
from web.bootstrap import Platform


class CallingProvider(FakePaymentProvider):
    """Calls with the transaction as the body."""

    def news(self, headers: Mapping[str, str], body: bytes, now: datetime) -> str | None:
        return body.decode() or None


@pytest.fixture
def rf(town: Platform) -> str:
    with unit_of_work(town.db) as session:
        due = town.clock.today() + timedelta(days=14)
        return anlegen(session, town.clock, NeueForderung(Decimal("30.00"), "Gebühr", due, "Erika Muster")).reference


def asks(browser: Browser, reference: str, amount: str):
    browser.get("/zahlen")
    return browser.send("/zahlen", {"referenz": reference, "betrag": amount})


@pytest.mark.parametrize("amount", ["30,00", "30", "30.00", "30,00 €"])
def test_letter_in_hand_leads_to_the_page_for_paying(browser: Browser, rf: str, amount: str):
    response = asks(browser, f"{rf[:4].lower()} {rf[4:8]} {rf[8:]}", amount)
    assert response.status_code == 303
    page = browser.get(response.location).text
    assert "Jetzt bezahlen" in page
    assert "30,00" in page


def test_a_wrong_reference_and_a_wrong_amount_sound_alike_and_keep_what_was_typed(browser: Browser, rf: str):
    answers = [asks(browser, rf, "30,01"), asks(browser, "RF18539007547034", "30,00"), asks(browser, rf, "dreißig")]
    for response in answers:
        assert response.status_code == 422
        assert "Dazu finden wir keine offene Forderung" in response.text
    assert f'value="{rf}"' in answers[0].text
    assert 'value="dreißig"' in answers[2].text


def test_who_tries_amounts_out_is_held_up(make_app: Callable[..., Flask], rf: str):
    browser = make_app(rate_limits=True).test_client()
    assert isinstance(browser, Browser)
    codes = [asks(browser, rf, f"{amount},00").status_code for amount in range(1, 14)]
    assert codes[:10] == [422] * 10
    assert codes[-1] == 429


@pytest.fixture
def calling(town: Platform) -> CallingProvider:
    provider = CallingProvider()
    town.services.connectors[PaymentProvider] = provider  # type: ignore[index]  # of this test's town only
    return provider


def pays(browser: Browser, town: Platform, provider: CallingProvider, rf: str) -> str:
    from connectors.links import Links

    address = town.services.provide(Links).zahlung(rf)
    browser.get(address)
    browser.send(address)
    [transaction] = provider.payments
    return transaction


def test_a_call_makes_us_ask_and_book_once(browser: Browser, town: Platform, rf: str, calling: CallingProvider):
    transaction = pays(browser, town, calling, rf)
    assert browser.post("/zahlung/meldung", data=transaction).status_code == 200
    with town.db.reading() as session:
        assert finden(session, rf).state == "offen", "a call alone pays nothing"
    calling.settle(transaction, "paid", town.clock.now())
    for _ in range(3):
        assert browser.post("/zahlung/meldung", data=transaction).status_code == 200
    with town.db.reading() as session:
        claim = finden(session, rf)
        assert (claim.state, claim.open_amount) == ("bezahlt", Decimal("0.00"))


def test_a_call_about_nothing_of_ours_is_answered_alike(browser: Browser, calling: CallingProvider):
    assert browser.post("/zahlung/meldung", data="tr_fremd").status_code == 200
    assert browser.post("/zahlung/meldung", data="").status_code == 200


def test_a_provider_that_is_away_is_asked_to_call_again(
    browser: Browser, town: Platform, rf: str, calling: CallingProvider
):
    transaction = pays(browser, town, calling, rf)
    calling.unreachable = True
    assert browser.post("/zahlung/meldung", data=transaction).status_code == 503


def test_a_call_that_is_much_too_long_is_not_read(browser: Browser, calling: CallingProvider):
    assert browser.post("/zahlung/meldung", data="x" * 100_000).status_code == 413


def test_how_to_pay_can_be_taken_along_on_paper_and_names_nobody(browser: Browser, town: Platform, rf: str):
    page = browser.get(asks(browser, rf, "30,00").location)
    address = re.search(r'href="([^"]+zahlschein.pdf)"', page.text)
    assert address is not None
    paper = browser.get(address[1])
    assert paper.mimetype == "application/pdf"
    assert "30,00" in paper.text
    assert "Erika" not in paper.text
    with unit_of_work(town.db) as session:
        stornieren(session, town.clock, finden(session, rf))
    assert browser.get(address[1]).status_code == 404
    assert browser.get(address[1].replace("/zahlung/", "/zahlung/x")).status_code == 404
