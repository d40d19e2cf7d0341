# SPDX-License-Identifier: EUPL-1.2
"""Incidents: those that failing steps leave, and those that programs report, annotate and resolve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import ApiClient

KEY = "/process-definition/key/bruch"


@pytest.fixture
def breaks(rest: ApiClient, publish: Callable[..., None]) -> Callable[..., str]:
    """Begin an instance that breaks as soon as something reaches it; its id."""
    publish("bruch")

    def make() -> str:
        given = {"los": {"value": True}, "heil": {"value": False}, "grad": {"value": 20}}
        found: str = rest.sends(f"{KEY}/start", {"variables": given})["id"]
        return found

    return make


def token(rest: ApiClient, case: str, element: str) -> str:
    (one,) = rest.ask("/execution", processInstanceId=case, activityId=element)
    found: str = one["id"]
    return found


# -- failing steps -------------------------------------------------------------------------------------------------

WAYS: dict[str, Callable[[ApiClient, str], tuple[str, str, Any]]] = {
    "Aufgabe": lambda rest, case: ("POST", f"/task/{token(rest, case, 'Aufgabe')}/complete", {}),
    "Wartet": lambda rest, case: ("POST", "/message", {"messageName": "bruch.nachricht", "processInstanceId": case}),
    "Horcht": lambda rest, case: (
        "POST",
        "/signal",
        {"name": "bruch.signal", "executionId": token(rest, case, "Horcht")},
    ),
    "Beobachtet": lambda rest, case: ("PUT", f"/process-instance/{case}/variables/grad", {"value": 40}),
}


@pytest.mark.parametrize("element", sorted(WAYS))
def test_step_that_fails_changes_nothing_and_leaves_one_incident(
    rest: ApiClient, breaks: Callable[..., str], element: str
):
    case = breaks()
    method, path, body = WAYS[element](rest, case)
    for _ in range(2):
        envelope = rest.refuses(path, body, method=method, status=500)
        assert (envelope["type"], "Bruch" in envelope["message"]) == ("ProcessEngineException", True)
    assert token(rest, case, element)
    (left,) = rest.ask("/incident", processInstanceId=case)
    assert (left["incidentType"], left["activityId"], left["executionId"]) == ("failedStep", "Bruch", case)
    assert rest.ask(f"/process-instance/{case}/variables/grad")["value"] == 20


def test_instance_that_cannot_begin_leaves_an_incident_of_none(rest: ApiClient, publish: Callable[..., None]):
    publish("bruch")
    assert rest.refuses(f"{KEY}/start", {"variables": {"los": {"value": False}}}, status=500)
    assert rest.ask("/process-instance/count") == {"count": 0}
    (left,) = rest.ask("/incident")
    assert (left["incidentType"], left["activityId"]) == ("failedStep", "Anfang")
    assert (left["processInstanceId"], left["processDefinitionId"]) == (None, None)


def test_incident_of_a_failed_step_is_settled_when_somebody_says_so(rest: ApiClient, breaks: Callable[..., str]):
    case = breaks()
    rest.refuses(f"/task/{token(rest, case, 'Aufgabe')}/complete", {}, status=500)
    (left,) = rest.ask("/incident", processInstanceId=case)
    rest.sends(f"/incident/{left['id']}", method="DELETE", expect=204)
    assert rest.ask("/incident/count") == {"count": 0}
    (past,) = rest.ask("/history/incident", processInstanceId=case)
    assert (past["resolved"], past["open"]) == (True, False)


# -- what programs report ------------------------------------------------------------------------------------------


def test_program_reports_an_incident_and_resolves_it(rest: ApiClient, breaks: Callable[..., str]):
    case = breaks()
    place = token(rest, case, "Wartet")
    told = {"incidentType": "paperJam", "configuration": "tray 2", "message": "Papier fehlt."}
    made = rest.sends(f"/execution/{place}/create-incident", told)
    assert made == {
        "id": made["id"],
        "processDefinitionId": rest.ask(KEY)["id"],
        "processInstanceId": case,
        "executionId": place,
        "incidentTimestamp": made["incidentTimestamp"],
        "incidentType": "paperJam",
        "activityId": "Wartet",
        "failedActivityId": "Wartet",
        "causeIncidentId": made["id"],
        "rootCauseIncidentId": made["id"],
        "configuration": "tray 2",
        "incidentMessage": "Papier fehlt.",
        "tenantId": None,
        "jobDefinitionId": None,
        "annotation": None,
    }
    for asked in ({"incidentType": "paperJam"}, {"executionId": place}, {"configuration": "tray 2"}):
        assert [one["id"] for one in rest.ask("/incident", **asked)] == [made["id"]], asked
    rest.sends(f"/incident/{made['id']}/annotation", {"annotation": "Bestellt."}, method="PUT", expect=204)
    assert rest.ask(f"/incident/{made['id']}")["annotation"] == "Bestellt."
    rest.sends(f"/incident/{made['id']}/annotation", method="DELETE", expect=204)
    assert rest.ask(f"/incident/{made['id']}")["annotation"] is None
    rest.sends(f"/incident/{made['id']}", method="DELETE", expect=204)
    rest.refuses(f"/incident/{made['id']}", method="DELETE", status=404)
    (past,) = rest.ask("/history/incident", executionId=place)
    assert (past["incidentType"], past["configuration"], past["resolved"]) == ("paperJam", "tray 2", True)


def test_incident_without_a_message_has_none(rest: ApiClient, breaks: Callable[..., str]):
    place = token(rest, breaks(), "Wartet")
    made = rest.sends(f"/execution/{place}/create-incident", {"incidentType": "paperJam"})
    assert (made["incidentMessage"], made["configuration"]) == (None, None)


def test_what_is_no_incident_of_a_program_is_refused(rest: ApiClient, breaks: Callable[..., str]):
    case = breaks()
    path = f"/execution/{token(rest, case, 'Wartet')}/create-incident"
    for wrong in ({}, {"incidentType": ""}, {"incidentType": "x" * 31}, {"incidentType": "failedJob"}):
        rest.refuses(path, wrong)
    envelope = rest.refuses(f"/execution/{case}/create-incident", {"incidentType": "paperJam"})
    assert "must be related to an activity" in envelope["message"]
    rest.refuses("/execution/nirgends/create-incident", {"incidentType": "paperJam"}, status=404)
    assert rest.ask("/incident/count") == {"count": 0}


def test_whoever_may_not_change_the_instance_reports_nothing(
    rest: ApiClient, machine: Callable[..., ApiClient], breaks: Callable[..., str]
):
    path = f"/execution/{token(rest, breaks(), 'Wartet')}/create-incident"
    reader = machine("process-instance:read", "incident:read")
    reader.refuses(path, {"incidentType": "paperJam"}, status=403)
