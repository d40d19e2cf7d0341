# SPDX-License-Identifier: EUPL-1.2
"""Every route of the API × no login, wrong login, an account without grants, one with all: nothing is open by accident.

The routes are those that the application has. What a new one needs to be asked properly stands in `VALUES` (what its
arguments are, by the first word of the address) and `BODIES`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.api import desk, modeler, work
from tests.api.client import ApiClient, json_of
from tests.api.conftest import stranger

#: What anybody may ask, and what any account may.
PUBLIC = {"/engine-rest/engine", "/engine-rest/openapi.json"}
FREE = PUBLIC | work.FREE | {"/engine-rest/version"}
#: What lists say to whom may see nothing.
NOTHING: tuple[Any, ...] = ([], {"count": 0})

VALUES: dict[str, Callable[[ApiClient, dict[str, Any]], dict[str, str]]] = {**work.VALUES, **desk.VALUES}
BODIES: dict[str, Any] = {
    **work.BODIES,
    **desk.BODIES,
    "POST /process-instance/<id>/modification": {"instructions": [{"type": "cancel", "activityId": "Pruefen"}]},
    "PUT /process-instance/<id>/suspended": {"suspended": True},
    "PUT /process-instance/suspended": {"suspended": True, "processInstanceIds": ["{case}"]},
    "PUT /process-definition/<id>/suspended": {"suspended": True},
    "PUT /process-definition/key/<key>/suspended": {"suspended": True},
    "PUT /process-definition/key/<key>/tenant-id/<tenant_id>/suspended": {"suspended": True},
    "PUT /process-definition/suspended": {"suspended": True, "processDefinitionKey": "antrag"},
}


def values(word: str) -> Callable[[Any], Any]:
    def known(give: Any) -> Any:
        VALUES[word] = give
        return give

    return known


@values("process-definition")
def _definition(rest: ApiClient, town: dict[str, Any]) -> dict[str, str]:
    return {"id": town["definition"], "key": "antrag", "tenant_id": "ost"}


@values("process-instance")
def _instance(rest: ApiClient, town: dict[str, Any]) -> dict[str, str]:
    return {"id": town["case"], "name": "datei"}


@values("deployment")
def _deployment(rest: ApiClient, town: dict[str, Any]) -> dict[str, str]:
    resources = rest.ask(f"/deployment/{town['deployment']}/resources")
    return {"deployment_id": town["deployment"], "resource_id": resources[0]["id"]}


@dataclass
class Call:
    """One way to call one route."""

    rule: str
    method: str
    path: str
    body: Any

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"


@pytest.fixture
def town(rest: ApiClient) -> dict[str, Any]:
    """A town in which there is one of everything."""
    files = modeler.deployment("antrag.bpmn", "antrag-stellen.form", "antrag-pruefen.form", tenant_id="ost")
    deployed = json_of(rest.post("/engine-rest/deployment/create", data=files, headers=modeler.HEADERS))
    file = {"value": "eA==", "type": "File", "valueInfo": {"filename": "a.txt"}}
    started = {"variables": {"datei": file}, "businessKey": "BK"}
    case = rest.sends("/process-definition/key/antrag/start", started)
    return {"deployment": deployed["id"], "definition": case["definitionId"], "case": case["id"]}


@pytest.fixture
def calls(app: Flask, rest: ApiClient, town: dict[str, Any]) -> list[Call]:
    known = {word: give(rest, town) for word, give in VALUES.items()}
    return list(_calls(app, known, town))


def _calls(app: Flask, known: dict[str, dict[str, str]], town: dict[str, Any]) -> Iterator[Call]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    assert rules
    for rule in sorted(rules, key=lambda rule: rule.rule):
        short = rule.rule.removeprefix("/engine-rest")
        if _lacking(rule, known):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            body = _filled(BODIES.get(f"{method} {short}", {}), town)
            yield Call(short, method, _address(app, rule, known), body)


def _address(app: Flask, rule: Rule, known: dict[str, dict[str, str]]) -> str:
    arguments = {name: known[_word(rule)][name] for name in rule.arguments}
    built: tuple[str, str] | None = rule.build(arguments)
    assert built is not None
    return built[1]


def _word(rule: Rule) -> str:
    """The first word of an address, or the first two where those are known."""
    first, _, rest = rule.rule.removeprefix("/engine-rest/").partition("/")
    both = f"{first}/{rest.partition('/')[0]}"
    return both if both in VALUES else first


def _lacking(rule: Rule, known: dict[str, dict[str, str]]) -> set[str]:
    return set(rule.arguments) - set(known.get(_word(rule), {}))


def _filled(body: Any, town: dict[str, Any]) -> Any:
    if isinstance(body, str):
        return body.format(**town) if body.startswith("{") else body
    if isinstance(body, list):
        return [_filled(each, town) for each in body]
    return {name: _filled(each, town) for name, each in body.items()} if isinstance(body, dict) else body


def _send(client: ApiClient, call: Call) -> Any:
    # A deployment is the one thing that is sent as a form.
    if call.rule == "/deployment/create":
        return client.post(call.path, data=modeler.deployment("antrag.bpmn"), headers=modeler.HEADERS)
    sent = {"json": call.body} if call.method in ("POST", "PUT") else {}
    return client.open(call.path, method=call.method, **sent)


def test_each_route_can_be_asked(app: Flask, rest: ApiClient, town: dict[str, Any]):
    known = {word: give(rest, town) for word, give in VALUES.items()}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    lacking = {rule.rule: _lacking(rule, known) for rule in rules if _lacking(rule, known)}
    assert not lacking, f"VALUES does not say what these are: {lacking}"


def test_whoever_shows_nothing_or_the_wrong_thing_is_asked_for_credentials(app: Flask, calls: list[Call]):
    wrong = stranger(app).with_token("amt_wrong")
    for call in calls:
        for client in (stranger(app), wrong):
            response = _send(client, call)
            is_public = f"/engine-rest{call.rule}" in PUBLIC
            assert response.status_code == (200 if is_public else 401), call.name


def test_an_account_without_grants_sees_and_does_nothing(machine: Callable[..., ApiClient], calls: list[Call]):
    client = machine()
    open_by_accident = {}
    for call in calls:
        response = _send(client, call)
        is_free = f"/engine-rest{call.rule}" in FREE and response.status_code in (200, 204)
        is_empty = response.status_code == 200 and response.json in NOTHING
        is_refused = response.status_code == 403 and json_of(response)["type"] == "AuthorizationException"
        if not (is_free or is_empty or is_refused):
            open_by_accident[call.name] = response.text[:200] or response.status_code
    assert not open_by_accident, json.dumps(open_by_accident, indent=1)


def test_an_account_with_all_grants_is_never_kept_out(rest: ApiClient, calls: list[Call]):
    kept_out = {}
    # What deletes comes last, so that the others find something.
    for call in sorted(calls, key=lambda call: call.method == "DELETE"):
        status = _send(rest, call).status_code
        if status >= 500 or status in (401, 403):
            kept_out[call.name] = status
    assert not kept_out, json.dumps(kept_out, indent=1)
