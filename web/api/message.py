# SPDX-License-Identifier: EUPL-1.2
"""Messages, signals and conditions from outside."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from engine.cases import CaseInfo, case_variables
from engine.definitions import load_definition
from engine.documents import NewDocument
from engine.messages import Correlated, Message, correlate_all, correlate_one
from engine.queries.executions import find_execution
from engine.queries.subscriptions import waits_for
from engine.signals import evaluate_conditions, hear_signal, throw_signal
from web.api import blueprint
from web.api.answers import answer, link_to, nothing
from web.api.asked import Question, body
from web.api.describing import gives, takes
from web.api.guard import machine, require, require_any
from web.api.ids import definition_id
from web.api.lists import needed_text, text_of
from web.api.objects import definition_for
from web.api.problems import Refused
from web.api.shapes.runtime import Execution, MessageCorrelationResult, ProcessInstance
from web.api.values import read_variables, typed_variables
from web.bootstrap import platform
from web.transaction import session


@blueprint.post("/message")
@takes(
    messageName="text!",
    businessKey="text",
    processInstanceId="text",
    correlationKeys="variables",
    localCorrelationKeys="variables",
    processVariables="variables",
    processVariablesLocal="variables",
    processVariablesToTriggeredScope="variables",
    all="truth",
    resultEnabled="truth",
    variablesInResultEnabled="truth",
)
@gives(list[MessageCorrelationResult])
def message() -> Response:
    """Give a message to whoever waits for it, or begin a case with it."""
    told = body()
    question, sent = Question(told), _message(told)
    require("message", "create", sent.name)
    if question.flag("all"):
        reached = correlate_all(session(), platform().services, sent, machine())
    else:
        one = correlate_one(session(), platform().services, sent, machine())
        reached = [one] if one else []
    if not question.flag("resultEnabled"):
        return nothing()
    return answer([_reached(each, with_variables=question.flag("variablesInResultEnabled")) for each in reached])


@blueprint.post("/signal")
@takes(name="text!", executionId="text", variables="variables")
def signal() -> Response:
    """Give a signal to all who wait for it, or to one execution."""
    told = body()
    name, execution_id = needed_text(told, "name"), text_of(told, "executionId")
    values = only_plain(read_variables(told.get("variables")))
    require("signal", "create", name)
    if execution_id is None:
        throw_signal(session(), platform().services, name, values, machine())
        return nothing()
    execution = find_execution(session(), execution_id)
    tokens = waits_for(session(), execution.case_id, execution_id, "signal", name)
    heard = [
        hear_signal(session(), platform().services, execution.case_id, token, values, machine()) for token in tokens
    ]
    if not any(heard):
        raise Refused(f"Execution '{execution_id}' has not subscribed to a signal event with name '{name}'.")
    return nothing()


@blueprint.post("/condition")
@takes(variables="variables!", businessKey="text", processDefinitionId="text")
@gives(list[ProcessInstance])
def condition() -> Response:
    """Begin a case of each process whose conditional start event is true with these variables."""
    told = body()
    values, wanted = only_plain(read_variables(told.get("variables"))), text_of(told, "processDefinitionId")
    if not values:
        raise Refused("The variables are empty: no condition can be true.")
    require_any("process-instance", "create")
    number = definition_for("read", wanted).id if wanted else None
    key, about = text_of(told, "businessKey", 300), (session(), platform().services)
    begun = evaluate_conditions(*about, values, business_key=key, definition_id=number, by=machine())
    for case in begun:
        # Raised after the fact, but before the commit.
        require("process-instance", "create", case.definition_key)
    return answer([instance(case) for case in begun])


def only_plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Variables for whatever case it will be: a file needs one that it belongs to."""
    if any(isinstance(value, NewDocument) for value in values.values()):
        raise Refused("Files cannot be sent before it is known to which process instance; set them as its variables.")
    return dict(values)


def instance(case: CaseInfo) -> ProcessInstance:
    """A case as the result of a message or a condition."""
    definition = load_definition(session(), platform().services, case.definition_id)
    return {
        "links": [link_to(f"/process-instance/{case.id}")],
        "id": case.id,
        "definitionId": definition_id(definition),
        "definitionKey": case.definition_key,
        "businessKey": case.business_key,
        "caseInstanceId": None,
        "ended": case.state != "active",
        "suspended": case.suspended,
        "tenantId": None,
    }


def _message(told: Mapping[str, Any]) -> Message:
    case_id, name = text_of(told, "processInstanceId"), text_of(told, "messageName")
    if not name:
        raise Refused("No message name supplied")
    scoped = {**_given(told, "processVariablesLocal"), **_given(told, "processVariablesToTriggeredScope")}
    return Message(
        name=name,
        business_key=text_of(told, "businessKey", 300),
        case_id=case_id,
        correlation_keys=_given(told, "correlationKeys"),
        variables=_given(told, "processVariables"),
        local_keys=_given(told, "localCorrelationKeys"),
        local=scoped,
    )


def _given(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    return only_plain(read_variables(told.get(name)))


def _reached(one: Correlated, *, with_variables: bool) -> MessageCorrelationResult:
    case, begun = one.case, one.token_id is None
    execution: Execution = {
        "id": one.token_id,
        "processInstanceId": case.id,
        "ended": case.state != "active",
        "tenantId": None,
    }
    found: MessageCorrelationResult = {
        "resultType": "ProcessDefinition" if begun else "Execution",
        "execution": None if begun else execution,
        "processInstance": instance(case) if begun else None,
    }
    if with_variables:
        require("process-instance", "read", case.definition_key)
        found["variables"] = typed_variables(case_variables(session(), platform().services, case.id))
    return found
