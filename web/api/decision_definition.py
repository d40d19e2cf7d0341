# SPDX-License-Identifier: EUPL-1.2
"""Decisions: which are deployed, what they look like, and asking them."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from flask import Response

from engine.decisions import (
    DecisionFailed,
    DecisionLine,
    GraphLine,
    ask_decision,
    decision_source,
    decisions,
    graphs,
    newest,
)
from engine.queries.variables import Condition, holds
from web.api import blueprint
from web.api.answers import answer, count
from web.api.asked import Question, body
from web.api.describing import asks, gives, takes
from web.api.guard import granted, require, require_any
from web.api.lists import few
from web.api.message import only_plain
from web.api.problems import Refused, missing
from web.api.shapes.repository import DecisionDefinition, DecisionRequirementsDefinition, DecisionXml
from web.api.shapes.values import Variables
from web.api.values import read_variables, typed_variables
from web.bootstrap import platform
from web.transaction import session

View = Callable[[DecisionLine], Response]
#: Sorting by these names.
_ORDERS: Mapping[str, Callable[[DecisionLine], Any]] = {
    "id": lambda line: line.deployment_id,
    "key": lambda line: line.key,
    "name": lambda line: line.name,
    "version": lambda line: line.version,
    "deploymentId": lambda line: line.deployment_id,
    "deployTime": lambda line: line.deployment_id,
    "category": lambda line: "",
    "tenantId": lambda line: line.tenant_id or "",
    "versionTag": lambda line: line.version_tag or "",
    "decisionRequirementsDefinitionKey": lambda line: line.graph_key,
}
#: Parameters that are compared with these.
_EQUAL: Mapping[str, Callable[[DecisionLine], str | None]] = {
    "decisionDefinitionId": lambda line: decision_id(line),
    "key": lambda line: line.key,
    "name": lambda line: line.name,
    "deploymentId": lambda line: str(line.deployment_id),
    "version": lambda line: str(line.version),
    "resourceName": lambda line: line.resource,
    "category": lambda line: None,
    "versionTag": lambda line: line.version_tag,
    "decisionRequirementsDefinitionKey": lambda line: line.graph_key,
    "decisionRequirementsDefinitionId": lambda line: graph_id(line.graph_key, line.graph_version, line.deployment_id),
}
_LIKE = ("key", "name", "resourceName", "versionTag")
#: What lists can be asked for.
_CRITERIA = {
    **dict.fromkeys((*_EQUAL, *(f"{name}Like" for name in _LIKE)), "text"),
    "decisionDefinitionIdIn": "texts",
    "tenantIdIn": "texts",
    "withoutTenantId": "flag",
    "latestVersion": "flag",
}


def for_decision(path: str, method: str, permission: str) -> Callable[[View], View]:
    """Route a view to a decision by its id, by its key (the newest version), and by key and tenant."""

    def route(view: View) -> View:
        @wraps(view)
        def resolved(id: str | None = None, key: str = "", tenant_id: str | None = None) -> Response:
            return view(_decision(permission, id) if id is not None else _newest(permission, key, tenant_id))

        for place in ("<id>", "key/<key>", "key/<key>/tenant-id/<tenant_id>"):
            blueprint.route(f"/decision-definition/{place}{path}", methods=[method])(resolved)
        return view

    return route


@blueprint.get("/decision-definition")
@asks(_CRITERIA)
@gives(list[DecisionDefinition])
def decision_definitions() -> Response:
    """Decisions that fit."""
    question = Question.of_request()
    found, span = _found(question), question.span()
    for order in reversed(question.orders(*_ORDERS)):
        found.sort(key=_ORDERS[order.by], reverse=order.descending)
    return answer([described(line) for line in found[span.first : span.first + span.most]])


@blueprint.get("/decision-definition/count")
@asks(_CRITERIA)
def decision_definition_count() -> Response:
    """How many fit."""
    return count(len(_found(Question.of_request())))


@for_decision("", "GET", "read")
@gives(DecisionDefinition)
def decision_definition(line: DecisionLine) -> Response:
    """One version of a decision."""
    return answer(described(line))


@for_decision("/xml", "GET", "read")
@gives(DecisionXml)
def decision_xml(line: DecisionLine) -> Response:
    """The file that it lies in."""
    content = decision_source(session(), line.deployment_id, line.resource)
    return answer({"id": decision_id(line), "dmnXml": content.decode("utf-8", "replace")})


@for_decision("/evaluate", "POST", "create")
@takes(variables="variables")
@gives(list[Variables])
def evaluate_decision(line: DecisionLine) -> Response:
    """Ask it, with variables that are given; nothing of it is kept."""
    values = only_plain(read_variables(body().get("variables")))
    try:
        result = ask_decision(session(), platform().services, line, values)
    except DecisionFailed as failed:
        raise Refused(f"Cannot evaluate decision {decision_id(line)}: {failed}", 500, "RestException") from None
    return answer([typed_variables(output) for output in result.outputs])


@blueprint.get("/decision-requirements-definition")
@asks({"key": "text", "name": "text", "latestVersion": "flag"})
@gives(list[DecisionRequirementsDefinition])
def decision_graphs() -> Response:
    """Files of decisions that fit."""
    question = Question.of_request()
    found, span = _graphs(question), question.span()
    return answer([described_graph(line) for line in found[span.first : span.first + span.most]])


@blueprint.get("/decision-requirements-definition/count")
@asks({"key": "text", "name": "text", "latestVersion": "flag"})
def decision_graph_count() -> Response:
    """How many fit."""
    return count(len(_graphs(Question.of_request())))


@blueprint.get("/decision-requirements-definition/<id>")
@blueprint.get("/decision-requirements-definition/key/<key>")
@gives(DecisionRequirementsDefinition)
def decision_graph(id: str | None = None, key: str = "") -> Response:
    """One of them, or the newest of a key."""
    return answer(described_graph(_graph(id, key)))


@blueprint.get("/decision-requirements-definition/<id>/xml")
@blueprint.get("/decision-requirements-definition/key/<key>/xml")
@gives(DecisionXml)
def decision_graph_xml(id: str | None = None, key: str = "") -> Response:
    """The file itself."""
    line = _graph(id, key)
    content = decision_source(session(), line.deployment_id, line.resource)
    name = graph_id(line.key, line.version, line.deployment_id)
    return answer({"id": name, "dmnXml": content.decode("utf-8", "replace")})


def decision_id(line: DecisionLine) -> str:
    """Key, version and deployment."""
    return graph_id(line.key, line.version, line.deployment_id)


def graph_id(key: str, version: int, deployment_id: int) -> str:
    """The same for a file of decisions."""
    return f"{key}:{version}:{deployment_id}"


def described(line: DecisionLine) -> DecisionDefinition:
    """A decision as clients read it."""
    days = line.history_days or ""
    return {
        "id": decision_id(line),
        "key": line.key,
        "category": None,
        "name": line.name or None,
        "version": line.version,
        "resource": line.resource,
        "deploymentId": str(line.deployment_id),
        "tenantId": line.tenant_id,
        "decisionRequirementsDefinitionId": graph_id(line.graph_key, line.graph_version, line.deployment_id),
        "decisionRequirementsDefinitionKey": line.graph_key,
        "historyTimeToLive": int(days) if days.isdecimal() and len(days) < 9 else None,
        "versionTag": line.version_tag,
    }


def described_graph(line: GraphLine) -> DecisionRequirementsDefinition:
    """A file of decisions as clients read it."""
    return {
        "id": graph_id(line.key, line.version, line.deployment_id),
        "key": line.key,
        "category": None,
        "name": line.name,
        "version": line.version,
        "resource": line.resource,
        "deploymentId": str(line.deployment_id),
        "tenantId": line.tenant_id,
    }


def _decision(permission: str, id: str) -> DecisionLine:
    for line in decisions(session(), platform().services):
        if decision_id(line) == id:
            require("decision", permission, line.key)
            return line
    raise missing(f"No matching decision definition with id '{id}'")


def _newest(permission: str, key: str, tenant_id: str | None) -> DecisionLine:
    require("decision", permission, key)
    found = [line for line in decisions(session(), platform().services) if line.key == key]
    if tenant_id is not None:
        found = [line for line in found if line.tenant_id == tenant_id]
    if not found:
        which = f"tenant-id: '{tenant_id}'" if tenant_id else "no tenant-id"
        raise missing(f"No matching decision definition with key: {key} and {which}")
    return found[-1]


def _found(question: Question) -> list[DecisionLine]:
    keys = granted("decision")
    lines: Iterable[DecisionLine] = decisions(session(), platform().services)
    if question.flag("latestVersion"):
        lines = newest(lines)
    found = [line for line in lines if keys is None or line.key in keys]
    for name, part in _EQUAL.items():
        if name in question:
            found = [line for line in found if part(line) == question.text(name)]
    for name in _LIKE:
        if pattern := question.text(f"{name}Like"):
            found = [line for line in found if _alike(_EQUAL[name](line), pattern)]
    for name in ("decisionDefinitionIdIn", "tenantIdIn"):
        if (names := question.texts(name)) is not None:
            wanted = set(few(names))
            found = [
                line for line in found if (line.tenant_id if name == "tenantIdIn" else decision_id(line)) in wanted
            ]
    return [line for line in found if line.tenant_id is None] if question.flag("withoutTenantId") else found


def _alike(text: str | None, pattern: str) -> bool:
    return holds(Condition("text", "like", pattern), {"text": text})


def _graphs(question: Question) -> list[GraphLine]:
    """Those in which there is a decision that may be seen."""
    keys = granted("decision")
    lines = decisions(session(), platform().services)
    seen = {(line.graph_key, line.graph_version) for line in lines if keys is None or line.key in keys}
    found = [line for line in graphs(session(), platform().services) if (line.key, line.version) in seen]
    key, name = question.text("key"), question.text("name")
    found = [line for line in found if key in (None, line.key) and name in (None, line.name)]
    if question.flag("latestVersion"):
        found = list({line.key: line for line in found}.values())
    return found


def _graph(id: str | None, key: str) -> GraphLine:
    require_any("decision", "read")
    found = [
        line
        for line in _graphs(Question({}))
        if (line.key == key if id is None else graph_id(line.key, line.version, line.deployment_id) == id)
    ]
    if not found:
        raise missing(f"No matching decision requirements definition with id '{id or key}'")
    return found[-1]
