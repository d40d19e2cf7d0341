# SPDX-License-Identifier: EUPL-1.2
"""Variables wherever they live: of cases, of subprocesses, of single activities."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from flask import Response

from engine.cases import find_case
from engine.definitions import load_definition
from engine.queries.executions import LISTING, Variable, Variables, cases_of, find_execution, variables
from web.api import blueprint
from web.api.answers import answer, count
from web.api.asked import Question
from web.api.binary import binary_of
from web.api.describing import asks, criteria_of, gives
from web.api.guard import granted, require
from web.api.ids import activity_instance_id, definition_id, token_of_instance
from web.api.instance_variables import deserializes
from web.api.lists import asked, few, variable_conditions
from web.api.problems import missing
from web.api.shapes.runtime import VariableInstance
from web.api.values import typed_value
from web.bootstrap import platform
from web.transaction import session

_SORTED_BY: dict[str, Callable[[Variable], str]] = {
    "variableName": lambda one: one.name,
    "variableType": lambda one: str(typed_value(one.value)["type"]),
    "activityInstanceId": lambda one: one.owner.id,
    "tenantId": lambda one: "",
}


#: What lists can be asked for.
_CRITERIA = {
    **criteria_of(LISTING),
    "variableName": "text",
    "variableNameLike": "text",
    "variableValues": "conditions",
    "executionIdIn": "texts",
    "taskIdIn": "texts",
    "variableScopeIdIn": "texts",
    "activityInstanceIdIn": "texts",
    "variableNamesIgnoreCase": "flag",
    "variableValuesIgnoreCase": "flag",
    "deserializeValues": "truth",
}


@blueprint.route("/variable-instance", methods=["GET", "POST"])
@asks(_CRITERIA)
@gives(list[VariableInstance])
def variable_instances() -> Response:
    """Variables that fit."""
    question = Question.of_request()
    span, shown = question.span(), deserializes(question, "deserializeValues")
    part = islice(_ordered(question), span.first, span.first + span.most)
    return answer([described(one, deserialize=shown) for one in part])


@blueprint.route("/variable-instance/count", methods=["GET", "POST"])
@asks(_CRITERIA)
def variable_instance_count() -> Response:
    """How many fit."""
    return count(sum(1 for _ in _found(Question.of_request())))


@blueprint.get("/variable-instance/<id>")
@asks({"deserializeValue": "truth"})
@gives(VariableInstance)
def variable_instance(id: str) -> Response:
    """One variable."""
    shown = deserializes(Question.of_request(), "deserializeValue")
    return answer(described(_variable(id), deserialize=shown))


@blueprint.get("/variable-instance/<id>/data")
def variable_instance_data(id: str) -> Response:
    """The content of a file or of bytes."""
    one = _variable(id)
    return binary_of(find_case(session(), one.owner.case_id), one.name, one.value)


def described(one: Variable, *, deserialize: bool) -> VariableInstance:
    """A variable with where it lives."""
    owner = one.owner
    definition = load_definition(session(), platform().services, owner.definition_id)
    node = definition.process.nodes.get(owner.element_id or "")
    whole = node is not None and node.loop is not None and not owner.is_round
    place = activity_instance_id(owner.element_id, owner.id, whole=whole) if owner.element_id else owner.case_id
    return {
        "id": one.id,
        "name": one.name,
        **typed_value(one.value, deserialize=deserialize),
        "processDefinitionId": definition_id(definition),
        "processInstanceId": owner.case_id,
        "executionId": owner.id,
        "caseInstanceId": None,
        "caseExecutionId": None,
        "taskId": owner.id if node is not None and node.type == "userTask" and not whole else None,
        "batchId": None,
        "activityInstanceId": place,
        "errorMessage": None,
        "tenantId": None,
    }


def _ordered(question: Question) -> Iterable[Variable]:
    orders = question.orders(*_SORTED_BY)
    found: Iterable[Variable] = _found(question)
    for order in reversed(orders):
        found = sorted(found, key=_SORTED_BY[order.by], reverse=order.descending)
    return found


def _found(question: Question) -> Iterable[Variable]:
    owners = _owners(question)
    # Whoever names owners opens their cases only.
    narrowed = {} if owners is None else {"processInstanceIdIn": cases_of(session(), owners)}
    where = asked(Question({**_without_orders(question), **narrowed}), LISTING, granted("process-instance"))
    wanted = Variables(
        name=question.text("variableName"),
        pattern=question.text("variableNameLike"),
        owners=owners,
        values=variable_conditions(question, "variableValues"),
    )
    return variables(session(), where, wanted)


def _owners(question: Question) -> list[str] | None:
    """Tokens and cases that are named as owners; None when none are."""
    named = [question.texts(name) for name in ("executionIdIn", "taskIdIn", "variableScopeIdIn")]
    places = question.texts("activityInstanceIdIn")
    named.append([token_of_instance(place) for place in places] if places is not None else None)
    given = [set(few(names)) for names in named if names is not None]
    return sorted(set.intersection(*given)) if given else None


def _without_orders(question: Question) -> dict[str, Any]:
    return {name: question.raw(name) for name in LISTING.meanings if name in question}


def _variable(id: str) -> Variable:
    """A variable by `case:token:name`."""
    case_id, _, rest = id.partition(":")
    token_id, _, name = rest.partition(":")
    gone = missing(f"Variable instance with Id '{id}' does not exist.")
    if case_id not in cases_of(session(), [token_id]):
        raise gone
    owner = find_execution(session(), token_id)
    require("process-instance", "read", owner.definition_key)
    if name not in owner.local:
        raise gone
    return Variable(name, owner.local[name], owner)
