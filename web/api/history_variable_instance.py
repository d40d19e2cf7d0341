# SPDX-License-Identifier: EUPL-1.2
"""Variables of all instances: as they are, or were at the end."""

from typing import Any

from flask import Response

from engine.cases import find_case
from engine.queries.pastvariables import (
    LISTING,
    PastVariable,
    VariablesAsked,
    count_past_variables,
    find_past_variable,
    list_past_variables,
)
from engine.queries.variables import Condition
from engine.removal import forget_variables
from web.api import blueprint
from web.api.answers import answer, count, nothing
from web.api.asked import Question
from web.api.binary import binary_of
from web.api.describing import asks, criteria_of, gives
from web.api.guard import granted, require
from web.api.ids import token_of_instance
from web.api.instance_variables import deserializes
from web.api.lists import asked, few, variable_conditions
from web.api.moments import moment_text
from web.api.past import no_case, only_of_the_past, origin, place
from web.api.problems import Refused, missing
from web.api.shapes.history import HistoricVariableInstance
from web.api.values import typed_value
from web.transaction import session

_BY_NAME = "variableName"
#: What lists can be asked for.
_CRITERIA = {
    **criteria_of(LISTING),
    "variableName": "text",
    "variableNameIn": "texts",
    "variableNameLike": "text",
    "variableValue": "any",
    "variableValues": "conditions",
    "variableTypeIn": "texts",
    "executionIdIn": "texts",
    "activityInstanceIdIn": "texts",
    "taskIdIn": "texts",
    "variableNamesIgnoreCase": "flag",
    "variableValuesIgnoreCase": "flag",
    "deserializeValues": "truth",
}


@blueprint.route("/history/variable-instance", methods=["GET", "POST"])
@asks(_CRITERIA)
@gives(list[HistoricVariableInstance])
def past_variables() -> Response:
    """Variables that fit."""
    question = Question.of_request()
    by_name = next((order.descending for order in question.orders(*LISTING.orders, _BY_NAME)), None)
    wanted, where = _wanted(question), asked(_without_names(question), LISTING, granted("history"))
    found = list_past_variables(session(), where, VariablesAsked(**wanted, by_name=by_name))
    shown = deserializes(question, "deserializeValues")
    return answer([_described(each, deserialize=shown) for each in found])


@blueprint.route("/history/variable-instance/count", methods=["GET", "POST"])
@asks(_CRITERIA)
def past_variable_count() -> Response:
    """How many fit."""
    question = Question.of_request()
    where = asked(_without_names(question), LISTING, granted("history"), whole=True)
    return count(count_past_variables(session(), where, VariablesAsked(**_wanted(question))))


@blueprint.get("/history/variable-instance/<path:id>")
@asks({"deserializeValue": "truth"})
@gives(HistoricVariableInstance)
def past_variable(id: str) -> Response:
    """One of them."""
    shown = deserializes(Question.of_request(), "deserializeValue")
    return answer(_described(_variable(id), deserialize=shown))


@blueprint.delete("/history/variable-instance/<path:id>")
def forget_variable(id: str) -> Response:
    """Forget a variable of an instance that has ended, with all values that it had."""
    found = _variable(id, "delete")
    with only_of_the_past(found.origin.case_id):
        forget_variables(session(), found.origin.case_id, found.name)
    return nothing()


@blueprint.get("/history/variable-instance/<path:id>/data")
def past_variable_data(id: str) -> Response:
    """The content of a file or of bytes."""
    found = _variable(id)
    return binary_of(find_case(session(), found.origin.case_id), found.name, found.value)


def _variable(id: str, permission: str = "read") -> PastVariable:
    found = find_past_variable(session(), id)
    if found is None:
        raise missing(f"Variable instance with Id '{id[:200]}' does not exist.")
    require("history", permission, found.origin.definition_key)
    return found


def _wanted(question: Question) -> dict[str, Any]:
    owners = question.texts("executionIdIn")
    places = question.texts("activityInstanceIdIn")
    if places is not None:
        tokens = [token_of_instance(each) for each in places]
        owners = tokens if owners is None else [token for token in tokens if token in owners]
    values = variable_conditions(question, "variableValues")
    if "variableValue" in question:
        values.append(_value(question))
    types = question.texts("variableTypeIn")
    return {
        "name": question.text("variableName"),
        "names": question.texts("variableNameIn"),
        "pattern": question.text("variableNameLike"),
        "values": values,
        "owners": few(owners) if owners is not None else None,
        "tasks": question.texts("taskIdIn"),
        "types": [each[:1].upper() + each[1:] for each in types] if types is not None else None,
        "type_of": lambda value: typed_value(value)["type"],
    }


def _value(question: Question) -> Condition:
    """A value that a variable of a certain name must have."""
    name = question.text("variableName")
    if name is None:
        raise Refused("variableValue needs variableName: both are required to query after a specific variable value.")
    return Condition(name, "eq", question.raw("variableValue"))


def _without_names(question: Question) -> Question:
    """The same with only what the database can order by."""
    told = {name: question.raw(name) for name in (*LISTING.meanings, "firstResult", "maxResults")}
    orders = [order for order in question.orders(*LISTING.orders, _BY_NAME) if order.by != _BY_NAME]
    told["sorting"] = [{"sortBy": one.by, "sortOrder": "desc" if one.descending else "asc"} for one in orders]
    return Question(told)


def _described(each: PastVariable, *, deserialize: bool) -> HistoricVariableInstance:
    return {
        "id": each.id,
        "name": each.name,
        **typed_value(each.value, deserialize=deserialize),
        **origin(each.origin),
        "executionId": each.token_id or each.origin.case_id,
        "activityInstanceId": place(each.origin, each.element_id or "", each.token_id, whole=each.of_whole),
        **no_case(),
        "taskId": None,
        "errorMessage": None,
        "state": "CREATED",
        "createTime": moment_text(each.created_at),
    }
