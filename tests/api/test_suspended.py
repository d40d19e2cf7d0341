# SPDX-License-Identifier: EUPL-1.2
"""What programs may do to a suspended instance: change it, but neither move it nor hand its tasks on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import ApiClient

HELD = "SuspendedEntityInteractionException"


@pytest.fixture
def held(rest: ApiClient, publish: Callable[..., None]) -> str:
    """A suspended instance of `bruch`, which waits for everything."""
    publish("bruch")
    given = {"los": {"value": True}, "heil": {"value": True}, "grad": {"value": 20}}
    case: str = rest.sends("/process-definition/key/bruch/start", {"variables": given})["id"]
    rest.sends(f"/process-instance/{case}/suspended", {"suspended": True}, method="PUT", expect=204)
    return case


@pytest.fixture
def task(rest: ApiClient, held: str) -> str:
    """The address of its task."""
    return f"/task/{rest.ask('/task', processInstanceId=held)[0]['id']}"


def test_variables_of_a_suspended_instance_are_changed(rest: ApiClient, held: str, task: str):
    rest.sends(f"/process-instance/{held}/variables/a", {"value": 1}, method="PUT", expect=204)
    rest.sends(f"/process-instance/{held}/variables", {"modifications": {"b": {"value": 2}}}, expect=204)
    rest.sends(f"/execution/{held}/localVariables/c", {"value": 3}, method="PUT", expect=204)
    rest.sends(f"{task}/variables/d", {"value": 4}, method="PUT", expect=204)
    rest.sends(f"{task}/localVariables/e", {"value": 5}, method="PUT", expect=204)
    rest.sends(f"/process-instance/{held}/variables/a", method="DELETE", expect=204)
    found = rest.ask(f"{task}/variables")
    assert {name: found[name]["value"] for name in "bcde"} == {"b": 2, "c": 3, "d": 4, "e": 5}
    assert "a" not in found


def test_variable_that_would_let_an_event_happen_is_refused(rest: ApiClient, held: str):
    path = f"/process-instance/{held}/variables/grad"
    assert rest.refuses(path, {"value": 40}, method="PUT")["type"] == HELD
    assert rest.ask(path)["value"] == 20
    rest.sends(f"/process-instance/{held}/suspended", {"suspended": False}, method="PUT", expect=204)
    rest.sends(path, {"value": 40}, method="PUT", expect=204)
    assert not rest.ask("/execution", activityId="Beobachtet")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("complete", {}),
        ("submit-form", {}),
        ("claim", {"userId": "anna"}),
        ("unclaim", {}),
        ("assignee", {"userId": "anna"}),
        ("delegate", {"userId": "anna"}),
        ("resolve", {}),
        ("bpmnError", {"errorCode": "X"}),
        ("identity-links", {"userId": "anna", "type": "candidate"}),
        ("identity-links/delete", {"groupId": "clerks", "type": "candidate"}),
    ],
)
def test_tasks_of_a_suspended_instance_are_not_worked_on(rest: ApiClient, task: str, path: str, body: dict[str, Any]):
    assert rest.refuses(f"{task}/{path}", body)["type"] == HELD
    assert rest.ask(task)["assignee"] is None


def test_owner_and_assignee_are_not_changed_but_the_priority_is(rest: ApiClient, task: str):
    assert rest.refuses(task, {"assignee": "anna"}, method="PUT")["type"] == HELD
    rest.sends(task, {"priority": 70}, method="PUT", expect=204)
    rest.sends(f"{task}/comment/create", {"message": "Ruht noch."})
    assert rest.ask(task)["priority"] == 70


def test_nothing_reaches_a_suspended_instance(rest: ApiClient, held: str):
    message = {"messageName": "bruch.nachricht", "processInstanceId": held}
    assert rest.refuses("/message", message)["type"] == HELD
    (waits,) = rest.ask("/execution", activityId="Wartet")
    assert rest.refuses(f"/execution/{waits['id']}/signal", {})["type"] == HELD


def test_activities_of_a_suspended_instance_are_cancelled_but_not_begun(rest: ApiClient, held: str):
    path = f"/process-instance/{held}/modification"
    begins = {"instructions": [{"type": "startBeforeActivity", "activityId": "Aufgabe"}]}
    assert rest.refuses(path, begins)["type"] == HELD
    rest.sends(path, {"instructions": [{"type": "cancel", "activityId": "Aufgabe"}]}, expect=204)
    assert rest.ask("/task", processInstanceId=held) == []
    assert rest.ask(f"/process-instance/{held}")["suspended"] is True
