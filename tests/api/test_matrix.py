# SPDX-License-Identifier: EUPL-1.2
"""Every route of the API × no login, wrong login, an account without grants, one with all: nothing is open by accident.

The routes are those that the application has. What a new one needs to be asked properly stands in `town.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.api import modeler, work
from tests.api.client import ApiClient, json_of
from tests.api.conftest import stranger
from tests.api.town import Call, calls, lacking, prepared, rules

#: What anybody may ask, and what any account may.
PUBLIC = {"/engine-rest/engine", "/engine-rest/openapi.json"}
FREE = PUBLIC | work.FREE | {"/engine-rest/version"}
#: What lists say to whom may see nothing.
NOTHING: tuple[Any, ...] = ([], {"count": 0})


@pytest.fixture
def asked(app: Flask, rest: ApiClient) -> list[Call]:
    """Each route, asked in a town in which there is one of everything."""
    return list(calls(app, *prepared(rest)))


def _send(client: ApiClient, call: Call) -> Any:
    # A deployment is the one thing that is sent as a form.
    if call.rule == "/deployment/create":
        return client.post(call.path, data=modeler.deployment("antrag.bpmn"), headers=modeler.HEADERS)
    sent = {"json": call.body} if call.method in ("POST", "PUT") else {}
    return client.open(call.path, method=call.method, **sent)


def test_each_route_can_be_asked(app: Flask, rest: ApiClient):
    _, known = prepared(rest)
    nameless = {rule.rule: found for rule in rules(app) if (found := lacking(rule, known))}
    assert not nameless, f"VALUES does not say what these are: {nameless}"


def test_whoever_shows_nothing_or_the_wrong_thing_is_asked_for_credentials(app: Flask, asked: list[Call]):
    wrong = stranger(app).with_token("amt_wrong")
    for call in asked:
        for client in (stranger(app), wrong):
            response = _send(client, call)
            is_public = f"/engine-rest{call.rule}" in PUBLIC
            assert response.status_code == (200 if is_public else 401), call.name


def test_an_account_without_grants_sees_and_does_nothing(machine: Callable[..., ApiClient], asked: list[Call]):
    client = machine()
    open_by_accident = {}
    for call in asked:
        response = _send(client, call)
        is_free = f"/engine-rest{call.rule}" in FREE and response.status_code in (200, 204)
        is_empty = response.status_code == 200 and response.json in NOTHING
        is_refused = response.status_code == 403 and json_of(response)["type"] == "AuthorizationException"
        if not (is_free or is_empty or is_refused):
            open_by_accident[call.name] = response.text[:200] or response.status_code
    assert not open_by_accident, json.dumps(open_by_accident, indent=1)


def test_an_account_with_all_grants_is_never_kept_out(rest: ApiClient, asked: list[Call]):
    kept_out = {}
    # What deletes comes last, so that the others find something.
    for call in sorted(asked, key=lambda call: call.method == "DELETE"):
        status = _send(rest, call).status_code
        if status >= 500 or status in (401, 403):
            kept_out[call.name] = status
    assert not kept_out, json.dumps(kept_out, indent=1)
