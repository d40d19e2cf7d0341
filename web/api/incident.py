# SPDX-License-Identifier: EUPL-1.2
"""Incidents: what has gone wrong and waits for an operator."""

from flask import Response

from engine.errors import IncidentNotFound
from engine.incidents import annotate_incident, retry_incident
from engine.queries.incidents import LISTING, IncidentLine, find_incident, incident_count, open_incidents
from engine.queries.jobs import job_definition_id
from engine.queries.listing import Asked
from web.api import blueprint
from web.api.answers import answer, count, nothing
from web.api.asked import Question, body
from web.api.describing import asks, criteria_of, gives, takes
from web.api.guard import granted, machine, require
from web.api.ids import definition_text, incident_kinds, incident_type, number_of
from web.api.lists import asked, text_of
from web.api.moments import moment_text
from web.api.problems import Refused, missing
from web.api.shapes.runtime import Incident
from web.bootstrap import platform
from web.transaction import session


@blueprint.route("/incident", methods=["GET", "POST"])
@asks(criteria_of(LISTING))
@gives(list[Incident])
def incident_list() -> Response:
    """Open incidents that fit."""
    return answer([described(line) for line in open_incidents(session(), _asked(Question.of_request()))])


@blueprint.route("/incident/count", methods=["GET", "POST"])
@asks(criteria_of(LISTING))
def count_incidents() -> Response:
    """How many fit."""
    return count(incident_count(session(), _asked(Question.of_request(), whole=True)))


@blueprint.get("/incident/<id>")
@gives(Incident)
def incident(id: str) -> Response:
    """One of them."""
    return answer(described(_incident(id, "read")))


@blueprint.delete("/incident/<id>")
def resolve_incident(id: str) -> Response:
    """Say that it is settled. That of a job or an external task is settled by trying again: set its retries."""
    line = _incident(id, "update")
    if line.job_id is not None:
        message = f"Cannot resolve an incident of type {incident_type(line.kind)}"
        raise Refused(message, type="BadUserRequestException")
    retry_incident(session(), platform().services, line.id, machine())
    return nothing()


@blueprint.put("/incident/<id>/annotation")
@takes(annotation="text")
def annotate(id: str) -> Response:
    """Note something about it."""
    line = _incident(id, "update")
    annotate_incident(session(), line.id, text_of(body(), "annotation"))
    return nothing()


@blueprint.delete("/incident/<id>/annotation")
def clear_annotation(id: str) -> Response:
    """Take the note away."""
    annotate_incident(session(), _incident(id, "update").id, None)
    return nothing()


def described(line: IncidentLine) -> Incident:
    """An incident as clients read it."""
    definition = of_kind = None
    if line.definition_id is not None:
        definition = definition_text(line.definition_key or "", line.definition_version or 0, line.definition_id)
        of_kind = job_definition_id(line.definition_id, line.element_id, "")
    return {
        "id": str(line.id),
        "processDefinitionId": definition,
        "processInstanceId": line.case_id,
        "executionId": line.token_id or line.case_id,
        "incidentTimestamp": moment_text(line.created_at),
        "incidentType": incident_type(line.kind),
        "activityId": line.element_id,
        "failedActivityId": line.element_id,
        "causeIncidentId": str(line.id),
        "rootCauseIncidentId": str(line.id),
        "configuration": line.job_id or line.configuration,
        "incidentMessage": line.told or line.reason or None,
        "tenantId": None,
        "jobDefinitionId": of_kind if line.kind == "job_failed" else None,
        "annotation": line.annotation,
    }


def _asked(question: Question, *, whole: bool = False) -> Asked:
    found = asked(question, LISTING, granted("incident"), whole=whole)
    kinds = incident_kinds(question.text("incidentType"))
    return found if kinds is None else found.with_conditions(incidentType=kinds)


def _incident(id: str, permission: str) -> IncidentLine:
    try:
        line = find_incident(session(), number_of(id) or -1)
    except IncidentNotFound:
        raise missing(f"No matching incident with id {id}") from None
    require("incident", permission, line.definition_key or "*")
    return line
