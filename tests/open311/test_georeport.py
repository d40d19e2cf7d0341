# SPDX-License-Identifier: EUPL-1.2
"""Open311 GeoReport v2: each method in both forms, its limits, and nothing about who has reported something."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import etree

from engine.cases import case_variables
from engine.clock import FrozenClock
from engine.db import unit_of_work
from engine.grants import Grant
from engine.identity import Actor
from engine.machines import create_token
from engine.queries.cases import case_by_reference
from engine.queries.tasks import tasks_of_case
from engine.tasks import complete_task
from tests.open311.conftest import PLACE
from web.bootstrap import Platform

BASE = "/open311/v2"
BERND = Actor("bernd.stark", "Bernd Stark", frozenset({"bauhof"}))


def settles(town: Platform, number: str, **answers: Any) -> None:
    """The town looks at a report and closes it."""
    with unit_of_work(town.db) as session:
        case = case_by_reference(session, number)
        assert case
        task = tasks_of_case(session, case.id)[0]
        given = {"entscheidung": "ablehnen", "antwort": "Schon geflickt.", **answers}
        complete_task(session, town.services, task.id, given, by=BERND)
    town.worker.run_until_idle()


def test_discovery_says_where_the_interface_lies(client: FlaskClient):
    about = client.get(f"{BASE}/discovery.json").get_json()
    assert about["endpoints"][0]["url"] == "http://localhost/open311/v2"
    tree = etree.fromstring(client.get(f"{BASE}/discovery.xml").data)
    assert tree.findtext("endpoints/endpoint/specification") == "http://wiki.open311.org/GeoReport_v2"
    assert [each.text for each in tree.findall("endpoints/endpoint/formats/format")] == ["application/json", "text/xml"]


def test_services_are_listed_in_both_forms(client: FlaskClient):
    listed = client.get(f"{BASE}/services.json").get_json()
    assert {"strasse", "beleuchtung", "abfall"} <= {each["service_code"] for each in listed}
    tree = etree.fromstring(client.get(f"{BASE}/services.xml").data)
    assert [each.findtext("service_code") for each in tree.findall("service")] == [
        each["service_code"] for each in listed
    ]
    assert tree.findtext("service/metadata") == "false"


def test_service_asks_for_nothing_more(client: FlaskClient):
    assert client.get(f"{BASE}/services/strasse.json").get_json() == {"service_code": "strasse", "attributes": []}
    assert client.get(f"{BASE}/services/erfunden.json").status_code == 404


def test_report_is_known_at_once(client: FlaskClient, report: Any):
    number = report(email="erika.muster@example.org")
    found = client.get(f"{BASE}/requests/{number}.json").get_json()[0]
    assert (found["status"], found["service_code"], found["lat"], found["long"]) == ("open", "strasse", 48.6483, 9.4511)
    assert found["requested_datetime"] == "2026-11-23T09:00:00Z"
    tree = etree.fromstring(client.get(f"{BASE}/requests/{number}.xml").data)
    assert tree.findtext("request/service_request_id") == number
    assert client.get(f"{BASE}/tokens/{number}.json").get_json() == [{"service_request_id": number, "token": number}]


def test_nothing_tells_who_has_reported_or_what_nobody_has_read(client: FlaskClient, report: Any, town: Platform):
    number = report(email="erika.muster@example.org", address_string="Bei Familie Kurz", description="Otto war es.")
    for ending in ("json", "xml"):
        for path in (f"{BASE}/requests.{ending}", f"{BASE}/requests/{number}.{ending}"):
            text = client.get(path).text
            assert not [word for word in ("erika", "Kurz", "Otto") if word in text], path


def test_report_that_was_read_and_closed_says_so(client: FlaskClient, report: Any, town: Platform):
    number = report()
    settles(town, number)
    found = client.get(f"{BASE}/requests/{number}.json").get_json()[0]
    assert (found["status"], found["status_notes"]) == ("closed", "Schon geflickt.")


def test_second_report_of_the_same_thing_points_at_the_first(client: FlaskClient, report: Any):
    first, second = report(), report(lat="48.6484")
    assert client.get(f"{BASE}/requests/{second}.json").get_json()[0]["status_notes"] == f"Gehört zur Meldung {first}."


@pytest.mark.parametrize("key", ["", "falsch", "amt_" + "x" * 40, "a\0b"])
def test_report_wants_a_key(client: FlaskClient, key: str):
    answer = client.post(f"{BASE}/requests.json", data={"api_key": key, "service_code": "strasse", **PLACE})
    assert answer.status_code == 403
    assert answer.get_json()[0]["code"] == 403


def test_key_of_another_program_is_no_key_here(client: FlaskClient, town: Platform):
    with unit_of_work(town.db) as session:
        other = create_token(session, town.clock, "drucker", [Grant("external-task", "*")]).text
    answer = client.post(f"{BASE}/requests.xml", data={"api_key": other, "service_code": "strasse", **PLACE})
    assert answer.status_code == 403
    assert etree.fromstring(answer.data).findtext("error/code") == "403"


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"service_code": "erfunden"}, ["service_code"]),
        ({"description": ""}, ["description"]),
        ({"description": "x" * 4001}, ["description"]),
        ({"lat": "", "long": ""}, ["address_string"]),
        ({"lat": "0", "long": "0"}, ["lat, long"]),
        ({"lat": "48.6; DROP TABLE"}, ["lat, long"]),
        ({"email": "keine-adresse", "description": ""}, ["description", "email"]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_everything_that_is_wrong_is_named(client: FlaskClient, key: str, fields: dict[str, str], names: list[str]):
    form = {"api_key": key, "service_code": "strasse", "description": "Ein Schlagloch.", **PLACE, **fields}
    answer = client.post(f"{BASE}/requests.json", data=form)
    assert answer.status_code == 400
    assert [each["description"].partition(":")[0] for each in answer.get_json()] == names
    assert client.get(f"{BASE}/requests.json").get_json() == []


def test_address_stands_in_for_a_place(client: FlaskClient, report: Any):
    number = report(lat="", long="", address_string="Marktplatz 1")
    assert client.get(f"{BASE}/requests/{number}.json").get_json()[0]["lat"] is None


def test_picture_of_another_server_is_noted_and_not_fetched(report: Any, town: Platform):
    number = report(media_url="http://127.0.0.1:1/bild.png")
    with town.db.reading() as session:
        case = case_by_reference(session, number)
        assert case
        told = case_variables(session, town.services, case.id)["mangel"]["beschreibung"]
        assert told.endswith("Bild: http://127.0.0.1:1/bild.png")


def test_list_is_narrowed_by_state_kind_span_and_number(client: FlaskClient, report: Any, town: Platform):
    old = report(service_code="abfall")
    settles(town, old)
    assert isinstance(town.clock, FrozenClock)
    town.clock.advance(timedelta(days=10))
    new = report()

    def numbers(query: str) -> list[str]:
        answer = client.get(f"{BASE}/requests.json?{query}")
        assert answer.status_code == 200, answer.text
        return [each["service_request_id"] for each in answer.get_json()]

    assert numbers("") == [new, old]
    assert numbers("status=open") == [new]
    assert numbers("status=open,closed") == [new, old]
    assert numbers("service_code=abfall") == [old]
    assert numbers("start_date=2026-12-01T00:00:00Z") == [new]
    assert numbers("end_date=2026-12-01T00:00:00%2B01:00") == [old]
    assert numbers(f"service_request_id={old}&status=open") == [old]
    town.clock.advance(timedelta(days=85))
    assert numbers("") == [new]


@pytest.mark.parametrize(
    "query",
    [
        "status=vielleicht",
        "start_date=gestern",
        "start_date=2026-01-01",
        "end_date=2026-12-31T00:00:00Z&start_date=2026-01-01T00:00:00Z",
    ],
)
def test_questions_that_make_no_sense_are_refused(client: FlaskClient, query: str):
    answer = client.get(f"{BASE}/requests.json?{query}")
    assert answer.status_code == 400
    assert answer.get_json()[0]["code"] == 400


def test_unknown_addresses_answer_in_the_standards_words(client: FlaskClient):
    assert client.get(f"{BASE}/requests/MM-2026-99999.json").get_json()[0]["code"] == 404
    assert client.get(f"{BASE}/erfunden.json").get_json() == [{"code": 404, "description": "Not Found"}]
    assert client.get(f"{BASE}/services.html").status_code == 404


def test_other_pages_may_read_what_is_public(client: FlaskClient):
    assert client.get(f"{BASE}/requests.json").headers["Access-Control-Allow-Origin"] == "*"
