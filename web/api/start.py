# SPDX-License-Identifier: EUPL-1.2
"""Starting process instances, and the forms with which people would."""

from typing import Any

from flask import Response

from engine.cases import CaseInfo, begin_case, case_variables
from engine.deployed import Definition
from engine.modification import begin_case_at
from web.api.answers import answer, page
from web.api.asked import Question, body
from web.api.definitions import instance
from web.api.describing import asks, gives, takes
from web.api.forms import deployed_form, form_facts, form_variables, rendered_form, submitted
from web.api.guard import machine
from web.api.ids import definition_id
from web.api.instance_variables import deserializes
from web.api.instructions import read_instructions, refuse_skipping
from web.api.problems import Refused
from web.api.process_definition import for_definition
from web.api.shapes.runtime import ProcessInstance, StartedInstance
from web.api.shapes.values import Form, Variables
from web.api.values import kept, passing_names, read_variables, typed_variables
from web.bootstrap import platform
from web.transaction import session

_LONGEST_KEY = 300


@for_definition("/start", "POST", "create", "process-instance")
@takes(
    variables="variables",
    businessKey="text",
    startInstructions="instructions",
    skipCustomListeners="truth",
    skipIoMappings="truth",
    withVariablesInReturn="truth",
)
@gives(StartedInstance)
def start_instance(definition: Definition) -> Response:
    """Start an instance, at its start or where the instructions say."""
    sent = body()
    case = _begin(definition, sent)
    answered = instance(case, definition_id(definition), definition.tenant_id)
    if not Question(sent).flag("withVariablesInReturn"):
        return answer(answered)
    variables = case_variables(session(), platform().services, case.id)
    return answer({**answered, "variables": typed_variables(variables, deserialize=False)})


@for_definition("/submit-form", "POST", "create", "process-instance")
@takes(variables="variables", businessKey="text")
@gives(ProcessInstance)
def submit_start_form(definition: Definition) -> Response:
    """Start an instance with what was filled in; fields in the model are checked before."""
    case = _begin(definition, {**body(), "startInstructions": None}, filled_in=True)
    return answer(instance(case, definition_id(definition), definition.tenant_id))


@for_definition("/startForm", "GET", "read")
@gives(Form)
def start_form(definition: Definition) -> Response:
    """Which form the start event has."""
    return answer(form_facts(definition, definition.process.start, f"{_place(definition)}/rendered-form"))


@for_definition("/rendered-form", "GET", "read")
def rendered_start_form(definition: Definition) -> Response:
    """Fields in the model as a plain form, to be put into a page of the client's own."""
    what = f"process definition with the id {definition_id(definition)}"
    return page(rendered_form(definition.process.start, {}, what))


@for_definition("/deployed-start-form", "GET", "read")
@gives(dict[str, Any])
def deployed_start_form(definition: Definition) -> Response:
    """The form itself."""
    return answer(deployed_form(definition, definition.process.start))


@for_definition("/form-variables", "GET", "read")
@asks({"variableNames": "texts", "deserializeValues": "truth"})
@gives(Variables)
def start_form_variables(definition: Definition) -> Response:
    """What the form asks for."""
    question = Question.of_request()
    names, deserialize = question.texts("variableNames"), deserializes(question, "deserializeValues")
    return answer(form_variables(definition, definition.process.start, {}, names=names, deserialize=deserialize))


def _place(definition: Definition) -> str:
    return f"/process-definition/{definition_id(definition)}"


def _begin(definition: Definition, sent: dict[str, Any], *, filled_in: bool = False) -> CaseInfo:
    question, by = Question(sent), machine()
    refuse_skipping(question)
    given = sent.get("variables")
    values, instructions = read_variables(given), read_instructions(sent.get("startInstructions"))
    if filled_in:
        values = submitted(definition, definition.process.start, values, {}, f"start form of {definition.key}")
    about: dict[str, Any] = {"by": by, "business_key": business_key(question), "passing": passing_names(given)}

    def variables_for(case_id: str) -> dict[str, Any]:
        return kept(values, case_id, by.name)

    services = platform().services
    if instructions:
        return begin_case_at(session(), services, definition, variables_for, instructions, **about)
    return begin_case(session(), services, definition, variables_for, **about)


def business_key(question: Question, name: str = "businessKey") -> str | None:
    """The key by which neighbours know an instance; an empty one is none."""
    key = question.text(name) or None
    if key is not None and len(key) > _LONGEST_KEY:
        raise Refused(f"{name} has at most {_LONGEST_KEY} characters.")
    return key
