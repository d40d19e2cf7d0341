# SPDX-License-Identifier: EUPL-1.2
"""External tasks as workers see them: fetching, reporting, holding, and the words when something is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest
from flask import Flask

from engine.clock import FrozenClock
from tests.api.client import ApiClient
from tests.api.conftest import stranger
from web.bootstrap import Platform

TOPIC = "stadt.druck"


@pytest.fixture
def prints(rest: ApiClient, publish: Callable[..., None]) -> Callable[..., str]:
    """Begin a case that has something to print; its id."""
    publish("druck")

    def make(business_key: str = "BK", priority: int = 0, **variables: Any) -> str:
        given = {"seiten": 3, "dringend": priority, **variables}
        body = {"businessKey": business_key, "variables": {name: {"value": value} for name, value in given.items()}}
        started: str = rest.sends("/process-definition/key/druck/start", body)["id"]
        return started

    return make


def fetch(client: ApiClient, worker: str = "w1", most: int = 10, **topic: Any) -> list[dict[str, Any]]:
    body = {
        "workerId": worker,
        "maxTasks": most,
        "topics": [{"topicName": TOPIC, "lockDuration": 60_000, **topic}],
    }
    found: list[dict[str, Any]] = client.sends("/external-task/fetchAndLock", body)
    return found


def test_fetched_task_has_all_that_workers_read(rest: ApiClient, prints: Callable[..., str], clock: FrozenClock):
    case_id = prints(name="Erika")
    (task,) = fetch(rest, includeExtensionProperties=True)
    assert task["id"] == task["executionId"]
    assert task["activityInstanceId"] == f"Drucken:{task['id']}"
    assert {name: task[name] for name in task if name not in ("id", "executionId", "activityInstanceId")} == {
        "activityId": "Drucken",
        "errorMessage": None,
        "errorDetails": None,
        "lockExpirationTime": "2026-11-22T11:01:00.000+0000",
        "createTime": "2026-11-22T11:00:00.000+0000",
        "processDefinitionId": task["processDefinitionId"],
        "processDefinitionKey": "druck",
        "processDefinitionVersionTag": None,
        "processInstanceId": case_id,
        "retries": None,
        "suspended": False,
        "workerId": "w1",
        "topicName": TOPIC,
        "tenantId": None,
        "variables": {
            "bogen": {"type": "Integer", "value": 3, "valueInfo": {}},
            "dringend": {"type": "Integer", "value": 0, "valueInfo": {}},
            "name": {"type": "String", "value": "Erika", "valueInfo": {}},
            "seiten": {"type": "Integer", "value": 3, "valueInfo": {}},
        },
        "priority": 0,
        "businessKey": "BK",
        "extensionProperties": {"farbe": "blau"},
    }
    assert fetch(rest) == []


def test_what_is_not_said_is_the_same_as_null(rest: ApiClient, prints: Callable[..., str]):
    prints()
    nothing = dict.fromkeys(
        ["variables", "businessKey", "processDefinitionId", "processDefinitionIdIn", "processDefinitionKey",
         "processDefinitionKeyIn", "processDefinitionVersionTag", "withoutTenantId", "tenantIdIn", "deserializeValues",
         "includeExtensionProperties", "localVariables"]
    )  # fmt: skip
    topic: dict[str, Any] = {"topicName": TOPIC, "lockDuration": 1000, "processVariables": {}, **nothing}
    body = {"workerId": "w1", "maxTasks": 1, "usePriority": None, "sorting": None, "asyncResponseTimeout": None}
    assert len(rest.sends("/external-task/fetchAndLock", {**body, "topics": [topic]})) == 1


def test_only_wanted_variables_are_sent(rest: ApiClient, prints: Callable[..., str]):
    prints()
    (task,) = fetch(rest, variables=["bogen", "fehlt"])
    assert list(task["variables"]) == ["bogen"]
    rest.sends(f"/external-task/{task['id']}/unlock", expect=204)
    (task,) = fetch(rest, localVariables=True)
    assert list(task["variables"]) == ["bogen"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"businessKey": "B"}, ["B"]),
        ({"processDefinitionKey": "druck"}, ["A", "B"]),
        ({"processDefinitionKeyIn": ["anderes"]}, []),
        ({"processDefinitionId": "druck:1:999"}, []),
        ({"processDefinitionVersionTag": "2"}, []),
        ({"processVariables": {"wer": "Ben"}}, ["B"]),
        ({"processVariables": {"wer": {"value": "Ada", "type": "String"}}}, ["A"]),
        ({"processVariables": {"wer": "Niemand"}}, []),
        ({"withoutTenantId": True}, ["A", "B"]),
        ({"tenantIdIn": ["ost"]}, []),
        ({"processDefinitionIdIn": []}, ["A", "B"]),
    ],
)
def test_worker_takes_only_what_it_wants(
    rest: ApiClient, prints: Callable[..., str], wanted: dict[str, Any], found: list[str]
):
    prints("A", wer="Ada")
    prints("B", wer="Ben")
    assert sorted(task["businessKey"] for task in fetch(rest, **wanted)) == found


def test_order_is_by_priority_and_age(rest: ApiClient, prints: Callable[..., str], clock: FrozenClock):
    for name, priority in (("alt", 1), ("neu", 1), ("eilt", 50)):
        prints(name, priority=priority)
        clock.advance(timedelta(minutes=1))

    def names(**body: Any) -> list[str]:
        topics = [{"topicName": TOPIC, "lockDuration": 1}]
        sent = {"workerId": "w", "maxTasks": 10, "topics": topics, **body}
        found = [task["businessKey"] for task in rest.sends("/external-task/fetchAndLock", sent)]
        clock.advance(timedelta(seconds=1))
        return found

    newest = [{"sortBy": "createTime", "sortOrder": "desc"}]
    assert names() == names(usePriority=True) == ["eilt", "alt", "neu"]
    assert names(usePriority=False) == ["alt", "neu", "eilt"]
    assert names(sorting=newest) == ["eilt", "neu", "alt"]
    assert names(usePriority=False, sorting=newest) == ["eilt", "neu", "alt"]
    assert names(maxTasks=1) == ["eilt"]
    assert names(maxTasks=0) == []


def test_completed_task_moves_its_case_on(rest: ApiClient, prints: Callable[..., str]):
    case_id = prints()
    (task,) = fetch(rest)
    body = {"workerId": "w1", "variables": {"wo": {"value": "Fach 3"}}, "localVariables": {"blatt": {"value": 6}}}
    rest.sends(f"/external-task/{task['id']}/complete", body, expect=204)
    variables = rest.ask(f"/process-instance/{case_id}/variables")
    assert (variables["wo"]["value"], variables["fertig"]["value"]) == ("Fach 3", 6)
    assert "blatt" not in variables
    envelope = rest.refuses(f"/external-task/{task['id']}/complete", body, status=404)
    assert envelope["type"] == "RestException"
    assert envelope["message"] == f"External task with id {task['id']} does not exist"


def test_what_is_transient_is_not_kept(rest: ApiClient, prints: Callable[..., str]):
    case_id = prints()
    (task,) = fetch(rest)
    variables = {"blatt": {"value": 6, "valueInfo": {"transient": True}}, "wo": {"value": "Fach 3"}}
    rest.sends(f"/external-task/{task['id']}/complete", {"workerId": "w1", "variables": variables}, expect=204)
    kept = rest.ask(f"/process-instance/{case_id}/variables")
    assert (kept["fertig"]["value"], kept["wo"]["value"], "blatt" in kept) == (6, "Fach 3", False)


def test_lock_that_ran_out_does_not_keep_from_completing(
    rest: ApiClient, prints: Callable[..., str], clock: FrozenClock
):
    prints()
    (task,) = fetch(rest)
    clock.advance(timedelta(hours=1))
    rest.sends(f"/external-task/{task['id']}/complete", {"workerId": "w1"}, expect=204)


@pytest.mark.parametrize(
    ("act", "body", "words"),
    [
        ("complete", {}, "External Task {id} cannot be completed by worker 'w2'."),
        ("failure", {"retries": 1}, "Failure of External Task {id} cannot be reported by worker 'w2'."),
        ("bpmnError", {"errorCode": "X"}, "Bpmn error of External Task {id} cannot be reported by worker 'w2'."),
        ("extendLock", {"newDuration": 1}, "The lock of the External Task {id} cannot be extended by worker 'w2'."),
        ("lock", {"lockDuration": 1}, "External Task {id} cannot be locked by worker 'w2'."),
    ],
)
def test_another_worker_is_refused(
    rest: ApiClient, prints: Callable[..., str], act: str, body: dict[str, Any], words: str
):
    prints()
    (task,) = fetch(rest)
    envelope = rest.refuses(f"/external-task/{task['id']}/{act}", {"workerId": "w2", **body})
    assert envelope["type"] == "RestException"
    assert envelope["message"] == f"{words.format(id=task['id'])} It is locked by worker 'w1'."
    assert rest.refuses(f"/external-task/unbekannt/{act}", {"workerId": "w2", **body}, status=404)


def test_failure_waits_and_the_last_one_is_an_incident(rest: ApiClient, prints: Callable[..., str], clock: FrozenClock):
    case_id = prints()
    (task,) = fetch(rest)
    told = {"workerId": "w1", "errorMessage": "Stau", "errorDetails": "Walze 2", "retryTimeout": 60_000}
    rest.sends(f"/external-task/{task['id']}/failure", {**told, "retries": 1}, expect=204)
    assert fetch(rest) == []
    assert rest.ask("/incident") == []
    clock.advance(timedelta(minutes=2))
    (again,) = fetch(rest)
    assert (again["retries"], again["errorMessage"], again["errorDetails"]) == (1, "Stau", "Walze 2")
    rest.sends(f"/external-task/{task['id']}/failure", {**told, "variables": {"stau": {"value": True}}}, expect=204)
    (incident,) = rest.ask("/incident", processInstanceId=case_id)
    assert incident["incidentType"] == "failedExternalTask"
    assert (incident["configuration"], incident["incidentMessage"]) == (task["id"], "Stau")
    assert rest.ask(f"/process-instance/{case_id}/variables/stau")["value"] is True
    details = rest.get(f"/engine-rest/external-task/{task['id']}/errorDetails")
    assert (details.text, details.mimetype) == ("Walze 2", "text/plain")
    clock.advance(timedelta(minutes=2))
    assert fetch(rest) == []
    rest.sends(f"/external-task/{task['id']}/retries", {"retries": 2}, method="PUT", expect=204)
    assert rest.ask("/incident") == []
    assert len(fetch(rest)) == 1


def test_retries_of_many_at_once(rest: ApiClient, prints: Callable[..., str]):
    prints("A")
    other = prints("B")
    ids = [task["id"] for task in fetch(rest)]
    rest.sends("/external-task/retries", {"retries": 0, "externalTaskIds": ids}, method="PUT", expect=204)
    assert rest.ask("/incident/count") == {"count": 2}
    body = {"retries": 1, "externalTaskQuery": {"processInstanceId": other}}
    rest.sends("/external-task/retries", body, method="PUT", expect=204)
    assert rest.ask("/external-task/count", noRetriesLeft="true") == {"count": 1}
    rest.refuses("/external-task/retries", {"retries": 1}, method="PUT")
    body = {"retries": 1, "externalTaskIds": ["unbekannt"]}
    rest.refuses("/external-task/retries", body, method="PUT", status=404)


def test_error_of_the_process_is_caught_by_the_model(rest: ApiClient, prints: Callable[..., str]):
    case_id = prints()
    (task,) = fetch(rest)
    body = {"workerId": "w1", "errorCode": "PAPIER", "errorMessage": "leer", "variables": {"fach": {"value": 2}}}
    rest.sends(f"/external-task/{task['id']}/bpmnError", body, expect=204)
    assert rest.ask(f"/process-instance/{case_id}/variables/fach")["value"] == 2
    assert rest.ask("/external-task") == []


def test_error_that_the_model_does_not_catch_becomes_an_incident(rest: ApiClient, prints: Callable[..., str]):
    case_id = prints()
    (task,) = fetch(rest)
    body = {"workerId": "w1", "errorCode": "FEUER", "errorMessage": "brennt", "variables": {}}
    rest.sends(f"/external-task/{task['id']}/bpmnError", body, expect=204)
    (incident,) = rest.ask("/incident", processInstanceId=case_id)
    assert (incident["activityId"], incident["incidentType"]) == (task["activityId"], "failedExternalTask")
    assert fetch(rest) == []


def test_lock_can_be_held_longer_and_given_back(rest: ApiClient, prints: Callable[..., str], clock: FrozenClock):
    prints()
    (task,) = fetch(rest)
    path = f"/external-task/{task['id']}"
    clock.advance(timedelta(seconds=30))
    rest.sends(f"{path}/extendLock", {"workerId": "w1", "newDuration": 120_000}, expect=204)
    assert rest.ask(path)["lockExpirationTime"] == "2026-11-22T11:02:30.000+0000"
    clock.advance(timedelta(minutes=3))
    rest.refuses(f"{path}/extendLock", {"workerId": "w1", "newDuration": 1000})
    rest.sends(f"{path}/lock", {"workerId": "w2", "lockDuration": 1000}, expect=204)
    assert rest.ask(path)["workerId"] == "w2"
    answered = rest.post(f"/engine-rest{path}/unlock", headers={"Content-Type": "application/json"})
    assert (answered.status_code, answered.data) == (204, b"")
    assert rest.ask(path)["workerId"] is None


def test_lists_are_narrowed_and_sorted(rest: ApiClient, prints: Callable[..., str]):
    case_id = prints("A", priority=5)
    prints("B")
    (task,) = fetch(rest, most=1)
    assert [one["businessKey"] for one in rest.ask("/external-task", sortBy="taskPriority", sortOrder="asc")] == [
        "B",
        "A",
    ]
    wanted: list[dict[str, Any]] = [
        {"locked": "true"}, {"workerId": "w1"}, {"externalTaskId": task["id"]}, {"processInstanceId": case_id},
        {"priorityHigherThanOrEquals": 5}, {"externalTaskIdIn": f"{task['id']},x"},
        {"lockExpirationAfter": "2026-11-22T11:00:00.000+0000"}, {"executionId": task["executionId"]},
    ]  # fmt: skip
    for parameters in wanted:
        assert [one["businessKey"] for one in rest.ask("/external-task", **parameters)] == ["A"], parameters
        assert rest.ask("/external-task/count", **parameters) == {"count": 1}
    assert rest.sends("/external-task", {"notLocked": True})[0]["businessKey"] == "B"
    assert rest.sends("/external-task/count", {"topicName": TOPIC, "activityIdIn": ["Drucken"]}) == {"count": 2}
    by_priority = {"sortBy": "taskPriority", "sortOrder": "desc", "firstResult": 1, "maxResults": 1}
    assert [one["businessKey"] for one in rest.ask("/external-task", **by_priority)] == ["B"]
    assert rest.ask("/external-task/topic-names") == [TOPIC]
    assert rest.ask("/external-task/topic-names", withLockedTasks="true") == [TOPIC]
    rest.sends(f"/external-task/{task['id']}/priority", {"priority": 9}, method="PUT", expect=204)
    assert rest.ask(f"/external-task/{task['id']}")["priority"] == 9


def test_suspended_work_is_not_handed_out(rest: ApiClient, prints: Callable[..., str]):
    case_id = prints()
    rest.sends(f"/process-instance/{case_id}/suspended", {"suspended": True}, method="PUT", expect=204)
    assert fetch(rest) == []
    assert rest.ask("/external-task/count", suspended="true") == {"count": 1}


@pytest.mark.parametrize(
    "body",
    [
        {"maxTasks": 1, "topics": []},
        {"workerId": "w", "topics": [{"lockDuration": 1}]},
        {"workerId": "w", "topics": [{"topicName": "x"}]},
        {"workerId": "w", "topics": [{"topicName": "x", "lockDuration": 0}]},
        {"workerId": "w", "topics": [{"topicName": "x", "lockDuration": "viel"}]},
        {"workerId": "w", "topics": "x"},
        {"workerId": "w", "topics": ["x"]},
        {"workerId": "w", "topics": [], "maxTasks": -1},
        {"workerId": "w", "topics": [], "asyncResponseTimeout": 1_800_001},
        {"workerId": "w", "topics": [], "asyncResponseTimeout": -1},
        {"workerId": 5, "topics": []},
        {"workerId": "w" * 101, "topics": []},
        {"workerId": "w", "topics": [{"topicName": "x", "lockDuration": 1}] * 101},
        {"workerId": "w", "topics": [{"topicName": "x", "lockDuration": 1, "variables": "a"}]},
        {"workerId": "w", "topics": [{"topicName": "x", "lockDuration": 1, "processVariables": []}]},
        {"workerId": "w", "topics": [], "sorting": [{"sortBy": "name", "sortOrder": "asc"}]},
    ],
)
def test_what_cannot_be_fetched_is_refused(rest: ApiClient, body: dict[str, Any]):
    rest.refuses("/external-task/fetchAndLock", body)


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("complete", {}),
        ("complete", {"workerId": "w1", "variables": {"x": {"type": "Gibtsnicht", "value": 1}}}),
        ("complete", {"workerId": "w1", "variables": []}),
        ("failure", {"workerId": "w1", "retries": -1}),
        ("failure", {"workerId": "w1", "retries": "x"}),
        ("failure", {"workerId": "w1", "errorMessage": 5}),
        ("bpmnError", {"workerId": "w1"}),
        ("extendLock", {"workerId": "w1", "newDuration": 0}),
        ("lock", {"workerId": "w1"}),
    ],
)
def test_what_cannot_be_reported_is_refused(
    rest: ApiClient, prints: Callable[..., str], act: str, body: dict[str, Any]
):
    prints()
    (task,) = fetch(rest)
    rest.refuses(f"/external-task/{task['id']}/{act}", body)
    assert rest.ask(f"/external-task/{task['id']}")["workerId"] == "w1"


def test_topic_is_what_is_granted(machine: Callable[..., ApiClient], rest: ApiClient, prints: Callable[..., str]):
    prints()
    printer, reader, stranger_ = machine(f"external-task:update:{TOPIC}"), machine("external-task:read"), machine()
    body = {"workerId": "w", "topics": [{"topicName": TOPIC, "lockDuration": 1000}]}
    for client in (reader, stranger_, machine("external-task:update:anderes")):
        assert client.refuses("/external-task/fetchAndLock", body, status=403)["resourceName"] == "external-task"
    (task,) = printer.sends("/external-task/fetchAndLock", body)
    path = f"/external-task/{task['id']}"
    assert stranger_.ask("/external-task") == stranger_.ask("/external-task/topic-names") == []
    assert len(reader.ask("/external-task")) == 1
    stranger_.refuses(path, method="GET", status=403)
    for act in ("complete", "failure", "bpmnError", "extendLock", "lock", "unlock"):
        reader.refuses(f"{path}/{act}", {"workerId": "w"}, status=403)
    for act in ("retries", "priority"):
        reader.refuses(f"{path}/{act}", {act: 1}, method="PUT", status=403)
    stranger_.refuses(f"{path}/errorDetails", method="GET", status=403)
    printer.sends(f"{path}/complete", {"workerId": "w"}, expect=204)


# -- waiting ----------------------------------------------------------------------------------------------------


class Waiter(Thread):
    """A worker that waits for work in a thread of its own."""

    def __init__(self, app: Flask, client: ApiClient, milliseconds: int) -> None:
        super().__init__(daemon=True)
        self._client, self._wait = stranger(app), milliseconds
        self._client.authorization = client.authorization
        self.found: list[dict[str, Any]] = []
        self.seconds = 0.0

    def run(self) -> None:
        began = monotonic()
        body = {"workerId": "w", "topics": [{"topicName": TOPIC, "lockDuration": 1000}]}
        self.found = self._client.sends("/external-task/fetchAndLock", {**body, "asyncResponseTimeout": self._wait})
        self.seconds = monotonic() - began


def until(holds: Callable[[], bool]) -> None:
    """Look until something holds, for a while."""
    tick = Event()
    for _ in range(500):
        if holds():
            return
        tick.wait(0.01)
    raise AssertionError("It never came to this.")


def test_worker_that_waits_is_woken_by_new_work(
    app: Flask, rest: ApiClient, platform: Platform, prints: Callable[..., str]
):
    waiter = Waiter(app, rest, 20_000)
    waiter.start()
    until(lambda: platform.waiting.taken == 1)
    prints()
    waiter.join(10)
    assert len(waiter.found) == 1
    assert waiter.seconds < 10
    assert platform.waiting.taken == 0


def test_worker_that_waits_in_vain_gets_nothing_in_time(app: Flask, rest: ApiClient, prints: Callable[..., str]):
    waiter = Waiter(app, rest, 300)
    waiter.start()
    waiter.join(10)
    assert waiter.found == []
    assert 0.3 <= waiter.seconds < 5


def test_no_more_wait_than_there_are_seats(make_app: Callable[..., Flask], machine: Callable[..., ApiClient]):
    app = make_app(external_waits=1)
    town: Platform = app.extensions["amtsfluss"]
    client = machine("external-task:update")
    first, second = Waiter(app, client, 20_000), Waiter(app, client, 20_000)
    first.start()
    until(lambda: town.waiting.taken == 1)
    second.start()
    second.join(10)
    assert second.found == []
    assert second.seconds < 5
    town.waiting.close()
    first.join(10)
    assert (first.found, first.is_alive()) == ([], False)
