# SPDX-License-Identifier: EUPL-1.2
"""What is done with a task: taken, given back, handed on, completed. Programs do it on behalf of people."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from engine.cases import CaseInfo, case_variables
from engine.delegation import assign_task, delegate_task, escalate_task, resolve_task, throw_at_task
from engine.documents import NewDocument
from engine.errors import BpmnError
from engine.tasks import claim_task, complete_task
from web.api import blueprint
from web.api.answers import answer, nothing
from web.api.asked import Question, body
from web.api.describing import gives, takes
from web.api.guard import machine
from web.api.problems import Refused
from web.api.shapes.values import Variables
from web.api.task_query import account_name, acting_on, task_for, task_to_hand_on
from web.api.values import kept, passing_names, read_variables, typed_variables
from web.bootstrap import platform
from web.transaction import session

_LONGEST_CODE = 255
_LONGEST_MESSAGE = 4000


@blueprint.post("/task/<id>/claim")
@takes(userId="text")
def claim(id: str) -> Response:
    """Let somebody have a task that nobody has yet."""
    name, services = account_name(body()), platform().services
    with acting_on(id):
        task_to_hand_on(id)
        if name is None:
            assign_task(session(), services, id, None, machine())
        else:
            claim_task(session(), services, id, machine(), for_user=name)
    return nothing()


@blueprint.post("/task/<id>/unclaim")
def unclaim(id: str) -> Response:
    """Let nobody have it."""
    with acting_on(id):
        task_to_hand_on(id)
        assign_task(session(), platform().services, id, None, machine())
    return nothing()


@blueprint.post("/task/<id>/assignee")
@takes(userId="text")
def set_assignee(id: str) -> Response:
    """Let somebody have it, whoever has it now."""
    name = account_name(body())
    with acting_on(id):
        task_to_hand_on(id)
        assign_task(session(), platform().services, id, name, machine())
    return nothing()


@blueprint.post("/task/<id>/delegate")
@takes(userId="text!")
def delegate(id: str) -> Response:
    """Let somebody else do it for the one who has it."""
    name = account_name(body())
    if name is None:
        raise Refused("userId is needed to delegate a task.")
    with acting_on(id):
        task_to_hand_on(id)
        delegate_task(session(), platform().services, id, name, machine())
    return nothing()


@blueprint.post("/task/<id>/resolve")
@takes(variables="variables")
def resolve(id: str) -> Response:
    """A delegated task is done; it goes back to its owner."""
    given = body().get("variables")
    with acting_on(id):
        task_to_hand_on(id)
        variables = variables_for(id, given)
        resolve_task(session(), platform().services, id, variables, machine())
    return nothing()


@blueprint.post("/task/<id>/complete")
@takes(variables="variables", withVariablesInReturn="truth")
@gives(Variables)
def complete(id: str) -> Response:
    """A task is done; the instance goes on."""
    sent = body()
    return completed(finish(id, sent), sent)


@blueprint.post("/task/<id>/bpmnError")
@takes(errorCode="text!", errorMessage="text", variables="variables")
def task_error(id: str) -> Response:
    """A task ends with an error that the model knows."""
    sent = body()
    code, message = _code(sent, "errorCode"), (Question(sent).text("errorMessage") or "")[:_LONGEST_MESSAGE]
    with acting_on(id):
        error = BpmnError(code, message, variables_for(id, sent.get("variables")))
        throw_at_task(session(), platform().services, id, error, machine())
    return nothing()


@blueprint.post("/task/<id>/bpmnEscalation")
@takes(escalationCode="text!", variables="variables")
def task_escalation(id: str) -> Response:
    """Whoever does a task calls for others."""
    sent = body()
    code = _code(sent, "escalationCode")
    with acting_on(id):
        variables = variables_for(id, sent.get("variables"))
        escalate_task(session(), platform().services, id, code, variables, machine())
    return nothing()


def finish(id: str, sent: Mapping[str, Any]) -> CaseInfo:
    """Complete a task with the variables of a request."""
    given = sent.get("variables")
    with acting_on(id):
        answers, passing = variables_for(id, given), passing_names(given)
        return complete_task(session(), platform().services, id, answers, machine(), passing=passing)


def completed(case: CaseInfo, sent: Mapping[str, Any]) -> Response:
    """Nothing, or the variables of the instance if they are asked for."""
    if not Question(sent).flag("withVariablesInReturn"):
        return nothing()
    variables = case_variables(session(), platform().services, case.id)
    return answer(typed_variables(variables, deserialize=False))


def variables_for(id: str, given: Any) -> dict[str, Any]:
    """The variables of a request; files among them become documents of the case."""
    values = read_variables(given)
    if not any(isinstance(value, NewDocument) for value in values.values()):
        return values
    return kept(values, task_for("update", id).case_id, machine().name)


def _code(sent: Mapping[str, Any], name: str) -> str:
    code = Question(sent).text(name)
    if not code or len(code) > _LONGEST_CODE:
        raise Refused(f"{name} must be a text of at most {_LONGEST_CODE} characters.")
    return code
