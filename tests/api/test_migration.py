# SPDX-License-Identifier: EUPL-1.2
"""Taking cases over to another version, changing and ending many of them: at once, or in a batch by the worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from forms import check_form
from tests.api.client import ApiClient
from tests.api.conftest import MODELS
from web.bootstrap import Platform


@pytest.fixture
def versions(rest: ApiClient, platform: Platform, publish: Callable[..., None]) -> list[str]:
    """Ids of two versions of one model; in the second one the task has another id."""
    publish("antwort")
    text = (MODELS / "antwort.bpmn").read_text()
    newer = {"antwort.bpmn": text.replace('"Melden"', '"Weitergeben"').encode()}
    with unit_of_work(platform.db) as session:
        deploy(session, platform.services, Bundle("antwort", newer), form_check=check_form)
    return [one["id"] for one in rest.ask("/process-definition", sortBy="version", sortOrder="asc")]


@pytest.fixture
def begins(rest: ApiClient, versions: list[str]) -> Callable[[int], list[str]]:
    """Begin so many cases of the older version; their ids."""

    def make(number: int) -> list[str]:
        return [rest.sends(f"/process-definition/{versions[0]}/start", {})["id"] for _ in range(number)]

    return make


def generated(rest: ApiClient, versions: list[str], **more: Any) -> dict[str, Any]:
    ends = {"sourceProcessDefinitionId": versions[0], "targetProcessDefinitionId": versions[1]}
    plan: dict[str, Any] = rest.sends("/migration/generate", {**ends, **more})
    return plan


def test_plan_is_generated_and_validated(rest: ApiClient, versions: list[str]):
    plan = generated(rest, versions, updateEventTriggers=True)
    by_source = {one["sourceActivityIds"][0]: one for one in plan["instructions"]}
    assert by_source["Antwort"]["targetActivityIds"] == ["Antwort"]
    assert by_source["Alarm"]["updateEventTrigger"] is True
    assert "Melden" not in by_source
    assert rest.sends("/migration/validate", plan) == {"instructionReports": [], "variableReports": {}}
    wrong = {"sourceActivityIds": ["Melden"], "targetActivityIds": ["Antwort"], "updateEventTrigger": False}
    plan["instructions"].append(wrong)
    (report,) = rest.sends("/migration/validate", plan)["instructionReports"]
    assert report["instruction"] == wrong
    assert report["failures"]


def test_cases_go_over_all_or_none(rest: ApiClient, versions: list[str], begins: Callable[[int], list[str]]):
    plan, cases = generated(rest, versions), begins(2)
    rest.sends("/signal", {"name": "alarm", "executionId": cases[1]}, expect=204)
    body = {"migrationPlan": plan, "processInstanceIds": cases}
    envelope = rest.refuses("/migration/execute", body)
    assert envelope["type"] == "MigratingProcessInstanceValidationException"
    assert envelope["validationReport"]["processInstanceId"] == cases[1]
    assert rest.ask("/process-instance/count", processDefinitionId=versions[0]) == {"count": 2}
    plan["instructions"].append({"sourceActivityIds": ["Melden"], "targetActivityIds": ["Weitergeben"]})
    plan["variables"] = {"neu": {"value": True}}
    rest.sends("/migration/execute", {"migrationPlan": plan, "processInstanceQuery": {}}, expect=204)
    assert rest.ask("/process-instance/count", processDefinitionId=versions[1]) == {"count": 2}
    assert rest.ask(f"/process-instance/{cases[0]}/variables/neu")["value"] is True


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"migrationPlan": None},
        {"migrationPlan": {"sourceProcessDefinitionId": 5}},
        {"migrationPlan": {"instructions": [{}]}},
        {"migrationPlan": {"instructions": "x"}},
        {"migrationPlan": {}, "processInstanceIds": []},
        {"migrationPlan": {}, "processInstanceIds": ["unbekannt"]},
        {"migrationPlan": {}, "processInstanceIds": "x"},
        {"migrationPlan": {}, "processInstanceQuery": []},
        {"migrationPlan": {"instructions": [{"sourceActivityIds": ["x"], "targetActivityIds": ["Antwort"]}]}},
    ],
)
def test_what_cannot_go_over_is_refused(rest: ApiClient, versions: list[str], body: dict[str, Any]):
    if isinstance(body.get("migrationPlan"), dict) and "sourceProcessDefinitionId" not in body["migrationPlan"]:
        ends = {"sourceProcessDefinitionId": versions[0], "targetProcessDefinitionId": versions[1]}
        body = {**body, "migrationPlan": {**ends, **body["migrationPlan"]}}
    rest.refuses("/migration/execute", body)
    rest.refuses("/migration/executeAsync", body)


def test_batch_takes_cases_over_and_tells_how_far_it_is(
    rest: ApiClient, platform: Platform, versions: list[str], begins: Callable[[int], list[str]]
):
    plan, cases = generated(rest, versions), begins(12)
    rest.sends("/signal", {"name": "alarm", "executionId": cases[0]}, expect=204)
    made = rest.sends("/migration/executeAsync", {"migrationPlan": plan, "processInstanceIds": cases})
    assert (made["type"], made["totalJobs"], made["createUserId"]) == ("instance-migration", 12, "demo-rest")
    assert rest.ask(f"/batch/{made['id']}")["executionStartTime"] is None
    (job,) = rest.ask("/job", jobId=made["id"])
    assert job["batchId"] == made["id"]
    rest.sends(f"/batch/{made['id']}/suspended", {"suspended": True}, method="PUT", expect=204)
    assert platform.worker.run_until_idle() == 0
    rest.sends(f"/batch/{made['id']}/suspended", {"suspended": False}, method="PUT", expect=204)
    assert platform.worker.run_until_idle() == 2
    assert rest.ask("/process-instance/count", processDefinitionId=versions[1]) == {"count": 11}
    (progress,) = rest.ask("/batch/statistics")
    assert (progress["remainingJobs"], progress["completedJobs"], progress["failedJobs"]) == (1, 11, 1)
    told = rest.ask(f"/history/batch/{made['id']}")
    assert told["failures"][0]["processInstanceId"] == cases[0]
    (task,) = rest.ask("/task", processInstanceId=cases[0])
    rest.sends(f"/task/{task['id']}/complete", {}, expect=204)
    retries = f"/job-definition/{made['batchJobDefinitionId']}/retries"
    rest.sends(retries, {"retries": 1}, method="PUT", expect=204)
    assert platform.worker.run_until_idle() == 1
    rest.refuses(f"/batch/{made['id']}", method="GET", status=404)
    assert rest.ask("/batch/count") == {"count": 0}
    assert rest.ask("/history/batch", completed="true")[0]["endTime"] is not None
    assert rest.ask("/history/batch/count", type="instance-migration") == {"count": 1}


def test_many_are_ended_in_a_batch(
    rest: ApiClient, machine: Callable[..., ApiClient], platform: Platform, begins: Callable[[int], list[str]]
):
    cases = begins(3)
    body = {"processInstanceIds": cases, "deleteReason": "Irrtum"}
    for grants in ([], ["process-instance:delete"], ["process-instance:delete:antwort", "batch:create:anderes"]):
        machine(*grants).refuses("/process-instance/delete", body, status=403)
    made = rest.sends("/process-instance/delete", body)
    assert made["type"] == "instance-deletion"
    platform.worker.run_until_idle()
    assert rest.ask("/process-instance/count") == {"count": 0}
    rest.refuses("/process-instance/delete", {"processInstanceIds": cases})


def test_batch_that_is_forgotten_stops(
    rest: ApiClient, machine: Callable[..., ApiClient], platform: Platform, begins: Callable[[int], list[str]]
):
    made = rest.sends("/process-instance/delete", {"processInstanceIds": begins(2)})
    reader = machine("batch:read:antwort")
    assert len(reader.ask("/batch")) == 1
    assert machine("batch:read:anderes").ask("/batch") == []
    reader.refuses(f"/batch/{made['id']}", method="DELETE", status=403)
    reader.refuses(f"/batch/{made['id']}/suspended", {"suspended": True}, method="PUT", status=403)
    rest.sends(f"/batch/{made['id']}", method="DELETE", expect=204)
    assert platform.worker.run_until_idle() == 0
    assert rest.ask("/process-instance/count") == {"count": 2}
    rest.refuses(f"/batch/{made['id']}", method="DELETE", status=404)


def test_many_are_modified(
    rest: ApiClient, platform: Platform, versions: list[str], begins: Callable[[int], list[str]]
):
    cases = begins(2)
    instructions = [{"type": "startBeforeActivity", "activityId": "Melden"}]
    body = {"processDefinitionId": versions[0], "instructions": instructions, "processInstanceIds": cases}
    rest.sends("/modification/execute", body, expect=204)
    assert rest.ask("/task/count", taskDefinitionKey="Melden") == {"count": 2}
    made = rest.sends("/modification/executeAsync", body)
    assert made["type"] == "instance-modification"
    platform.worker.run_until_idle()
    assert rest.ask("/task/count", taskDefinitionKey="Melden") == {"count": 4}
    assert rest.ask("/batch") == []
    rest.refuses("/modification/execute", {**body, "instructions": []})
    rest.refuses("/modification/executeAsync", {**body, "instructions": None})
    rest.refuses(f"/process-definition/{versions[0]}/restart", {"processInstanceIds": cases})
    rest.refuses(f"/process-definition/{versions[0]}/restart-async", {"processInstanceIds": cases})


def test_migration_of_both_processes_is_what_is_granted(
    machine: Callable[..., ApiClient], rest: ApiClient, versions: list[str], begins: Callable[[int], list[str]]
):
    plan, cases = generated(rest, versions), begins(1)
    body = {"migrationPlan": plan, "processInstanceIds": cases}
    reader = machine("process-definition:read", "process-instance:read")
    for path, sent in (("generate", plan), ("validate", plan), ("execute", body), ("executeAsync", body)):
        reader.refuses(f"/migration/{path}", sent, status=403)
    mover = machine("process-definition:read:antwort", "migration:create:antwort")
    mover.refuses("/migration/executeAsync", body, status=403)
    mover.sends("/migration/execute", body, expect=204)
