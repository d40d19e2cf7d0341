# SPDX-License-Identifier: EUPL-1.2
"""The forms of tasks: which one a task has, its fields with their values, and what was filled in."""

from typing import Any

from flask import Response

from engine.bpmn.model import Node
from engine.definitions import load_definition
from engine.deployed import Definition
from engine.queries.worklist import WorkLine, variables_at
from engine.tasks import complete_task
from web.api import blueprint
from web.api.answers import answer, page
from web.api.asked import Question, body
from web.api.describing import asks, gives, takes
from web.api.forms import deployed_form, form_facts, form_variables, rendered_form, submitted
from web.api.guard import machine
from web.api.instance_variables import deserializes
from web.api.shapes.values import Form, Variables
from web.api.task_acts import completed, variables_for
from web.api.task_query import acting_on, task_for
from web.api.values import passing_names
from web.bootstrap import platform
from web.transaction import session


@blueprint.get("/task/<id>/form")
@gives(Form)
def task_form(id: str) -> Response:
    """Which form it is."""
    line = task_for("read", id)
    return answer(form_facts(*_node(line), f"/task/{line.id}/rendered-form", line.form_key))


@blueprint.get("/task/<id>/deployed-form")
@gives(dict[str, Any])
def task_deployed_form(id: str) -> Response:
    """The form itself."""
    return answer(deployed_form(*_node(task_for("read", id))))


@blueprint.get("/task/<id>/rendered-form")
def task_rendered_form(id: str) -> Response:
    """Fields in the model as a plain form, to be put into a page of the client's own."""
    line = task_for("read", id)
    return page(rendered_form(_node(line)[1], variables_at(session(), line).seen, f"task with the id {line.id}"))


@blueprint.get("/task/<id>/form-variables")
@asks({"variableNames": "texts", "deserializeValues": "truth"})
@gives(Variables)
def task_form_variables(id: str) -> Response:
    """What the form asks for, and what is known."""
    line, question = task_for("read", id), Question.of_request()
    names, deserialize = question.texts("variableNames"), deserializes(question, "deserializeValues")
    seen = variables_at(session(), line).seen
    return answer(form_variables(*_node(line), seen, names=names, deserialize=deserialize))


@blueprint.post("/task/<id>/submit-form")
@takes(variables="variables", withVariablesInReturn="truth")
@gives(Variables)
def submit_task_form(id: str) -> Response:
    """Complete a task with what was filled in; fields in the model are checked before."""
    line, sent = task_for("update", id), body()
    given = sent.get("variables")
    with acting_on(id):
        seen = variables_at(session(), line).seen
        answers = submitted(*_node(line), variables_for(id, given), seen, f"task form {line.id}")
        passing = passing_names(given)
        case = complete_task(session(), platform().services, id, answers, machine(), passing=passing)
    return completed(case, sent)


def _node(line: WorkLine) -> tuple[Definition, Node]:
    definition = load_definition(session(), platform().services, line.definition_id)
    return definition, definition.process.nodes[line.element_id]
