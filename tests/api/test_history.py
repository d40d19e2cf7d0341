# SPDX-License-Identifier: EUPL-1.2
"""The past through the API: instances, what they went through, their tasks, and forgetting them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.clock import FrozenClock
from tests.api.client import ApiClient
from web.bootstrap import Platform

ORIGIN = {
    "processDefinitionKey",
    "processDefinitionId",
    "processInstanceId",
    "rootProcessInstanceId",
    "removalTime",
    "tenantId",
}
INSTANCE_FIELDS = (ORIGIN - {"processInstanceId"}) | {
    "id",
    "businessKey",
    "processDefinitionName",
    "processDefinitionVersion",
    "startTime",
    "endTime",
    "durationInMillis",
    "startUserId",
    "startActivityId",
    "deleteReason",
    "superProcessInstanceId",
    "superCaseInstanceId",
    "caseInstanceId",
    "restartedProcessInstanceId",
    "state",
}
ACTIVITY_FIELDS = ORIGIN | {
    "id",
    "parentActivityInstanceId",
    "activityId",
    "activityName",
    "activityType",
    "executionId",
    "taskId",
    "assignee",
    "calledProcessInstanceId",
    "calledCaseInstanceId",
    "startTime",
    "endTime",
    "durationInMillis",
    "canceled",
    "completeScope",
}
HOUR = 3_600_000


class Round:
    """An instance of `runde` and what is done with it."""

    def __init__(self, rest: ApiClient, clock: FrozenClock, **variables: Any) -> None:
        self.rest, self.clock = rest, clock
        given = {"menge": 12, "wer": ["a", "b"], **variables}
        typed = {name: {"value": value} for name, value in given.items()}
        started = rest.sends("/process-definition/key/runde/start", {"businessKey": "BK-1", "variables": typed})
        self.id: str = started["id"]

    def reviews(self, *, as_user: str = "anna") -> Round:
        """Everybody has had a look, an hour later."""
        self.clock.advance(timedelta(hours=1))
        for task in self.rest.ask("/task", processInstanceId=self.id):
            self.rest.sends(f"/task/{task['id']}/claim", {"userId": as_user}, expect=204)
            self.rest.sends(f"/task/{task['id']}/complete", {"variables": {"ok": {"value": True}}}, expect=204)
        return self

    def prints(self, *failures: str) -> Round:
        """The worker prints, at last."""
        topics = [{"topicName": "drucken", "lockDuration": 1000}]
        (work,) = self.rest.sends("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": topics})
        path = f"/external-task/{work['id']}"
        for number, message in enumerate(reversed(failures), 1):
            told = {"workerId": "w", "errorMessage": message, "retries": number, "retryTimeout": 0}
            self.rest.sends(f"{path}/failure", told, expect=204)
        self.rest.sends(f"{path}/complete", {"workerId": "w"}, expect=204)
        return self

    def ends(self) -> Round:
        """The called instance ends, and with it this one, a minute later."""
        self.clock.advance(timedelta(minutes=1))
        for task in self.rest.ask("/task"):
            self.rest.sends(f"/task/{task['id']}/complete", {}, expect=204)
        return self


@pytest.fixture
def runde(rest: ApiClient, publish: Callable[..., None], clock: FrozenClock) -> Callable[..., Round]:
    publish("runde/runde", "antrag")
    return lambda **variables: Round(rest, clock, **variables)


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in found]


# -- instances -----------------------------------------------------------------------------------------------------


def test_instance_from_its_start_to_its_end(rest: ApiClient, runde: Callable[..., Round]):
    case = runde()
    began = rest.ask(f"/history/process-instance/{case.id}")
    assert set(began) == INSTANCE_FIELDS
    assert (began["state"], began["startActivityId"], began["startUserId"]) == ("ACTIVE", "Los", "demo-rest")
    assert (began["endTime"], began["durationInMillis"], began["removalTime"]) == (None, None, None)
    case.reviews().prints().ends()
    over = rest.ask(f"/history/process-instance/{case.id}")
    assert (over["state"], over["durationInMillis"]) == ("COMPLETED", HOUR + 60_000)
    assert over["endTime"] == "2026-11-22T12:01:00.000+0000"
    # Ten days, as the model says.
    assert over["removalTime"] == "2026-12-02T12:01:00.000+0000"
    (called,) = rest.ask("/history/process-instance", superProcessInstanceId=case.id)
    assert (called["rootProcessInstanceId"], called["processDefinitionKey"]) == (case.id, "antrag")


def test_cancelled_and_suspended_instances(rest: ApiClient, runde: Callable[..., Round]):
    held, gone = runde(), runde().reviews().prints()
    rest.sends(f"/process-instance/{held.id}/suspended", {"suspended": True}, method="PUT", expect=204)
    rest.sends(f"/process-instance/{gone.id}", method="DELETE", expect=204)
    assert rest.ask(f"/history/process-instance/{held.id}")["state"] == "SUSPENDED"
    over = rest.ask(f"/history/process-instance/{gone.id}")
    assert (over["state"], bool(over["deleteReason"])) == ("EXTERNALLY_TERMINATED", True)
    (called,) = rest.ask("/history/process-instance", superProcessInstanceId=gone.id)
    assert called["state"] == "INTERNALLY_TERMINATED"


#: Criterion and value → whether the ended instance, the one that goes on and the called one fit.
CRITERIA: list[tuple[str, Any, str]] = [
    ("finished", "true", "over called"),
    ("unfinished", "true", "on"),
    ("active", "true", "on"),
    ("suspended", "true", ""),
    ("completed", "true", "over called"),
    ("externallyTerminated", "true", ""),
    ("internallyTerminated", "true", ""),
    ("processInstanceBusinessKey", "BK-1", "over on"),
    ("processInstanceBusinessKeyIn", "BK-1,x", "over on"),
    ("processInstanceBusinessKeyLike", "%-1", "over on"),
    ("processDefinitionKey", "antrag", "called"),
    ("processDefinitionKeyIn", "antrag,runde", "over on called"),
    ("processDefinitionKeyNotIn", "antrag", "over on"),
    ("processDefinitionName", "Runde", "over on"),
    ("processDefinitionNameLike", "Ant%", "called"),
    ("rootProcessInstances", "true", "over on"),
    ("startedBy", "demo-rest", "over on called"),
    ("startedBy", "anna", ""),
    ("startedBefore", "2026-11-22T11:00:00.000+0000", "over"),
    ("startedAfter", "2026-11-22T12:00:00.000+0000", "on called"),
    ("finishedBefore", "2026-11-22T12:00:00.000+0000", ""),
    ("finishedAfter", "2026-11-22T12:01:00.000+0000", "over called"),
    ("withIncidents", "true", ""),
    ("incidentStatus", "open", ""),
    ("incidentType", "failedJob", ""),
    ("executedActivityIdIn", "Werk", "over"),
    ("executedActivityBefore", "2026-11-22T10:00:00.000+0000", ""),
    ("executedActivityAfter", "2026-11-22T12:01:00.000+0000", "over on called"),
    ("executedJobAfter", "2026-11-22T11:30:00.000+0000", "over"),
    ("activeActivityIdIn", "Jeder", "on"),
    ("activityIdIn", "Teil", "on"),
    ("withoutTenantId", "true", "over on called"),
    ("tenantIdIn", "ost", ""),
    ("caseInstanceId", "x", ""),
    ("variables", "menge_eq_12", "over"),
    ("variables", "menge_gt_12", "on"),
]


def test_each_criterion_finds_what_fits(rest: ApiClient, runde: Callable[..., Round]):
    over = runde().reviews().prints().ends()
    known = {over.id: "over", runde(menge=99).id: "on"}
    known |= {ids(rest.ask("/history/process-instance", superProcessInstanceId=over.id))[0]: "called"}
    for name, value, fitting in CRITERIA:
        found = rest.ask("/history/process-instance", **{name: value})
        assert {known[each] for each in ids(found)} == set(fitting.split()), (name, value)
        assert rest.ask("/history/process-instance/count", **{name: value}) == {"count": len(found)}
    (called,) = [case for case, what in known.items() if what == "called"]
    assert ids(rest.ask("/history/process-instance", subProcessInstanceId=called)) == [over.id]
    assert ids(rest.ask("/history/process-instance", processInstanceIds=f"x,{over.id}")) == [over.id]
    assert over.id not in ids(rest.ask("/history/process-instance", processInstanceIdNotIn=over.id))
    assert ids(rest.ask("/history/process-instance", processInstanceId=over.id)) == [over.id]


def test_post_sorts_pages_and_joins_alternatives(rest: ApiClient, runde: Callable[..., Round], clock: FrozenClock):
    first = runde()
    clock.advance(timedelta(hours=1))
    second = runde(menge=5)
    path = "/history/process-instance"
    newest = {"sorting": [{"sortBy": "startTime", "sortOrder": "desc"}]}
    assert ids(rest.sends(path, newest)) == [second.id, first.id]
    assert ids(rest.sends(f"{path}?maxResults=1", newest)) == [second.id]
    either = {"orQueries": [{"processInstanceId": first.id, "finished": True}]}
    assert ids(rest.sends(path, either)) == [first.id]
    assert rest.sends(f"{path}/count", either) == {"count": 1}
    menge = {"variables": [{"name": "menge", "operator": "lt", "value": 10}]}
    assert ids(rest.sends(path, menge)) == [second.id]
    for by in ("instanceId", "definitionId", "definitionKey", "definitionName", "definitionVersion", "businessKey"):
        assert len(rest.ask(path, sortBy=by, sortOrder="asc")) == 2
    for by in ("endTime", "duration", "tenantId"):
        assert len(rest.ask(path, sortBy=by, sortOrder="desc")) == 2
    for wrong in ({"orQueries": [menge]}, {"orQueries": "x"}, {"sorting": [{"sortBy": "x", "sortOrder": "asc"}]}):
        rest.refuses(path, wrong)


def test_only_what_has_ended_is_forgotten_with_all_that_is_known(rest: ApiClient, runde: Callable[..., Round]):
    case = runde()
    path = f"/history/process-instance/{case.id}"
    assert "still running" in rest.refuses(path, method="DELETE")["message"]
    case.reviews().prints().ends()
    (done, *_) = rest.ask("/history/task", processInstanceId=case.id)
    rest.sends(f"/task/{done['id']}/comment/create", {"message": "x"})
    rest.sends(path, method="DELETE", expect=204)
    assert rest.ask("/history/process-instance") == []
    for what in ("activity-instance", "task", "variable-instance", "detail", "job-log", "user-operation"):
        assert rest.ask(f"/history/{what}") == []
    rest.refuses(path, method="GET", status=404)
    rest.refuses(path, method="DELETE", status=404)
    rest.sends(f"{path}?failIfNotExists=false", method="DELETE", expect=204)


# -- activities ----------------------------------------------------------------------------------------------------


def test_activities_with_their_types_times_and_places(rest: ApiClient, runde: Callable[..., Round]):
    case = runde().reviews()
    found = rest.ask("/history/activity-instance", processInstanceId=case.id)
    assert [(each["activityId"], each["activityType"]) for each in found] == [
        ("Los", "startEvent"),
        ("Rechnen", "businessRuleTask"),
        ("Teil", "subProcess"),
        ("TeilLos", "startEvent"),
        ("Jeder#multiInstanceBody", "multiInstanceBody"),
        ("Jeder", "userTask"),
        ("Jeder", "userTask"),
        ("TeilEnde", "noneEndEvent"),
        ("Werk", "serviceTask"),
    ]
    assert {frozenset(each) for each in found} == {frozenset(ACTIVITY_FIELDS)}
    by_id = {each["activityId"]: each for each in found}
    part, whole, one, work = (by_id[name] for name in ("Teil", "Jeder#multiInstanceBody", "Jeder", "Werk"))
    assert part["parentActivityInstanceId"] == case.id
    assert whole["parentActivityInstanceId"] == part["id"]
    assert one["parentActivityInstanceId"] == whole["id"]
    assert whole["id"].startswith("Jeder#multiInstanceBody:")
    assert (part["durationInMillis"], whole["durationInMillis"], one["durationInMillis"]) == (HOUR, HOUR, HOUR)
    assert (one["assignee"], one["taskId"], one["executionId"]) == ("anna", one["id"][6:], one["id"][6:])
    assert (work["endTime"], work["canceled"], work["completeScope"]) == (None, False, False)
    assert by_id["TeilEnde"]["completeScope"] is True
    assert rest.ask(f"/history/activity-instance/{work['id']}") == work
    rest.refuses("/history/activity-instance/Werk:x", method="GET", status=404)


def test_ids_are_those_of_the_present_tree(rest: ApiClient, runde: Callable[..., Round]):
    case = runde()
    tree = rest.ask(f"/process-instance/{case.id}/activity-instances")

    def below(node: dict[str, Any]) -> set[str]:
        return {node["id"]}.union(*(below(child) for child in node["childActivityInstances"]))

    open_ids = ids(rest.ask("/history/activity-instance", processInstanceId=case.id, unfinished="true"))
    assert below(tree) == {case.id, *open_ids}


def test_timer_cancels_what_it_interrupts(
    rest: ApiClient, runde: Callable[..., Round], clock: FrozenClock, platform: Platform
):
    case = runde()
    clock.advance(timedelta(days=15))
    platform.worker.run_until_idle()
    cancelled = rest.ask("/history/activity-instance", processInstanceId=case.id, canceled="true")
    assert sorted(each["activityId"] for each in cancelled) == ["Jeder", "Jeder", "Jeder#multiInstanceBody", "Teil"]
    (timer,) = rest.ask("/history/activity-instance", activityType="boundaryTimer")
    assert (timer["activityId"], timer["canceled"]) == ("Frist", False)
    withdrawn = rest.ask("/history/task", processInstanceId=case.id)
    assert {(each["deleteReason"], each["taskState"]) for each in withdrawn} == {("deleted", "Deleted")}


#: Criterion and value → the ids of the elements that fit after a review.
ACTIVITY_CRITERIA: list[tuple[str, Any, set[str]]] = [
    ("activityId", "Werk", {"Werk"}),
    ("activityId", "Jeder", {"Jeder"}),
    ("activityId", "Jeder#multiInstanceBody", {"Jeder#multiInstanceBody"}),
    ("activityIdIn", "Teil,Werk", {"Teil", "Werk"}),
    ("activityName", "Gebühr berechnen", {"Rechnen"}),
    ("activityNameLike", "%prüft", {"Jeder", "Jeder#multiInstanceBody"}),
    ("activityType", "startEvent", {"Los", "TeilLos"}),
    ("activityType", "noneEndEvent", {"TeilEnde"}),
    ("activityType", "userTask", {"Jeder"}),
    ("activityType", "multiInstanceBody", {"Jeder#multiInstanceBody"}),
    ("activityType", "boundaryTimer", set()),
    ("taskAssignee", "anna", {"Jeder"}),
    ("taskAssignee", "ben", set()),
    ("unfinished", "true", {"Werk"}),
    ("canceled", "true", set()),
    ("completeScope", "true", {"Jeder", "TeilEnde"}),
    ("startedAfter", "2026-11-22T12:00:00.000+0000", {"TeilEnde", "Werk"}),
    ("finishedBefore", "2026-11-22T11:00:00.000+0000", {"Los", "TeilLos", "Rechnen"}),
    ("processDefinitionKey", "antrag", set()),
]


def test_each_criterion_finds_activities(rest: ApiClient, runde: Callable[..., Round]):
    case = runde().reviews()
    for name, value, fitting in ACTIVITY_CRITERIA:
        found = rest.sends("/history/activity-instance", {name: value.split(",") if name.endswith("In") else value})
        assert {each["activityId"] for each in found} == fitting, (name, value)
        assert rest.ask("/history/activity-instance/count", **{name: value}) == {"count": len(found)}
    (work,) = rest.ask("/history/activity-instance", activityId="Werk")
    for name in ("activityInstanceId", "activityInstanceIdIn", "executionId"):
        value = work["executionId"] if name == "executionId" else work["id"]
        assert ids(rest.ask("/history/activity-instance", **{name: value})) == [work["id"]]
    every = len(rest.ask("/history/activity-instance"))
    for by in ("activityInstanceId", "instanceId", "executionId", "activityId", "activityName", "activityType"):
        assert len(rest.ask("/history/activity-instance", sortBy=by, sortOrder="asc")) == every
    latest = rest.ask("/history/activity-instance", sortBy="startTime", sortOrder="desc", maxResults=1)
    longest = rest.ask("/history/activity-instance", sortBy="duration", sortOrder="desc", finished="true", maxResults=1)
    assert latest[0]["startTime"] == "2026-11-22T12:00:00.000+0000"
    assert longest[0]["durationInMillis"] == HOUR
    for by in ("endTime", "definitionId", "occurrence", "tenantId"):
        assert len(rest.ask("/history/activity-instance", sortBy=by, sortOrder="desc")) == every
    assert case.id in {each["processInstanceId"] for each in latest}


def test_called_instance_is_named_where_it_was_called(rest: ApiClient, runde: Callable[..., Round]):
    case = runde().reviews().prints()
    (call,) = rest.ask("/history/activity-instance", activityType="callActivity")
    (called,) = ids(rest.ask("/history/process-instance", superProcessInstanceId=case.id))
    assert call["calledProcessInstanceId"] == called


# -- tasks ---------------------------------------------------------------------------------------------------------


def test_task_keeps_what_was_last_known_of_it(rest: ApiClient, publish: Callable[..., None], clock: FrozenClock):
    publish("arbeit")
    rest.sends("/process-definition/key/arbeit/start", {"businessKey": "BK"})
    (task,) = rest.ask("/task")
    (began,) = rest.ask("/history/task")
    assert (began["taskState"], began["endTime"], began["deleteReason"]) == ("Created", None, None)
    rest.sends(f"/task/{task['id']}/assignee", {"userId": "anna"}, expect=204)
    rest.sends(f"/task/{task['id']}/identity-links", {"userId": "karin", "type": "owner"}, expect=204)
    assert rest.ask("/history/task")[0]["taskState"] == "Updated"
    clock.advance(timedelta(hours=1))
    rest.sends(f"/task/{task['id']}/complete", {}, expect=204)
    (over,) = rest.ask("/history/task", taskId=task["id"])
    shared = {"due", "followUp", "priority", "description", "name", "taskDefinitionKey"}
    assert {name: over[name] for name in shared} == {name: task[name] for name in shared}
    assert (over["assignee"], over["owner"], over["duration"]) == ("anna", "karin", HOUR)
    assert (over["deleteReason"], over["taskState"]) == ("completed", "Completed")
    assert over["activityInstanceId"] == f"Erfassen:{task['id']}"


#: Criterion and value → whether the task that is done and the one that is open fit.
TASK_CRITERIA: list[tuple[str, Any, str]] = [
    ("finished", "true", "done"),
    ("unfinished", "true", "open"),
    ("processFinished", "true", "done"),
    ("processUnfinished", "true", "open"),
    ("taskAssignee", "anna", "done"),
    ("taskAssignee", "ben", "open"),
    ("taskAssigneeLike", "%n%", "done open"),
    ("taskOwner", "karin", ""),
    ("taskOwnerLike", "k%", ""),
    ("assigned", "true", "done open"),
    ("unassigned", "true", ""),
    ("taskName", "Daten erfassen", "done open"),
    ("taskNameLike", "Daten%", "done open"),
    ("taskDescription", "Bitte alles eintragen.", "done open"),
    ("taskDescriptionLike", "%alles%", "done open"),
    ("taskDefinitionKey", "Erfassen", "done open"),
    ("taskDefinitionKeyIn", "Helfen", ""),
    ("taskDeleteReason", "completed", "done"),
    ("taskDeleteReasonLike", "dele%", ""),
    ("taskPriority", "70", "done open"),
    ("taskPriority", "50", ""),
    ("taskDueDate", "2026-12-01T09:00:00.000+0000", "done open"),
    ("taskDueDateBefore", "2026-12-01T09:00:00.000+0000", ""),
    ("taskDueDateAfter", "2026-12-01", "done open"),
    ("withoutTaskDueDate", "true", ""),
    ("taskFollowUpDate", "2026-11-25T09:00:00.000+0000", "done open"),
    ("taskFollowUpDateBefore", "2026-11-26", "done open"),
    ("taskFollowUpDateAfter", "2026-11-26", ""),
    ("startedBefore", "2026-11-22T11:00:00.000+0000", "done open"),
    ("startedAfter", "2026-11-22T11:00:01.000+0000", ""),
    ("finishedAfter", "2026-11-22T11:00:00.000+0000", "done"),
    ("taskInvolvedUser", "ben", "open"),
    ("taskInvolvedGroup", "clerks", "done open"),
    ("taskHadCandidateUser", "anna", "done open"),
    ("taskHadCandidateGroup", "cashiers", "done open"),
    ("taskHadCandidateGroup", "cash", ""),
    ("withCandidateGroups", "true", "done open"),
    ("withoutCandidateGroups", "true", ""),
    ("processInstanceBusinessKey", "BK", "done open"),
    ("processDefinitionName", "Arbeit", "done open"),
    ("taskParentTaskId", "x", ""),
    ("processVariables", "price_eq_1", "done"),
]


def test_each_criterion_finds_tasks(rest: ApiClient, publish: Callable[..., None]):
    publish("arbeit")
    known = {}
    for what, price, name in (("done", 1, "anna"), ("open", 2, "ben")):
        started = {"businessKey": "BK", "variables": {"price": {"value": price}}}
        case = rest.sends("/process-definition/key/arbeit/start", started)
        (task,) = rest.ask("/task", processInstanceId=case["id"])
        rest.sends(f"/task/{task['id']}/assignee", {"userId": name}, expect=204)
        known[task["id"]] = what
        if what == "done":
            rest.sends(f"/task/{task['id']}/complete", {}, expect=204)
    for name, value, fitting in TASK_CRITERIA:
        found = rest.ask("/history/task", **{name: value})
        assert {known[each] for each in ids(found)} == set(fitting.split()), (name, value)
        assert rest.ask("/history/task/count", **{name: value}) == {"count": len(found)}
    done = next(each for each, what in known.items() if what == "done")
    either = {"orQueries": [{"taskId": done, "taskOwner": "nobody"}]}
    assert ids(rest.sends("/history/task", either)) == [done]
    for by in ("taskId", "dueDate", "followUpDate", "assignee", "priority", "duration", "endTime", "deleteReason"):
        assert len(rest.ask("/history/task", sortBy=by, sortOrder="desc")) == 2


def test_group_with_letters_of_its_own_is_found(rest: ApiClient, runde: Callable[..., Round]):
    runde()
    assert rest.ask("/history/task/count", taskHadCandidateGroup="büro") == {"count": 2}
    assert rest.ask("/history/task/count", taskHadCandidateGroup="b_ro") == {"count": 0}


# -- who may -------------------------------------------------------------------------------------------------------

LISTS = (
    "process-instance",
    "activity-instance",
    "task",
    "variable-instance",
    "detail",
    "job-log",
    "external-task-log",
    "decision-instance",
    "user-operation",
)


def test_accounts_see_only_the_past_that_they_are_granted(
    rest: ApiClient, machine: Callable[..., ApiClient], runde: Callable[..., Round]
):
    case = runde().reviews().prints()
    reader, other, nobody = machine("history:read:runde"), machine("history:read:antrag"), machine("task:read")
    for name in LISTS:
        everything = rest.ask(f"/history/{name}")
        seen = [each for each in everything if each["processDefinitionKey"] == "runde"]
        assert reader.ask(f"/history/{name}") == seen
        assert reader.ask(f"/history/{name}/count") == {"count": len(seen)}
        assert seen, name
        assert len(other.ask(f"/history/{name}")) == len(everything) - len(seen)
        assert nobody.ask(f"/history/{name}") == []
        assert nobody.ask(f"/history/{name}/count") == {"count": 0}
        if name not in ("task", "user-operation"):
            other.refuses(f"/history/{name}/{seen[0]['id']}", method="GET", status=403)
            reader.ask(f"/history/{name}/{seen[0]['id']}")
    reader.refuses(f"/history/process-instance/{case.id}", method="DELETE", status=403)
    assert nobody.ask("/history/incident") == []


@pytest.mark.parametrize("name", [*LISTS, "incident"])
def test_what_cannot_be_read_is_refused(rest: ApiClient, name: str):
    for query in ({"sortBy": "x", "sortOrder": "asc"}, {"maxResults": "x"}, {"firstResult": "-1"}):
        assert rest.get(f"/engine-rest/history/{name}", query_string=query).status_code == 400
