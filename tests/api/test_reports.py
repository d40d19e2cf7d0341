# SPDX-License-Identifier: EUPL-1.2
"""Figures about the past, counts by intervals, and what of the past is not deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.clock import FrozenClock
from tests.api.client import ApiClient
from web.bootstrap import Platform

HOUR = 3_600_000


@pytest.fixture
def tells(rest: ApiClient, publish: Callable[..., None], clock: FrozenClock) -> Callable[..., str]:
    """Let an instance of `meldung` take so many hours; None: it goes on."""

    def make(hours: int | None = None, *, cancelled: bool = False) -> str:
        publish("meldung")
        case: str = rest.sends("/process-definition/key/meldung/start", {})["id"]
        if hours is None:
            return case
        clock.advance(timedelta(hours=hours))
        if cancelled:
            rest.sends(f"/process-instance/{case}", method="DELETE", expect=204)
        else:
            (task,) = rest.ask("/task", processInstanceId=case)
            rest.sends(f"/task/{task['id']}/complete", {}, expect=204)
        return case

    return make


def test_durations_of_instances_by_month_and_quarter(
    rest: ApiClient, tells: Callable[..., str], clock: FrozenClock, machine: Callable[..., ApiClient]
):
    tells(1)
    tells(3)
    clock.advance(timedelta(days=10))
    tells(5)
    tells()
    by_month = rest.ask("/history/process-instance/report", reportType="duration", periodUnit="month")
    assert by_month == [
        {"period": 11, "periodUnit": "MONTH", "minimum": HOUR, "maximum": 3 * HOUR, "average": 2 * HOUR},
        {"period": 12, "periodUnit": "MONTH", "minimum": 5 * HOUR, "maximum": 5 * HOUR, "average": 5 * HOUR},
    ]
    (quarter,) = rest.ask("/history/process-instance/report", reportType="duration", periodUnit="quarter")
    assert (quarter["period"], quarter["average"]) == (4, 3 * HOUR)
    definition = rest.ask("/process-definition/key/meldung")["id"]
    asked = {"reportType": "duration", "periodUnit": "quarter"}
    assert rest.ask("/history/process-instance/report", processDefinitionIdIn=definition, **asked) == [quarter]
    for none in ({"processDefinitionIdIn": "x:1:77"}, {"processDefinitionKeyIn": "x"}, {"startedBefore": "2020-01-01"}):
        assert rest.ask("/history/process-instance/report", **none, **asked) == [], none
    assert machine("history:read:anderes").ask("/history/process-instance/report", **asked) == []


def test_reports_of_tasks(rest: ApiClient, tells: Callable[..., str]):
    tells(1)
    tells(3)
    tells()
    (taken,) = rest.ask("/history/task/report", reportType="duration", periodUnit="month")
    assert (taken["period"], taken["minimum"], taken["average"]) == (11, HOUR, 2 * HOUR)
    (named,) = rest.ask("/history/task/report", reportType="count", groupBy="taskName")
    assert (named["taskName"], named["processDefinitionName"], named["count"]) == ("Ansehen", "Meldung", 2)
    (of_process,) = rest.ask("/history/task/report", reportType="count", groupBy="processDefinition")
    assert of_process == {**named, "taskName": None}
    early = {"completedBefore": "2026-11-22T12:30:00.000+0000"}
    (one,) = rest.ask("/history/task/report", reportType="count", groupBy="taskName", **early)
    assert one["count"] == 1


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("process-instance", {}),
        ("process-instance", {"reportType": "count", "periodUnit": "month"}),
        ("process-instance", {"reportType": "duration", "periodUnit": "week"}),
        ("task", {"periodUnit": "month"}),
        ("task", {"reportType": "duration"}),
        ("task", {"reportType": "count", "groupBy": "assignee"}),
    ],
)
def test_reports_that_are_not_known_are_refused(rest: ApiClient, path: str, asked: dict[str, str]):
    assert rest.get(f"/engine-rest/history/{path}/report", query_string=asked).status_code == 400


def test_statistics_of_the_past(rest: ApiClient, tells: Callable[..., str], machine: Callable[..., ApiClient]):
    first = tells(1)
    tells(1, cancelled=True)
    waits = tells()
    (token,) = rest.ask("/execution", processInstanceId=waits, activityId="Ansehen")
    rest.sends(f"/execution/{token['id']}/create-incident", {"incidentType": "paperJam"})
    path = f"/history/process-definition/{rest.ask('/process-definition/key/meldung')['id']}/statistics"
    every = dict.fromkeys(("canceled", "finished", "completeScope", "incidents"), "true")
    found = {one["id"]: one for one in rest.ask(path, **every)}
    assert list(found) == ["Ansehen", "Ende", "Melden"]
    assert found["Ansehen"] == {
        "id": "Ansehen",
        "instances": 1,
        "canceled": 1,
        "finished": 2,
        "completeScope": 0,
        "openIncidents": 1,
        "resolvedIncidents": 0,
        "deletedIncidents": 0,
    }
    assert (found["Ende"]["completeScope"], found["Melden"]["finished"]) == (1, 3)
    plain = rest.ask(path, sortBy="activityId", sortOrder="desc")
    assert [(one["id"], one["finished"]) for one in plain] == [("Melden", 0), ("Ende", 0), ("Ansehen", 0)]
    only = {one["id"]: one for one in rest.ask(path, processInstanceIdIn=first, **every)}
    assert (only["Ansehen"]["instances"], only["Ansehen"]["finished"]) == (0, 1)
    machine("history:read:anderes").refuses(path, method="GET", status=403)


def test_counts_by_intervals(rest: ApiClient, tells: Callable[..., str], clock: FrozenClock):
    for hours in (0, 0, 2):
        tells(hours)
    lines = rest.ask("/metrics", name="activity-instance-end", interval=3600)
    assert [(one["timestamp"], one["value"]) for one in lines] == [
        ("2026-11-22T13:00:00.000+0000", 2),
        ("2026-11-22T11:00:00.000+0000", 7),
    ]
    assert {one["name"] for one in lines} == {"activity-instance-end"}
    last = rest.ask("/metrics", name="activity-instance-end", interval=3600, maxResults=1, firstResult=1)
    assert [one["value"] for one in last] == [7]
    assert len(rest.ask("/metrics", name="process-instances")) == 1
    assert rest.ask("/metrics", name="unknown") == []
    assert rest.get("/engine-rest/metrics?interval=0").status_code == 400


def test_file_of_a_change_is_handed_out(rest: ApiClient, tells: Callable[..., str]):
    case = tells()
    file = {"value": "eA==", "type": "File", "valueInfo": {"filename": "a.txt"}}
    rest.sends(f"/process-instance/{case}/variables/datei", file, method="PUT", expect=204)
    (change,) = rest.ask("/history/detail", processInstanceId=case)
    assert rest.get(f"/engine-rest/history/detail/{change['id']}/data").data == b"x"
    rest.refuses("/history/detail/0/data", method="GET", status=404)


def test_batch_is_forgotten_when_it_is_done(rest: ApiClient, platform: Platform, tells: Callable[..., str]):
    made = rest.sends("/process-instance/delete", {"processInstanceIds": [tells()]})
    rest.refuses(f"/history/batch/{made['id']}", method="DELETE")
    platform.worker.run_until_idle()
    rest.sends(f"/history/batch/{made['id']}", method="DELETE", expect=204)
    assert rest.ask("/history/batch") == []
    rest.refuses(f"/history/batch/{made['id']}", method="DELETE", status=404)


def test_one_instance_is_modified_by_the_worker(rest: ApiClient, platform: Platform, tells: Callable[..., str]):
    case = tells()
    path = f"/process-instance/{case}/modification-async"
    made: dict[str, Any] = rest.sends(path, {"instructions": [{"type": "cancel", "activityId": "Ansehen"}]})
    assert made["type"] == "instance-modification"
    platform.worker.run_until_idle()
    assert rest.ask("/process-instance/count") == {"count": 0}
    rest.refuses(path, {"instructions": []}, status=404)
    rest.refuses(f"/process-instance/{tells()}/modification-async", {"instructions": []})


def test_log_of_who_had_to_do_with_a_task(rest: ApiClient, tells: Callable[..., str], clock: FrozenClock):
    (task,) = rest.ask("/task", processInstanceId=tells())
    path = f"/task/{task['id']}"
    clock.advance(timedelta(hours=1))
    rest.sends(f"{path}/claim", {"userId": "anna"}, expect=204)
    rest.sends(f"{path}/assignee", {"userId": "ben"}, expect=204)
    rest.sends(f"{path}/identity-links", {"userId": "cora", "type": "candidate"}, expect=204)
    rest.sends(f"{path}/identity-links/delete", {"userId": "cora", "type": "candidate"}, expect=204)
    rest.sends(f"{path}/delegate", {"userId": "dora"}, expect=204)
    rest.sends(f"{path}/resolve", {}, expect=204)
    rest.sends(f"{path}/unclaim", {}, expect=204)
    log = rest.ask("/history/identity-link-log", taskId=task["id"])
    told = [(one["operationType"], one["type"], one["userId"] or one["groupId"]) for one in log]
    assert told == [
        ("add", "candidate", "clerks"),
        ("add", "assignee", "anna"),
        ("delete", "assignee", "anna"),
        ("add", "assignee", "ben"),
        ("add", "candidate", "cora"),
        ("delete", "candidate", "cora"),
        ("add", "owner", "ben"),
        ("delete", "assignee", "ben"),
        ("add", "assignee", "dora"),
        ("delete", "assignee", "dora"),
        ("add", "assignee", "ben"),
        ("delete", "assignee", "ben"),
    ]
    assert [one["assignerId"] for one in log] == [None, *["demo-rest"] * 11]
    assert (log[0]["time"], log[0]["processDefinitionKey"]) == ("2026-11-22T11:00:00.000+0000", "meldung")


def test_log_of_links_is_narrowed_and_sorted(
    rest: ApiClient, machine: Callable[..., ApiClient], tells: Callable[..., str], clock: FrozenClock
):
    for number in range(2):
        (task,) = rest.ask("/task", processInstanceId=tells())
        clock.advance(timedelta(hours=1))
        rest.sends(f"/task/{task['id']}/claim", {"userId": f"anna{number}"}, expect=204)

    def counted(**asked: str) -> int:
        found: int = rest.ask("/history/identity-link-log/count", **asked)["count"]
        assert len(rest.ask("/history/identity-link-log", **asked)) == found
        return found

    assert (counted(), counted(type="assignee"), counted(userId="anna1"), counted(groupId="clerks")) == (4, 2, 1, 2)
    assert (counted(operationType="delete"), counted(assignerId="demo-rest"), counted(taskId="x")) == (0, 2, 0)
    assert counted(dateBefore="2026-11-22T11:30:00.000+0000") == counted(processDefinitionKey="x") + 1 == 1
    assert counted(dateAfter="2026-11-22T12:00:00.000+0000") == 3
    newest = rest.ask("/history/identity-link-log", sortBy="userId", sortOrder="desc", maxResults=1)
    assert [one["userId"] for one in newest] == ["anna1"]
    assert machine("history:read:anderes").ask("/history/identity-link-log") == []


def test_nothing_of_the_past_is_removed_at_a_time_or_in_parts(rest: ApiClient):
    for thing in ("process-instance", "decision-instance", "batch"):
        rest.refuses(f"/history/{thing}/set-removal-time", {"clearedRemovalTime": True})
    rest.refuses("/history/decision-instance/delete", {"historicDecisionInstanceIds": ["1"]})
