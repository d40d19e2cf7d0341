# SPDX-License-Identifier: EUPL-1.2
"""A town in which there is one of everything, and how each route is asked about it.

What a new route needs stands in `VALUES` (what its arguments are, by the first word of the address) and `BODIES`, here,
in `work.py` and in `desk.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from tests.api import desk, modeler, work
from tests.api.client import ApiClient, json_of

Values = dict[str, str]


def _definition(rest: ApiClient, town: dict[str, Any]) -> Values:
    return {"id": town["definition"], "key": "antrag", "tenant_id": "ost"}


def _instance(rest: ApiClient, town: dict[str, Any]) -> Values:
    (task,) = rest.ask("/task", processInstanceId=town["case"])
    comment = rest.sends(f"/task/{task['id']}/comment/create", {"message": "x"})
    return {"id": town["case"], "name": "datei", "comment_id": comment["id"]}


def _deployment(rest: ApiClient, town: dict[str, Any]) -> Values:
    resources = rest.ask(f"/deployment/{town['deployment']}/resources")
    return {"deployment_id": town["deployment"], "resource_id": resources[0]["id"]}


VALUES: dict[str, Callable[[ApiClient, dict[str, Any]], Values]] = {
    **work.VALUES,
    **desk.VALUES,
    "process-definition": _definition,
    "process-instance": _instance,
    "deployment": _deployment,
}
BODIES: dict[str, Any] = {
    **work.BODIES,
    **desk.BODIES,
    "POST /process-instance/<id>/modification": {"instructions": [{"type": "cancel", "activityId": "Pruefen"}]},
    "PUT /process-instance/<id>/suspended": {"suspended": True},
    "PUT /process-instance/suspended": {"suspended": True, "processInstanceIds": ["{case}"]},
    "PUT /process-definition/<id>/suspended": {"suspended": True},
    "PUT /process-definition/key/<key>/suspended": {"suspended": True},
    "PUT /process-definition/key/<key>/tenant-id/<tenant_id>/suspended": {"suspended": True},
    "PUT /process-definition/suspended": {"suspended": True, "processDefinitionKey": "antrag"},
}


@dataclass
class Call:
    """One way to call one route."""

    rule: str
    method: str
    path: str
    body: Any

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"


def prepared(rest: ApiClient) -> tuple[dict[str, Any], dict[str, Values]]:
    """The application that the others belong to, and something of each kind by the first word of its address."""
    files = modeler.deployment("antrag.bpmn", "antrag-stellen.form", "antrag-pruefen.form", tenant_id="ost")
    deployed = json_of(rest.post("/engine-rest/deployment/create", data=files, headers=modeler.HEADERS))
    file = {"value": "eA==", "type": "File", "valueInfo": {"filename": "a.txt"}}
    started = {"variables": {"datei": file}, "businessKey": "BK"}
    case = rest.sends("/process-definition/key/antrag/start", started)
    town = {"deployment": deployed["id"], "definition": case["definitionId"], "case": case["id"]}
    return town, {word: give(rest, town) for word, give in VALUES.items()}


def rules(app: Flask) -> list[Rule]:
    """The routes of the API."""
    found = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    assert found
    return sorted(found, key=lambda rule: rule.rule)


def calls(app: Flask, town: dict[str, Any], known: dict[str, Values]) -> Iterator[Call]:
    """Each route with each method, as it is asked when all is well."""
    for rule in rules(app):
        short = rule.rule.removeprefix("/engine-rest")
        if lacking(rule, known):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            body = filled(BODIES.get(f"{method} {short}", {}), town)
            yield Call(short, method, _address(app, rule, known), body)


def word(path: str) -> str:
    """The first word of an address, or the first two where those are known."""
    first, _, rest = path.removeprefix("/engine-rest").strip("/").partition("/")
    both = f"{first}/{rest.partition('/')[0]}"
    return both if both in VALUES else first


def lacking(rule: Rule, known: dict[str, Values]) -> set[str]:
    """The arguments that nobody has said anything for."""
    return set(rule.arguments) - set(known.get(word(rule.rule), {}))


def _address(app: Flask, rule: Rule, known: dict[str, Values]) -> str:
    arguments = {name: known[word(rule.rule)][name] for name in rule.arguments}
    built: tuple[str, str] | None = rule.build(arguments)
    assert built is not None
    return built[1]


def filled(body: Any, town: dict[str, Any]) -> Any:
    """A body in which the names of `prepared` stand in braces."""
    if isinstance(body, str):
        return body.format(**town) if body.startswith("{") else body
    if isinstance(body, list):
        return [filled(each, town) for each in body]
    return {name: filled(each, town) for name, each in body.items()} if isinstance(body, dict) else body
