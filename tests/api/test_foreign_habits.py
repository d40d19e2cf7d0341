# SPDX-License-Identifier: EUPL-1.2
"""What programs that were written for engines of the same family look at: trees, histories, forms, refusals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api import modeler
from tests.api.client import ApiClient

MODELS = Path(__file__).parent.parent / "engine" / "conformance" / "foreign"
#: The same process with other words in it.
CLASSES = b'camunda:class="org.example.Work"'


@pytest.fixture
def begin(rest: ApiClient) -> Callable[..., str]:
    """Deploy a model as the Modeler does, and start it: `begin("joined", x=1)`."""

    def make(key: str, **variables: Any) -> str:
        assert deployed(rest, (MODELS / f"{key}.bpmn").read_bytes()).status_code == 200
        typed = {name: {"value": value} for name, value in variables.items()}
        found: str = rest.sends(f"/process-definition/key/{key}/start", {"variables": typed})["id"]
        return found

    return make


def deployed(rest: ApiClient, source: bytes) -> Any:
    body = modeler.deployment(files={"model.bpmn": source})
    return rest.post("/engine-rest/deployment/create", data=body, headers=modeler.HEADERS)


def shape(tree: dict[str, Any]) -> list[Any]:
    """The tree of activities by their ids: a name, or a name with what lies below it."""
    found = []
    for each in tree["childActivityInstances"]:
        below = shape(each)
        found.append([each["activityId"], *below] if below else each["activityId"])
    return found


def past(rest: ApiClient, case: str, **asked: str) -> list[str]:
    lines = rest.ask("/history/activity-instance", processInstanceId=case, **asked)
    assert rest.ask("/history/activity-instance/count", processInstanceId=case, **asked) == {"count": len(lines)}
    return sorted(each["activityId"] for each in lines)


def complete(rest: ApiClient, case: str) -> None:
    task = rest.ask("/task", processInstanceId=case)[0]
    rest.sends(f"/task/{task['id']}/complete", {}, expect=204)


def test_what_is_undone_stands_where_it_was_done(rest: ApiClient, begin: Callable[..., str]):
    case = begin("undone_inside")
    tree = rest.ask(f"/process-instance/{case}/activity-instances")
    assert shape(tree) == ["undo", ["trip#multiInstanceBody", ["trip", "cancel"], ["trip", "cancel"]]]
    lines = rest.ask("/history/activity-instance", processInstanceId=case)
    trips = sorted(each["id"] for each in lines if each["activityId"] == "trip")
    assert sorted(each["parentActivityInstanceId"] for each in lines if each["activityId"] == "cancel") == trips


def test_each_arrival_at_a_join_has_a_beginning_and_an_end(rest: ApiClient, begin: Callable[..., str]):
    case = begin("joined")
    assert past(rest, case, unfinished="true") == ["join", "slow"]
    assert shape(rest.ask(f"/process-instance/{case}/activity-instances")) == ["slow", "join"]
    complete(rest, case)
    assert past(rest, case, activityId="join", finished="true") == ["join", "join"]
    assert past(rest, case, completeScope="true") == ["join", "join"]


def test_an_end_that_throws_an_error_was_cancelled(rest: ApiClient, begin: Callable[..., str]):
    case = begin("leaves_by_error")
    assert past(rest, case, canceled="true") == ["broken", "work"]
    assert past(rest, case, completeScope="true") == ["failed"]
    (end,) = rest.ask("/history/activity-instance", processInstanceId=case, activityId="broken")
    assert (end["canceled"], end["completeScope"]) == (True, False)


def test_variables_of_activities_that_are_over_are_told(rest: ApiClient, begin: Callable[..., str]):
    case = begin("asked_each", people=["anna", "ben"])
    owner = {each["name"]: each for each in rest.ask("/variable-instance", processInstanceIdIn=case)}
    assert owner["nrOfInstances"]["activityInstanceId"].startswith("ask#multiInstanceBody:")
    assert (owner["nrOfInstances"]["taskId"], owner["greeting"]["taskId"] is None) == (None, False)
    complete(rest, case)
    complete(rest, case)
    told = rest.ask("/history/variable-instance", processInstanceId=case)
    assert sorted(each["value"] for each in told if each["name"] == "greeting") == ["Hello anna", "Hello ben"]
    assert sorted(each["value"] for each in told if each["name"] == "loopCounter") == [0, 1]
    (done,) = (each for each in told if each["name"] == "nrOfCompletedInstances")
    assert (done["value"], done["activityInstanceId"].partition(":")[0]) == (2, "ask#multiInstanceBody")
    assert rest.ask(f"/history/variable-instance/{done['id']}") == done


def test_key_of_a_form_elsewhere_is_computed(rest: ApiClient, begin: Callable[..., str]):
    begin("asked_each", people=["anna"])
    (task,) = rest.ask("/task")
    assert (task["formKey"], task["camundaFormRef"]) == ("ask-anna", None)
    assert rest.ask(f"/task/{task['id']}/form") == {"key": "ask-anna", "camundaFormRef": None, "contextPath": None}


def test_repeated_activity_is_begun_by_the_round_or_as_a_whole(rest: ApiClient, begin: Callable[..., str]):
    begin("asked_each", people=["anna", "ben"])
    people = {"people": {"value": ["anna", "ben"]}, "person": {"value": "carla", "local": True}}
    for element, rounds in (("ask", ["ask"]), ("ask#multiInstanceBody", ["ask", "ask"])):
        where = {"type": "startBeforeActivity", "activityId": element, "variables": people}
        case = rest.sends("/process-definition/key/asked_each/start", {"startInstructions": [where]})["id"]
        tree = rest.ask(f"/process-instance/{case}/activity-instances")
        assert shape(tree) == [["ask#multiInstanceBody", *rounds]]


def test_work_of_any_topic_is_fetched(rest: ApiClient, begin: Callable[..., str]):
    case = begin("external_only")
    topic = {"topicName": "of-somebody-else", "lockDuration": 1000}
    (work,) = rest.sends("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": [topic]})
    assert (work["activityId"], work["processInstanceId"]) == ("weigh", case)
    rest.sends(f"/external-task/{work['id']}/complete", {"workerId": "w"}, expect=204)
    assert rest.ask(f"/history/process-instance/{case}")["state"] == "COMPLETED"


@pytest.mark.parametrize("written", [CLASSES, CLASSES.replace(b"class", b"delegateExpression")])
def test_java_is_refused_with_its_place(rest: ApiClient, written: bytes):
    source = (MODELS / "external_only.bpmn").read_bytes()
    source = source.replace(b'camunda:type="external" camunda:topic="of-somebody-else"', written)
    refused = deployed(rest, source)
    assert (refused.status_code, refused.json["type"]) == (400, "ParseException")
    (error,) = refused.json["details"]["model.bpmn"]["errors"]
    assert (error["mainElementId"], error["elementIds"]) == ("weigh", ["weigh"])
    assert "Java is not run here" in error["message"]
    assert error["line"] > 1
