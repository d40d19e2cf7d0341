# SPDX-License-Identifier: EUPL-1.2
"""Incidents of the past and the present."""

from flask import Response

from engine.queries.listing import Asked
from engine.queries.pastincidents import LISTING, PastIncident, count_past_incidents, list_past_incidents
from web.api import blueprint
from web.api.answers import answer, count
from web.api.asked import Question
from web.api.describing import asks, criteria_of, gives
from web.api.guard import granted
from web.api.ids import incident_kinds, incident_type
from web.api.lists import asked
from web.api.moments import moment_text
from web.api.past import origin
from web.api.shapes.history import HistoricIncident, Somewhere
from web.transaction import session

_NOWHERE: Somewhere = {
    "processDefinitionKey": None,
    "processDefinitionId": None,
    "processInstanceId": None,
    "rootProcessInstanceId": None,
    "removalTime": None,
    "tenantId": None,
}


@blueprint.route("/history/incident", methods=["GET", "POST"])
@asks({**criteria_of(LISTING), "incidentType": "text"})
@gives(list[HistoricIncident])
def past_incidents() -> Response:
    """Incidents that fit."""
    return answer([_described(each) for each in list_past_incidents(session(), _asked(Question.of_request()))])


@blueprint.route("/history/incident/count", methods=["GET", "POST"])
@asks({**criteria_of(LISTING), "incidentType": "text"})
def past_incident_count() -> Response:
    """How many fit."""
    return count(count_past_incidents(session(), _asked(Question.of_request(), whole=True)))


def _asked(question: Question, *, whole: bool = False) -> Asked:
    found = asked(question, LISTING, granted("history"), whole=whole)
    kinds = incident_kinds(question.text("incidentType"))
    return found if kinds is None else found.with_conditions(kinds=kinds)


def _where(each: PastIncident) -> Somewhere:
    return {**origin(each.origin)} if each.origin is not None else _NOWHERE


def _described(each: PastIncident) -> HistoricIncident:
    number = str(each.id)
    return {
        "id": number,
        **_where(each),
        "executionId": each.token_id or (each.origin.case_id if each.origin is not None else None),
        "createTime": moment_text(each.created_at),
        "endTime": moment_text(each.ended_at),
        "incidentType": incident_type(each.kind),
        "activityId": each.element_id,
        "failedActivityId": each.element_id,
        "causeIncidentId": number,
        "rootCauseIncidentId": number,
        "configuration": each.job_id or each.configuration,
        "historyConfiguration": None,
        "incidentMessage": each.reason,
        "jobDefinitionId": None,
        "open": each.ended_at is None,
        "deleted": False,
        "resolved": each.ended_at is not None,
        "annotation": each.annotation,
    }
