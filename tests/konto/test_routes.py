# SPDX-License-Identifier: EUPL-1.2
"""Every address of the account: closed to strangers and clerks, and no post without the page's token."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask

from tests.konto.holder import Holder
from tests.web.browser import Browser


def addresses(app: Flask, blueprint: str) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(f"{blueprint}."):
            arguments = {name: 7 if name == "antrag_id" else "unbekannt" for name in rule.arguments}
            with app.test_request_context():
                path = app.url_map.bind("localhost").build(rule.endpoint, arguments, method=None)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield method, path


def test_strangers_are_sent_to_the_login(app: Flask, browser: Browser):
    for method, path in addresses(app, "konto"):
        browser.get("/konto/anmelden")
        answer = browser.send(path) if method == "POST" else browser.get(path)
        assert answer.status_code == (401 if method == "POST" else 302), (method, path)


def test_clerks_are_strangers_here(app: Flask, browser: Browser):
    browser.log_in("anna.berger", "passwort-fuer-tests")
    for method, path in addresses(app, "konto"):
        if method == "GET":
            assert browser.get(path).location.startswith("/konto/anmelden"), path


def test_every_post_wants_a_token(app: Flask, erika: Holder):
    erika.has_account()
    for blueprint in ("konto", "zugang"):
        for method, path in addresses(app, blueprint):
            if method == "POST":
                assert erika.browser.post(path).status_code in {400, 404}, path
    assert erika.browser.get("/konto/").status_code == 200


def test_strange_addresses_break_nothing(app: Flask, erika: Holder):
    erika.has_account()
    for method, path in addresses(app, "konto"):
        if path not in {"/konto/loeschen"}:
            answer = erika.browser.send(path) if method == "POST" else erika.browser.get(path)
            assert answer.status_code in {200, 302, 404, 422}, (method, path)
