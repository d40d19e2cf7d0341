# SPDX-License-Identifier: EUPL-1.2
"""What requests of programs cost the database, and what they refuse to cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from engine.clock import FrozenClock
from tests.api.client import ApiClient
from web.bootstrap import Platform

BUDGET = 12
TOPIC = "stadt.druck"


@pytest.fixture
def sent(platform: Platform) -> list[str]:
    """The SQL statements that have been sent; SQLite's beginnings of transactions are none."""
    statements: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *others: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(platform.db.engine, "before_cursor_execute", listen)
    return statements


def start(rest: ApiClient, key: str, **variables: Any) -> str:
    values = {name: {"value": value} for name, value in variables.items()}
    found: str = rest.sends(f"/process-definition/key/{key}/start", {"variables": values})["id"]
    return found


def test_starting_and_completing_keep_the_budget(rest: ApiClient, publish: Callable[..., None], sent: list[str]):
    publish("antrag")
    rest.ask("/task", processInstanceId=start(rest, "antrag"))
    sent.clear()

    case = start(rest, "antrag", betrag=5)
    assert 0 < len(sent) <= BUDGET, "\n".join(sent)

    (task,) = rest.ask("/task", processInstanceId=case)
    sent.clear()
    rest.sends(f"/task/{task['id']}/complete", {"variables": {"x": {"value": 1}}}, expect=204)
    assert 0 < len(sent) <= BUDGET, "\n".join(sent)


def test_fetching_costs_the_same_for_one_task_and_for_several(
    rest: ApiClient, publish: Callable[..., None], sent: list[str]
):
    publish("druck")
    counted = []
    for number in (1, 5):
        for _ in range(number):
            start(rest, "druck", seiten=1, dringend=0)
        sent.clear()
        assert len(fetch(rest)) == number
        counted.append(len(sent))
    assert counted[0] == counted[1] <= BUDGET, "\n".join(sent)


def test_a_list_costs_the_same_with_few_grants_and_with_many(
    machine: Callable[..., ApiClient], rest: ApiClient, publish: Callable[..., None], sent: list[str]
):
    publish("antrag")
    case = start(rest, "antrag")
    counted = []
    for others in (0, 500):
        asks = machine("task:read:antrag", *(f"task:read:anderes_{number}" for number in range(others)))
        asks.ask("/task")
        sent.clear()
        assert [task["processInstanceId"] for task in asks.ask("/task", sortBy="name", sortOrder="desc")] == [case]
        counted.append(len(sent))
    assert counted == [4, 4], "\n".join(sent)


def test_work_is_found_by_its_values_however_much_lies_before_it(
    rest: ApiClient, publish: Callable[..., None], clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
):
    publish("druck")
    for number in range(4):
        start(rest, "druck", seiten=number, dringend=0)
        clock.advance(timedelta(seconds=1))

    monkeypatch.setattr("engine.fetching.MOST_OPENED", 3)
    assert [task["variables"]["seiten"]["value"] for task in fetch(rest, seiten=2)] == [2]

    monkeypatch.setattr("engine.fetching.MOST_OPENED", 2)
    # One has been fetched; the two that are compared do not fit, and the third is not looked at.
    assert "narrow" in refused_fetch(rest, seiten=3)["message"]


def test_a_page_of_tasks_by_their_values_ends_the_search(
    rest: ApiClient, publish: Callable[..., None], clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
):
    publish("antrag")
    for number in range(4):
        start(rest, "antrag", nummer=number)
        clock.advance(timedelta(seconds=1))

    monkeypatch.setattr("engine.queries.worklist.MOST_OPENED", 2)
    small = {"processVariables": [{"name": "nummer", "operator": "lt", "value": 3}]}
    assert len(rest.sends("/task?maxResults=2", small)) == 2
    assert "narrow" in rest.refuses("/task", small)["message"]


def fetch(rest: ApiClient, **values: Any) -> Any:
    return rest.sends("/external-task/fetchAndLock", wanted(values))


def refused_fetch(rest: ApiClient, **values: Any) -> dict[str, Any]:
    return rest.refuses("/external-task/fetchAndLock", wanted(values))


def wanted(values: dict[str, Any]) -> dict[str, Any]:
    topic = {"topicName": TOPIC, "lockDuration": 60_000, "processVariables": values}
    return {"workerId": "drucker", "maxTasks": 10, "topics": [topic]}
