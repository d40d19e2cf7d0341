# SPDX-License-Identifier: EUPL-1.2
"""Messages, signals and conditions from outside; what waits for them; executions and their variables."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import ApiClient


@pytest.fixture
def asks(rest: ApiClient, publish: Callable[..., None]) -> Callable[..., str]:
    """Begin a case that waits for an answer; its id."""
    publish("antwort", "eingang")

    def make(business_key: str | None = None, **variables: Any) -> str:
        given = {name: {"value": value} for name, value in variables.items()}
        body = {"businessKey": business_key, "variables": given}
        started: str = rest.sends("/process-definition/key/antwort/start", body)["id"]
        return started

    return make


def is_there(rest: ApiClient, case_id: str) -> bool:
    return rest.get(f"/engine-rest/process-instance/{case_id}").status_code == 200


# -- messages ---------------------------------------------------------------------------------------------------


def test_message_finds_its_case_by_business_key(rest: ApiClient, asks: Callable[..., str]):
    first, second = asks("A"), asks("B")
    rest.sends("/message", {"messageName": "antwort", "businessKey": "B"}, expect=204)
    assert (is_there(rest, first), is_there(rest, second)) == (True, False)
    rest.sends("/message", {"messageName": "antwort", "processInstanceId": first}, expect=204)
    assert not is_there(rest, first)


def test_message_finds_its_case_by_variables(rest: ApiClient, asks: Callable[..., str]):
    first, second = asks(name="Ada", zahl=1), asks(name="Ben", zahl=1)
    keys = {"name": {"value": "Ada", "type": "String"}, "zahl": {"value": 1, "type": "Integer"}}
    rest.sends("/message", {"messageName": "antwort", "correlationKeys": keys}, expect=204)
    assert (is_there(rest, first), is_there(rest, second)) == (False, True)
    body = {"messageName": "antwort", "localCorrelationKeys": keys}
    assert rest.refuses("/message", body)["type"] == "MismatchingMessageCorrelationException"


def test_message_for_several_is_for_none_unless_it_says_all(rest: ApiClient, asks: Callable[..., str]):
    cases = {asks(), asks()}
    assert rest.refuses("/message", {"messageName": "antwort"})["type"] == "MismatchingMessageCorrelationException"
    body = {"messageName": "antwort", "all": True, "resultEnabled": True, "processVariables": {"x": {"value": 1}}}
    reached = rest.sends("/message", {**body, "variablesInResultEnabled": True})
    assert {one["execution"]["processInstanceId"] for one in reached} == cases
    for one in reached:
        assert (one["resultType"], one["processInstance"]) == ("Execution", None)
        assert one["execution"]["ended"] is True
        assert one["variables"]["x"] == {"type": "Integer", "value": 1, "valueInfo": {}}
    assert rest.sends("/message", body) == []


def test_message_begins_a_case(rest: ApiClient, asks: Callable[..., str]):
    asks()
    body = {"messageName": "post", "businessKey": "P", "processVariables": {"von": {"value": "Ada"}}}
    (begun,) = rest.sends("/message", {**body, "resultEnabled": True})
    assert (begun["resultType"], begun["execution"]) == ("ProcessDefinition", None)
    case = begun["processInstance"]
    assert (case["definitionKey"], case["businessKey"], case["ended"]) == ("eingang", "P", False)
    assert case["definitionId"].startswith("eingang:1:")
    assert rest.ask(f"/process-instance/{case['id']}/variables/von")["value"] == "Ada"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"messageName": ""},
        {"messageName": 5},
        {"messageName": "antwort", "correlationKeys": []},
        {"messageName": "antwort", "processVariables": {"x": 5}},
        {"messageName": "antwort", "all": "vielleicht"},
        {"messageName": "antwort", "processVariables": {"x": {"type": "File", "valueInfo": {"filename": "a"}}}},
        {"messageName": "unbekannt"},
        {"messageName": "antwort", "businessKey": "unbekannt"},
    ],
)
def test_message_that_cannot_be_delivered_is_refused(rest: ApiClient, asks: Callable[..., str], body: dict[str, Any]):
    case_id = asks()
    rest.refuses("/message", body)
    assert is_there(rest, case_id)


def test_name_of_the_message_is_what_is_granted(
    rest: ApiClient, machine: Callable[..., ApiClient], asks: Callable[..., str]
):
    case_id = asks()
    body = {"messageName": "antwort", "processInstanceId": case_id, "resultEnabled": True}
    machine("message:create:post").refuses("/message", body, status=403)
    sender = machine("message:create:antwort")
    # Whoever may send a message may not read the case with it.
    sender.refuses("/message", {**body, "variablesInResultEnabled": True}, status=403)
    assert is_there(rest, case_id)
    assert len(sender.sends("/message", body)) == 1


# -- signals and conditions -------------------------------------------------------------------------------------


def test_signal_reaches_all_or_one(rest: ApiClient, machine: Callable[..., ApiClient], asks: Callable[..., str]):
    first, second = asks(), asks()
    body = {"name": "alarm", "variables": {"wo": {"value": "Keller"}}}
    machine("signal:create:anderes").refuses("/signal", body, status=403)
    machine("signal:create:alarm").sends("/signal", body, expect=204)
    for case_id in (first, second):
        assert rest.ask(f"/process-instance/{case_id}/variables/wo")["value"] == "Keller"
    (waiting,) = rest.ask("/event-subscription", eventType="signal", processInstanceId=first)
    rest.sends("/signal", {"name": "alarm", "executionId": waiting["executionId"]}, expect=204)
    rest.sends("/signal", {"name": "alarm", "executionId": first}, expect=204)
    assert rest.ask("/task/count", processInstanceId=first) == {"count": 3}
    assert rest.ask("/task/count", processInstanceId=second) == {"count": 1}
    rest.refuses("/signal", {"name": "ruhe", "executionId": first})
    rest.refuses("/signal", {"name": "alarm", "executionId": "unbekannt"}, status=404)
    rest.refuses("/signal", {})
    rest.sends("/signal", {"name": "niemand"}, expect=204)


def test_condition_begins_cases(rest: ApiClient, machine: Callable[..., ApiClient], asks: Callable[..., str]):
    asks()
    body = {"variables": {"grad": {"value": 35}}, "businessKey": "W"}
    (begun,) = rest.sends("/condition", body)
    assert (begun["definitionKey"], begun["businessKey"]) == ("eingang", "W")
    assert rest.sends("/condition", {"variables": {"grad": {"value": 5}}}) == []
    assert len(rest.sends("/condition", {**body, "processDefinitionId": begun["definitionId"]})) == 1
    rest.refuses("/condition", {})
    rest.refuses("/condition", {**body, "processDefinitionId": "eingang:9:999"}, status=404)
    before = rest.ask("/process-instance/count")
    machine("process-instance:create:antwort").refuses("/condition", body, status=403)
    machine().refuses("/condition", body, status=403)
    assert rest.ask("/process-instance/count") == before


def test_what_is_waited_for(rest: ApiClient, machine: Callable[..., ApiClient], asks: Callable[..., str]):
    case_id = asks()
    found = {(one["eventType"], one["eventName"], one["activityId"]) for one in rest.ask("/event-subscription")}
    assert found == {
        ("message", "antwort", "Antwort"),
        ("signal", "alarm", "Alarm"),
        ("message", "post", "Post"),
        ("conditional", None, "Warm"),
    }
    (one,) = rest.ask("/event-subscription", processInstanceId=case_id, eventType="message")
    assert one == {
        "id": one["id"],
        "eventType": "message",
        "eventName": "antwort",
        "executionId": one["id"],
        "processInstanceId": case_id,
        "activityId": "Antwort",
        "createdDate": "2026-11-22T11:00:00.000+0000",
        "tenantId": None,
    }
    assert rest.ask("/event-subscription/count", eventName="post") == {"count": 1}
    assert machine().ask("/event-subscription/count") == {"count": 0}
    assert machine("process-instance:read:antwort").ask("/event-subscription/count") == {"count": 2}
    rest.refuses("/event-subscription?sortBy=created", method="GET")


# -- executions -------------------------------------------------------------------------------------------------


def test_executions_are_found(rest: ApiClient, machine: Callable[..., ApiClient], asks: Callable[..., str]):
    first, second = asks("A", name="Ada"), asks("B", name="Ben")
    (token,) = rest.ask("/execution", activityId="Antwort", businessKey="A")
    assert token == {"id": token["id"], "processInstanceId": first, "ended": False, "tenantId": None}
    assert rest.ask(f"/execution/{token['id']}") == token
    assert rest.ask(f"/execution/{first}")["id"] == first
    waiting = rest.ask("/execution", messageEventSubscriptionName="antwort")
    assert {one["processInstanceId"] for one in waiting} == {first, second}
    assert rest.ask("/execution/count", signalEventSubscriptionName="alarm") == {"count": 2}
    assert rest.ask("/execution/count") == {"count": 4}
    assert len(rest.ask("/execution", maxResults=1, firstResult=1)) == 1
    asked = {"processVariables": [{"name": "name", "operator": "eq", "value": "Ben"}]}
    assert {one["processInstanceId"] for one in rest.sends("/execution", asked)} == {second}
    assert rest.sends("/execution/count", {"variables": [{"name": "name", "operator": "like", "value": "A%"}]}) == {
        "count": 2
    }
    assert machine().ask("/execution") == []
    machine().refuses(f"/execution/{token['id']}", method="GET", status=403)
    rest.refuses("/execution/unbekannt", method="GET", status=404)


def test_message_is_given_to_an_execution(rest: ApiClient, machine: Callable[..., ApiClient], asks: Callable[..., str]):
    case_id = asks()
    (token,) = rest.ask("/execution", activityId="Antwort")
    path = f"/execution/{token['id']}/messageSubscriptions/antwort"
    assert rest.ask(path)["executionId"] == token["id"]
    rest.refuses(f"/execution/{token['id']}/messageSubscriptions/anderes", method="GET", status=404)
    machine("process-instance:read").refuses(f"{path}/trigger", {}, status=403)
    rest.sends(f"{path}/trigger", {"variables": {"x": {"value": 1}}}, expect=204)
    assert not is_there(rest, case_id)


def test_receive_task_is_signalled_and_other_work_is_not(
    rest: ApiClient, publish: Callable[..., None], asks: Callable[..., str]
):
    publish("druck")
    case_id = asks()
    rest.sends(f"/execution/{case_id}/signal", {"variables": {"x": {"value": 1}}}, expect=204)
    assert not is_there(rest, case_id)
    body = {"variables": {"seiten": {"value": 1}, "dringend": {"value": 1}}}
    printing = rest.sends("/process-definition/key/druck/start", body)["id"]
    rest.refuses(f"/execution/{printing}/signal", {})
    (task,) = rest.ask("/external-task")
    rest.refuses(f"/execution/{task['executionId']}/signal", {})


def test_local_variables_stay_where_they_are(
    rest: ApiClient, machine: Callable[..., ApiClient], asks: Callable[..., str]
):
    case_id = asks(aussen=1)
    (token,) = rest.ask("/execution", activityId="Antwort")
    path = f"/execution/{token['id']}/localVariables"
    assert rest.ask(path) == {}
    rest.sends(f"{path}/innen", {"value": "x", "type": "String"}, method="PUT", expect=204)
    rest.sends(path, {"modifications": {"zwei": {"value": 2}}, "deletions": ["aussen"]}, expect=204)
    assert {name: one["value"] for name, one in rest.ask(path).items()} == {"innen": "x", "zwei": 2}
    assert rest.ask(f"{path}/innen") == {"type": "String", "value": "x", "valueInfo": {}}
    assert set(rest.ask(f"/execution/{case_id}/localVariables")) == {"aussen"}
    rest.sends(f"{path}/zwei", method="DELETE", expect=204)
    rest.refuses(f"{path}/zwei", method="GET", status=404)
    for method, send in (("PUT", {"value": 1}), ("DELETE", None)):
        machine("process-instance:read").refuses(f"{path}/innen", send, method=method, status=403)
    # What a worker fetches of a file has the instance's own id for the execution.
    file = {"value": base64.b64encode(b"Inhalt").decode(), "type": "File", "valueInfo": {"filename": "a.txt"}}
    rest.sends(f"/execution/{case_id}/localVariables/datei", file, method="PUT", expect=204)
    assert rest.get(f"/engine-rest/execution/{case_id}/localVariables/datei/data").data == b"Inhalt"
    form = {"data": (io.BytesIO(b"neu"), "b.bin"), "valueType": "Bytes"}
    assert rest.post(f"/engine-rest{path}/roh/data", data=form).status_code == 204
    assert rest.get(f"/engine-rest{path}/roh/data").data == b"neu"


def test_variable_instances(rest: ApiClient, machine: Callable[..., ApiClient], asks: Callable[..., str]):
    first, second = asks(name="Ada", zahl=1), asks(name="Ben")
    (token,) = rest.ask("/execution", activityId="Antwort", processInstanceId=first)
    rest.sends(f"/execution/{token['id']}/localVariables/innen", {"value": 1}, method="PUT", expect=204)
    found = rest.ask("/variable-instance", processInstanceIdIn=first, sortBy="variableName", sortOrder="asc")
    assert [(one["name"], one["executionId"]) for one in found] == [
        ("innen", token["id"]),
        ("name", first),
        ("zahl", first),
    ]
    one = found[0]
    assert (one["type"], one["value"], one["activityInstanceId"]) == ("Integer", 1, f"Antwort:{token['id']}")
    assert rest.ask(f"/variable-instance/{one['id']}") == one
    assert rest.ask("/variable-instance/count", variableName="name") == {"count": 2}
    assert (
        rest.ask("/variable-instance", variableNameLike="na%", variableValues="name_eq_Ben")[0]["processInstanceId"]
        == second
    )
    assert [each["name"] for each in rest.ask("/variable-instance", executionIdIn=token["id"])] == ["innen"]
    assert [each["name"] for each in rest.ask("/variable-instance", activityInstanceIdIn=f"Antwort:{token['id']}")] == [
        "innen"
    ]
    assert rest.sends("/variable-instance/count", {"processInstanceIdIn": [second]}) == {"count": 1}
    assert machine().ask("/variable-instance") == []
    machine().refuses(f"/variable-instance/{one['id']}", method="GET", status=403)
    rest.refuses("/variable-instance/x:y:z", method="GET", status=404)
    rest.refuses("/variable-instance?variableValues=x", method="GET")
