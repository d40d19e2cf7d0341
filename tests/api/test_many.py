# SPDX-License-Identifier: EUPL-1.2
"""What is done to many instances or jobs in a batch, and beginning ended instances again."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import ApiClient
from web.bootstrap import Platform


@pytest.fixture
def begins(rest: ApiClient, publish: Callable[..., None]) -> Callable[..., list[str]]:
    """Begin so many cases of a model; their ids."""

    def make(number: int, key: str = "antwort", **values: Any) -> list[str]:
        publish(key)
        given = {"variables": {name: {"value": value} for name, value in values.items()}, "businessKey": "BK"}
        return [rest.sends(f"/process-definition/key/{key}/start", given)["id"] for _ in range(number)]

    return make


@pytest.fixture
def done(rest: ApiClient, platform: Platform) -> Callable[..., dict[str, Any]]:
    """Ask for a batch, and let the worker do it; the batch in the history."""

    def make(path: str, body: dict[str, Any]) -> dict[str, Any]:
        made = rest.sends(path, body)
        platform.worker.run_until_idle()
        found: dict[str, Any] = rest.ask(f"/history/batch/{made['id']}")
        assert (found["type"], found["totalJobs"]) == (made["type"], made["totalJobs"])
        return found

    return make


Done = Callable[..., dict[str, Any]]
Begins = Callable[..., list[str]]


def test_many_are_held_and_let_go(rest: ApiClient, begins: Begins, done: Done):
    first, second = begins(2)
    batch = done("/process-instance/suspended-async", {"suspended": True, "processInstanceIds": [first, second]})
    assert batch["type"] == "instance-update-suspension-state"
    assert rest.ask("/process-instance/count", suspended="true") == {"count": 2}
    past = {"suspended": False, "historicProcessInstanceQuery": {"processInstanceIds": [first]}}
    assert done("/process-instance/suspended-async", past)["endTime"]
    assert [one["id"] for one in rest.ask("/process-instance", suspended="true")] == [second]


def test_variables_of_many_are_set_with_their_types(rest: ApiClient, begins: Begins, done: Done):
    cases = begins(2)
    variables = {"zahl": {"type": "Long", "value": 5}, "tag": {"type": "Date", "value": "2026-01-02T03:04:05"}}
    query = {"processInstanceQuery": {"processDefinitionKey": "antwort"}, "variables": variables}
    assert done("/process-instance/variables-async", query)["type"] == "set-variables"
    for case in cases:
        assert rest.ask(f"/process-instance/{case}/variables/zahl")["type"] == "Long"
    rest.refuses("/process-instance/variables-async", {"processInstanceIds": cases})
    file = {"a": {"type": "File", "value": "eA==", "valueInfo": {"filename": "a.txt"}}}
    rest.refuses("/process-instance/variables-async", {"processInstanceIds": cases, "variables": file})


def test_message_reaches_many(rest: ApiClient, begins: Begins, done: Done):
    cases = begins(2)
    told = {"messageName": "antwort", "processInstanceIds": cases, "variables": {"x": {"value": 1}}}
    assert done("/process-instance/message-async", told)["type"] == "correlate-message"
    assert rest.ask("/process-instance/count") == {"count": 0}
    assert len(rest.ask("/history/variable-instance", variableName="x")) == 2


def test_instances_are_ended_by_a_query_of_the_history(rest: ApiClient, begins: Begins, done: Done):
    begins(2)
    query = {"historicProcessInstanceQuery": {"processDefinitionKey": "antwort"}, "deleteReason": "Irrtum"}
    assert done("/process-instance/delete-historic-query-based", query)["type"] == "instance-deletion"
    assert {one["deleteReason"] for one in rest.ask("/history/process-instance")} == {"Irrtum"}
    rest.refuses("/process-instance/delete-historic-query-based", query)


def test_failed_jobs_of_many_are_tried_again(rest: ApiClient, platform: Platform, begins: Begins, done: Done):
    cases = begins(2, "frist", zahl=1, dauer="P1D")
    platform.worker.run_until_idle()  # Timers are left, of the day after.
    jobs = [rest.ask("/job", processInstanceId=case)[0]["id"] for case in cases]
    assert done("/job/retries", {"retries": 0, "jobIds": jobs})["type"] == "set-job-retries"
    assert rest.ask("/incident/count", incidentType="failedJob") == {"count": 2}
    due = "2030-01-01T00:00:00.000+0000"
    again = {"retries": 4, "jobQuery": {"noRetriesLeft": True}, "dueDate": due}
    done("/job/retries", again)
    assert {(one["retries"], one["dueDate"]) for one in rest.ask("/job")} == {(4, due)}
    assert rest.ask("/incident/count") == {"count": 0}
    of_instances = {"retries": 2, "processInstances": cases[:1]}
    done("/process-instance/job-retries", of_instances)
    assert sorted(one["retries"] for one in rest.ask("/job")) == [2, 4]
    past = {"retries": 3, "historicProcessInstanceQuery": {"processInstanceIds": cases}}
    done("/process-instance/job-retries-historic-query-based", past)
    assert {one["retries"] for one in rest.ask("/job")} == {3}
    for wrong in ({"jobIds": jobs}, {"retries": 1}, {"retries": 1, "jobIds": ["x"]}, {"retries": -1, "jobIds": jobs}):
        rest.refuses("/job/retries", wrong)


def test_failed_external_tasks_are_handed_out_again(rest: ApiClient, begins: Begins, done: Done):
    cases = begins(2, "druck", seiten=1, dringend=0)
    tasks = [rest.ask("/external-task", processInstanceId=case)[0]["id"] for case in cases]
    batch = done("/external-task/retries-async", {"retries": 0, "externalTaskIds": tasks})
    assert batch["type"] == "set-external-task-retries"
    assert rest.ask("/incident/count", incidentType="failedExternalTask") == {"count": 2}
    done("/external-task/retries-async", {"retries": 3, "externalTaskQuery": {"noRetriesLeft": True}})
    assert {one["retries"] for one in rest.ask("/external-task")} == {3}
    done("/external-task/retries-async", {"retries": 5, "processInstanceIds": cases[:1]})
    assert sorted(one["retries"] for one in rest.ask("/external-task")) == [3, 5]
    for wrong in ({"externalTaskIds": tasks}, {"retries": 1, "externalTaskIds": ["x"]}, {"retries": 1}):
        rest.refuses("/external-task/retries-async", wrong)


def test_many_that_have_ended_are_forgotten_and_those_that_go_on_are_failures(
    rest: ApiClient, begins: Begins, done: Done
):
    ended, other, active = begins(3)
    for case in (ended, other):
        rest.sends(f"/process-instance/{case}", method="DELETE", expect=204)
    batch = done("/history/process-instance/delete", {"historicProcessInstanceIds": [ended, active]})
    assert batch["type"] == "historic-instance-deletion"
    assert [one["processInstanceId"] for one in batch["failures"]] == [active]
    assert {one["id"] for one in rest.ask("/history/process-instance")} == {other, active}
    query = {"historicProcessInstanceQuery": {"finished": True}}
    done("/history/process-instance/delete", query)
    assert [one["id"] for one in rest.ask("/history/process-instance")] == [active]
    rest.refuses("/history/process-instance/delete", {"historicProcessInstanceIds": [ended]})
    rest.refuses("/history/process-instance/delete", {"historicProcessInstanceIds": [ended], "failIfNotExists": False})


@pytest.mark.parametrize(
    ("path", "body", "grants"),
    [
        ("/process-instance/suspended-async", {"suspended": True}, ["process-instance:update:antwort"]),
        ("/process-instance/variables-async", {"variables": {"x": {"value": 1}}}, ["process-instance:update:antwort"]),
        ("/process-instance/message-async", {"messageName": "antwort"}, ["process-instance:update", "message:create"]),
        ("/history/process-instance/delete", {}, ["history:delete:antwort"]),
    ],
)
def test_batches_need_a_grant_for_each_instance_and_for_the_batch(
    machine: Callable[..., ApiClient], begins: Begins, path: str, body: dict[str, Any], grants: list[str]
):
    cases = begins(1)
    sent = {**body, "processInstanceIds": cases, "historicProcessInstanceIds": cases}
    for lacking in (["batch:create"], grants, [*grants, "batch:create:anderes"]):
        machine(*lacking).refuses(path, sent, status=403)
    machine(*grants, "batch:create:antwort").sends(path, sent)


# -- beginning again -----------------------------------------------------------------------------------------------


def ended(rest: ApiClient, case: str) -> str:
    rest.sends(f"/process-instance/{case}/variables/zahl", {"value": 7, "type": "Long"}, method="PUT", expect=204)
    rest.sends(f"/process-instance/{case}", method="DELETE", expect=204)
    return case


def variable(rest: ApiClient, name: str) -> Any:
    (case,) = rest.ask("/process-instance")
    return rest.ask(f"/process-instance/{case['id']}/variables/{name}")


def test_ended_instance_begins_again_where_it_is_told(rest: ApiClient, begins: Begins):
    file = {"value": "aGFsbG8=", "type": "File", "valueInfo": {"filename": "a.txt"}}
    (case,) = begins(1, zahl=1)
    rest.sends(f"/process-instance/{case}/variables/datei", file, method="PUT", expect=204)
    ended(rest, case)
    definition = rest.ask("/process-definition/key/antwort")["id"]
    at = {"instructions": [{"type": "startBeforeActivity", "activityId": "Melden"}], "processInstanceIds": [case]}
    rest.sends(f"/process-definition/{definition}/restart", at, expect=204)
    (task,) = rest.ask("/task")
    assert task["taskDefinitionKey"] == "Melden"
    again = rest.ask("/process-instance")[0]
    assert (again["businessKey"], variable(rest, "zahl")["type"]) == ("BK", "Long")
    rest.sends(f"/history/process-instance/{case}", method="DELETE", expect=204)
    content = rest.get(f"/engine-rest/process-instance/{again['id']}/variables/datei/data")
    assert content.data == base64.b64decode("aGFsbG8=")


def test_ended_instance_begins_again_as_it_once_began(rest: ApiClient, begins: Begins, done: Done):
    (case,) = begins(1, zahl=1)
    ended(rest, case)
    definition = rest.ask("/process-definition/key/antwort")["id"]
    at = {
        "instructions": [{"type": "startAfterActivity", "activityId": "Beginn"}],
        "historicProcessInstanceQuery": {"finished": True},
        "initialVariables": True,
        "withoutBusinessKey": True,
    }
    assert done(f"/process-definition/{definition}/restart-async", at)["type"] == "instance-restart"
    assert variable(rest, "zahl") == {"type": "Integer", "value": 1, "valueInfo": {}}
    assert rest.ask("/process-instance")[0]["businessKey"] is None


def test_what_cannot_begin_again_is_refused(rest: ApiClient, machine: Callable[..., ApiClient], begins: Begins):
    (active,), (foreign,) = begins(1), begins(1, "druck", seiten=1, dringend=0)
    path = f"/process-definition/{rest.ask('/process-definition/key/antwort')['id']}/restart"
    begin = {"instructions": [{"type": "startBeforeActivity", "activityId": "Antwort"}]}
    for wrong in ([active], [foreign], ["x"], []):
        rest.refuses(path, {**begin, "processInstanceIds": wrong})
    rest.refuses(path, {"processInstanceIds": [active]})
    ended(rest, active)
    sent = {**begin, "processInstanceIds": [active]}
    rest.refuses(path, {**sent, "skipIoMappings": True})
    machine("history:read:antwort").refuses(path, sent, status=403)
    machine("process-instance:create:antwort").refuses(path, sent, status=403)
    machine("process-instance:create:antwort", "history:read:antwort").sends(path, sent, expect=204)
    assert rest.ask("/process-instance/count", processDefinitionKey="antwort") == {"count": 1}


# -- forgetting variables --------------------------------------------------------------------------------------------


def test_variables_of_an_ended_instance_are_forgotten_with_their_values(rest: ApiClient, begins: Begins):
    file = {"value": "eA==", "type": "File", "valueInfo": {"filename": "a.txt"}}
    (case,) = begins(1, zahl=1, geheim="x")
    rest.sends(f"/process-instance/{case}/variables/datei", file, method="PUT", expect=204)
    (one,) = rest.ask("/history/variable-instance", processInstanceId=case, variableName="geheim")
    path = f"/history/variable-instance/{one['id']}"
    assert "still running" in rest.refuses(path, method="DELETE")["message"]
    rest.refuses(f"/history/process-instance/{case}/variable-instances", method="DELETE")
    ended(rest, case)
    rest.sends(path, method="DELETE", expect=204)
    rest.refuses(path, method="DELETE", status=404)
    assert {each["variableName"] for each in rest.ask("/history/detail", processInstanceId=case)} == {"zahl", "datei"}
    rest.sends(f"/history/process-instance/{case}/variable-instances", method="DELETE", expect=204)
    assert rest.ask("/history/variable-instance", processInstanceId=case) == []
    assert rest.ask("/history/detail", processInstanceId=case) == []
    assert rest.ask(f"/history/process-instance/{case}")["state"] == "EXTERNALLY_TERMINATED"


def test_whoever_may_only_read_the_history_forgets_nothing(
    rest: ApiClient, machine: Callable[..., ApiClient], begins: Begins
):
    (case,) = begins(1, zahl=1)
    ended(rest, case)
    reader = machine("history:read")
    (one,) = reader.ask("/history/variable-instance", processInstanceId=case)
    reader.refuses(f"/history/variable-instance/{one['id']}", method="DELETE", status=403)
    reader.refuses(f"/history/process-instance/{case}/variable-instances", method="DELETE", status=403)
