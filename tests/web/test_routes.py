# SPDX-License-Identifier: EUPL-1.2
"""Every route, for every kind of person: nothing is open by accident, nothing breaks on a strange address."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from engine.cases import CaseInfo
from tests.web.browser import Browser

ROLES = ("anyone", "anna", "karin", "petra")
#: endpoint → what anyone, a clerk in charge, a clerk of another group and the cashier get.
EXPECTED = {
    "auth.login": (200, 302, 302, 302),
    "auth.check_login": (422, 422, 422, 422),
    "auth.logout": (302, 302, 302, 302),
    "inbox.queue": (302, 200, 200, 200),
    "inbox.search": (302, 302, 302, 302),
    "inbox.task": (302, 200, 403, 403),
    "inbox.claim": (401, 302, 403, 403),
    "inbox.release": (401, 302, 403, 403),
    "inbox.complete": (401, 422, 403, 403),
    "inbox.case": (302, 200, 403, 403),
    "inbox.document": (302, 404, 404, 404),
    "inbox.messages": (302, 200, 200, 200),
    "inbox.write": (401, 422, 403, 403),
    "inbox.take_note": (401, 302, 403, 403),
    "kasse.overview": (302, 403, 403, 200),
    "kasse.open_items": (302, 403, 403, 200),
    "kasse.journal": (302, 403, 403, 200),
    "kasse.journal_datev": (302, 403, 403, 200),
    "kasse.statements": (302, 403, 403, 200),
    "kasse.read_statement": (401, 403, 403, 422),
    "kasse.statement": (302, 403, 403, 404),
    "kasse.clearing": (302, 403, 403, 200),
    "kasse.line": (302, 403, 403, 404),
    "kasse.assign": (401, 403, 403, 404),
    "kasse.put_aside": (401, 403, 403, 404),
    "kasse.claim": (302, 403, 403, 404),
    "kasse.take_cash": (401, 403, 403, 404),
    "kasse.give_up": (401, 403, 403, 404),
    "kasse.stop_dunning": (401, 403, 403, 404),
    "kasse.ask_for_refund": (401, 403, 403, 404),
    "kasse.direct_debits": (302, 403, 403, 200),
    "kasse.add_mandate": (401, 403, 403, 422),
    "kasse.revoke_mandate": (401, 403, 403, 404),
    "kasse.collect": (401, 403, 403, 409),
    "kasse.provider_health": (302, 403, 403, 200),
    "kasse.incoming": (302, 403, 403, 200),
    "kasse.take_in": (401, 403, 403, 422),
    "kasse.pay": (401, 403, 403, 422),
    "kasse.payment_file": (302, 403, 403, 404),
    "kasse.new_claim": (302, 403, 403, 200),
    "kasse.raise_claim": (401, 403, 403, 422),
    "kasse.read_run": (401, 403, 403, 422),
    "kasse.run": (302, 403, 403, 404),
    "kasse.begin_run": (401, 403, 403, 404),
    # The tables of tests are made without migrations, which is told here.
    "health.alive": (200, 200, 200, 200),
    "health.ready": (503, 503, 503, 503),
    "metrics.measured": (200, 200, 200, 200),
    "static": (404, 404, 404, 404),
    "everybody.docs": (200, 200, 200, 200),
    "everybody.templates": (200, 200, 200, 200),
    "webapps.addresses": (200, 200, 200, 200),
    "webapps.page": (302, 302, 302, 302),
}


def rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def address(app: Flask, rule: Rule, values: dict[str, str]) -> str:
    numbers = dict.fromkeys(("antrag_id", "auszug_id", "umsatz_id", "lauf_id", "mandat_id"), "7")
    values = {**numbers, "weg": "storno", **values}
    arguments = {name: values.get(name, "unbekannt") for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, arguments, method=None)


def test_every_blueprint_has_a_guard(app: Flask):
    for name in app.blueprints:
        assert app.before_request_funcs.get(name), f"blueprint {name} has no guard"


@pytest.mark.parametrize("role", ROLES)
def test_every_inner_route_answers_each_role_as_agreed(
    request: pytest.FixtureRequest, app: Flask, role: str, case: CaseInfo, task_id: str
):
    browser: Browser = request.getfixturevalue(role)
    values = {"task_id": task_id, "case_id": case.id, "filename": "nichts.css"}
    for rule, method in rules(app):
        # Programs and citizens have accounts of their own; tests/api, tests/open311 and tests/konto ask those routes.
        if rule.endpoint.startswith(("portal.", "zugang.", "konto.", "open311.", "meldung.", "api.")):
            continue
        if rule.endpoint == "auth.logout":
            continue
        path = address(app, rule, values)
        browser.get("/anmelden" if role == "anyone" else "/inbox/")
        response = browser.send(path) if method == "POST" else browser.get(path)
        assert response.status_code == EXPECTED[rule.endpoint][ROLES.index(role)], (rule.endpoint, method, role)


@pytest.mark.parametrize("role", ["anyone", "anna"])
def test_public_routes_are_open_and_survive_strange_addresses(request: pytest.FixtureRequest, app: Flask, role: str):
    browser: Browser = request.getfixturevalue(role)
    for rule, method in rules(app):
        # A piece of HTML for pages of others is no page; tests/portal/test_feed.py looks at it.
        if not rule.endpoint.startswith("portal.") or rule.endpoint == "portal.services_snippet":
            continue
        path = address(app, rule, {})
        response = browser.send(path) if method == "POST" else browser.get(path)
        assert response.status_code in {200, 302, 303, 400, 404, 410, 422}, (rule.endpoint, method)
        assert "/anmelden" not in (response.location or ""), rule.endpoint


@pytest.mark.parametrize("role", ["anyone", "anna"])
def test_every_post_wants_a_token(request: pytest.FixtureRequest, app: Flask, role: str, task_id: str, case: CaseInfo):
    browser: Browser = request.getfixturevalue(role)
    for rule, method in rules(app):
        if method == "POST" and not rule.endpoint.startswith(("api.", "open311.", "meldung.")):
            path = address(app, rule, {"task_id": task_id, "case_id": case.id})
            assert browser.post(path).status_code in {400, 401, 403, 404}, rule.endpoint


def test_unknown_page_says_what_to_do(anyone: Browser, anna: Browser):
    assert "Zur Startseite" in anyone.get("/gibt-es-nicht").text
    assert "Zu meinen Aufgaben" in anna.get("/inbox/gibt-es-nicht").text


def test_too_large_request_is_refused_with_a_page(anna: Browser, app: Flask, task_id: str):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    response = anna.send(f"/inbox/aufgabe/{task_id}/erledigen", {"vermerk": "x" * 2000})
    assert response.status_code == 413
    assert "zu groß" in response.text
