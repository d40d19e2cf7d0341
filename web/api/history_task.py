# SPDX-License-Identifier: EUPL-1.2
"""Tasks of the past and the present."""

from flask import Response

from engine.queries.listing import Asked
from engine.queries.pasttasks import CRITERIA, LISTING, PastTask, count_past_tasks, list_past_tasks
from engine.queries.variables import Condition
from web.api import blueprint
from web.api.answers import answer, count
from web.api.asked import Question
from web.api.describing import asks, criteria_of, gives
from web.api.guard import granted
from web.api.ids import activity_instance_id
from web.api.lists import asked, variable_conditions
from web.api.moments import moment_text
from web.api.past import either, no_case, origin, took
from web.api.shapes.history import HistoricTaskInstance
from web.transaction import session


@blueprint.route("/history/task", methods=["GET", "POST"])
@asks({**criteria_of(LISTING), "processVariables": "conditions", "taskVariables": "conditions", "orQueries": "objects"})
@gives(list[HistoricTaskInstance])
def past_tasks() -> Response:
    """Tasks that fit."""
    question = Question.of_request()
    return answer([_described(each) for each in list_past_tasks(session(), _asked(question), _variables(question))])


@blueprint.route("/history/task/count", methods=["GET", "POST"])
@asks({**criteria_of(LISTING), "processVariables": "conditions", "taskVariables": "conditions", "orQueries": "objects"})
def past_task_count() -> Response:
    """How many fit."""
    question = Question.of_request()
    return count(count_past_tasks(session(), _asked(question, whole=True), _variables(question)))


def _asked(question: Question, *, whole: bool = False) -> Asked:
    found = asked(question, LISTING, granted("history"), whole=whole)
    groups = either(question, CRITERIA)
    return found.with_conditions(any_of=groups) if groups else found


def _variables(question: Question) -> list[Condition]:
    """Conditions on variables of the instances; those of single tasks are forgotten with them."""
    return variable_conditions(question, "processVariables") + variable_conditions(question, "taskVariables")


def _state(task: PastTask) -> str:
    if task.ended_as is not None:
        return task.ended_as.capitalize()
    return "Updated" if task.was_changed else "Created"


def _described(task: PastTask) -> HistoricTaskInstance:
    return {
        "id": task.id,
        **origin(task.origin),
        "executionId": task.id,
        **no_case(),
        "caseDefinitionName": None,
        "activityInstanceId": activity_instance_id(task.element_id, task.id),
        "name": task.name,
        "description": task.description or None,
        "deleteReason": task.ended_as,
        "owner": task.owner,
        "assignee": task.assignee,
        "startTime": moment_text(task.began_at),
        "endTime": moment_text(task.ended_at),
        "duration": took(task.began_at, task.ended_at),
        "taskDefinitionKey": task.element_id,
        "priority": task.priority,
        "due": moment_text(task.due_at),
        "parentTaskId": None,
        "followUp": moment_text(task.follow_up_at),
        "taskState": _state(task),
    }
