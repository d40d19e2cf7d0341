# SPDX-License-Identifier: EUPL-1.2
"""People, groups, what accounts may do, and standing filters."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from engine.db import unit_of_work
from engine.grants import Grant
from engine.identity import add_user, deactivate_user
from engine.machines import ensure_machine
from tests.api.client import PASSWORD, ApiClient
from tests.api.conftest import stranger
from web.bootstrap import Platform

ANNA = {"id": "anna", "firstName": "Anna Maria", "lastName": "Berger", "email": None}
BEN = {"id": "ben", "firstName": "", "lastName": "Ben", "email": None}


@pytest.fixture
def town(platform: Platform) -> None:
    with unit_of_work(platform.db) as session:
        add_user(session, platform.clock, "anna", "Anna Maria Berger", PASSWORD, ["clerks", "cashiers"])
        add_user(session, platform.clock, "ben", "Ben", PASSWORD, ["clerks"])
        add_user(session, platform.clock, "gone", "Gerd Gegangen", PASSWORD, ["clerks"])
        deactivate_user(session, "gone")


# -- people and groups ---------------------------------------------------------------------------------------------


def test_people_who_may_log_in(rest: ApiClient, town: None):
    assert rest.ask("/user") == [ANNA, BEN]
    assert rest.ask("/user/count") == {"count": 2}
    assert rest.ask("/user/anna/profile") == ANNA
    assert rest.ask("/user/demo-rest/profile")["id"] == "demo-rest"
    rest.refuses("/user/gone/profile", method="GET", status=404)
    for query, found in (
        ({"id": "ben"}, [BEN]),
        ({"idIn": "ben,x"}, [BEN]),
        ({"firstName": "Anna Maria"}, [ANNA]),
        ({"lastName": "Berger"}, [ANNA]),
        ({"lastNameLike": "B%"}, [ANNA, BEN]),
        ({"firstNameLike": "%Maria"}, [ANNA]),
        ({"memberOfGroup": "cashiers"}, [ANNA]),
        ({"email": "a@stadt.example"}, []),
        ({"memberOfTenant": "ost"}, []),
        ({"sortBy": "userId", "sortOrder": "desc"}, [BEN, ANNA]),
        ({"sortBy": "lastName", "sortOrder": "asc"}, [BEN, ANNA]),
        ({"firstResult": "1"}, [BEN]),
    ):
        assert rest.ask("/user", **query) == found, query


def test_groups_and_who_is_in_them(rest: ApiClient, town: None):
    cashiers, clerks = ({"id": key, "name": key, "type": "WORKFLOW"} for key in ("cashiers", "clerks"))
    assert rest.ask("/group") == [cashiers, clerks]
    assert rest.ask("/group/count", member="ben") == {"count": 1}
    assert rest.ask("/group/clerks") == clerks
    rest.refuses("/group/x", method="GET", status=404)
    for query, found in (
        ({"id": "clerks"}, [clerks]),
        ({"idIn": "clerks,x"}, [clerks]),
        ({"nameLike": "cash%"}, [cashiers]),
        ({"member": "anna"}, [cashiers, clerks]),
        ({"type": "SYSTEM"}, []),
        ({"sortBy": "id", "sortOrder": "desc"}, [clerks, cashiers]),
        ({"maxResults": "1"}, [cashiers]),
    ):
        assert rest.ask("/group", **query) == found, query
    together = rest.ask("/identity/groups", userId="anna")
    assert together["groups"] == [{"id": "cashiers", "name": "cashiers"}, {"id": "clerks", "name": "clerks"}]
    assert together["groupUsers"] == [{"id": "ben", "firstName": "", "lastName": "Ben", "displayName": "Ben"}]
    rest.refuses("/identity/groups", method="GET")
    assert rest.ask("/identity/groups", userId="demo-rest") == {"groups": [], "groupUsers": []}


def test_passwords_of_people_are_checked_but_cannot_be_tried_out(make_app: Callable[..., Flask]):
    app = make_app(rate_limits=True)
    platform: Platform = app.extensions["amtsfluss"]
    with unit_of_work(platform.db) as session:
        add_user(session, platform.clock, "anna", "Anna Berger", PASSWORD, [])
        ensure_machine(session, platform.clock, "werk", [Grant("identity", "read")], password=PASSWORD)
    client = stranger(app).with_password("werk")
    for incomplete in ({}, {"username": "anna"}, {"username": 5, "password": "x"}):
        client.refuses("/identity/verify", incomplete)
    assert client.post("/engine-rest/identity/verify", data=b"{", content_type="application/json").status_code == 400
    right, wrong = {"username": "anna", "password": PASSWORD}, {"username": "anna", "password": "geraten"}
    assert client.sends("/identity/verify", right) == {"authenticatedUser": "anna", "authenticated": True}
    for _ in range(10):
        assert client.sends("/identity/verify", wrong) == {"authenticatedUser": "anna", "authenticated": False}
    client.refuses("/identity/verify", right, status=429)


def test_what_a_password_must_be_like(rest: ApiClient):
    rule = {"placeholder": "PASSWORD_POLICY_LENGTH", "parameter": {"minLength": "10"}}
    assert rest.ask("/identity/password-policy") == {"rules": [rule]}
    judged = rest.sends("/identity/password-policy", {"password": "kurz"})
    assert judged == {"rules": [{**rule, "valid": False}], "valid": False}
    assert rest.sends("/identity/password-policy", {"password": "lang-genug"})["valid"] is True


def test_there_are_no_tenants(rest: ApiClient):
    assert (rest.ask("/tenant"), rest.ask("/tenant/count")) == ([], {"count": 0})
    rest.refuses("/tenant/ost", method="GET", status=404)


def test_people_are_shown_to_whom_it_is_granted(machine: Callable[..., ApiClient], town: None):
    reader, nobody = machine("identity:read:anna", "identity:read:clerks"), machine("task:read")
    assert reader.ask("/user") == [ANNA]
    assert [group["id"] for group in reader.ask("/group")] == ["clerks"]
    assert (nobody.ask("/user"), nobody.ask("/group"), nobody.ask("/user/count")) == ([], [], {"count": 0})
    for path in ("/user/anna/profile", "/group/clerks", "/identity/groups?userId=anna"):
        nobody.refuses(path, method="GET", status=403)
    reader.refuses("/user/ben/profile", method="GET", status=403)
    nobody.refuses("/identity/verify", {"username": "anna", "password": PASSWORD}, status=403)


# -- what accounts may do ------------------------------------------------------------------------------------------


def test_authorizations_are_derived_from_grants(machine: Callable[..., ApiClient]):
    client = machine("task:read:antrag", "task:update:antrag", "process-definition:*", name="werk")
    machine("*:*", name="anderes")
    (task,) = client.ask("/authorization", resourceType=7)
    assert (task["userId"], task["resourceId"], task["permissions"]) == ("werk", "antrag", ["READ", "UPDATE"])
    assert client.ask(f"/authorization/{task['id']}") == task
    (definition,) = client.ask("/authorization", resourceType=6)
    assert (definition["permissions"], definition["resourceId"]) == (["ALL"], "*")
    assert {each["userId"] for each in client.ask("/authorization")} == {"werk"}
    assert client.ask("/authorization/count", userIdIn="anderes") == {"count": 0}
    for query in ({"type": "0"}, {"groupIdIn": "x"}, {"resourceId": "x"}):
        assert client.ask("/authorization", **query) == []
    by_type = client.ask("/authorization", sortBy="resourceType", sortOrder="desc")
    assert [each["resourceType"] for each in by_type] == sorted(
        (each["resourceType"] for each in by_type), reverse=True
    )
    client.refuses("/authorization/x", method="GET", status=403)
    assert len(machine().ask("/authorization")) == 0


def test_whoever_may_know_the_accounts_sees_theirs(rest: ApiClient, machine: Callable[..., ApiClient]):
    machine("task:read:antrag", name="werk")
    assert {each["userId"] for each in rest.ask("/authorization")} == {"werk", "demo-rest"}
    rest.refuses("/authorization/x", method="GET", status=404)


@pytest.mark.parametrize(
    ("permission", "kind", "thing", "authorized"),
    [
        ("READ", 7, "antrag", True),
        ("READ", 7, "anderes", False),
        ("READ", 7, None, True),
        ("UPDATE", 7, "antrag", False),
        ("ALL", 7, "antrag", False),
        ("READ_HISTORY", 6, "*", True),
        ("CREATE_INSTANCE", 6, "x", True),
        ("FLY", 6, "x", False),
        ("READ", 99, "x", False),
    ],
)
def test_what_one_may_do_can_be_asked(
    machine: Callable[..., ApiClient], permission: str, kind: int, thing: str | None, authorized: bool
):
    client = machine("task:read:antrag", "process-definition:*")
    query = {"permissionName": permission, "resourceName": "x", "resourceType": kind, "resourceId": thing}
    answered = client.ask("/authorization/check", **{name: each for name, each in query.items() if each is not None})
    assert answered["authorized"] is authorized
    client.refuses("/authorization/check", method="GET")
    client.refuses(
        "/authorization/check?userId=x&permissionName=READ&resourceName=x&resourceType=7", method="GET", status=403
    )


# -- filters -------------------------------------------------------------------------------------------------------


def test_standing_filters_let_tasks_through(rest: ApiClient, publish: Callable[..., None]):
    publish("antrag", "arbeit")
    rest.sends("/process-definition/key/antrag/start", {})
    rest.sends("/process-definition/key/arbeit/start", {"businessKey": "BK"})
    mine, free = rest.ask("/task", sortBy="priority", sortOrder="asc")
    rest.sends(f"/task/{mine['id']}/claim", {"userId": "demo-rest"}, expect=204)
    assert [each["name"] for each in rest.ask("/filter")] == [
        "Meine Aufgaben",
        "Offene Aufgaben",
        "Überfällige Aufgaben",
        "Alle Aufgaben",
    ]
    counted = {each["id"]: each["itemCount"] for each in rest.ask("/filter", itemCount="true")}
    assert counted == {"meine-aufgaben": 1, "offene-aufgaben": 1, "ueberfaellige-aufgaben": 0, "alle-aufgaben": 2}
    assert [task["id"] for task in rest.ask("/filter/meine-aufgaben/list")] == [mine["id"]]
    assert rest.ask("/filter/alle-aufgaben/count") == {"count": 2}
    assert rest.ask("/filter/offene-aufgaben/singleResult")["id"] == free["id"]
    narrowed = rest.sends("/filter/alle-aufgaben/list", {"processInstanceBusinessKey": "BK"})
    assert [task["id"] for task in narrowed] == [free["id"]]
    assert rest.sends("/filter/alle-aufgaben/list?maxResults=0", {}) == []
    # What a filter says cannot be widened by whoever uses it.
    assert [task["id"] for task in rest.sends("/filter/meine-aufgaben/list", {"assignee": "ben"})] == [mine["id"]]
    rest.refuses("/filter/alle-aufgaben/singleResult", method="GET")
    assert rest.get("/engine-rest/filter/ueberfaellige-aufgaben/singleResult").status_code == 204


def test_filters_are_found_like_others(rest: ApiClient):
    assert rest.ask("/filter/count") == {"count": 4}
    assert rest.ask("/filter/meine-aufgaben")["query"] == {"assignee": "demo-rest"}
    for query, number in (
        ({"filterId": "alle-aufgaben"}, 1),
        ({"name": "Alle Aufgaben"}, 1),
        ({"nameLike": "%Aufgaben"}, 4),
        ({"resourceType": "Task"}, 4),
        ({"resourceType": "Case"}, 0),
        ({"owner": "x"}, 0),
    ):
        assert rest.ask("/filter/count", **query) == {"count": number}, query
    assert rest.ask("/filter", sortBy="name", sortOrder="asc", maxResults=1)[0]["id"] == "alle-aufgaben"
    rest.refuses("/filter/x", method="GET", status=404)


def test_filters_show_only_what_is_granted(
    machine: Callable[..., ApiClient], rest: ApiClient, publish: Callable[..., None]
):
    publish("antrag", "arbeit")
    for key in ("antrag", "arbeit"):
        rest.sends(f"/process-definition/key/{key}/start", {})
    reader = machine("task:read:antrag")
    assert reader.ask("/filter/alle-aufgaben/count") == {"count": 1}
    assert machine().ask("/filter") == []
    machine().refuses("/filter/alle-aufgaben/list", method="GET", status=403)
