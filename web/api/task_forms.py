# SPDX-License-Identifier: EUPL-1.2
"""The forms of tasks: which one a task has, its fields with their values, and what was filled in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response
from markupsafe import Markup

from engine.bpmn.model import FormField, Node
from engine.definitions import load_definition
from engine.deployed import Definition
from engine.queries.worklist import WorkLine, variables_at
from forms import Kind, load_form, validate
from web.api import blueprint
from web.api.answers import answer, page
from web.api.asked import Question, body
from web.api.describing import asks, takes
from web.api.forms import deployed_form, form_facts, form_variables
from web.api.instance_variables import deserializes
from web.api.problems import Refused, missing
from web.api.task_acts import completed, finish
from web.api.task_query import task_for
from web.api.values import read_variables
from web.bootstrap import platform
from web.transaction import session

#: Type of a field in the model → the type of its variable, and of its input.
_INPUTS = {
    "string": ("String", "text"),
    "long": ("Long", "number"),
    "boolean": ("Boolean", "checkbox"),
    "date": ("Date", "date"),
}


@blueprint.get("/task/<id>/form")
def task_form(id: str) -> Response:
    """Which form it is."""
    line = task_for("read", id)
    definition, node = _node(line)
    facts = form_facts(definition, node)
    if node.form_fields:
        facts["key"] = f"embedded:engine://engine/:engine/task/{line.id}/rendered-form"
    return answer(facts)


@blueprint.get("/task/<id>/deployed-form")
def task_deployed_form(id: str) -> Response:
    """The form itself."""
    return answer(deployed_form(*_node(task_for("read", id))))


@blueprint.get("/task/<id>/rendered-form")
def task_rendered_form(id: str) -> Response:
    """Fields in the model as a plain form, to be put into a page of the client's own."""
    line = task_for("read", id)
    node = _node(line)[1]
    if not node.form_fields:
        raise missing(f"No matching rendered form for task with the id {id[:100]} found.")
    seen = variables_at(session(), line).seen
    return page(_rendered(node, seen))


@blueprint.get("/task/<id>/form-variables")
@asks(("variableNames", "deserializeValues"))
def task_form_variables(id: str) -> Response:
    """What the form asks for, and what is known."""
    line, question = task_for("read", id), Question.of_request()
    names, deserialize = question.texts("variableNames"), deserializes(question, "deserializeValues")
    seen = variables_at(session(), line).seen
    return answer(form_variables(*_node(line), seen, names=names, deserialize=deserialize))


@blueprint.post("/task/<id>/submit-form")
@takes(variables="object", withVariablesInReturn="boolean")
def submit_task_form(id: str) -> Response:
    """Complete a task with what was filled in; fields in the model are checked before."""
    line, sent = task_for("update", id), body()
    _check(line, read_variables(sent.get("variables")))
    return completed(finish(id, sent), sent)


def _node(line: WorkLine) -> tuple[Definition, Node]:
    definition = load_definition(session(), platform().services, line.definition_id)
    return definition, definition.process.nodes[line.element_id]


def _check(line: WorkLine, given: Mapping[str, Any]) -> None:
    definition, node = _node(line)
    if not node.form_fields or node.form_key is None:
        return
    form, seen = load_form(definition.forms[node.form_key]), variables_at(session(), line).seen
    days = {field.path for field in form.fields if field.kind is Kind.DATE}
    answers = {field.id: {**seen, **given}.get(field.id) for field in node.form_fields}
    for name in days & answers.keys():
        value = answers[name]
        answers[name] = value.date() if isinstance(value, datetime) else value
    told = [f"{error.path}: {error.message}" for error in validate(form, answers, clock=platform().clock, context=seen)]
    flags = [field.id for field in node.form_fields if field.type == "boolean"]
    told += [f"{name}: not true or false" for name in flags if not isinstance(answers[name], bool | None)]
    if told:
        raise Refused(f"Cannot submit task form {line.id}: {'; '.join(told)}", type="FormFieldValidatorException")


def _rendered(node: Node, seen: Mapping[str, Any]) -> str:
    rows = Markup("").join(_row(field, seen.get(field.id)) for field in node.form_fields)
    return str(Markup('<form name="generatedForm" role="form">{}</form>').format(rows))


def _row(field: FormField, value: Any) -> Markup:
    label = Markup('<label for="{}">{}</label>').format(field.id, field.label or field.id)
    kind, control = _INPUTS.get(field.type, _INPUTS["string"])
    about = Markup('id="{id}" name="{id}" cam-variable-name="{id}" cam-variable-type="{kind}"').format(
        id=field.id, kind=kind
    )
    if field.values:
        chosen = Markup(' selected="selected"')
        options = Markup("").join(
            Markup('<option value="{}"{}>{}</option>').format(key, chosen if key == value else "", text)
            for key, text in field.values
        )
        return Markup("<div>{}<select {}>{}</select></div>").format(label, about, options)
    state: Markup | str = ""
    if control == "checkbox":
        state = Markup(' checked="checked"') if value is True else ""
    elif value is not None:
        state = Markup(' value="{}"').format(str(value))
    return Markup('<div>{}<input type="{}" {}{}/></div>').format(label, control, about, state)
