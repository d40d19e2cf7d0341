# SPDX-License-Identifier: EUPL-1.2
"""Who answers which host, and what is said where nobody does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.test import Client

from engine.db import unit_of_work
from engine.identity import add_user
from tests.tenants.country import MARKS, Country
from tests.web.browser import Browser
from web.settings import SettingRefused, Settings
from web.tenants import opened
from web.tenants.settings import settings_of
from web.towns import front_of


@pytest.fixture
def changing(country: Country, monkeypatch: pytest.MonkeyPatch) -> Country:
    """What the registry says is asked for at once, so that no test has to wait for it."""
    monkeypatch.setattr(opened, "_BELIEVED", 0.0)
    return country


@pytest.mark.parametrize("host", ["ost.example", "OST.example:8000", "ost.example."])
def test_the_town_of_the_host_answers(country: Country, host: str):
    found = country.visitor().get("/anmelden", headers={"Host": host})
    assert found.status_code == 200
    assert "Anmelden" in found.text


@pytest.mark.parametrize("host", ["nord.example", "example", "", "..", "ost", "town_ost", "ost.example.evil.example"])
@pytest.mark.parametrize("path", ["/", "/inbox/", "/engine-rest/engine"])
def test_an_unknown_host_is_told_nothing_of_towns(country: Country, host: str, path: str):
    found = country.visitor().get(path, headers={"Host": host})
    assert found.status_code == 404
    assert "Prüfen Sie bitte die Adresse" in found.text
    assert not [name for name in ("ost", "west", "stadt", "mandant") if name in found.text.lower()]


def test_whoever_balances_load_asks_without_a_town(country: Country):
    visitor = country.visitor()
    answers = [visitor.get(path, headers={"Host": "10.0.0.7"}) for path in ("/healthz", "/readyz")]
    assert [(answer.status_code, answer.text) for answer in answers] == [(200, "ok\n")] * 2


def test_a_registry_that_is_away_is_no_unknown_host(country: Country, monkeypatch: pytest.MonkeyPatch):
    def away(host: str) -> None:
        raise OperationalError("SELECT", {}, OSError())

    monkeypatch.setattr(country.registry, "at_host", away)
    assert country.visitor().get("/readyz", headers={"Host": "10.0.0.7"}).status_code == 503
    assert country.visitor().get("/", headers={"Host": "nord.example"}).status_code == 503


def test_the_host_that_a_proxy_names_counts_only_when_it_is_trusted(country: Country):
    asked = {"Host": "proxy.internal", "X-Forwarded-Host": "west.example"}
    assert country.visitor().get("/anmelden", headers=asked).status_code == 404
    country.towns.settings, untrusting = replace(country.settings, trusted_proxies=1), country.settings
    assert Client(front_of(country.towns)).get("/anmelden", headers=asked).status_code == 200
    country.towns.settings = untrusting


def test_a_changed_setting_is_followed_without_a_restart(changing: Country):
    ost = changing.registry.named("ost")
    assert ost is not None
    changing.registry.change(changing.registry.changed(ost, ost.hosts, {"TOWN_AUTHORITY": MARKS["ost"]}))
    visitor = changing.visitor()
    assert MARKS["ost"] in visitor.get("/", base_url="http://ost.example").text
    assert MARKS["ost"] not in visitor.get("/", base_url="http://west.example").text


def test_a_new_host_leads_to_the_town_and_an_old_one_to_nobody(changing: Country):
    west = changing.registry.named("west")
    assert west is not None
    changing.registry.change(changing.registry.changed(west, ["rathaus.west.example"], {}))
    visitor = changing.visitor()
    assert visitor.get("/anmelden", base_url="http://rathaus.west.example").status_code == 200
    assert visitor.get("/anmelden", base_url="http://west.example").status_code == 404
    changing.registry.change(changing.registry.changed(west, west.hosts, {}))


def test_a_town_without_tables_says_that_it_cannot_be_reached_and_no_more(
    changing: Country, caplog: pytest.LogCaptureFixture
):
    changing.add("neu")
    found = changing.visitor().get("/", base_url="http://neu.example")
    changing.registry.remove("neu")
    assert found.status_code == 503
    assert "einigen Minuten" in found.text
    assert "amt tenant migrate neu" in caplog.text


def test_a_removed_town_is_nobody_at_once(
    changing: Country, furnish: Callable[[Settings], None], monkeypatch: pytest.MonkeyPatch
):
    changing.add("kurz")
    monkeypatch.setattr("web.towns.has_tables", lambda town: True)
    assert changing.visitor().get("/anmelden", base_url="http://kurz.example").status_code == 200
    changing.registry.remove("kurz")
    assert changing.visitor().get("/anmelden", base_url="http://kurz.example").status_code == 404


def test_routes_are_drawn_once_for_all_towns(country: Country):
    assert country.app("ost", Browser).url_map is country.app("west", Browser).url_map


def test_failed_logins_are_counted_town_by_town(country: Country):
    limited = Country(replace(country.settings, rate_limits=True), country.clock)
    visitors: dict[str, Browser] = {}
    for name in ("ost", "west"):
        with unit_of_work(limited.town(name).db) as session:
            add_user(session, limited.clock, "paul", "Paul", "passwort-fuer-tests", ["kasse"])
        visitor = limited.app(name, Browser).test_client()
        assert isinstance(visitor, Browser)
        visitor.get("/anmelden")
        visitors[name] = visitor
    wrong = {"username": "paul", "password": "falsch"}
    answers = [visitors["ost"].send("/anmelden", wrong).status_code for _ in range(11)]
    assert (answers[0], answers[-1]) == (422, 429)
    assert visitors["west"].send("/anmelden", wrong).status_code == 422
    limited.towns.close()


def test_each_town_has_its_own_secret_folder_and_tables(country: Country):
    ost, west = country.town("ost").settings, country.town("west").settings
    for name in ("secret_key", "data_dir", "mail_folder", "simulator_store", "base_url"):
        assert len({getattr(ost, name), getattr(west, name), getattr(country.settings, name)}) == 3, name
    assert len({(each.database_url, each.schema) for each in (ost, west, country.settings)}) == 3


def test_secrets_of_a_town_come_from_the_environment(country: Country, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AMT_PAYMENT_KEY", "everybodys:key")
    monkeypatch.setenv("AMT_SMTP_URL", "smtp://everybody@mail.example")
    monkeypatch.setenv("AMT_OST_SMTP_URL", "smtp://ost@mail.example")
    monkeypatch.setenv("AMT_OST_SECRET_KEY", "the-secret-that-ost-had-before")
    provider = {"PAYMENT_URL": "https://bank.example/?originator=o&endpoint=e"}
    ost = settings_of(country.settings, "ost", ["ost.example"], provider)
    west = settings_of(country.settings, "west", ["west.example"], {})
    assert (ost.payment_key, ost.smtp_url) == ("", "smtp://ost@mail.example")
    assert ost.secret_key == "the-secret-that-ost-had-before"
    assert (west.payment_key, west.smtp_url) == ("everybodys:key", "smtp://everybody@mail.example")
    assert west.secret_key not in {ost.secret_key, country.settings.secret_key}


@pytest.mark.parametrize(
    ("common", "own"),
    [
        ("folder:/srv/documents", "folder:/srv/documents/ost"),
        ("s3://bucket?endpoint=https://store.example", "s3://bucket/ost?endpoint=https://store.example"),
    ],
)
def test_documents_of_a_town_lie_apart(country: Country, monkeypatch: pytest.MonkeyPatch, common: str, own: str):
    monkeypatch.setenv("AMT_DOCUMENTS", common)
    assert settings_of(country.settings, "ost", ["ost.example"], {}).documents == own


def test_an_unusable_setting_names_the_town(country: Country):
    with pytest.raises(SettingRefused, match="ost: AMT_SESSION_HOURS"):
        settings_of(country.settings, "ost", ["ost.example"], {"SESSION_HOURS": "x"})


@pytest.mark.parametrize(
    ("address", "host", "expected"),
    [
        ("https://amt.example", "ost.example", "https://ost.example"),
        ("http://127.0.0.1:8000", "ost.example", "http://ost.example:8000"),
        ("http://localhost:8000", "::1", "http://[::1]:8000"),
    ],
)
def test_links_lead_to_the_first_host(country: Country, address: str, host: str, expected: str):
    installation = replace(country.settings, base_url=address)
    assert settings_of(installation, "ost", [host], {}).base_url == expected
