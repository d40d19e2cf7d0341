# SPDX-License-Identifier: EUPL-1.2
"""Lists asked for oddly: whatever is sent, the answer is a list or a refusal, never a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import ApiClient
from tests.api.odd import odd_texts

LISTS = (
    "/task",
    "/filter/alle-aufgaben/list",
    "/history/process-instance",
    "/history/activity-instance",
    "/history/task",
    "/history/variable-instance",
    "/history/detail",
    "/history/incident",
    "/history/job-log",
    "/history/external-task-log",
    "/history/decision-instance",
    "/history/user-operation",
    "/user",
    "/group",
    "/authorization",
)
VALUES: tuple[Any, ...] = (
    [],
    {},
    [[]],
    [None],
    [{}],
    True,
    1.5,
    -(2**40),
    10**30,
    [{"name": "x", "operator": "gt", "value": {}}],
)


@pytest.fixture
def questions(rest: ApiClient) -> dict[str, dict[str, Any]]:
    """What each list can be asked for, as its description says."""
    paths = rest.ask("/openapi.json")["paths"]
    known = {path.replace("{id}", "alle-aufgaben"): methods for path, methods in paths.items()}
    return {
        path: {one["name"]: one for one in known[path]["get"]["parameters"] if one["in"] == "query"} for path in LISTS
    }


def test_odd_values_in_the_address(rest: ApiClient, publish: Callable[..., None], questions: dict[str, dict[str, Any]]):
    publish("arbeit")
    rest.sends("/process-definition/key/arbeit/start", {})
    for path, names in questions.items():
        for name, one in names.items():
            for text in odd_texts(one):
                response = rest.get(f"/engine-rest{path}", query_string={name: text})
                assert response.status_code in (200, 400), (path, name, text[:50], response.text[:300])


# The values that come out of JSON are those that come out of addresses: one database shows what becomes of them.
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_odd_values_in_json(rest: ApiClient, publish: Callable[..., None], questions: dict[str, dict[str, Any]]):
    publish("arbeit")
    rest.sends("/process-definition/key/arbeit/start", {})
    for path, names in questions.items():
        if path in ("/history/user-operation", "/user", "/group", "/authorization"):
            continue  # These are asked in the address only.
        for name in (*names, "sorting"):
            for value in VALUES:
                response = rest.post(f"/engine-rest{path}", json={name: value})
                assert response.status_code in (200, 400), (path, name, value, response.text[:300])
