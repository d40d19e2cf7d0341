# SPDX-License-Identifier: EUPL-1.2
"""For the matrix of routes: something of each kind that task lists and histories ask for, and what they send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.api import modeler
from tests.api.client import ApiClient, json_of

Values = dict[str, str]
BODIES: dict[str, Any] = {
    "POST /task/<id>/delegate": {"userId": "anna"},
    "POST /task/<id>/bpmnError": {"errorCode": "X"},
    "POST /task/<id>/bpmnEscalation": {"escalationCode": "X"},
    "POST /task/<id>/identity-links": {"userId": "anna", "type": "candidate"},
    "POST /task/<id>/identity-links/delete": {"userId": "anna", "type": "candidate"},
    "POST /task/<id>/<any(variables, localVariables):branch>": {"modifications": {"x": {"value": 1}}},
}


def _task(rest: ApiClient, town: dict[str, Any]) -> Values:
    (task,) = rest.ask("/task", processInstanceId=town["case"])
    path = f"/task/{task['id']}"
    comment = rest.sends(f"{path}/comment/create", {"message": "x"})
    linked = {"url": "https://stadt.example"}
    attachment = json_of(rest.post(f"/engine-rest{path}/attachment/create", data=linked))
    about = {"comment_id": comment["id"], "attachment_id": attachment["id"]}
    return {"id": task["id"], "branch": "variables", "name": "datei", **about}


def _first_of(noun: str) -> Callable[[ApiClient, dict[str, Any]], Values]:
    def first(rest: ApiClient, town: dict[str, Any]) -> Values:
        if not rest.ask("/process-definition", key="runde"):
            files = modeler.deployment("runde/runde.bpmn", "runde/stufe.dmn", name="runde")
            assert rest.post("/engine-rest/deployment/create", data=files, headers=modeler.HEADERS).status_code == 200
            given = {"menge": {"value": 1}, "wer": {"value": []}}
            rest.sends("/process-definition/key/runde/start", {"variables": given})
        of = {"processInstanceId": town["case"]} if noun == "variable-instance" else {}
        return {"id": rest.ask(f"/history/{noun}", maxResults=1, **of)[0]["id"]}

    return first


def _somebody(rest: ApiClient, town: dict[str, Any]) -> Values:
    return {"id": "jemand"}


VALUES: dict[str, Callable[[ApiClient, dict[str, Any]], Values]] = {
    "task": _task,
    "filter": lambda rest, town: {"id": "alle-aufgaben"},
    **dict.fromkeys(("user", "group", "tenant", "authorization"), _somebody),
    **{
        f"history/{noun}": _first_of(noun)
        for noun in (
            "activity-instance",
            "process-instance",
            "variable-instance",
            "detail",
            "job-log",
            "external-task-log",
            "decision-instance",
        )
    },
}
