# SPDX-License-Identifier: EUPL-1.2
"""Process instances that go on: which there are, holding, changing and ending them."""

from typing import Any

from flask import Response

from engine.cases import cancel_case
from engine.definitions import load_definition
from engine.modification import modify_case
from engine.queries.instances import ORDERS, InstanceLine, count_instances, list_instances
from engine.queries.listing import Asked
from engine.suspension import resume_case, suspend_case
from web.api import blueprint
from web.api.answers import answer, count, nothing
from web.api.asked import Question, body
from web.api.definitions import instance
from web.api.describing import asks, gives, takes
from web.api.guard import granted, machine, require_any
from web.api.ids import definition_id, definition_number, definition_text, incident_kinds, number_of
from web.api.instructions import read_instructions, refuse_skipping
from web.api.objects import running_case_for
from web.api.problems import Refused
from web.api.shapes.runtime import ActivityInstance, ProcessInstance
from web.api.tree import activity_tree
from web.bootstrap import platform
from web.transaction import session

#: So many are held or resumed within one request; more are a batch.
_MOST_AT_ONCE = 1000
#: What lists can be asked for.
_CRITERIA = {
    "processInstanceIds": "texts",
    "businessKey": "text",
    "processInstanceBusinessKey": "text",
    "businessKeyLike": "text",
    "processDefinitionId": "text",
    "processDefinitionKey": "text",
    "processDefinitionKeyIn": "texts",
    "processDefinitionKeyNotIn": "texts",
    "deploymentId": "text",
    "superProcessInstance": "text",
    "subProcessInstance": "text",
    "rootProcessInstanceId": "text",
    "caseInstanceId": "text",
    "superCaseInstance": "text",
    "subCaseInstance": "text",
    "active": "flag",
    "suspended": "flag",
    "withIncident": "flag",
    "incidentId": "text",
    "incidentType": "text",
    "incidentMessage": "text",
    "incidentMessageLike": "text",
    "activityIdIn": "texts",
    "rootProcessInstances": "flag",
    "leafProcessInstances": "flag",
    "tenantIdIn": "texts",
    "withoutTenantId": "flag",
    "processDefinitionWithoutTenantId": "flag",
    "variables": "conditions",
    "variableNamesIgnoreCase": "flag",
    "variableValuesIgnoreCase": "flag",
    "orQueries": "objects",
}


@blueprint.get("/process-instance")
@blueprint.post("/process-instance")
@asks(_CRITERIA)
@gives(list[ProcessInstance])
def process_instances() -> Response:
    """Instances that fit."""
    question = Question.of_request()
    found = list_instances(session(), wanted_instances(question), question.conditions("variables"))
    return answer([_described(line) for line in found])


@blueprint.get("/process-instance/count")
@blueprint.post("/process-instance/count")
@asks(_CRITERIA)
def process_instance_count() -> Response:
    """How many fit."""
    question = Question.of_request()
    return count(count_instances(session(), wanted_instances(question), question.conditions("variables")))


@blueprint.get("/process-instance/<id>")
@gives(ProcessInstance)
def process_instance(id: str) -> Response:
    """One instance."""
    case = running_case_for("read", id)
    definition = load_definition(session(), platform().services, case.definition_id)
    return answer(instance(case, definition_id(definition), definition.tenant_id))


@blueprint.delete("/process-instance/<id>")
@asks({"skipCustomListeners": "flag", "skipIoMappings": "flag", "failIfNotExists": "truth"})
def delete_instance(id: str) -> Response:
    """End an instance by hand."""
    question = Question.of_request()
    refuse_skipping(question)
    try:
        case = running_case_for("delete", id)
    except Refused:
        if question.truth("failIfNotExists") is False:
            return nothing()
        raise
    cancel_case(session(), platform().services, case.id, "Deleted by another program.", machine())
    return nothing()


@blueprint.put("/process-instance/<id>/suspended")
@takes(suspended="truth!")
def suspend_instance(id: str) -> Response:
    """Hold or resume one instance."""
    suspended = _suspended(Question(body()))
    switch_instance(running_case_for("update", id).id, suspended=suspended)
    return nothing()


@blueprint.put("/process-instance/suspended")
@takes(
    suspended="truth!",
    processInstanceIds="texts",
    processInstanceQuery="object",
    processDefinitionId="text",
    processDefinitionKey="text",
)
def suspend_instances() -> Response:
    """Hold or resume several."""
    require_any("process-instance", "update")
    sent = body()
    suspended = _suspended(Question(sent))
    for case_id in _chosen(sent):
        case = running_case_for("update", case_id)
        if case.suspended != suspended:
            switch_instance(case.id, suspended=suspended)
    return nothing()


@blueprint.get("/process-instance/<id>/activity-instances")
@gives(ActivityInstance)
def activity_instances(id: str) -> Response:
    """Where it stands, as a tree."""
    return answer(activity_tree(running_case_for("read", id)))


@blueprint.post("/process-instance/<id>/modification")
@takes(instructions="instructions", skipCustomListeners="truth", skipIoMappings="truth", annotation="text")
def modify_instance(id: str) -> Response:
    """Put its tokens elsewhere."""
    case, sent = running_case_for("update", id), body()
    refuse_skipping(Question(sent))
    instructions = read_instructions(sent.get("instructions"))
    modify_case(session(), platform().services, case.id, instructions, machine())
    return nothing()


def wanted_instances(question: Question, *, permission: str = "read") -> Asked:
    """The conditions of a query, of which only what this account may see is found."""
    span = question.span()
    conditions: dict[str, Any] = {"granted": granted("process-instance", permission), **_conditions(question)}
    for number, written in enumerate(question.raw("orQueries") or ()):
        if not isinstance(written, dict) or number:
            raise Refused("orQueries is a list of one object.")
        conditions["any_of"] = _conditions(Question(written))
    orders = [(order.by, order.descending) for order in question.orders(*ORDERS)]
    return Asked(conditions, orders, span.first, span.most)


def switch_instance(case_id: str, *, suspended: bool) -> None:
    """Hold an instance or let it go on."""
    switch = suspend_case if suspended else resume_case
    switch(session(), platform().services, case_id, machine())


def _conditions(question: Question) -> dict[str, Any]:
    definition = question.text("processDefinitionId")
    tenants: list[str | None] | None = [*(question.texts("tenantIdIn") or [])] or None
    if question.flag("withoutTenantId") or question.flag("processDefinitionWithoutTenantId"):
        tenants = [None]
    found = {
        "cases": question.texts("processInstanceIds"),
        "business_key": question.text("businessKey") or question.text("processInstanceBusinessKey"),
        "business_key_like": question.text("businessKeyLike"),
        "definition": definition_number(definition) if definition is not None else None,
        "key": question.text("processDefinitionKey"),
        "keys": question.texts("processDefinitionKeyIn"),
        "keys_not": question.texts("processDefinitionKeyNotIn"),
        "deployment": _row(question, "deploymentId"),
        "caller": question.text("superProcessInstance"),
        "called": question.text("subProcessInstance"),
        "root": question.text("rootProcessInstanceId"),
        "case_suspended": _held(question),
        "with_incident": question.flag("withIncident") or None,
        "incident": _row(question, "incidentId"),
        "incident_kinds": incident_kinds(question.text("incidentType")),
        "incident_reason": question.text("incidentMessage"),
        "incident_reason_like": question.text("incidentMessageLike"),
        "elements": question.texts("activityIdIn"),
        "outermost": question.flag("rootProcessInstances") or None,
        "calls_none": question.flag("leafProcessInstances") or None,
        "tenants": tenants,
    }
    if "caseInstanceId" in question or "superCaseInstance" in question or "subCaseInstance" in question:
        found["cases"] = []  # There are no CMMN cases here.
    return {name: value for name, value in found.items() if value is not None}


def _row(question: Question, name: str) -> int | None:
    text = question.text(name)
    return None if text is None else number_of(text) or -1


def _held(question: Question) -> bool | None:
    if question.flag("suspended"):
        return True
    return False if question.flag("active") else None


def _suspended(question: Question) -> bool:
    suspended = question.truth("suspended")
    if suspended is None:
        raise Refused("suspended must be true or false.")
    return suspended


def _chosen(sent: dict[str, Any]) -> list[str]:
    """The instances that a request names by their ids, by their definition, or by a query."""
    ids = Question(sent).texts("processInstanceIds") or []
    query = sent.get("processInstanceQuery")
    named = {name: sent[name] for name in _BY_DEFINITION if sent.get(name)}
    if named or isinstance(query, dict):
        question = Question({**(query if isinstance(query, dict) else {}), **named, "maxResults": _MOST_AT_ONCE + 1})
        asked = wanted_instances(question, permission="update")
        ids += [line.case.id for line in list_instances(session(), asked, question.conditions("variables"))]
    elif not ids:
        raise Refused("Either processInstanceIds, a process definition or a processInstanceQuery must be set.")
    if len(ids) > _MOST_AT_ONCE:
        raise Refused(f"At most {_MOST_AT_ONCE} instances are held or resumed at once; ask for a batch instead.")
    return list(dict.fromkeys(ids))


_BY_DEFINITION = ("processDefinitionId", "processDefinitionKey")


def _described(line: InstanceLine) -> ProcessInstance:
    definition = definition_text(line.case.definition_key, line.version, line.case.definition_id)
    return instance(line.case, definition, line.tenant_id)
