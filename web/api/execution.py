# SPDX-License-Identifier: EUPL-1.2
"""Executions: places at which something goes on in a case, their own variables, and what they wait for."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from flask import Response

from engine.cases import change_variables, find_case
from engine.definitions import load_definition
from engine.incidents import report_incident
from engine.messages import Message, deliver
from engine.queries.executions import LISTING, Execution, Tokens, executions, find_execution, tokens_of
from engine.queries.incidents import find_incident
from engine.queries.subscriptions import waits_for
from engine.signals import trigger
from web.api import blueprint
from web.api.answers import answer, count, nothing
from web.api.asked import Question, body
from web.api.binary import UPLOAD, binary_of, uploaded_value
from web.api.describing import asks, criteria_of, gives, takes, takes_form
from web.api.event_subscription import described as subscription
from web.api.guard import granted, machine, require
from web.api.ids import INCIDENT_TYPES
from web.api.incident import described as incident
from web.api.instance_variables import deserializes
from web.api.lists import asked, few, needed_text, text_of, variable_conditions
from web.api.problems import Refused, missing
from web.api.shapes import runtime
from web.api.shapes.runtime import EventSubscription
from web.api.shapes.values import TypedValue, Variables
from web.api.values import kept, read_value, read_variables, typed_value, typed_variables
from web.bootstrap import platform
from web.transaction import session

_LONGEST_TYPE = 30
#: Only these are waited for without anything that would come by itself or is worked on.
_TRIGGERED = ("receiveTask", "intermediateCatchEvent")


#: What lists can be asked for.
_CRITERIA = {
    **criteria_of(LISTING),
    "activityId": "text",
    "messageEventSubscriptionName": "text",
    "messageEventSubscriptionNames": "texts",
    "signalEventSubscriptionName": "text",
    "variables": "conditions",
    "processVariables": "conditions",
    "variableNamesIgnoreCase": "flag",
    "variableValuesIgnoreCase": "flag",
}


@blueprint.route("/execution", methods=["GET", "POST"])
@asks(_CRITERIA)
@gives(list[runtime.Execution])
def execution_list() -> Response:
    """Executions that fit."""
    question = Question.of_request()
    span = question.span()
    found = executions(session(), asked(question, LISTING, granted("process-instance")), _tokens(question))
    return answer([described(one) for one in islice(found, span.first, span.first + span.most)])


@blueprint.route("/execution/count", methods=["GET", "POST"])
@asks(_CRITERIA)
def execution_count() -> Response:
    """How many fit."""
    question = Question.of_request()
    found = executions(session(), asked(question, LISTING, granted("process-instance")), _tokens(question))
    return count(sum(1 for _ in found))


@blueprint.get("/execution/<id>")
@gives(runtime.Execution)
def execution(id: str) -> Response:
    """One execution."""
    return answer(described(_execution(id, "read")))


@blueprint.post("/execution/<id>/signal")
@takes(variables="variables")
def signal_execution(id: str) -> Response:
    """Say that what it waits for is done."""
    one = _waiting(_execution(id, "update"))
    values = kept(read_variables(body().get("variables")), one.case_id, machine().name)
    trigger(session(), platform().services, one.case_id, one.id, values, machine())
    return nothing()


@blueprint.get("/execution/<id>/localVariables")
@asks({"deserializeValues": "truth"})
@gives(Variables)
def local_variables(id: str) -> Response:
    """Its own variables."""
    one, question = _execution(id, "read"), Question.of_request()
    return answer(typed_variables(one.local, deserialize=deserializes(question, "deserializeValues")))


@blueprint.post("/execution/<id>/localVariables")
@takes(modifications="variables", deletions="texts")
def modify_local_variables(id: str) -> Response:
    """Set and delete several."""
    one, sent = _execution(id, "update"), body()
    _change(one, read_variables(sent.get("modifications")), few(Question(sent).texts("deletions") or []))
    return nothing()


@blueprint.get("/execution/<id>/localVariables/<name>")
@asks({"deserializeValue": "truth"})
@gives(TypedValue)
def local_variable(id: str, name: str) -> Response:
    """One of them."""
    one, question = _execution(id, "read"), Question.of_request()
    return answer(typed_value(_value(one, name), deserialize=deserializes(question, "deserializeValue")))


@blueprint.put("/execution/<id>/localVariables/<name>")
@takes(value="any", type="text", valueInfo="object")
def set_local_variable(id: str, name: str) -> Response:
    """Set one."""
    _change(_execution(id, "update"), {name: read_value(name, body())})
    return nothing()


@blueprint.delete("/execution/<id>/localVariables/<name>")
def delete_local_variable(id: str, name: str) -> Response:
    """Delete one."""
    _change(_execution(id, "update"), {}, [name])
    return nothing()


@blueprint.get("/execution/<id>/localVariables/<name>/data")
def local_variable_data(id: str, name: str) -> Response:
    """The content of a file or of bytes."""
    one = _execution(id, "read")
    return binary_of(find_case(session(), one.case_id), name, _value(one, name))


@blueprint.post("/execution/<id>/localVariables/<name>/data")
@takes_form(**UPLOAD)
def upload_local_variable(id: str, name: str) -> Response:
    """Set one to a file or to bytes that are sent as a form."""
    _change(_execution(id, "update"), {name: uploaded_value(name)})
    return nothing()


@blueprint.get("/execution/<id>/messageSubscriptions/<name>")
@gives(EventSubscription)
def message_subscription(id: str, name: str) -> Response:
    """By what it waits for a message of that name."""
    one = _execution(id, "read")
    return answer(subscription(_subscribed(one, name)))


@blueprint.post("/execution/<id>/messageSubscriptions/<name>/trigger")
@takes(variables="variables")
def trigger_message(id: str, name: str) -> Response:
    """Give it that message."""
    one = _execution(id, "update")
    token = _subscribed(one, name)
    values = kept(read_variables(body().get("variables")), one.case_id, machine().name)
    deliver(session(), platform().services, one.case_id, token, Message(name, variables=values), machine())
    return nothing()


@blueprint.post("/execution/<id>/create-incident")
@takes(incidentType="text!", configuration="text", message="text")
@gives(runtime.Incident)
def create_incident(id: str) -> Response:
    """Report that something has gone wrong there. It stays until somebody resolves it, or the instance ends."""
    one, told = _execution(id, "update"), body()
    number = report_incident(
        session(),
        platform().clock,
        case_id=one.case_id,
        token_id=one.id,
        kind=_incident_kind(told),
        element_id=_element(one),
        reason=text_of(told, "message") or "",
        configuration=text_of(told, "configuration", 300),
    )
    return answer(incident(find_incident(session(), number)))


def described(one: Execution) -> runtime.Execution:
    """An execution as clients read it."""
    return {"id": one.id, "processInstanceId": one.case_id, "ended": False, "tenantId": None}


def _execution(id: str, permission: str) -> Execution:
    one = find_execution(session(), id)
    require("process-instance", permission, one.definition_key)
    return one


def _incident_kind(told: dict[str, Any]) -> str:
    kind = needed_text(told, "incidentType", _LONGEST_TYPE)
    if kind in {*INCIDENT_TYPES, *INCIDENT_TYPES.values()}:
        raise Refused(f"Incidents of type {kind} are opened and closed by the engine.", type="BadUserRequestException")
    return kind


def _element(one: Execution) -> str:
    if one.element_id is None:
        raise Refused(f"Execution with id '{one.id}' must be related to an activity", type="BadUserRequestException")
    return one.element_id


def _tokens(question: Question) -> Tokens:
    names = question.texts("messageEventSubscriptionNames") or []
    names += [name] if (name := question.text("messageEventSubscriptionName")) else []
    awaits = [("message", each) for each in dict.fromkeys(few(names))]
    if name := question.text("signalEventSubscriptionName"):
        awaits.append(("signal", name))
    return Tokens(
        element=question.text("activityId"),
        awaits=tuple(awaits),
        variables=variable_conditions(question, "variables"),
        case_variables=variable_conditions(question, "processVariables"),
    )


def _waiting(one: Execution) -> Execution:
    """The token that is meant: itself, or of a case the only one that waits like that."""
    process = load_definition(session(), platform().services, one.definition_id).process
    tokens = [one] if one.element_id is not None else tokens_of(session(), one.case_id)
    found = [
        token
        for token in tokens
        if not token.armed and (node := process.nodes.get(token.element_id or "")) and node.type in _TRIGGERED
    ]
    if len(found) != 1:
        raise Refused(f"Execution {one.id} does not wait for a signal.", type="BadUserRequestException")
    return found[0]


def _subscribed(one: Execution, name: str) -> str:
    found = waits_for(session(), one.case_id, one.id, "message", name)
    if len(found) != 1:
        raise missing(f"Message event subscription for execution {one.id} named {name} does not exist")
    return found[0]


def _value(one: Execution, name: str) -> Any:
    if name not in one.local:
        raise missing(f"execution variable with name {name} does not exist")
    return one.local[name]


def _change(one: Execution, values: dict[str, Any], removed: Iterable[str] = ()) -> None:
    """Set and delete variables of its own; those around it stay."""
    own = [name for name in removed if name in one.local]
    if not values and not own:
        return
    change_variables(
        session(),
        platform().services,
        one.case_id,
        kept(values, one.case_id, machine().name),
        machine(),
        removed=own,
        token_id=one.id if one.element_id is not None else None,
        local=True,
    )
