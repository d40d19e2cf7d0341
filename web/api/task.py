# SPDX-License-Identifier: EUPL-1.2
"""Open tasks: which there are, one of them, and changing what it says."""

from typing import Any

from flask import Response

from engine.delegation import DELEGATIONS, TaskChanges, update_task
from engine.queries.worklist import WorkLine, count_work, list_work, noted_at
from web.api import blueprint
from web.api.answers import answer, count, nothing
from web.api.asked import Question, body
from web.api.describing import asks, gives, takes
from web.api.guard import machine, require_any
from web.api.problems import Refused
from web.api.shapes.work import Task
from web.api.task_query import (
    TASK_CRITERIA,
    account_name,
    acting_on,
    described,
    task_for,
    task_to_hand_on,
    wanted_tasks,
)
from web.bootstrap import platform
from web.transaction import session

_PRIORITIES = 2**31


@blueprint.get("/task")
@blueprint.post("/task")
@asks(TASK_CRITERIA)
@gives(list[Task])
def tasks() -> Response:
    """Tasks that fit."""
    question = Question.of_request()
    return answer(shown(list_work(session(), wanted_tasks(question)), question))


@blueprint.get("/task/count")
@blueprint.post("/task/count")
@asks(TASK_CRITERIA)
def task_count() -> Response:
    """How many fit."""
    return count(count_work(session(), wanted_tasks(Question.of_request())))


@blueprint.post("/task/create")
def create_task() -> Response:
    """Tasks without a process would be nobody's business here."""
    require_any("task", "create")
    raise Refused("Standalone tasks are not supported: a task is part of a process instance.")


@blueprint.get("/task/<id>")
@asks({"withCommentAttachmentInfo": "flag"})
@gives(Task)
def task(id: str) -> Response:
    """One task."""
    return answer(shown([task_for("read", id)], Question.of_request())[0])


@blueprint.put("/task/<id>")
@takes(
    name="text",
    description="text",
    assignee="text",
    owner="text",
    delegationState="text",
    priority="number",
    due="moment",
    followUp="moment",
)
def change_task(id: str) -> Response:
    """Let a task be as it is sent; what is left out is emptied, as far as a task can be without."""
    line, sent = task_for("update", id), body()
    changes = _changes(line, sent)
    if (changes.assignee, changes.owner, changes.delegation) != (line.assignee, line.owner, line.delegation):
        task_to_hand_on(id)
    with acting_on(id):
        update_task(session(), platform().services, id, changes, machine())
    return nothing()


@blueprint.delete("/task/<id>")
def delete_task(id: str) -> Response:
    """Tasks of a process end with it."""
    task_for("update", id)
    raise Refused("Could not delete task: The task cannot be deleted because is part of a running process")


def shown(lines: list[WorkLine], question: Question) -> list[Task]:
    """Tasks in an answer; whether they have comments and attachments is only said when it is asked for."""
    found = [described(line) for line in lines]
    if question.flag("withCommentAttachmentInfo"):
        comments, attachments = noted_at(session(), [line.id for line in lines])
        for each in found:
            each |= {"comment": each["id"] in comments, "attachment": each["id"] in attachments}
    return found


def _changes(line: WorkLine, sent: dict[str, Any]) -> TaskChanges:
    question = Question(sent)
    delegation = (question.text("delegationState") or "").lower() or None
    if delegation not in (None, *DELEGATIONS):
        raise Refused("Valid values for property 'delegationState' are 'PENDING' or 'RESOLVED'.")
    name, priority = question.text("name") or line.name, question.number("priority")
    if len(name) > 300 or not -_PRIORITIES <= (priority or 0) < _PRIORITIES:
        raise Refused("A name has at most 300 characters, a priority at most 32 bits.")
    return TaskChanges(
        name=name,
        description=question.text("description") or "",
        assignee=account_name(sent, "assignee"),
        owner=account_name(sent, "owner"),
        delegation=delegation,
        priority=line.priority if priority is None else priority,
        due_at=question.moment("due"),
        follow_up_at=question.moment("followUp"),
    )
