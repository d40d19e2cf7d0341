# SPDX-License-Identifier: EUPL-1.2
"""Decisions that instances have asked for: what they were given, and what they gave."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from engine.decisions import DecisionLine, decisions
from engine.queries.listing import Asked
from engine.queries.pastlines import DECISIONS, PastLine, find_past_line, list_past_lines
from web.api import blueprint
from web.api.answers import answer, count
from web.api.asked import Question
from web.api.decision_definition import decision_id, graph_id
from web.api.describing import asks, criteria_of, gives
from web.api.guard import granted, require
from web.api.ids import number_of
from web.api.lists import asked
from web.api.moments import moment_text
from web.api.past import origin, place
from web.api.problems import missing
from web.api.shapes.history import HistoricDecisionInput, HistoricDecisionInstance, HistoricDecisionOutput
from web.api.values import typed_value
from web.bootstrap import platform
from web.transaction import session

_Known = Mapping[tuple[str, str, Any], DecisionLine]


@blueprint.route("/history/decision-instance", methods=["GET", "POST"])
@asks(
    {
        **criteria_of(DECISIONS),
        "decisionDefinitionId": "text",
        "decisionDefinitionIdIn": "texts",
        "includeInputs": "flag",
        "includeOutputs": "flag",
    }
)
@gives(list[HistoricDecisionInstance])
def past_decisions() -> Response:
    """Those that fit; with inputs and outputs if they are asked for."""
    question, known = Question.of_request(), _known()
    lines = list_past_lines(session(), DECISIONS, _asked(question, known))
    parts = [name for name in ("inputs", "outputs") if question.flag(f"include{name.capitalize()}")]
    return answer([_described(line, known, parts) for line in lines])


@blueprint.route("/history/decision-instance/count", methods=["GET", "POST"])
@asks(
    {
        **criteria_of(DECISIONS),
        "decisionDefinitionId": "text",
        "decisionDefinitionIdIn": "texts",
        "includeInputs": "flag",
        "includeOutputs": "flag",
    }
)
def past_decision_count() -> Response:
    """How many fit."""
    return count(DECISIONS.count(session(), _asked(Question.of_request(), _known(), whole=True)))


@blueprint.get("/history/decision-instance/<id>")
@asks({"includeInputs": "flag", "includeOutputs": "flag"})
@gives(HistoricDecisionInstance)
def past_decision(id: str) -> Response:
    """One of them."""
    line = find_past_line(session(), DECISIONS, number_of(id) or -1)
    if line is None:
        raise missing(f"Historic decision instance with id '{id[:50]}' does not exist")
    require("history", "read", line.origin.definition_key)
    question = Question.of_request()
    parts = [name for name in ("inputs", "outputs") if question.flag(f"include{name.capitalize()}")]
    return answer(_described(line, _known(), parts))


def _asked(question: Question, known: _Known, *, whole: bool = False) -> Asked:
    found = asked(question, DECISIONS, granted("history"), whole=whole)
    ids = question.texts("decisionDefinitionIdIn")
    one = question.text("decisionDefinitionId")
    wanted = [*(ids or []), *([one] if one is not None else [])]
    if not wanted:
        return found
    places = {(one.key, one.version, one.deployment_id) for one in known.values() if decision_id(one) in wanted}
    return found.with_conditions(asked_at=sorted(places))


def _known() -> _Known:
    """All decisions by key, and by the deployment in which they lie or their version."""
    lines = decisions(session(), platform().services)
    by_version: _Known = {(line.key, "version", line.version): line for line in lines}
    return {**by_version, **{(line.key, "deployment", line.deployment_id): line for line in lines}}


def _asked_for(line: PastLine, known: _Known) -> DecisionLine | None:
    told = line.details
    key, deployment = str(told.get("decision")), told.get("deployment")
    if deployment is not None:
        return known.get((key, "deployment", deployment))
    return known.get((key, "version", told.get("version")))


def _described(line: PastLine, known: _Known, parts: Sequence[str]) -> HistoricDecisionInstance:
    told = line.details
    key, number = str(told.get("decision")), str(line.id)
    asked_for = _asked_for(line, known)
    graph = None if asked_for is None else _graph(asked_for)
    return {
        "id": number,
        "decisionDefinitionId": decision_id(asked_for) if asked_for is not None else None,
        "decisionDefinitionKey": key,
        "decisionDefinitionName": (told.get("outputs") or {}).get("name") or None,
        "evaluationTime": moment_text(line.at),
        **origin(line.origin),
        "caseDefinitionId": None,
        "caseDefinitionKey": None,
        "caseInstanceId": None,
        "activityId": line.element_id,
        "activityInstanceId": place(line.origin, line.element_id, line.token_id),
        "userId": None,
        "collectResultValue": None,
        "rootDecisionInstanceId": None,
        "decisionRequirementsDefinitionId": graph,
        "decisionRequirementsDefinitionKey": asked_for.graph_key if asked_for is not None else None,
        "inputs": _inputs(line) if "inputs" in parts else None,
        "outputs": _outputs(line) if "outputs" in parts else None,
    }


def _graph(line: DecisionLine) -> str:
    return graph_id(line.graph_key, line.graph_version, line.deployment_id)


def _inputs(line: PastLine) -> list[HistoricDecisionInput]:
    return [
        _clause(line, f"{line.id}:input:{number}", each["expression"], each["label"], each["value"])
        for number, each in enumerate(line.details.get("given") or ())
    ]


def _outputs(line: PastLine) -> list[HistoricDecisionOutput]:
    return [
        {
            **_clause(line, f"{line.id}:output:{number}", each["name"], each["label"], each["value"]),
            "ruleId": each["rule"],
            "ruleOrder": each["number"],
            "variableName": each["name"],
        }
        for number, each in enumerate(line.details.get("gave") or ())
    ]


def _clause(line: PastLine, id: str, clause: str, name: str, value: Any) -> HistoricDecisionInput:
    about = origin(line.origin)
    return {
        "id": id,
        "decisionInstanceId": str(line.id),
        "clauseId": clause,
        "clauseName": name,
        "errorMessage": None,
        **typed_value(value),
        "createTime": moment_text(line.at),
        "removalTime": about["removalTime"],
        "rootProcessInstanceId": about["rootProcessInstanceId"],
    }
