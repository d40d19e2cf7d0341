# SPDX-License-Identifier: EUPL-1.2
"""Process instances of the past and the present: which there were, how they ended, and forgetting them."""

from flask import Response

from engine.queries.listing import Asked
from engine.queries.pastcases import CRITERIA, LISTING, PastCase, count_past_cases, find_past_case, list_past_cases
from engine.removal import CaseGoesOn, forget_case, forget_variables
from web.api import blueprint
from web.api.answers import answer, count, nothing
from web.api.asked import Question
from web.api.describing import asks, criteria_of, gives
from web.api.guard import granted, require
from web.api.ids import incident_kinds
from web.api.lists import asked, variable_conditions
from web.api.moments import moment_text
from web.api.past import either, of_definition, only_of_the_past, took
from web.api.problems import Refused, missing
from web.api.shapes.history import HistoricProcessInstance
from web.transaction import session


@blueprint.route("/history/process-instance", methods=["GET", "POST"])
@asks({**criteria_of(LISTING), "variables": "conditions", "incidentType": "text", "orQueries": "objects"})
@gives(list[HistoricProcessInstance])
def past_instances() -> Response:
    """Instances that fit."""
    question = Question.of_request()
    found = list_past_cases(session(), wanted_past_cases(question), variable_conditions(question, "variables"))
    return answer([_described(case) for case in found])


@blueprint.route("/history/process-instance/count", methods=["GET", "POST"])
@asks({**criteria_of(LISTING), "variables": "conditions", "incidentType": "text", "orQueries": "objects"})
def past_instance_count() -> Response:
    """How many fit."""
    question = Question.of_request()
    wanted = wanted_past_cases(question, whole=True)
    return count(count_past_cases(session(), wanted, variable_conditions(question, "variables")))


@blueprint.get("/history/process-instance/<id>")
@gives(HistoricProcessInstance)
def past_instance(id: str) -> Response:
    """One of them."""
    return answer(_described(_case(id, "read")))


@blueprint.delete("/history/process-instance/<id>")
@asks({"failIfNotExists": "truth"})
def forget_instance(id: str) -> Response:
    """Forget an instance that has ended, with all that is known of it."""
    try:
        case = _case(id, "delete")
    except Refused as refused:
        if refused.status == 404 and Question.of_request().truth("failIfNotExists") is False:
            return nothing()
        raise
    try:
        forget_case(session(), case.origin.case_id)
    except CaseGoesOn:
        message = f"Process instance is still running, cannot delete historic process instance: {id}"
        raise Refused(message, type="BadUserRequestException") from None
    return nothing()


@blueprint.delete("/history/process-instance/<id>/variable-instances")
def forget_instance_variables(id: str) -> Response:
    """Forget the variables of an instance that has ended."""
    case = _case(id, "delete")
    with only_of_the_past(id):
        forget_variables(session(), case.origin.case_id)
    return nothing()


def _case(id: str, permission: str) -> PastCase:
    found = find_past_case(session(), id)
    if found is None:
        raise missing(f"Historic process instance with id {id[:100]} does not exist")
    require("history", permission, found.origin.definition_key)
    return found


def wanted_past_cases(question: Question, *, whole: bool = False) -> Asked:
    """The conditions of a query, of which only what this account may see is found."""
    found = asked(question, LISTING, granted("history"), whole=whole)
    groups, kinds = either(question, CRITERIA), incident_kinds(question.text("incidentType"))
    return found.with_conditions(
        **({"any_of": groups} if groups else {}), **({"incident_kinds": kinds} if kinds is not None else {})
    )


def _state(case: PastCase) -> str:
    if case.state == "active":
        return "SUSPENDED" if case.suspended else "ACTIVE"
    if case.state == "completed":
        return "COMPLETED"
    return "INTERNALLY_TERMINATED" if case.parent_id is not None else "EXTERNALLY_TERMINATED"


def _described(case: PastCase) -> HistoricProcessInstance:
    return {
        "id": case.origin.case_id,
        **of_definition(case.origin),
        "businessKey": case.business_key,
        "processDefinitionName": case.name or None,
        "processDefinitionVersion": case.origin.definition_version,
        "startTime": moment_text(case.started_at),
        "endTime": moment_text(case.ended_at),
        "durationInMillis": took(case.started_at, case.ended_at),
        "startUserId": case.started_by,
        "startActivityId": case.started_at_element,
        "deleteReason": case.reason,
        "superProcessInstanceId": case.parent_id,
        "superCaseInstanceId": None,
        "caseInstanceId": None,
        "restartedProcessInstanceId": None,
        "state": _state(case),
    }
