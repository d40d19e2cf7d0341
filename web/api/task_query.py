# SPDX-License-Identifier: EUPL-1.2
"""How queries ask for tasks, how a task looks in answers, and the one task that a request names."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

from flask import current_app

from engine.cache import Cache
from engine.definitions import load_definition
from engine.errors import CaseSuspended, NotAllowed, TaskAlreadyCompleted, TaskNotFound
from engine.queries.worklist import Terms, WorkAsked, WorkLine, WorkOrder, find_work
from engine.queries.workterms import CRITERIA, INCLUDE_ASSIGNED, ORDERS, VARIABLE_ORDERS
from web.api.asked import Order, Question
from web.api.describing import kinds_of
from web.api.guard import granted, require
from web.api.ids import definition_text
from web.api.lists import wanted
from web.api.moments import moment_text
from web.api.problems import Refused, missing
from web.api.shapes.values import FormReference
from web.api.shapes.work import Task
from web.bootstrap import platform
from web.transaction import session

#: Forms that are fields in the model.
_FIELDS = "formdata:"
_MOST_GROUPS = 20
#: Sorted by these, all tasks are equal: there are none outside of processes.
_NO_ORDERS = ("caseExecutionVariable", "caseInstanceVariable")
_DELEGATIONS = ("PENDING", "RESOLVED")
_DELEGATION_STATES: dict[str | None, Literal["PENDING", "RESOLVED"]] = {"pending": "PENDING", "resolved": "RESOLVED"}
#: All that tasks can be asked for.
TASK_CRITERIA = {
    **kinds_of(CRITERIA),
    INCLUDE_ASSIGNED: "flag",
    "processVariables": "conditions",
    "taskVariables": "conditions",
    "caseInstanceVariables": "conditions",
    "orQueries": "objects",
    "variableNamesIgnoreCase": "flag",
    "variableValuesIgnoreCase": "flag",
    "withCommentAttachmentInfo": "flag",
}


def wanted_tasks(question: Question) -> WorkAsked:
    """The conditions of a query, of which only what this account may see is found."""
    span = question.span()
    return WorkAsked(
        terms(question),
        [terms(each) for each in _either(question)],
        _orders(question),
        span.first,
        span.most,
        granted("task"),
    )


def terms(question: Question) -> Terms:
    """The conditions on one level of a query."""
    _refuse_expressions(question)
    state = question.text("delegationState")
    if state is not None and state.upper() not in _DELEGATIONS:
        raise Refused(f"Cannot set query parameter 'delegationState' to value '{state[:50]}'.")
    conditions = wanted(question, CRITERIA)
    if question.flag(INCLUDE_ASSIGNED):
        conditions[INCLUDE_ASSIGNED] = True
    if question.conditions("caseInstanceVariables"):
        conditions["caseInstanceId"] = ""
    return Terms(conditions, question.conditions("processVariables"), question.conditions("taskVariables"))


def described(line: WorkLine) -> Task:
    """A task."""
    key, reference = _form_of(line)
    return {
        "id": line.id,
        "name": line.name,
        "assignee": line.assignee,
        "created": moment_text(line.created_at),
        "due": moment_text(line.due_at),
        "followUp": moment_text(line.follow_up_at),
        "lastUpdated": moment_text(line.updated_at),
        "delegationState": _DELEGATION_STATES.get(line.delegation),
        "description": line.description or None,
        "executionId": line.id,
        "owner": line.owner,
        "parentTaskId": None,
        "priority": line.priority,
        "processDefinitionId": definition_text(line.definition_key, line.definition_version, line.definition_id),
        "processInstanceId": line.case_id,
        "taskDefinitionKey": line.element_id,
        "caseExecutionId": None,
        "caseInstanceId": None,
        "caseDefinitionId": None,
        "suspended": line.suspended,
        "formKey": key,
        "camundaFormRef": reference,
        "tenantId": line.tenant_id,
        "taskState": "Updated" if line.updated_at else "Created",
    }


def _form_of(line: WorkLine) -> tuple[str | None, FormReference | None]:
    """The key of a form that lies elsewhere, or the reference of one that is deployed with the model."""
    if line.form_key is None or line.form_key.startswith(_FIELDS):
        return None, None
    if _is_elsewhere(line):
        return line.form_key, None
    return None, {"key": line.form_key, "binding": "deployment", "version": None}


def _is_elsewhere(line: WorkLine) -> bool:
    """Whether the form lies elsewhere. Remembered: a list has tasks of more processes than are kept in memory."""
    known: Cache[Any, bool] = current_app.extensions.setdefault("amtsfluss.task_forms", Cache(10_000))
    place = (line.definition_id, line.element_id, line.form_key)
    found = known.get(place)
    if found is None:
        definition = load_definition(session(), platform().services, line.definition_id)
        found = definition.process.nodes[line.element_id].form_is_elsewhere and line.form_key not in definition.forms
        known.put(place, found)
    return found


def task_for(permission: str, task_id: str) -> WorkLine:
    """The open task, for an account that may do this to it."""
    line = find_work(session(), task_id)
    if line is None:
        raise no_task(task_id)
    require("task", permission, line.definition_key)
    return line


def task_to_hand_on(task_id: str) -> WorkLine:
    """The open task, for an account that may say whose it is; of a case that is suspended nobody may."""
    line = task_for("update", task_id)
    if line.suspended:
        raise CaseSuspended
    return line


@contextmanager
def acting_on(task_id: str) -> Iterator[None]:
    """A command on a task: says what is missing, the task or the grant, in the words that clients know."""
    try:
        yield
    except (TaskNotFound, TaskAlreadyCompleted):
        raise no_task(task_id) from None
    except NotAllowed:
        task_for("update", task_id)
        raise


def no_task(task_id: str) -> Refused:
    """There is no such open task."""
    return missing(f"Cannot find task with id {task_id[:100]}: task is null")


def account_name(sent: Mapping[str, Any], name: str = "userId") -> str | None:
    """Whom or which group a request names."""
    value = sent.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > 100 or not value.isprintable():
        raise Refused(f"{name} must be a text of at most 100 characters.")
    return value


def _either(question: Question) -> list[Question]:
    written = question.raw("orQueries")
    if written is None:
        return []
    if (
        not isinstance(written, list)
        or len(written) > _MOST_GROUPS
        or not all(isinstance(each, dict) for each in written)
    ):
        raise Refused(f"orQueries must be a list of at most {_MOST_GROUPS} queries.")
    if any(each.get("orQueries") or each.get("sorting") for each in written):
        raise Refused("Within orQueries there are neither orQueries nor sorting.")
    return [Question(each) for each in written]


def _orders(question: Question) -> list[WorkOrder]:
    orders = question.orders(*ORDERS, *VARIABLE_ORDERS, *_NO_ORDERS)
    written = question.raw("sorting")
    sent = [each for each in written if isinstance(each, dict)] if isinstance(written, list) else [{}]
    told = [each for each in sent if each.get("sortBy") or each.get("sortOrder")] if orders else []
    pairs = zip(orders, told if isinstance(written, list) else [{}] * len(orders), strict=True)
    return [_order(order, about) for order, about in pairs if order.by not in _NO_ORDERS]


def _order(order: Order, about: Mapping[str, Any]) -> WorkOrder:
    if order.by not in VARIABLE_ORDERS:
        return WorkOrder(order.by, order.descending)
    parameters = about.get("parameters")
    variable = parameters.get("variable") if isinstance(parameters, dict) else None
    if not isinstance(variable, str) or not variable:
        raise Refused(f"Sorting by {order.by} needs the parameters variable and type.")
    return WorkOrder(order.by, order.descending, variable)


def _refuse_expressions(question: Question) -> None:
    if any(f"{name}Expression" in question for name in CRITERIA):
        raise Refused("Expressions are forbidden in adhoc queries.", type="BadUserRequestException")
