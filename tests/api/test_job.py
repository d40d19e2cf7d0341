# SPDX-License-Identifier: EUPL-1.2
"""Jobs, their definitions, and incidents, as operators' tools see and change them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.clock import FrozenClock
from tests.api.client import ApiClient
from web.bootstrap import Platform


@pytest.fixture
def reckons(rest: ApiClient, publish: Callable[..., None]) -> Callable[..., str]:
    """Begin a case that reckons after the commit and then waits a while; its id."""
    publish("frist")

    def make(zahl: int = 4, dauer: str = "P3D") -> str:
        body = {"variables": {"zahl": {"value": zahl}, "dauer": {"value": dauer}}}
        started: str = rest.sends("/process-definition/key/frist/start", body)["id"]
        return started

    return make


def test_job_is_described(rest: ApiClient, reckons: Callable[..., str]):
    case_id = reckons()
    (job,) = rest.ask("/job")
    assert job == {
        "id": job["id"],
        "jobDefinitionId": job["jobDefinitionId"],
        "dueDate": "2026-11-22T11:00:00.000+0000",
        "processInstanceId": case_id,
        "processDefinitionId": job["processDefinitionId"],
        "processDefinitionKey": "frist",
        "executionId": job["id"],
        "retries": 2,
        "exceptionMessage": None,
        "failedActivityId": None,
        "suspended": False,
        "priority": 7,
        "tenantId": None,
        "createTime": "2026-11-22T11:00:00.000+0000",
        "batchId": None,
    }
    assert rest.ask(f"/job/{job['id']}") == job
    definition = rest.ask(f"/job-definition/{job['jobDefinitionId']}")
    assert (definition["activityId"], definition["jobType"]) == ("Rechnen", "async-continuation")
    rest.refuses("/job/unbekannt", method="GET", status=404)


def test_job_is_run_at_once(rest: ApiClient, reckons: Callable[..., str]):
    case_id = reckons()
    (job,) = rest.ask("/job")
    rest.sends(f"/job/{job['id']}/execute", expect=204)
    assert rest.ask(f"/process-instance/{case_id}/variables/halb")["value"] == 2
    rest.refuses(f"/job/{job['id']}/execute", status=404)
    # A timer is run before its time.
    (timer,) = rest.ask("/job", timers="true")
    assert timer["dueDate"] == "2026-11-25T11:00:00.000+0000"
    rest.sends(f"/job/{timer['id']}/execute", expect=204)
    assert rest.ask("/task/count", processInstanceId=case_id) == {"count": 1}


def test_failing_job_tells_why_and_becomes_an_incident(rest: ApiClient, reckons: Callable[..., str]):
    case_id = reckons(zahl=-4)
    (job,) = rest.ask("/job")
    envelope = rest.refuses(f"/job/{job['id']}/execute", status=500)
    assert "ScriptFailed" in envelope["message"]
    assert rest.ask(f"/job/{job['id']}")["retries"] == 1
    rest.refuses(f"/job/{job['id']}/execute", status=500)
    failed = rest.ask(f"/job/{job['id']}")
    assert (failed["retries"], failed["failedActivityId"]) == (0, "Rechnen")
    assert failed["exceptionMessage"].startswith("ScriptFailed")
    assert rest.get(f"/engine-rest/job/{job['id']}/stacktrace").text.startswith("Rechnen: ScriptFailed")
    (incident,) = rest.ask("/incident", incidentType="failedJob")
    assert (incident["configuration"], incident["processInstanceId"]) == (job["id"], case_id)
    # Also a job that has been given up can be run by hand, and fails again without a second incident.
    rest.refuses(f"/job/{job['id']}/execute", status=500)
    assert rest.ask("/incident/count") == {"count": 1}
    rest.sends(f"/process-instance/{case_id}/variables/zahl", {"value": 8}, method="PUT", expect=204)
    rest.sends(f"/job/{job['id']}/retries", {"retries": 3}, method="PUT", expect=204)
    assert rest.ask(f"/job/{job['id']}")["retries"] == 3
    assert rest.ask("/incident") == []
    rest.sends(f"/job/{job['id']}/execute", expect=204)


def test_retries_are_given_and_taken(rest: ApiClient, platform: Platform, reckons: Callable[..., str]):
    reckons()
    (job,) = rest.ask("/job")
    rest.sends(f"/job/{job['id']}/retries", {"retries": 0}, method="PUT", expect=204)
    assert platform.worker.run_until_idle() == 0
    assert rest.ask("/job/count", noRetriesLeft="true") == rest.ask("/incident/count") == {"count": 1}
    path = f"/job-definition/{job['jobDefinitionId']}/retries"
    rest.sends(path, {"retries": 1}, method="PUT", expect=204)
    assert rest.ask("/incident") == []
    assert platform.worker.run_until_idle() == 1
    for body in ({}, {"retries": -1}, {"retries": "x"}):
        rest.refuses(f"/job/{rest.ask('/job')[0]['id']}/retries", body, method="PUT")


def test_timer_is_moved_and_reckoned_anew(
    rest: ApiClient, platform: Platform, clock: FrozenClock, reckons: Callable[..., str]
):
    case_id = reckons()
    platform.worker.run_until_idle()
    (job,) = rest.ask("/job")
    path = f"/job/{job['id']}/duedate"
    rest.sends(path, {"duedate": "2026-12-24T18:00:00.000+0100"}, method="PUT", expect=204)
    assert rest.ask(f"/job/{job['id']}")["dueDate"] == "2026-12-24T17:00:00.000+0000"
    clock.advance(timedelta(days=1))
    rest.sends(f"/process-instance/{case_id}/variables/dauer", {"value": "P5D"}, method="PUT", expect=204)
    rest.sends(f"{path}/recalculate", expect=204)
    assert rest.ask(f"/job/{job['id']}")["dueDate"] == "2026-11-27T11:00:00.000+0000"
    rest.sends(f"{path}/recalculate?creationDateBased=false", expect=204)
    assert rest.ask(f"/job/{job['id']}")["dueDate"] == "2026-11-28T11:00:00.000+0000"
    rest.sends(path, {"duedate": None}, method="PUT", expect=204)
    assert platform.worker.run_until_idle() == 1
    reckons()
    (job,) = rest.ask("/job")
    rest.refuses(f"/job/{job['id']}/duedate/recalculate")
    rest.refuses(f"/job/{job['id']}/duedate", {"duedate": "morgen"}, method="PUT")


def test_held_job_is_not_run(rest: ApiClient, platform: Platform, reckons: Callable[..., str]):
    case_id = reckons()
    (job,) = rest.ask("/job")
    rest.sends(f"/job/{job['id']}/suspended", {"suspended": True}, method="PUT", expect=204)
    assert platform.worker.run_until_idle() == 0
    assert rest.refuses(f"/job/{job['id']}/execute")["type"] == "SuspendedEntityInteractionException"
    for named in (
        {"processInstanceId": case_id},
        {"processDefinitionKey": "frist"},
        {"processDefinitionId": job["processDefinitionId"]},
        {"jobDefinitionId": job["jobDefinitionId"]},
    ):
        rest.sends("/job/suspended", {"suspended": False, **named}, method="PUT", expect=204)
        assert rest.ask("/job/count", active="true") == {"count": 1}
        rest.sends("/job/suspended", {"suspended": True, **named}, method="PUT", expect=204)
    path = f"/job-definition/{job['jobDefinitionId']}/suspended"
    rest.refuses(path, {"suspended": False}, method="PUT")
    rest.sends(path, {"suspended": False, "includeJobs": True}, method="PUT", expect=204)
    for held in (True, False):
        body = {"suspended": held, "includeJobs": True, "processDefinitionKey": "frist"}
        rest.sends("/job-definition/suspended", body, method="PUT", expect=204)
        assert rest.ask(f"/job/{job['id']}")["suspended"] is held
        for lacking in ("includeJobs", "processDefinitionKey"):
            rest.refuses("/job-definition/suspended", {**body, lacking: None}, method="PUT")
        rest.refuses("/job-definition/suspended", {**body, "executionDate": "2030-01-01T00:00:00"}, method="PUT")
    # What the case holds stays held.
    rest.sends(f"/process-instance/{case_id}/suspended", {"suspended": True}, method="PUT", expect=204)
    rest.refuses(f"/job/{job['id']}/suspended", {"suspended": False}, method="PUT")
    rest.refuses("/job/suspended", {"suspended": True}, method="PUT")
    rest.refuses(f"/job/{job['id']}/suspended", {}, method="PUT")


def test_jobs_are_found(rest: ApiClient, platform: Platform, reckons: Callable[..., str]):
    first = reckons()
    platform.worker.run_until_idle()
    reckons(zahl=-1)
    (timer,) = rest.ask("/job", timers="true")
    assert timer["processInstanceId"] == first
    for wanted in (
        {"activityId": "Warten"},
        {"dueDates": "gt_2026-11-24T00:00:00.000+0000,lt_2026-12-01T00:00:00.000+0000"},
        {"jobIds": f"{timer['id']},x"},
        {"executionId": timer["executionId"]},
        {"processInstanceIds": first},
        {"jobDefinitionId": timer["jobDefinitionId"]},
        {"priorityLowerThanOrEquals": 1},
    ):
        assert [job["id"] for job in rest.ask("/job", **wanted)] == [timer["id"]], wanted
    asked = {"createTimes": [{"operator": "gt", "value": "2026-11-22T10:00:00.000+0000"}]}
    assert rest.sends("/job/count", asked) == {"count": 2}
    assert [job["priority"] for job in rest.ask("/job", sortBy="jobPriority", sortOrder="desc")] == [7, 0]
    assert rest.ask("/job/count", executable="true", messages="true", withRetriesLeft="true") == {"count": 1}
    assert rest.ask("/job", withException="true") == []
    rest.sends(f"/job/{timer['id']}/priority", {"priority": 3}, method="PUT", expect=204)
    assert rest.ask(f"/job/{timer['id']}")["priority"] == 3
    rest.refuses("/job?dueDates=bald", method="GET")
    rest.refuses("/job?sortBy=name&sortOrder=asc", method="GET")


def test_job_definitions_are_read_from_the_models(rest: ApiClient, publish: Callable[..., None]):
    publish("frist", "weg")
    found = {(one["activityId"], one["jobType"], one["jobConfiguration"]) for one in rest.ask("/job-definition")}
    assert {
        ("Rechnen", "async-continuation", "async-before"),
        ("Warten", "timer-intermediate-transition", "DURATION: ${dauer}"),
        ("Frist", "timer-transition", "DURATION: P1D"),
    } <= found
    assert rest.ask("/job-definition/count", processDefinitionKey="frist") == {"count": 2}
    (one,) = rest.ask("/job-definition", processDefinitionKey="frist", activityIdIn="Warten")
    assert rest.ask("/job-definition", jobDefinitionId=one["id"]) == [one]
    path = f"/job-definition/{one['id']}/jobPriority"
    rest.sends(path, {"priority": 5, "includeJobs": True}, method="PUT", expect=204)
    rest.refuses("/job-definition/1:timer:unbekannt", method="GET", status=404)


def test_incidents_are_found_annotated_and_settled(
    rest: ApiClient, platform: Platform, clock: FrozenClock, reckons: Callable[..., str]
):
    case_id = reckons(zahl=-1)
    for _ in range(3):
        platform.worker.run_until_idle()
        clock.advance(timedelta(hours=1))
    (incident,) = rest.ask("/incident")
    path = f"/incident/{incident['id']}"
    assert rest.ask(path) == incident
    assert (incident["incidentType"], incident["activityId"]) == ("failedJob", "Rechnen")
    for wanted in (
        {"incidentId": incident["id"]},
        {"processInstanceId": case_id},
        {"processDefinitionKeyIn": "frist"},
        {"activityId": "Rechnen"},
        {"incidentMessageLike": "Script%"},
        {"configuration": incident["configuration"]},
        {"incidentTimestampAfter": "2026-11-22T10:00:00.000+0000"},
    ):
        assert rest.ask("/incident", **wanted) == [incident], wanted
        assert rest.ask("/incident/count", **wanted) == {"count": 1}
    assert rest.ask("/incident", incidentType="failedExternalTask") == []
    rest.sends(f"{path}/annotation", {"annotation": "wird geprüft"}, method="PUT", expect=204)
    assert rest.ask(path)["annotation"] == "wird geprüft"
    rest.sends(f"{path}/annotation", method="DELETE", expect=204)
    assert rest.ask(path)["annotation"] is None
    assert rest.refuses(path, method="DELETE")["type"] == "BadUserRequestException"
    for unknown in ("999999", "x"):
        rest.refuses(f"/incident/{unknown}", method="GET", status=404)


@pytest.mark.parametrize(
    ("method", "act", "body"),
    [
        ("POST", "execute", None),
        ("PUT", "retries", {"retries": 1}),
        ("PUT", "duedate", {}),
        ("POST", "duedate/recalculate", None),
        ("PUT", "priority", {"priority": 1}),
        ("PUT", "suspended", {"suspended": True}),
    ],
)
def test_process_is_what_is_granted(
    machine: Callable[..., ApiClient], rest: ApiClient, reckons: Callable[..., str], method: str, act: str, body: Any
):
    reckons()
    (job,) = rest.ask("/job")
    reader, other = machine("job:read:frist"), machine("job:*:anderes")
    assert len(reader.ask("/job")) == 1
    assert other.ask("/job") == []
    for client in (reader, other):
        client.refuses(f"/job/{job['id']}/{act}", body, method=method, status=403)
    other.refuses(f"/job/{job['id']}", method="GET", status=403)
    reader.refuses("/job/suspended", {"suspended": True, "processDefinitionKey": "frist"}, method="PUT", status=403)
    assert other.ask("/job-definition") == []
