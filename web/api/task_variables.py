# SPDX-License-Identifier: EUPL-1.2
"""The variables that a task sees, and those of its own: reading, setting, deleting, and the files among them."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from engine.cases import find_case
from engine.delegation import change_task_variables
from engine.queries.worklist import variables_at
from web.api import blueprint
from web.api.answers import answer, nothing
from web.api.asked import Question, body
from web.api.binary import UPLOAD, binary_of, uploaded_value
from web.api.describing import asks, gives, takes, takes_form
from web.api.guard import machine
from web.api.instance_variables import deserializes
from web.api.problems import Refused, missing
from web.api.shapes.values import TypedValue, Variables
from web.api.task_query import acting_on, task_for
from web.api.values import kept, read_value, read_variables, typed_value, typed_variables
from web.bootstrap import platform
from web.transaction import session

#: Which variables an address means.
_BRANCHES = "<any(variables, localVariables):branch>"


@blueprint.get(f"/task/<id>/{_BRANCHES}")
@asks({"variableNames": "texts", "deserializeValues": "truth"})
@gives(Variables)
def task_variables(id: str, branch: str) -> Response:
    """All of them."""
    question = Question.of_request()
    names, found = question.texts("variableNames"), _variables(id, branch)
    chosen = {name: value for name, value in found.items() if names is None or name in names}
    return answer(typed_variables(chosen, deserialize=deserializes(question, "deserializeValues")))


@blueprint.post(f"/task/<id>/{_BRANCHES}")
@takes(modifications="variables", deletions="texts")
def modify_task_variables(id: str, branch: str) -> Response:
    """Set and delete several."""
    sent = body()
    removed = Question(sent).texts("deletions") or []
    values = read_variables(sent.get("modifications"))
    if not values and not removed:
        raise Refused("There is nothing to change.")
    _change(id, branch, values, removed)
    return nothing()


@blueprint.get(f"/task/<id>/{_BRANCHES}/<name>")
@asks({"deserializeValue": "truth"})
@gives(TypedValue)
def task_variable(id: str, branch: str, name: str) -> Response:
    """One of them."""
    value = _value(id, branch, name)
    return answer(typed_value(value, deserialize=deserializes(Question.of_request(), "deserializeValue")))


@blueprint.put(f"/task/<id>/{_BRANCHES}/<name>")
@takes(value="any", type="text", valueInfo="object")
def set_task_variable(id: str, branch: str, name: str) -> Response:
    """Set one."""
    _change(id, branch, {name: read_value(name, body())})
    return nothing()


@blueprint.delete(f"/task/<id>/{_BRANCHES}/<name>")
def delete_task_variable(id: str, branch: str, name: str) -> Response:
    """Delete one."""
    _change(id, branch, {}, [name])
    return nothing()


@blueprint.get(f"/task/<id>/{_BRANCHES}/<name>/data")
def task_variable_data(id: str, branch: str, name: str) -> Response:
    """The content of a file or of bytes."""
    value = _value(id, branch, name)
    return binary_of(find_case(session(), task_for("read", id).case_id), name, value)


@blueprint.post(f"/task/<id>/{_BRANCHES}/<name>/data")
@takes_form(**UPLOAD)
def upload_task_variable(id: str, branch: str, name: str) -> Response:
    """Set one to a file or to bytes that are sent as a form."""
    task_for("update", id)
    _change(id, branch, {name: uploaded_value(name)})
    return nothing()


def _variables(id: str, branch: str) -> Mapping[str, Any]:
    found = variables_at(session(), task_for("read", id))
    return found.local if branch == "localVariables" else found.seen


def _value(id: str, branch: str, name: str) -> Any:
    found = _variables(id, branch)
    if name not in found:
        raise missing(f"task variable with name {name[:300]} does not exist")
    return found[name]


def _change(id: str, branch: str, values: Mapping[str, Any], removed: list[str] | None = None) -> None:
    line, services = task_for("update", id), platform().services
    if branch == "localVariables":
        # Of the task's own only: a variable of that name around it stays.
        own = variables_at(session(), line).local if removed else {}
        removed = [name for name in removed or [] if name in own]
    stored = kept(values, line.case_id, machine().name)
    with acting_on(id):
        change_task_variables(
            session(), services, id, stored, machine(), removed=removed or [], local=branch == "localVariables"
        )
