# SPDX-License-Identifier: EUPL-1.2
"""Logins of citizens: on several devices, ended one by one, never planted, never leading elsewhere."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from engine.clock import FrozenClock
from tests.konto.holder import PASSWORD, Holder
from tests.portal.conftest import new_browser
from web.bootstrap import Platform


def on_another_device(app: Flask, holder: Holder) -> Holder:
    other = Holder(new_browser(app), holder.mailer, holder.email)
    assert other.logs_in().status_code == 302
    return other


def test_logs_in_and_comes_back_to_where_one_was_stopped(erika: Holder):
    erika.has_account()
    erika.presses("/konto/", "/konto/abmelden")
    assert erika.browser.get("/konto/angaben").location == "/konto/anmelden?next=/konto/angaben"
    assert erika.logs_in(target="/konto/angaben").location == "/konto/angaben"


@pytest.mark.parametrize(
    "target", ["https://boese.example/", "//boese.example", "/\\boese.example", "javascript:alert(1)"]
)
def test_login_leads_to_no_other_site(erika: Holder, target: str):
    erika.has_account()
    erika.presses("/konto/", "/konto/abmelden")
    assert erika.logs_in(target=target).location == "/konto/"


def test_wrong_password_and_unknown_address_read_the_same(erika: Holder, otto: Holder):
    erika.has_account()
    erika.presses("/konto/", "/konto/abmelden")
    wrong, unknown = erika.logs_in("nicht das richtige"), otto.logs_in()
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.replace(erika.email, "") == re.sub(
        r'value="[\w.-]{60,}"', f'value="{erika.browser.token}"', unknown.text.replace(otto.email, "")
    )


def test_copied_cookie_dies_with_the_logout(app: Flask, erika: Holder):
    erika.has_account()
    cookie = erika.browser.get_cookie("amtsfluss")
    assert cookie is not None
    thief = new_browser(app)
    thief.set_cookie("amtsfluss", cookie.value)
    assert thief.get("/konto/").status_code == 200
    erika.presses("/konto/", "/konto/abmelden")
    assert thief.get("/konto/").status_code == 302


def test_devices_are_listed_and_ended_one_by_one(app: Flask, erika: Holder):
    phone = on_another_device(app, erika.has_account())
    page = erika.sees("/konto/sicherheit")
    assert page.count("angemeldet 23.11.2026") == 2
    found = re.findall(r'name="sitzung" value="(\w{64})"', page)
    assert len(found) == 1
    erika.presses("/konto/sicherheit", "/konto/sicherheit/abmelden", sitzung=found[0])
    assert phone.browser.get("/konto/").status_code == 302
    assert erika.browser.get("/konto/").status_code == 200


def test_nobody_ends_the_login_of_another(erika: Holder, otto: Holder):
    erika.has_account()
    otto.has_account()
    others = re.findall(r'name="sitzung" value="(\w{64})"', erika.sees("/konto/sicherheit"))
    assert others == []
    otto.presses("/konto/sicherheit", "/konto/sicherheit/abmelden", sitzung="andere")
    assert erika.browser.get("/konto/").status_code == 200


def test_new_password_ends_the_logins_elsewhere(app: Flask, erika: Holder):
    phone = on_another_device(app, erika.has_account())
    changed = erika.presses(
        "/konto/sicherheit", "/konto/sicherheit/passwort", altes=PASSWORD, passwort="acht grüne Birnen am Teich"
    )
    assert changed.status_code == 302
    assert erika.browser.get("/konto/").status_code == 200
    assert phone.browser.get("/konto/").status_code == 302
    assert phone.logs_in().status_code == 422


def test_new_password_wants_the_old_one(erika: Holder):
    erika.has_account()
    answer = erika.presses(
        "/konto/sicherheit", "/konto/sicherheit/passwort", altes="geraten", passwort="acht grüne Birnen am Teich"
    )
    assert answer.status_code == 422
    assert "nicht Ihr jetziges Passwort" in answer.text


def test_forgotten_password_is_set_by_mail(app: Flask, erika: Holder):
    phone = on_another_device(app, erika.has_account())
    erika.presses("/konto/", "/konto/abmelden")
    erika.presses("/konto/passwort-vergessen", "/konto/passwort-vergessen", email=erika.email)
    link = erika.last_link()
    assert erika.presses(link, link, passwort="acht grüne Birnen am Teich").location == "/konto/"
    assert phone.browser.get("/konto/").status_code == 302
    assert erika.browser.get(link).status_code == 404


def test_login_ends_by_itself_after_a_day_away(erika: Holder, town: Platform):
    erika.has_account()
    assert isinstance(town.clock, FrozenClock)
    town.clock.advance(timedelta(hours=20))
    assert erika.browser.get("/konto/").status_code == 200
    town.clock.advance(timedelta(hours=20))
    assert erika.browser.get("/konto/").status_code == 200
    town.clock.advance(timedelta(hours=25))
    assert erika.browser.get("/konto/").status_code == 302


def test_citizen_is_no_clerk(erika: Holder):
    erika.has_account()
    assert erika.browser.get("/inbox/").location.startswith("/anmelden")
