# SPDX-License-Identifier: EUPL-1.2
"""Every route of a town, asked with all that belongs to its neighbour: ids, cookies, tokens, signed links, programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.routing import Rule
from werkzeug.test import Client, TestResponse

from engine.counters import next_number
from engine.db import unit_of_work
from engine.identity import authenticate
from tests.api import modeler
from tests.api.client import ApiClient
from tests.api.test_matrix import PUBLIC
from tests.api.town import Call, calls, prepared
from tests.tenants.country import MARKS, PASSWORD, Belongings, Country, address, everything_in
from tests.web.browser import Browser

OST = "http://ost.example"
ELSEWHERE = MARKS["west"]
#: What nobody has to log in for, and that shows nothing of a case.
OPEN = {200, 302, 400, 403, 404, 410, 422}


def pages(country: Country) -> Iterator[tuple[Rule, str]]:
    for rule in country.app("ost", Browser).url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            # What the machine says of itself is for its operators.
            if not rule.endpoint.startswith(("api.", "metrics.", "health.")):
                yield rule, method


def asked(visitor: Client, rule: Rule, method: str, belongings: Belongings) -> TestResponse:
    sent: dict[str, Any] = {"data": {"csrf_token": belongings.csrf_token, "vermerk": "x"}} if method == "POST" else {}
    return visitor.open(address(rule, belongings.values), method=method, base_url=OST, **sent)


@pytest.fixture
def untouched(country: Country, west: Belongings, ost: Belongings) -> Iterator[None]:
    """Whatever is tried, nothing of the neighbour changes."""
    before = everything_in(country.town("west"))
    yield
    assert everything_in(country.town("west")) == before


@pytest.mark.usefixtures("untouched")
def test_the_cookie_of_a_neighbour_opens_no_page(country: Country, west: Belongings):
    for rule, method in pages(country):
        visitor = country.visitor()
        visitor.set_cookie("amtsfluss", west.cookie, domain="ost.example")
        response = asked(visitor, rule, method, west)
        assert ELSEWHERE not in seen(response), rule.rule
        if rule.endpoint.startswith(("inbox.", "kasse.", "konto.")):
            is_sent_to_login = response.status_code == 302 and "/anmelden" in (response.location or "")
            assert is_sent_to_login or response.status_code in {400, 401}, (rule.rule, method, response.status_code)
        else:
            assert response.status_code in OPEN, (rule.rule, method, response.status_code)


@pytest.mark.usefixtures("untouched")
def test_a_clerk_finds_nothing_by_the_ids_of_a_neighbour(country: Country, west: Belongings, ost: Belongings):
    for rule, method in pages(country):
        if rule.endpoint == "auth.logout":
            continue
        visitor = country.visitor()
        visitor.set_cookie("amtsfluss", ost.cookie, domain="ost.example")
        response = asked(visitor, rule, method, replace(west, csrf_token=ost.csrf_token))
        assert ELSEWHERE not in seen(response), rule.rule
        if rule.endpoint.startswith("konto."):
            # A clerk has no account as a citizen; with one of the neighbour's, the test above.
            assert response.status_code in {302, 401}, (rule.rule, method, response.status_code)
        elif rule.arguments & {"case_id", "task_id", "document_id", "draft_id", "token"}:
            assert response.status_code in {403, 404, 410}, (rule.rule, method, response.status_code)


def test_what_is_asked_for_is_there_where_it_belongs(country: Country, west: Belongings):
    visitor = country.visitor()
    visitor.set_cookie("amtsfluss", west.cookie, domain="west.example")
    for rule, method in pages(country):
        if method == "GET" and rule.arguments & {"case_id", "task_id"} and not rule.endpoint.startswith("konto."):
            found = visitor.get(address(rule, west.values), base_url="http://west.example")
            assert found.status_code == 200, rule.rule
            assert ELSEWHERE in found.text, rule.rule


def test_a_password_holds_in_its_own_town_only(country: Country, west: Belongings, ost: Belongings):
    visitor = country.app("ost", Browser).test_client()
    assert isinstance(visitor, Browser)
    visitor.get("/anmelden")
    assert visitor.send("/anmelden", {"username": "bea", "password": PASSWORD}).status_code == 422
    with country.town("ost").db.reading() as session:
        assert authenticate(session, "bea", PASSWORD) is None
        assert authenticate(session, "anna", PASSWORD) is not None


@pytest.fixture(scope="module")
def api_calls(country: Country, west: Belongings, ost: Belongings) -> list[Call]:
    """Each route of the API, asked about what is in the neighbour's town."""
    app = country.app("west", ApiClient)
    client = app.test_client()
    assert isinstance(client, ApiClient)
    variables = {"wer": {"value": ELSEWHERE}}
    found = list(calls(app, *prepared(client.with_token(west.machine_token))))
    client.sends("/process-definition/key/antrag/start", {"variables": variables})
    return found


def seen(response: TestResponse) -> str:
    """The answer as text; files for other programs need not be in UTF-8."""
    return response.get_data().decode(errors="replace")


def sent(visitor: Client, call: Call, token: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"}
    if call.rule == "/deployment/create":
        headers |= modeler.HEADERS
        return visitor.post(call.path, base_url=OST, data=modeler.deployment("antrag.bpmn"), headers=headers)
    body = {"json": call.body} if call.method in ("POST", "PUT") else {}
    return visitor.open(call.path, method=call.method, base_url=OST, headers=headers, **body)


@pytest.mark.usefixtures("untouched")
def test_the_token_of_a_neighbours_program_opens_nothing(country: Country, west: Belongings, api_calls: list[Call]):
    visitor = country.visitor()
    for call in api_calls:
        response = sent(visitor, call, west.machine_token)
        expected = 200 if f"/engine-rest{call.rule}" in PUBLIC else 401
        assert (response.status_code, ELSEWHERE in response.text) == (expected, False), call.name


@pytest.mark.usefixtures("untouched")
def test_a_program_that_may_everything_reaches_nothing_of_a_neighbour(
    country: Country, ost: Belongings, api_calls: list[Call]
):
    visitor = country.visitor()
    for call in api_calls:
        response = sent(visitor, call, ost.machine_token)
        assert ELSEWHERE not in response.text, call.name
        assert response.status_code < 500, call.name


def test_numbers_are_given_town_by_town(country: Country):
    for name in ("ost", "west"):
        with unit_of_work(country.town(name).db) as session:
            assert next_number(session, "probe") == 1
