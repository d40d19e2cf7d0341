# SPDX-License-Identifier: EUPL-1.2
"""What instances have been through, element by element."""

from flask import Response

from engine.queries.listing import Asked
from engine.queries.pastactivities import LISTING, PastActivity, count_past_activities, list_past_activities
from web.api import blueprint
from web.api.answers import answer, count
from web.api.asked import Question
from web.api.describing import asks, criteria_of, gives
from web.api.elements import BODY_TYPE, activity_type_of, element_types
from web.api.guard import granted, require
from web.api.ids import BODY, activity_instance_id
from web.api.lists import asked
from web.api.moments import moment_text
from web.api.past import origin, took
from web.api.problems import missing
from web.api.shapes.history import HistoricActivityInstance
from web.transaction import session


@blueprint.route("/history/activity-instance", methods=["GET", "POST"])
@asks({**criteria_of(LISTING), "activityType": "text"})
@gives(list[HistoricActivityInstance])
def past_activities() -> Response:
    """What fits."""
    return answer([_described(each) for each in list_past_activities(session(), _asked(Question.of_request()))])


@blueprint.route("/history/activity-instance/count", methods=["GET", "POST"])
@asks({**criteria_of(LISTING), "activityType": "text"})
def past_activity_count() -> Response:
    """How much fits."""
    return count(count_past_activities(session(), _asked(Question.of_request(), whole=True)))


@blueprint.get("/history/activity-instance/<id>")
@gives(HistoricActivityInstance)
def past_activity(id: str) -> Response:
    """One of them."""
    found = list_past_activities(session(), Asked({"activityInstanceId": id}, most=1))
    if not found or _described(found[0])["id"] != id:
        raise missing(f"Historic activity instance with id '{id[:200]}' does not exist")
    require("history", "read", found[0].origin.definition_key)
    return answer(_described(found[0]))


def _asked(question: Question, *, whole: bool = False) -> Asked:
    found = asked(question, LISTING, granted("history"), whole=whole)
    kind = question.text("activityType")
    if kind == BODY_TYPE:
        return found.with_conditions(is_body=True)
    return found if kind is None else found.with_conditions(types=element_types(kind))


def _described(each: PastActivity) -> HistoricActivityInstance:
    is_task = each.element_type == "userTask" and not each.is_body
    around = each.origin.case_id
    if each.parent_token is not None:
        element_id = each.parent_element or each.element_id
        around = activity_instance_id(element_id, each.parent_token, whole=each.parent_is_body)
    return {
        "id": activity_instance_id(each.element_id, each.token_id, whole=each.is_body),
        "parentActivityInstanceId": around,
        "activityId": each.element_id + (BODY if each.is_body else ""),
        "activityName": each.name or None,
        "activityType": BODY_TYPE if each.is_body else activity_type_of(each.element_type, each.event),
        **origin(each.origin),
        "executionId": each.token_id,
        "taskId": each.token_id if is_task else None,
        "assignee": each.assignee if is_task else None,
        "calledProcessInstanceId": each.called_case,
        "calledCaseInstanceId": None,
        "startTime": moment_text(each.began_at),
        "endTime": moment_text(each.ended_at),
        "durationInMillis": took(each.began_at, each.ended_at),
        "canceled": each.was_cancelled,
        "completeScope": each.was_last,
    }
