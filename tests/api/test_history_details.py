# SPDX-License-Identifier: EUPL-1.2
"""The details of the past: variables and how they changed, jobs, external work, decisions, incidents, who did what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.cases import change_variables
from engine.chronicle import LONGEST_VALUE
from engine.clock import FrozenClock
from engine.db import unit_of_work
from engine.identity import SYSTEM
from tests.api.client import ApiClient
from tests.api.test_history import Round
from web.bootstrap import Platform


@pytest.fixture
def runde(rest: ApiClient, publish: Callable[..., None], clock: FrozenClock) -> Callable[..., Round]:
    publish("runde/runde", "antrag")
    return lambda **variables: Round(rest, clock, **variables)


def names(found: list[dict[str, Any]], key: str = "name") -> list[str]:
    return [each[key] for each in found]


# -- variables -----------------------------------------------------------------------------------------------------


def test_variables_of_running_and_ended_instances(rest: ApiClient, runde: Callable[..., Round], clock: FrozenClock):
    case = runde()
    path = "/history/variable-instance"
    running = rest.ask(path, processInstanceId=case.id)
    assert {"menge", "stufe", "wer", "nrOfInstances", "person", "loopCounter"} <= set(names(running))
    menge = next(each for each in running if each["name"] == "menge")
    assert (menge["type"], menge["value"], menge["state"]) == ("Integer", 12, "CREATED")
    assert (menge["executionId"], menge["activityInstanceId"]) == (case.id, case.id)
    assert menge["createTime"] == "2026-11-22T11:00:00.000+0000"
    assert rest.ask(f"{path}/{menge['id']}") == menge
    person = next(each for each in running if each["name"] == "person")
    assert person["activityInstanceId"] == f"Jeder:{person['executionId']}"
    assert rest.ask(f"{path}/{person['id']}") == person
    case.reviews().prints().ends()
    ended = rest.ask(path, processInstanceId=case.id)
    own = [each for each in ended if each["executionId"] == case.id]
    assert names(own) == ["menge", "ok", "stufe", "wer"]
    assert own[1]["createTime"] == "2026-11-22T12:00:00.000+0000"
    told = rest.ask(f"{path}/{person['id']}")
    assert told["removalTime"] is not None
    assert told | {"removalTime": None} == person
    for gone in (f"{path}/x", f"{path}/x:y:z"):
        rest.refuses(gone, method="GET", status=404)


def test_each_criterion_finds_variables(rest: ApiClient, runde: Callable[..., Round]):
    case = runde().reviews().prints().ends()
    path = "/history/variable-instance"

    def found(**query: Any) -> list[str]:
        if "maxResults" not in query:
            assert rest.ask(f"{path}/count", **query) == {"count": len(rest.ask(path, **query))}
        return names(rest.ask(path, **query))

    assert found(variableName="menge") == ["menge"]
    assert found(variableName="menge", variableValue="12") == []
    assert found(variableNameLike="m%") == ["menge"]
    assert found(variableNameIn="ok,wer") == ["ok", "wer"]
    assert found(variableTypeIn="boolean") == ["ok"]
    assert found(executionIdIn=case.id) == ["menge", "ok", "stufe", "wer"]
    assert found(activityInstanceIdIn=f"Jeder:{case.id}") == ["menge", "ok", "stufe", "wer"]
    assert found(processDefinitionKey="antrag") == found(taskIdIn="x") == found(processInstanceIdIn="x") == []
    assert found(variableValues="menge_gt_11") == ["menge"]
    assert found(sortBy="variableName", sortOrder="desc", processInstanceId=case.id)[0] == "wer"
    part = found(sortBy="instanceId", sortOrder="asc", firstResult=1, maxResults=2, processInstanceId=case.id)
    assert part == ["loopCounter", "menge"]
    asked = rest.sends(path, {"variableName": "menge", "variableValue": 12})
    assert names(asked) == ["menge"]
    text = rest.ask(path, variableName="wer", deserializeValues="false")[0]["value"]
    assert text == '["a","b"]'
    rest.refuses(path, {"variableValue": 12})


def test_file_of_an_ended_instance_is_fetched(rest: ApiClient, publish: Callable[..., None]):
    publish("antrag")
    file = {"value": "SGFsbG8=", "type": "File", "valueInfo": {"filename": "a.txt", "mimetype": "text/plain"}}
    case = rest.sends("/process-definition/key/antrag/start", {"variables": {"brief": file}})
    (task,) = rest.ask("/task")
    rest.sends(f"/task/{task['id']}/complete", {}, expect=204)
    (found,) = rest.ask("/history/variable-instance", processInstanceId=case["id"])
    assert (found["type"], found["value"]) == ("File", None)
    assert rest.get(f"/engine-rest/history/variable-instance/{found['id']}/data").data == b"Hallo"


def test_each_change_of_a_variable_is_told(rest: ApiClient, runde: Callable[..., Round], clock: FrozenClock):
    case = runde()
    clock.advance(timedelta(minutes=1))
    path = f"/process-instance/{case.id}/variables"
    rest.sends(f"{path}/menge", {"value": 13, "type": "Integer"}, method="PUT", expect=204)
    rest.sends(f"{path}/menge", method="DELETE", expect=204)
    changes = rest.ask("/history/detail", processInstanceId=case.id, variableNameLike="menge")
    assert [(each["value"], each["initial"], each["time"][14:16]) for each in changes] == [
        (12, True, "00"),
        (13, False, "01"),
    ]
    first = changes[0]
    assert (first["type"], first["variableType"], first["activityInstanceId"]) == ("variableUpdate", "Integer", case.id)
    assert rest.ask(f"/history/detail/{first['id']}") == first
    assert rest.ask("/history/detail", variableInstanceId=first["variableInstanceId"]) == changes
    counter = rest.ask("/history/detail", variableNameLike="nrOf%", maxResults=1)[0]
    assert (counter["activityInstanceId"].partition(":")[0], counter["taskId"]) == ("Jeder#multiInstanceBody", None)
    assert rest.ask("/history/detail", activityInstanceId=counter["activityInstanceId"])[0] == counter
    assert rest.ask("/history/detail", formFields="true") == []
    assert rest.ask("/history/detail/count", variableUpdates="true", occurredAfter="2026-11-22T11:01:00.000Z") == {
        "count": 1
    }
    assert rest.ask("/history/detail/count", initial="true") == {"count": 2}
    for by in ("processInstanceId", "variableName", "variableRevision", "time", "tenantId"):
        assert rest.ask("/history/detail", sortBy=by, sortOrder="desc")
    rest.refuses("/history/detail/0", method="GET", status=404)


def test_what_is_set_and_removed_in_one_step_leaves_nothing(rest: ApiClient, publish: Callable[..., None]):
    publish("antrag")
    passing = {"nur": {"value": 1, "valueInfo": {"transient": True}}, "bleibt": {"value": 2}}
    rest.sends("/process-definition/key/antrag/start", {"variables": passing})
    assert names(rest.ask("/history/detail"), "variableName") == ["bleibt"]


def test_long_values_are_not_kept_twice(rest: ApiClient, publish: Callable[..., None], platform: Platform):
    publish("antrag")
    case = rest.sends("/process-definition/key/antrag/start", {})
    with unit_of_work(platform.db) as session:
        change_variables(session, platform.services, case["id"], {"lang": "x" * (LONGEST_VALUE + 1)}, SYSTEM)
    (change,) = rest.ask("/history/detail")
    assert (change["value"], "too long" in change["errorMessage"]) == (None, True)


# -- jobs and external work ----------------------------------------------------------------------------------------


def ends(lines: list[dict[str, Any]]) -> list[str]:
    kinds = ("creationLog", "failureLog", "successLog", "deletionLog")
    return [kind for line in lines for kind in kinds if line[kind]]


def test_jobs_from_creation_to_success_or_deletion(
    rest: ApiClient, runde: Callable[..., Round], clock: FrozenClock, platform: Platform
):
    kept = runde().reviews()
    log = rest.ask("/history/job-log", processInstanceId=kept.id)
    assert ends(log) == ["creationLog", "deletionLog"]
    late = runde()
    clock.advance(timedelta(days=15))
    platform.worker.run_until_idle()
    log = rest.ask("/history/job-log", processInstanceId=late.id)
    assert ends(log) == ["creationLog", "successLog"]
    assert (log[0]["activityId"], log[0]["jobDefinitionType"]) == ("Frist", "timer")
    assert log[0]["jobDueDate"] == "2026-12-06T12:00:00.000+0000"
    assert rest.ask(f"/history/job-log/{log[0]['id']}") == log[0]
    for query in (
        {"jobId": log[0]["jobId"]},
        {"activityIdIn": "Frist", "processInstanceId": late.id},
        {"jobDefinitionType": "timer", "processInstanceId": late.id},
        {"jobDefinitionId": log[0]["jobDefinitionId"], "processInstanceId": late.id},
        {"executionIdIn": log[0]["executionId"]},
        {"jobPriorityHigherThanOrEquals": "0", "processInstanceId": late.id},
    ):
        assert rest.ask("/history/job-log", **query) == log, query
    assert rest.ask("/history/job-log/count", deletionLog="true") == {"count": 1}
    assert rest.ask("/history/job-log/count", failureLog="true") == {"count": 0}
    assert rest.ask("/history/job-log/count", jobDefinitionType="message") == {"count": 0}
    for by in ("timestamp", "jobDueDate", "jobRetries", "jobPriority", "activityId", "occurrence", "hostname"):
        assert len(rest.ask("/history/job-log", sortBy=by, sortOrder="desc")) == 4
    rest.refuses("/history/job-log/0", method="GET", status=404)


def test_failing_job_and_its_incident(
    rest: ApiClient, publish: Callable[..., None], clock: FrozenClock, platform: Platform
):
    publish("stolpern")
    case = rest.sends("/process-definition/key/stolpern/start", {})
    for _ in range(3):
        platform.worker.run_until_idle()
        clock.advance(timedelta(days=1))
    failures = rest.ask("/history/job-log", failureLog="true", processInstanceId=case["id"])
    assert [line["jobRetries"] for line in failures] == [1, 0]
    assert failures[0]["jobDefinitionType"] == "async-continuation"
    assert failures[0]["failedActivityId"] == "Stolpern"
    assert failures[0]["jobExceptionMessage"]
    assert rest.get(f"/engine-rest/history/job-log/{failures[0]['id']}/stacktrace").mimetype == "text/plain"
    (incident,) = rest.ask("/history/incident", processInstanceId=case["id"])
    assert (incident["incidentType"], incident["open"], incident["resolved"]) == ("failedJob", True, False)
    assert incident["activityId"] == "Stolpern"
    for name, value in {
        "incidentId": incident["id"],
        "incidentType": "failedJob",
        "open": "true",
        "activityId": "Stolpern",
        "configuration": incident["configuration"],
        "createTimeAfter": incident["createTime"],
        "processDefinitionKey": "stolpern",
        "incidentMessageLike": "%",
    }.items():
        assert rest.ask("/history/incident", **{name: value}) == [incident], name
        assert rest.ask("/history/incident/count", **{name: value}) == {"count": 1}
    assert rest.ask("/history/incident", resolved="true") == rest.ask("/history/incident", deleted="true") == []
    assert rest.ask("/history/process-instance/count", withIncidents="true") == {"count": 1}
    rest.sends(f"/process-instance/{case['id']}/variables/teiler", {"value": 2}, method="PUT", expect=204)
    rest.sends(f"/job/{incident['configuration']}/retries", {"retries": 1}, method="PUT", expect=204)
    platform.worker.run_until_idle()
    (settled,) = rest.ask("/history/incident", sortBy="createTime", sortOrder="desc")
    assert (settled["open"], settled["resolved"], bool(settled["endTime"])) == (False, True, True)
    assert ends(rest.ask("/history/job-log", processInstanceId=case["id"])) == [
        "creationLog",
        "failureLog",
        "failureLog",
        "successLog",
    ]


def test_external_work_from_creation_to_success(rest: ApiClient, runde: Callable[..., Round]):
    runde().reviews().prints("Papier fehlt", "Papierstau")
    log = rest.ask("/history/external-task-log")
    assert ends(log) == ["creationLog", "failureLog", "failureLog", "successLog"]
    assert [line["errorMessage"] for line in log] == [None, "Papierstau", "Papier fehlt", None]
    assert [line["retries"] for line in log] == [None, 1, 2, 2]
    assert [line["workerId"] for line in log] == [None, "w", "w", "w"]
    assert {line["topicName"] for line in log} == {"drucken"}
    failure = log[1]
    assert rest.ask(f"/history/external-task-log/{failure['id']}") == failure
    assert rest.get(f"/engine-rest/history/external-task-log/{failure['id']}/error-details").text == "Papierstau"
    for name, value, number in (
        ("externalTaskId", failure["externalTaskId"], 4),
        ("topicName", "drucken", 4),
        ("workerId", "w", 3),
        ("errorMessage", "Papierstau", 1),
        ("activityIdIn", "Werk", 4),
        ("failureLog", "true", 2),
        ("successLog", "true", 1),
        ("priorityLowerThanOrEquals", "0", 4),
        ("priorityHigherThanOrEquals", "1", 0),
    ):
        assert rest.ask("/history/external-task-log/count", **{name: value}) == {"count": number}, name
    assert len(rest.ask("/history/external-task-log", sortBy="retries", sortOrder="asc")) == 4


# -- decisions -----------------------------------------------------------------------------------------------------


def test_decision_with_what_it_was_given_and_what_it_gave(rest: ApiClient, runde: Callable[..., Round]):
    case = runde()
    path = "/history/decision-instance"
    (bare,) = rest.ask(path)
    assert (bare["decisionDefinitionKey"], bare["decisionDefinitionName"]) == ("stufe", "Stufe")
    assert (bare["inputs"], bare["outputs"]) == (None, None)
    assert (bare["activityId"], bare["processInstanceId"]) == ("Rechnen", case.id)
    (deployed,) = rest.ask("/decision-definition", key="stufe", latestVersion="true")
    assert bare["decisionRequirementsDefinitionKey"] == "stufen"
    (whole,) = rest.ask(path, includeInputs="true", includeOutputs="true")
    (given,), (gave,) = whole["inputs"], whole["outputs"]
    assert (given["clauseName"], given["type"], given["value"]) == ("Menge", "Integer", 12)
    assert (gave["variableName"], gave["value"], gave["ruleId"], gave["ruleOrder"]) == ("stufe", 2, "gross", 2)
    assert rest.ask(f"{path}/{bare['id']}", includeInputs="true", includeOutputs="true") == whole
    for name, value in {
        "decisionInstanceId": bare["id"],
        "decisionInstanceIdIn": bare["id"],
        "decisionDefinitionId": bare["decisionDefinitionId"],
        "decisionDefinitionIdIn": bare["decisionDefinitionId"],
        "decisionDefinitionKey": "stufe",
        "decisionDefinitionKeyIn": "stufe,x",
        "decisionDefinitionName": "Stufe",
        "decisionDefinitionNameLike": "St%",
        "processInstanceId": case.id,
        "activityIdIn": "Rechnen",
        "activityInstanceIdIn": bare["activityInstanceId"],
        "evaluatedBefore": bare["evaluationTime"],
        "evaluatedAfter": bare["evaluationTime"],
    }.items():
        assert rest.ask(path, **{name: value}) == [bare], name
        assert rest.ask(f"{path}/count", **{name: value}) == {"count": 1}
    for name in ("decisionDefinitionId", "decisionInstanceId", "userId", "decisionDefinitionKey"):
        assert rest.ask(path, **{name: "x"}) == [], name
    assert rest.ask(path, sortBy="evaluationTime", sortOrder="desc") == [bare]
    assert deployed["key"] == bare["decisionDefinitionId"].partition(":")[0]
    rest.refuses(f"{path}/0", method="GET", status=404)


# -- who did what --------------------------------------------------------------------------------------------------


def test_acts_name_the_account_and_what_it_changed(rest: ApiClient, runde: Callable[..., Round]):
    case = runde()
    task = rest.ask("/task")[0]
    rest.sends(f"/task/{task['id']}/claim", {"userId": "anna"}, expect=204)
    rest.sends(f"/process-instance/{case.id}/suspended", {"suspended": True}, method="PUT", expect=204)
    rest.sends(f"/process-instance/{case.id}/suspended", {"suspended": False}, method="PUT", expect=204)
    rest.sends(f"/process-instance/{case.id}/variables/x", {"value": 1}, method="PUT", expect=204)
    rest.sends(f"/task/{task['id']}/complete", {}, expect=204)
    path = "/history/user-operation"
    acts = rest.ask(path)
    assert [(each["operationType"], each["entityType"], each["newValue"]) for each in acts] == [
        ("Create", "ProcessInstance", None),
        ("Claim", "Task", "anna"),
        ("Suspend", "ProcessInstance", "suspended"),
        ("Activate", "ProcessInstance", "active"),
        ("SetVariable", "Variable", "x"),
        ("Complete", "Task", None),
    ]
    assert {each["userId"] for each in acts} == {"demo-rest"}
    for name, value, number in (
        ("operationType", "Claim", 1),
        ("entityType", "Task", 2),
        ("entityTypeIn", "Task,Variable", 3),
        ("userId", "demo-rest", 6),
        ("userId", "anna", 0),
        ("taskId", task["id"], 2),
        ("processInstanceId", case.id, 6),
        ("operationId", acts[0]["operationId"], 1),
        ("afterTimestamp", "2027-01-01", 0),
        ("operationType", "Fly", 0),
    ):
        assert rest.ask(f"{path}/count", **{name: value}) == {"count": number}, (name, value)
    assert rest.ask(path, sortBy="timestamp", sortOrder="desc", maxResults=1)[0]["operationType"] == "Create"


def test_nothing_is_cleaned_up_behind_anybodys_back(rest: ApiClient):
    assert rest.ask("/history/cleanup/configuration")["enabled"] is False
    assert rest.ask("/history/cleanup/jobs") == []
    rest.refuses("/history/cleanup/job", method="GET", status=404)
    rest.refuses("/history/cleanup", {})
