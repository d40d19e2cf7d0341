# SPDX-License-Identifier: EUPL-1.2
"""What people and programs did."""

from typing import Any

from flask import Response

from engine.queries.acts import ACTS, LISTING
from engine.queries.listing import Asked
from engine.queries.pastlines import PastLine, list_past_lines
from web.api import blueprint
from web.api.answers import answer, count
from web.api.asked import Question
from web.api.describing import asks, criteria_of, gives
from web.api.guard import granted
from web.api.lists import asked
from web.api.moments import moment_text
from web.api.past import no_case, origin
from web.api.shapes.history import UserOperation
from web.transaction import session


@blueprint.get("/history/user-operation")
@asks(criteria_of(LISTING))
@gives(list[UserOperation])
def user_operations() -> Response:
    """What fits."""
    return answer([_described(line) for line in list_past_lines(session(), LISTING, _asked(Question.of_request()))])


@blueprint.get("/history/user-operation/count")
@asks(criteria_of(LISTING))
def user_operation_count() -> Response:
    """How much fits."""
    return count(LISTING.count(session(), _asked(Question.of_request(), whole=True)))


def _asked(question: Question, *, whole: bool = False) -> Asked:
    return asked(question, LISTING, granted("history"), whole=whole).with_conditions(is_act=True)


def _change(line: PastLine) -> tuple[str | None, Any, Any]:
    """Which property changed, from what, to what."""
    told = line.details
    if line.kind in ("task_claimed", "task_assigned", "task_released", "task_delegated", "task_resolved"):
        return "assignee", told.get("before"), told.get("assignee")
    if "names" in told:
        return "names", None, ", ".join(map(str, told["names"]))
    if line.kind in ("case_suspended", "case_resumed"):
        return "suspensionState", None, "suspended" if line.kind == "case_suspended" else "active"
    if "reason" in told:
        return "deleteReason", None, told["reason"]
    return None, None, None


def _described(line: PastLine) -> UserOperation:
    operation, entity = ACTS[line.kind]
    changed, before, after = _change(line)
    is_task = entity in ("Task", "IdentityLink", "Attachment")
    return {
        "id": str(line.id),
        "deploymentId": None,
        **origin(line.origin),
        "executionId": line.token_id or line.origin.case_id,
        **no_case(),
        "taskId": line.token_id if is_task else None,
        "externalTaskId": None,
        "batchId": None,
        "jobId": None,
        "jobDefinitionId": None,
        "userId": line.actor,
        "timestamp": moment_text(line.at),
        "operationId": str(line.id),
        "operationType": operation,
        "entityType": entity,
        "category": "TaskWorker" if is_task else "Operator",
        "annotation": None,
        "property": changed,
        "orgValue": before,
        "newValue": after,
    }
