# SPDX-License-Identifier: EUPL-1.2
"""Logging in through an identity provider: a real OpenID provider answers over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from flask import Flask
from oidc_provider_mock import User, run_server_in_thread  # type: ignore[import-untyped]  # ships no types

from connectors.mail import FakeMailer, Mailer
from engine.clock import SystemClock
from tests.konto.holder import Holder
from tests.portal.conftest import fakes, new_browser
from tests.towns import town_served
from tests.web.browser import Browser
from web.bootstrap import Platform
from web.settings import Settings

ERIKA = {
    "email": "erika.muster@example.org",
    "email_verified": True,
    "given_name": "Erika",
    "family_name": "Muster",
    "address": {"street_address": "Hindenburgstraße 4", "postal_code": "73230", "locality": "Kirchheim unter Teck"},
}
USERS = (
    User(sub="erika", claims=ERIKA),
    User(sub="ohne-mail", claims={}),
    User(sub="ungeprueft", claims={"email": "otto.kurz@example.org", "email_verified": False}),
)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with run_server_in_thread(user_claims=USERS) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def town_with_provider(settings: Settings, provider: str) -> Iterator[Flask]:
    """A town that goes by the same clock as the provider, whose answers are good for minutes."""
    with_provider = replace(settings, oidc_url=provider, oidc_key="amtsfluss:geheim", oidc_name="Testdienst")
    with town_served(with_provider, clock=SystemClock(), connectors=fakes(), client=Browser) as served:
        yield served


def person(app: Flask, email: str = "erika.muster@example.org") -> Holder:
    town: Platform = app.extensions["amtsfluss"]
    mailer = town.services.provide(Mailer)
    assert isinstance(mailer, FakeMailer)
    return Holder(new_browser(app), mailer, email)


def goes_to_the_provider(holder: Holder, subject: str) -> str:
    """Log in over there; the way back to the town."""
    there = holder.browser.get("/konto/dienst").location
    back = httpx.post(there, data={"sub": subject}).headers["location"]
    parts = urlsplit(back)
    return f"{parts.path}?{parts.query}"


def test_first_login_opens_an_account_that_knows_the_person(town_with_provider: Flask):
    erika = person(town_with_provider)
    assert "Mit Testdienst anmelden" in erika.sees("/konto/anmelden")
    assert erika.browser.get(goes_to_the_provider(erika, "erika")).location == "/konto/"
    page = erika.sees("/konto/angaben")
    assert 'value="Hindenburgstraße 4"' in page
    assert "Vom Anmeldedienst bestätigt am" in page


def test_second_login_leads_to_the_same_account(town_with_provider: Flask):
    erika = person(town_with_provider)
    erika.browser.get(goes_to_the_provider(erika, "erika"))
    erika.presses("/konto/angaben", "/konto/angaben", tel="07021 5020")
    again = person(town_with_provider)
    again.browser.get(goes_to_the_provider(again, "erika"))
    assert 'value="+4970215020"' in again.sees("/konto/angaben")


def test_account_that_exists_is_not_taken_over_but_connected_from_inside(town_with_provider: Flask):
    erika = person(town_with_provider).has_account()
    stranger = person(town_with_provider)
    answer = stranger.browser.get(goes_to_the_provider(stranger, "erika"))
    assert answer.status_code == 422
    assert "gibt es schon ein Konto" in answer.text
    assert erika.browser.get(goes_to_the_provider(erika, "erika")).location == "/konto/sicherheit"
    assert stranger.browser.get(goes_to_the_provider(stranger, "erika")).location == "/konto/"
    erika.presses("/konto/sicherheit", "/konto/sicherheit/dienst-trennen")
    assert stranger.browser.get("/konto/").status_code == 200
    later = person(town_with_provider)
    assert later.browser.get(goes_to_the_provider(later, "erika")).status_code == 422


@pytest.mark.parametrize("subject", ["ohne-mail", "ungeprueft"])
def test_without_a_checked_address_there_is_no_account(town_with_provider: Flask, subject: str):
    otto = person(town_with_provider)
    answer = otto.browser.get(goes_to_the_provider(otto, subject))
    assert answer.status_code == 422
    assert "keine geprüfte E-Mail-Adresse" in answer.text


def test_answer_works_once_and_only_where_it_was_asked_for(town_with_provider: Flask):
    erika = person(town_with_provider)
    back = goes_to_the_provider(erika, "erika")
    thief = person(town_with_provider)
    assert thief.browser.get(back).status_code == 422
    assert erika.browser.get(back).status_code == 302
    erika.presses("/konto/", "/konto/abmelden")
    assert erika.browser.get(back).status_code == 422


def test_login_asks_with_state_nonce_and_pkce(town_with_provider: Flask):
    asked = parse_qs(urlsplit(person(town_with_provider).browser.get("/konto/dienst").location).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 32 for name in ("state", "nonce", "code_challenge"))
    assert asked["redirect_uri"] == ["http://localhost/konto/dienst/zurueck"]


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x&code=y", "?error=access_denied&state=x", "?code=%00&state="]
)
def test_invented_answers_are_refused(town_with_provider: Flask, query: str):
    erika = person(town_with_provider)
    erika.browser.get("/konto/dienst")
    assert erika.browser.get(f"/konto/dienst/zurueck{query}").status_code in {404, 422}
    assert erika.browser.get("/konto/").status_code == 302


def test_provider_that_is_down_leaves_the_other_ways(make_app: Callable[..., Flask]):
    app = make_app(oidc_url="http://localhost:9", oidc_key="amtsfluss:geheim")
    answer = person(app).browser.get("/konto/dienst")
    assert answer.status_code == 503
    assert "Passwort" in answer.text


def test_town_without_provider_offers_none(erika: Holder):
    assert "Anmeldedienst" not in erika.sees("/konto/anmelden")
    assert erika.browser.get("/konto/dienst").status_code == 404
