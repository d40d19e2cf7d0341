# SPDX-License-Identifier: EUPL-1.2
"""The variables of a process instance: reading, setting, deleting, and the files among them."""

from collections.abc import Iterable
from typing import Any

from flask import Response

from engine.cases import CaseInfo, case_variables, change_variables
from web.api import blueprint
from web.api.answers import answer, nothing
from web.api.asked import Question, body
from web.api.binary import UPLOAD, binary_of, uploaded_value
from web.api.describing import asks, gives, takes, takes_form
from web.api.guard import machine
from web.api.objects import running_case_for
from web.api.problems import Refused, missing
from web.api.shapes.values import TypedValue, Variables
from web.api.values import kept, read_value, read_variables, typed_value, typed_variables
from web.bootstrap import platform
from web.transaction import session


@blueprint.get("/process-instance/<id>/variables")
@asks({"deserializeValues": "truth"})
@gives(Variables)
def instance_variables(id: str) -> Response:
    """All of them."""
    case, question = running_case_for("read", id), Question.of_request()
    return answer(typed_variables(_variables(case), deserialize=deserializes(question, "deserializeValues")))


@blueprint.post("/process-instance/<id>/variables")
@takes(modifications="variables", deletions="texts")
def modify_instance_variables(id: str) -> Response:
    """Set and delete several."""
    case, sent = running_case_for("update", id), body()
    deletions = Question(sent).texts("deletions") or []
    _change(case, read_variables(sent.get("modifications")), removed=deletions)
    return nothing()


@blueprint.get("/process-instance/<id>/variables/<name>")
@asks({"deserializeValue": "truth"})
@gives(TypedValue)
def instance_variable(id: str, name: str) -> Response:
    """One of them."""
    case, question = running_case_for("read", id), Question.of_request()
    return answer(typed_value(_value(case, name), deserialize=deserializes(question, "deserializeValue")))


@blueprint.put("/process-instance/<id>/variables/<name>")
@takes(value="any", type="text", valueInfo="object")
def set_instance_variable(id: str, name: str) -> Response:
    """Set one."""
    _change(running_case_for("update", id), {name: read_value(name, body())})
    return nothing()


@blueprint.delete("/process-instance/<id>/variables/<name>")
def delete_instance_variable(id: str, name: str) -> Response:
    """Delete one."""
    _change(running_case_for("update", id), {}, removed=[name])
    return nothing()


@blueprint.get("/process-instance/<id>/variables/<name>/data")
def instance_variable_data(id: str, name: str) -> Response:
    """The content of a file or of bytes."""
    case = running_case_for("read", id)
    return binary_of(case, name, _value(case, name))


@blueprint.post("/process-instance/<id>/variables/<name>/data")
@takes_form(**UPLOAD)
def upload_instance_variable(id: str, name: str) -> Response:
    """Set one to a file or to bytes that are sent as a form."""
    case = running_case_for("update", id)
    _change(case, {name: uploaded_value(name)})
    return nothing()


def deserializes(question: Question, name: str) -> bool:
    """Whether objects are given as JSON (the default) or as text."""
    return question.truth(name) is not False


def _variables(case: CaseInfo) -> dict[str, Any]:
    return case_variables(session(), platform().services, case.id)


def _value(case: CaseInfo, name: str) -> Any:
    variables = _variables(case)
    if name not in variables:
        raise missing(f"process instance variable with name {name} does not exist")
    return variables[name]


def _change(case: CaseInfo, values: dict[str, Any], removed: Iterable[str] = ()) -> None:
    removed = list(removed)
    if not values and not removed:
        raise Refused("There is nothing to change.")
    stored = kept(values, case.id, machine().name)
    change_variables(session(), platform().services, case.id, stored, machine(), removed=removed)
