# SPDX-License-Identifier: EUPL-1.2
"""Opening an account: the mail proves the address, the password proves that the mail's reader asked for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from connectors.mail import FakeMailer
from engine.chores import do_all
from engine.clock import FrozenClock
from engine.db import unit_of_work
from processes.konto.models import Konto, KontoCode
from tests.konto.holder import PASSWORD, Holder
from tests.portal.conftest import new_browser
from web.bootstrap import Platform
from web.chores import chores_of


def test_mail_and_password_open_the_account(erika: Holder):
    assert erika.registers().location == "/konto/mail-unterwegs"
    assert erika.browser.get("/konto/").location == "/konto/anmelden?next=/konto/"
    assert erika.confirms().location == "/konto/angaben?neu=1"
    assert "Meine Anträge" in erika.sees("/konto/")


def test_mail_alone_opens_nothing(erika: Holder):
    erika.registers()
    answer = erika.confirms("ein anderes langes Passwort")
    assert answer.status_code == 422
    assert "nicht das Passwort" in answer.text


def test_whoever_registers_anothers_address_gains_nothing(app: Flask, erika: Holder, mailer: FakeMailer):
    stranger = Holder(new_browser(app), mailer)
    stranger.registers("das Passwort des Fremden 77")
    # The owner of the mailbox clicks, and does not know the stranger's password.
    assert erika.confirms().status_code == 422
    erika.browser.get("/konto/passwort-vergessen")
    erika.browser.send("/konto/passwort-vergessen", {"email": erika.email})
    link = erika.last_link()
    erika.browser.get(link)
    assert erika.browser.send(link, {"passwort": PASSWORD}).status_code == 302
    assert stranger.logs_in("das Passwort des Fremden 77").status_code == 422


def test_page_does_not_tell_who_has_an_account(erika: Holder, otto: Holder):
    erika.has_account()
    again, new = Holder(otto.browser, otto.mailer, erika.email).registers(), otto.registers()
    assert (again.status_code, again.location) == (new.status_code, new.location)
    assert "schon eines" in [mail for mail in otto.mailer.sent if mail.to == erika.email][-1].text


@pytest.mark.parametrize(
    "password", ["kurz", "password123", "Kirchheim1", "qwertzuiop", "erika.muster@example.org", "aaaaaaaaaaaaaaa"]
)
def test_easy_password_is_refused_with_the_cure(erika: Holder, password: str):
    answer = erika.registers(password)
    assert answer.status_code == 422
    assert "mehrere Wörter" in answer.text
    assert 'value="erika.muster@example.org"' in answer.text
    assert password == erika.email or password not in answer.text
    assert not erika.mailer.sent


@pytest.mark.parametrize("email", ["", "kein-at", "a@b@c", "x@example.org\r\nBcc: alle@example.org", "a" * 300])
def test_address_that_is_none_is_refused(erika: Holder, email: str):
    erika.email = email
    assert erika.registers().status_code == 422
    assert not erika.mailer.sent


def test_link_works_once_and_not_for_ever(erika: Holder, town: Platform):
    erika.registers()
    link = erika.last_link()
    erika.confirms()
    assert erika.browser.get(link).status_code == 404
    assert erika.browser.get("/konto/bestaetigen/erfunden").status_code == 404


def test_unconfirmed_account_is_gone_after_two_days(erika: Holder, town: Platform):
    erika.registers()
    clock = town.clock
    assert isinstance(clock, FrozenClock)
    clock.advance(timedelta(hours=49))
    assert erika.browser.get(erika.last_link()).status_code == 404
    list(do_all(town.db, town.services, chores_of(town.settings)))
    with town.db.reading() as session:
        assert session.scalars(select(Konto)).all() == []
        assert session.scalars(select(KontoCode)).all() == []


def test_mail_server_that_is_down_loses_nothing_typed(erika: Holder):
    erika.mailer.unreachable = True
    answer = erika.registers()
    assert answer.status_code == 503
    assert 'value="erika.muster@example.org"' in answer.text
    erika.mailer.unreachable = False
    erika.has_account()


def test_passwords_and_links_are_kept_as_fingerprints_only(erika: Holder, town: Platform):
    erika.registers()
    secret = erika.last_link().rpartition("/")[2]
    with unit_of_work(town.db) as session:
        assert str(session.scalars(select(Konto)).one().password_hash).startswith("$argon2id$")
        assert session.scalars(select(KontoCode)).one().code_hash != secret
