# SPDX-License-Identifier: EUPL-1.2
"""Open tasks through the API: finding them by anything, handing them around, completing them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from engine.clock import FrozenClock
from engine.db import unit_of_work
from engine.identity import add_user
from tests.api.client import ApiClient
from web.bootstrap import Platform

TASK_FIELDS = {
    "id",
    "name",
    "assignee",
    "created",
    "due",
    "followUp",
    "lastUpdated",
    "delegationState",
    "description",
    "executionId",
    "owner",
    "parentTaskId",
    "priority",
    "processDefinitionId",
    "processInstanceId",
    "taskDefinitionKey",
    "caseExecutionId",
    "caseInstanceId",
    "caseDefinitionId",
    "suspended",
    "formKey",
    "camundaFormRef",
    "tenantId",
    "taskState",
}


@pytest.fixture
def work(rest: ApiClient, publish: Callable[..., None]) -> Callable[..., dict[str, Any]]:
    """Start an instance of a process; gives its task."""
    publish("arbeit", "antrag")

    def begin(key: str = "arbeit", business_key: str | None = None, **variables: Any) -> dict[str, Any]:
        typed = {name: {"value": value} for name, value in variables.items()}
        started = {"businessKey": business_key, "variables": typed}
        case = rest.sends(f"/process-definition/key/{key}/start", started)
        (task,) = rest.ask("/task", processInstanceId=case["id"])
        return dict(task)

    return begin


def ids(tasks: list[dict[str, Any]]) -> list[str]:
    return [task["id"] for task in tasks]


def history(rest: ApiClient, task: dict[str, Any]) -> list[tuple[str, str]]:
    """What was done at a task, and by whom."""
    lines = rest.ask("/history/user-operation", taskId=task["id"])
    return [(line["operationType"], line["userId"]) for line in lines]


# -- how it looks --------------------------------------------------------------------------------------------------


def test_task_says_all_that_clients_read(rest: ApiClient, work: Callable[..., dict[str, Any]]):
    task = work()
    assert set(task) == TASK_FIELDS
    assert task["name"] == "Daten erfassen"
    assert task["priority"] == 70
    assert task["description"] == "Bitte alles eintragen."
    assert task["created"] == "2026-11-22T11:00:00.000+0000"
    assert task["due"] == "2026-12-01T09:00:00.000+0000"
    assert task["taskState"] == "Created"
    assert (task["formKey"], task["camundaFormRef"]) == (None, None)
    assert rest.ask(f"/task/{task['id']}") == task


def test_forms_of_ours_are_references_and_others_keys(rest: ApiClient, work: Callable[..., dict[str, Any]]):
    task = work("antrag")
    assert task["camundaFormRef"] == {"key": "antrag-pruefen", "binding": "deployment", "version": None}
    assert task["formKey"] is None
    asking = work()
    rest.sends(f"/task/{asking['id']}/bpmnEscalation", {"escalationCode": "HILFE"}, expect=204)
    (helping,) = rest.ask("/task", name="Helfen")
    assert (helping["formKey"], helping["camundaFormRef"]) == ("embedded:app:helfen.html", None)


def test_comments_and_attachments_are_told_when_asked_for(rest: ApiClient, work: Callable[..., dict[str, Any]]):
    task = work()
    rest.sends(f"/task/{task['id']}/comment/create", {"message": "Hm."})
    (shown,) = rest.ask("/task", withCommentAttachmentInfo="true")
    assert (shown["comment"], shown["attachment"]) == (True, False)
    assert rest.ask(f"/task/{task['id']}", withCommentAttachmentInfo="true")["comment"] is True
    assert "comment" not in rest.ask(f"/task/{task['id']}")


# -- asking --------------------------------------------------------------------------------------------------------

#: Criterion and value → whether the one task „Daten erfassen“ fits.
CRITERIA: list[tuple[str, Any, bool]] = [
    ("processInstanceBusinessKey", "BK-1", True),
    ("processInstanceBusinessKey", "BK", False),
    ("processInstanceBusinessKeyIn", "BK-0,BK-1", True),
    ("processInstanceBusinessKeyLike", "BK%", True),
    ("processInstanceBusinessKeyLike", "BK\\%", False),
    ("processDefinitionKey", "arbeit", True),
    ("processDefinitionKey", "antrag", False),
    ("processDefinitionKeyIn", "x,arbeit", True),
    ("processDefinitionName", "Arbeit", True),
    ("processDefinitionNameLike", "Arb%", True),
    ("processDefinitionId", "arbeit:1:999", False),
    ("taskDefinitionKey", "Erfassen", True),
    ("taskDefinitionKeyIn", "Erfassen,Helfen", True),
    ("taskDefinitionKeyNotIn", "Erfassen", False),
    ("taskDefinitionKeyLike", "Erf%", True),
    ("name", "Daten erfassen", True),
    ("name", "Daten", False),
    ("nameNotEqual", "Daten erfassen", False),
    ("nameLike", "%erfassen", True),
    ("nameNotLike", "%erfassen", False),
    ("description", "Bitte alles eintragen.", True),
    ("descriptionLike", "%alles%", True),
    ("assignee", "anna", False),
    ("assigneeIn", "anna", False),
    ("assigned", "true", False),
    ("assigned", "false", True),
    ("unassigned", "true", True),
    ("owner", "anna", False),
    ("candidateGroup", "clerks", True),
    ("candidateGroup", "gardeners", False),
    ("candidateGroups", "gardeners,cashiers", True),
    ("candidateGroupLike", "cle%", True),
    ("candidateUser", "anna", True),
    ("candidateUser", "karin", True),
    ("candidateUser", "nobody", False),
    ("involvedUser", "anna", True),
    ("involvedUser", "karin", False),
    ("withCandidateGroups", "true", True),
    ("withoutCandidateGroups", "true", False),
    ("withCandidateUsers", "true", True),
    ("withoutCandidateUsers", "true", False),
    ("priority", "70", True),
    ("minPriority", "71", False),
    ("maxPriority", "70", True),
    ("dueDate", "2026-12-01T09:00:00.000+0000", True),
    ("dueBefore", "2026-12-01T09:00:00.000+0000", False),
    ("dueAfter", "2026-12-01T08:59:59.000+0000", True),
    ("withoutDueDate", "true", False),
    ("followUpDate", "2026-11-25T09:00:00.000+0000", True),
    ("followUpBefore", "2026-11-26", True),
    ("followUpAfter", "2026-11-26", False),
    ("followUpBeforeOrNotExistent", "2026-11-24", False),
    ("createdOn", "2026-11-22T11:00:00.000+0000", True),
    ("createdBefore", "2026-11-22T11:00:00.000+0000", False),
    ("createdAfter", "2026-11-22T10:00:00.000+0000", True),
    ("updatedAfter", "2026-11-22T10:00:00.000+0000", True),
    ("delegationState", "PENDING", False),
    ("active", "true", True),
    ("suspended", "true", False),
    ("withoutTenantId", "true", True),
    ("tenantIdIn", "ost", False),
    ("caseInstanceId", "x", False),
    ("parentTaskId", "x", False),
    ("processVariables", "price_eq_5", True),
    ("processVariables", "price_gt_5", False),
    ("processVariables", "price_gteq_5,town_like_S%", True),
    ("processVariables", "town_neq_Stadt", False),
    ("processVariables", "eigenes_eq_nur hier", False),
    ("taskVariables", "eigenes_eq_nur hier", True),
    ("taskVariables", "price_eq_5", False),
]


@pytest.fixture
def karin(platform: Platform) -> None:
    with unit_of_work(platform.db) as session:
        add_user(session, platform.clock, "karin", "Karin Kasse", "passwort-fuer-tests", ["cashiers"])


def test_each_criterion_finds_what_fits(rest: ApiClient, work: Callable[..., dict[str, Any]], karin: None):
    task = work(business_key="BK-1", price=5, town="Stadt")
    for name, value, fits in CRITERIA:
        found = rest.ask("/task", **{name: value})
        assert ids(found) == ([task["id"]] if fits else []), (name, value)
        assert rest.ask("/task/count", **{name: value}) == {"count": len(found)}, (name, value)
    for name in ("taskId", "processInstanceId", "executionId"):
        value = task["processInstanceId"] if name == "processInstanceId" else task["id"]
        assert ids(rest.ask("/task", **{name: value})) == [task["id"]]
        assert rest.ask("/task", **{name: "?"}) == []
    assert ids(rest.ask("/task", taskIdIn=f"x,{task['id']}")) == [task["id"]]
    assert ids(rest.ask("/task", activityInstanceIdIn=f"Erfassen:{task['id']}")) == [task["id"]]
    assert ids(rest.ask("/task", processInstanceIdIn=task["processInstanceId"])) == [task["id"]]
    assert ids(rest.ask("/task", processDefinitionId=task["processDefinitionId"])) == [task["id"]]


def test_who_asks_by_candidates_gets_what_nobody_has(rest: ApiClient, work: Callable[..., dict[str, Any]]):
    task = work()
    rest.sends(f"/task/{task['id']}/claim", {"userId": "ben"}, expect=204)
    assert rest.ask("/task", candidateGroup="clerks") == []
    assert ids(rest.ask("/task", candidateGroup="clerks", includeAssignedTasks="true")) == [task["id"]]
    assert ids(rest.ask("/task", assignee="ben", assigneeLike="b%", assigneeIn="ben,x")) == [task["id"]]
    assert rest.ask("/task", assigneeNotIn="ben") == []


def test_post_asks_the_same_in_json(rest: ApiClient, work: Callable[..., dict[str, Any]], clock: FrozenClock):
    cheap = work(price=5, town="Stadt")
    clock.advance(timedelta(seconds=1))
    dear = work(price=50, town="Dorf")

    def asked(**query: Any) -> list[str]:
        found = ids(rest.sends("/task", query))
        assert rest.sends("/task/count", query) == {"count": len(found)}
        return found

    assert asked() == [cheap["id"], dear["id"]]
    assert asked(processVariables=[{"name": "price", "operator": "gt", "value": 5}]) == [dear["id"]]
    assert asked(processVariables=[{"name": "town", "operator": "like", "value": "S%"}]) == [cheap["id"]]
    insensitive = {"variableNamesIgnoreCase": True, "variableValuesIgnoreCase": True}
    assert asked(processVariables=[{"name": "TOWN", "operator": "eq", "value": "stadt"}], **insensitive) == [
        cheap["id"]
    ]
    assert asked(orQueries=[{"priority": 1, "name": "Daten erfassen"}, {"taskId": dear["id"]}]) == [dear["id"]]
    town = {"name": "town", "operator": "eq", "value": "Dorf"}
    assert asked(orQueries=[{"priority": 1, "processVariables": [town]}]) == [dear["id"]]
    assert asked(orQueries=[{"taskId": cheap["id"], "processVariables": [town]}]) == [cheap["id"], dear["id"]]
    assert asked(orQueries=[{}]) == [cheap["id"], dear["id"]]
    assert asked(caseInstanceVariables=[town]) == []
    assert asked(candidateGroups=["clerks"], name=None) == [cheap["id"], dear["id"]]


def test_sorting_and_paging(rest: ApiClient, work: Callable[..., dict[str, Any]], clock: FrozenClock):
    first = work(price=5)
    clock.advance(timedelta(minutes=1))
    second = work("antrag", price=1)
    both = [first["id"], second["id"]]
    for by, upwards in {"name": 0, "dueDate": 1, "created": 1, "priority": 0, "assignee": 1, "followUpDate": 1}.items():
        order = both if upwards else both[::-1]
        assert ids(rest.ask("/task", sortBy=by, sortOrder="asc")) == order, by
    for by in ("dueDate", "created", "lastUpdated", "followUpDate"):
        assert ids(rest.ask("/task", sortBy=by, sortOrder="desc")) == both[::-1], by
    for by in ("instanceId", "executionId", "id", "description", "nameCaseInsensitive", "caseInstanceId"):
        assert len(rest.ask("/task", sortBy=by, sortOrder="desc")) == 2
    by_price = {"sortBy": "processVariable", "sortOrder": "asc", "parameters": {"variable": "price", "type": "Integer"}}
    assert ids(rest.sends("/task", {"sorting": [by_price]})) == both[::-1]
    assert ids(rest.sends("/task", {"sorting": [{**by_price, "sortOrder": "desc"}]})) == both
    several = [
        {"sortBy": "assignee", "sortOrder": "asc"},
        {"sortBy": "priority", "sortOrder": "desc"},
    ]
    assert ids(rest.sends("/task", {"sorting": several})) == both
    assert ids(rest.ask("/task", firstResult=1, maxResults=5)) == [second["id"]]
    assert rest.ask("/task", maxResults=0) == []
    assert ids(rest.sends("/task?firstResult=0&maxResults=1", {"sorting": [by_price]})) == [second["id"]]


@pytest.mark.parametrize(
    "query",
    [
        {"sortBy": "name"},
        {"sortBy": "colour", "sortOrder": "asc"},
        {"sortBy": "name", "sortOrder": "up"},
        {"sortBy": "processVariable", "sortOrder": "asc"},
        {"maxResults": "-1"},
        {"priority": "much"},
        {"dueBefore": "tomorrow"},
        {"assigned": "perhaps"},
        {"delegationState": "LOST"},
        {"assigneeExpression": "${currentUser()}"},
        {"dueBeforeExpression": "${now()}"},
        {"processVariables": "price-eq-5"},
    ],
)
def test_what_cannot_be_read_is_refused(rest: ApiClient, query: dict[str, str]):
    assert rest.get("/engine-rest/task", query_string=query).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        {"orQueries": {"name": "x"}},
        {"orQueries": ["x"]},
        {"orQueries": [{"orQueries": [{"name": "x"}]}]},
        {"orQueries": [{"name": "x"}] * 21},
        {"sorting": [{"sortBy": "taskVariable", "sortOrder": "asc", "parameters": {}}]},
        {"processVariables": [{"operator": "eq", "value": 1}]},
        {"processVariables": [{"name": "x", "operator": "sounds like", "value": 1}]},
        {"taskIdIn": [str(number) for number in range(2001)]},
    ],
)
def test_queries_in_json_that_cannot_be_read_are_refused(rest: ApiClient, query: dict[str, Any]):
    rest.refuses("/task", query)


def test_unreadable_bodies_are_refused(rest: ApiClient):
    for body in (b"[]", b"{", b'{"a": NaN}', b'"x"'):
        assert rest.post("/engine-rest/task", data=body, content_type="application/json").status_code == 400


def test_suspended_instances_are_told_apart(rest: ApiClient, work: Callable[..., dict[str, Any]]):
    task = work()
    rest.sends(
        f"/process-instance/{task['processInstanceId']}/suspended", {"suspended": True}, method="PUT", expect=204
    )
    assert rest.ask("/task", active="true") == []
    (held,) = rest.ask("/task", suspended="true")
    assert held["suspended"] is True
    envelope = rest.refuses(f"/task/{task['id']}/complete", {})
    assert envelope["type"] == "SuspendedEntityInteractionException"


# -- who has it ----------------------------------------------------------------------------------------------------


def test_claim_is_for_whom_it_says_and_history_names_the_account(rest: ApiClient, work: Callable[..., dict[str, Any]]):
    task = work()
    path = f"/task/{task['id']}"
    rest.sends(f"{path}/claim", {"userId": "anna"}, expect=204)
    claimed = rest.ask(path)
    assert (claimed["assignee"], claimed["taskState"]) == ("anna", "Updated")
    assert claimed["lastUpdated"] == "2026-11-22T11:00:00.000+0000"
    rest.sends(f"{path}/claim", {"userId": "anna"}, expect=204)
    assert rest.refuses(f"{path}/claim", {"userId": "ben"}, status=500)["type"] == "TaskAlreadyClaimedException"
    assert history(rest, task) == [("Claim", "demo-rest")]
    rest.sends(f"{path}/unclaim", expect=204)
    assert rest.ask(path)["assignee"] is None
    rest.sends(f"{path}/claim", {"userId": "ben"}, expect=204)
    rest.sends(f"{path}/claim", {"userId": None}, expect=204)
    assert rest.ask(path)["assignee"] is None


def test_assignee_can_be_set_whoever_has_it(rest: ApiClient, work: Callable[..., dict[str, Any]]):
    path = f"/task/{work()['id']}"
    for name in ("anna", "ben", None):
        rest.sends(f"{path}/assignee", {"userId": name}, expect=204)
        assert rest.ask(path)["assignee"] == name
    for wrong in ("x" * 101, 5, {"a": 1}, "a\nb"):
        rest.refuses(f"{path}/assignee", {"userId": wrong})


def test_delegated_task_comes_back_before_it_can_be_completed(rest: ApiClient, work: Callable[..., dict[str, Any]]):
    task = work()
    path = f"/task/{task['id']}"
    rest.sends(f"{path}/claim", {"userId": "anna"}, expect=204)
    rest.refuses(f"{path}/delegate", {})
    rest.sends(f"{path}/delegate", {"userId": "ben"}, expect=204)
    delegated = rest.ask(path)
    assert (delegated["assignee"], delegated["owner"], delegated["delegationState"]) == ("ben", "anna", "PENDING")
    assert ids(rest.ask("/task", delegationState="PENDING", owner="anna")) == [task["id"]]
    assert "resolved instead" in rest.refuses(f"{path}/complete", {})["message"]
    rest.sends(f"{path}/resolve", {"variables": {"rat": {"value": "ja"}}}, expect=204)
    resolved = rest.ask(path)
    assert (resolved["assignee"], resolved["delegationState"]) == ("anna", "RESOLVED")
    assert rest.ask(f"{path}/variables/rat")["value"] == "ja"
    rest.sends(f"{path}/complete", {}, expect=204)
    assert [act for act, _ in history(rest, task)] == ["Claim", "Delegate", "SetVariable", "Resolve", "Complete"]


def test_update_replaces_what_can_be_replaced(rest: ApiClient, work: Callable[..., dict[str, Any]]):
    task = work()
    path = f"/task/{task['id']}"
    changed = {
        **task,
        "name": "Anders",
        "priority": 3,
        "assignee": "anna",
        "owner": "ben",
        "delegationState": "PENDING",
    }
    changed |= {"due": "2026-12-24T18:00:00.000+0100", "followUp": None, "description": "Neu"}
    rest.sends(path, changed, method="PUT", expect=204)
    told = rest.ask(path)
    assert (told["name"], told["priority"], told["assignee"], told["owner"]) == ("Anders", 3, "anna", "ben")
    assert (told["due"], told["followUp"]) == ("2026-12-24T17:00:00.000+0000", None)
    rest.sends(path, {}, method="PUT", expect=204)
    emptied = rest.ask(path)
    assert (emptied["assignee"], emptied["due"], emptied["description"]) == (None, None, None)
    assert (emptied["name"], emptied["priority"]) == ("Anders", 3)
    for wrong in ({"delegationState": "x"}, {"priority": 2**31}, {"due": "soon"}, {"name": "x" * 301}):
        rest.refuses(path, wrong, method="PUT")


def test_links_to_people_and_groups(rest: ApiClient, work: Callable[..., dict[str, Any]]):
    task = work()
    path = f"/task/{task['id']}/identity-links"
    rest.sends(path, {"userId": "ben", "type": "candidate"}, expect=204)
    rest.sends(path, {"userId": "ben", "type": "candidate"}, expect=204)
    rest.sends(path, {"groupId": "gardeners", "type": "candidate"}, expect=204)
    rest.sends(path, {"userId": "anna", "type": "assignee"}, expect=204)
    rest.sends(path, {"userId": "karin", "type": "owner"}, expect=204)
    assert rest.ask(path, type="assignee") == [{"userId": "anna", "groupId": None, "type": "assignee"}]
    linked = {(each["userId"], each["groupId"], each["type"]) for each in rest.ask(path)}
    assert {("ben", None, "candidate"), (None, "gardeners", "candidate"), ("karin", None, "owner")} <= linked
    for link in ({"userId": "ben", "type": "candidate"}, {"userId": "anna", "type": "assignee"}):
        rest.sends(f"{path}/delete", link, expect=204)
    for link in ({"userId": "karin", "type": "owner"}, {"groupId": "gardeners", "type": "candidate"}):
        rest.sends(f"{path}/delete", link, expect=204)
    left = {each["userId"] or each["groupId"] for each in rest.ask(path)}
    assert left == {"anna", "cashiers", "clerks"}
    for wrong in (
        {"userId": "x"},
        {"type": "candidate"},
        {"userId": "x", "groupId": "y", "type": "candidate"},
        {"groupId": "x", "type": "owner"},
        {"userId": "x", "type": "friend"},
    ):
        rest.refuses(path, wrong)


# -- how it ends ---------------------------------------------------------------------------------------------------


def test_complete_with_and_without_variables_in_return(rest: ApiClient, work: Callable[..., dict[str, Any]]):
    first, second = work(price=5), work()
    answered = {"betrag": {"value": 7, "type": "Long"}, "nur": {"value": 1, "valueInfo": {"transient": True}}}
    given = rest.sends(f"/task/{first['id']}/complete", {"variables": answered, "withVariablesInReturn": True})
    assert given["betrag"] == {"type": "Long", "value": 7, "valueInfo": {}}
    assert given["price"]["value"] == 5
    assert "nur" not in given
    rest.sends(f"/task/{second['id']}/complete", {}, expect=204)
    for path in ("complete", "claim", "submit-form"):
        envelope = rest.refuses(f"/task/{first['id']}/{path}", {"userId": "anna"}, status=404)
        assert envelope["message"].startswith("Cannot find task with id")
    assert rest.ask("/task") == []


def test_complete_without_a_body(rest: ApiClient, work: Callable[..., dict[str, Any]]):
    response = rest.post(f"/engine-rest/task/{work()['id']}/complete", content_type="application/json")
    assert response.status_code == 204


def test_error_of_the_process_is_caught_with_its_variables(rest: ApiClient, work: Callable[..., dict[str, Any]]):
    task = work()
    error = {"errorCode": "ABGELEHNT", "errorMessage": "zu teuer", "variables": {"wer": {"value": "anna"}}}
    rest.sends(f"/task/{task['id']}/bpmnError", error, expect=204)
    case = rest.ask(f"/history/process-instance/{task['processInstanceId']}")
    assert case["state"] == "COMPLETED"
    found = rest.ask("/history/variable-instance", processInstanceId=case["id"])
    values = {each["name"]: each["value"] for each in found}
    assert (values["code"], values["grund"], values["wer"]) == ("ABGELEHNT", "zu teuer", "anna")


def test_error_that_nobody_catches_leaves_the_task(rest: ApiClient, work: Callable[..., dict[str, Any]]):
    task = work()
    rest.refuses(f"/task/{task['id']}/bpmnError", {"errorCode": "ANDERS"}, status=500)
    rest.refuses(f"/task/{task['id']}/bpmnError", {"errorMessage": "ohne Code"})
    assert ids(rest.ask("/task")) == [task["id"]]


def test_escalation_calls_others_and_the_task_goes_on(rest: ApiClient, work: Callable[..., dict[str, Any]]):
    task = work()
    rest.sends(f"/task/{task['id']}/bpmnEscalation", {"escalationCode": "HILFE"}, expect=204)
    assert {each["name"] for each in rest.ask("/task")} == {"Daten erfassen", "Helfen"}
    rest.refuses(f"/task/{task['id']}/bpmnEscalation", {})


def test_tasks_are_neither_created_nor_deleted_alone(rest: ApiClient, work: Callable[..., dict[str, Any]]):
    task = work()
    assert "running process" in rest.refuses(f"/task/{task['id']}", method="DELETE")["message"]
    rest.refuses("/task/create", {"name": "Einzeln"})
    rest.refuses("/task/gibt-es-nicht", method="GET", status=404)


# -- who may -------------------------------------------------------------------------------------------------------

WRITES = [
    ("POST", "/claim", {"userId": "anna"}),
    ("POST", "/unclaim", None),
    ("POST", "/assignee", {"userId": "anna"}),
    ("POST", "/delegate", {"userId": "anna"}),
    ("POST", "/resolve", {}),
    ("POST", "/complete", {}),
    ("POST", "/submit-form", {}),
    ("POST", "/bpmnError", {"errorCode": "ABGELEHNT"}),
    ("POST", "/bpmnEscalation", {"escalationCode": "HILFE"}),
    ("POST", "/identity-links", {"userId": "anna", "type": "candidate"}),
    ("POST", "/identity-links/delete", {"userId": "anna", "type": "candidate"}),
    ("POST", "/comment/create", {"message": "x"}),
    ("PUT", "/variables/x", {"value": 1}),
    ("PUT", "/localVariables/x", {"value": 1}),
    ("DELETE", "/variables/x", None),
    ("POST", "/variables", {"modifications": {"x": {"value": 1}}}),
    ("PUT", "", {}),
]
READS = [
    "",
    "/form",
    "/deployed-form",
    "/rendered-form",
    "/form-variables",
    "/variables",
    "/localVariables",
    "/identity-links",
    "/comment",
    "/attachment",
]


def test_accounts_see_and_touch_only_what_they_are_granted(
    machine: Callable[..., ApiClient], work: Callable[..., dict[str, Any]]
):
    task, other = work(), work("antrag")
    reader, writer = machine("task:read:arbeit"), machine("task:read:arbeit", "task:update:arbeit")
    assert ids(reader.ask("/task")) == ids(reader.sends("/task", {})) == [task["id"]]
    assert reader.ask("/task/count") == reader.sends("/task/count", {}) == {"count": 1}
    for path in READS:
        reader.refuses(f"/task/{other['id']}{path}", method="GET", status=403)
        assert reader.get(f"/engine-rest/task/{task['id']}{path}").status_code != 403
    for method, path, body in WRITES:
        envelope = reader.refuses(f"/task/{task['id']}{path}", body, method=method, status=403)
        assert envelope["missingAuthorizations"] == [
            {"permissionName": "UPDATE", "resourceName": "task", "resourceId": "arbeit"}
        ]
        writer.refuses(f"/task/{other['id']}{path}", body, method=method, status=403)
    assert machine().ask("/task") == []
    writer.sends(f"/task/{task['id']}/complete", {}, expect=204)


def test_list_costs_two_statements_however_much_there_is(
    rest: ApiClient, work: Callable[..., dict[str, Any]], zaehlt_statements: Callable[[], int]
):
    work()

    def cost() -> int:
        zaehlt_statements()
        rest.ask("/task", name="Daten erfassen", candidateGroup="clerks")
        return zaehlt_statements()

    once = cost()
    for _ in range(3):
        work()
    assert cost() == once


def test_completing_keeps_the_budget_of_statements(
    rest: ApiClient, work: Callable[..., dict[str, Any]], platform: Platform
):
    task = work()
    rest.ask("/task")
    sent: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *others: Any) -> None:
        sent.append(statement)

    event.listen(platform.db.engine, "before_cursor_execute", listen)
    rest.sends(f"/task/{task['id']}/complete", {"variables": {"betrag": {"value": 1}}}, expect=204)
    event.remove(platform.db.engine, "before_cursor_execute", listen)
    counted = [statement for statement in sent if not statement.startswith("BEGIN")]
    assert 0 < len(counted) <= 12, "\n".join(counted)


def test_account_with_very_many_grants(machine: Callable[..., ApiClient], work: Callable[..., dict[str, Any]]):
    task = work()
    work("antrag")
    client = machine(*(f"task:read:key{number}" for number in range(100)), "task:read:arbeit")
    assert ids(client.ask("/task")) == [task["id"]]
    assert client.ask("/task/count") == {"count": 1}
