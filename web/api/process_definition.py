# SPDX-License-Identifier: EUPL-1.2
"""Process definitions: which there are, what they look like, holding them and deleting them.

What can be done with one definition is reached by its id, by its key (the newest version) and by key and tenant.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response

from engine.deployed import Definition
from engine.queries.definitions import (
    DefinitionLine,
    WantedDefinitions,
    count_definitions,
    definition_line,
    list_definitions,
)
from engine.queries.deployments import resource_content
from engine.queries.standing import Standing, standing_at_definitions, standing_at_elements
from engine.suspension import resume_definitions, suspend_definitions
from engine.withdrawal import delete_definition, keep_history_for
from web.api import blueprint
from web.api.answers import answer, count, nothing
from web.api.asked import MOST_RESULTS, Question, body
from web.api.definitions import DEFINITION_CRITERIA, described, wanted_definitions
from web.api.describing import asks, gives, takes
from web.api.guard import granted, machine, require
from web.api.ids import definition_id, definition_text, incident_type
from web.api.objects import definition_for, newest_definition_for
from web.api.problems import Refused, missing
from web.api.shapes.repository import (
    ActivityStatistics,
    CalledProcessDefinition,
    IncidentCount,
    ProcessDefinition,
    ProcessDefinitionStatistics,
    ProcessDefinitionXml,
)
from web.bootstrap import platform
from web.transaction import session

#: What statistics can count beside instances.
_COUNTED = {"failedJobs": "flag", "incidents": "flag", "incidentsForType": "text"}
_SWITCH = {"suspended": "truth!", "includeProcessInstances": "truth", "executionDate": "moment"}
View = Callable[[Definition], Response]


def for_definition(
    path: str, method: str, permission: str, resource: str = "process-definition"
) -> Callable[[View], View]:
    """Route a view to a definition by its id, by its key, and by key and tenant."""

    def route(view: View) -> View:
        @wraps(view)
        def resolved(id: str | None = None, key: str = "", tenant_id: str | None = None) -> Response:
            if id is not None:
                return view(definition_for(permission, id, resource))
            return view(newest_definition_for(permission, key, tenant_id, resource))

        for place in ("<id>", "key/<key>", "key/<key>/tenant-id/<tenant_id>"):
            blueprint.route(f"/process-definition/{place}{path}", methods=[method])(resolved)
        return view

    return route


@blueprint.get("/process-definition")
@asks(DEFINITION_CRITERIA)
@gives(list[ProcessDefinition])
def process_definitions() -> Response:
    """Definitions that fit."""
    question = Question.of_request()
    span = question.span()
    found = list_definitions(session(), wanted_definitions(question), limit=span.most, offset=span.first)
    return answer([described(line) for line in found])


@blueprint.get("/process-definition/count")
@asks(DEFINITION_CRITERIA)
def process_definition_count() -> Response:
    """How many fit."""
    return count(count_definitions(session(), wanted_definitions(Question.of_request())))


@blueprint.get("/process-definition/statistics")
@asks(_COUNTED)
@gives(list[ProcessDefinitionStatistics])
def process_definition_statistics() -> Response:
    """How many instances of each definition go on, and what has failed in them."""
    question, keys = Question.of_request(), granted("process-definition")
    standing = standing_at_definitions(session(), keys)
    lines = list_definitions(session(), WantedDefinitions(keys_granted=keys), limit=MOST_RESULTS, offset=0)
    return answer([_of_definition(question, line, standing.get(line.id, Standing())) for line in lines])


_OF_DEFINITION = "org.camunda.bpm.engine.rest.dto.repository.ProcessDefinitionStatisticsResultDto"
_OF_ACTIVITY = "org.camunda.bpm.engine.rest.dto.repository.ActivityStatisticsResultDto"


@for_definition("", "GET", "read")
@gives(ProcessDefinition)
def process_definition(definition: Definition) -> Response:
    """One definition."""
    return answer(_line(definition))


@for_definition("/xml", "GET", "read")
@gives(ProcessDefinitionXml)
def process_definition_xml(definition: Definition) -> Response:
    """The model, as it was deployed."""
    found = resource_content(session(), definition.deployment_id, name=definition.resource_name)
    text = (found[1] if found else b"").decode("utf-8", "replace")
    return answer({"id": definition_id(definition), "bpmn20Xml": text})


@for_definition("/diagram", "GET", "read")
def process_definition_diagram(definition: Definition) -> Response:
    """A picture; nobody deploys one, so there is nothing to say."""
    return nothing()


@for_definition("/statistics", "GET", "read")
@asks(_COUNTED)
@gives(list[ActivityStatistics])
def activity_statistics(definition: Definition) -> Response:
    """How many instances stand at each activity."""
    question = Question.of_request()
    found = standing_at_elements(session(), definition.id)
    return answer([_statistics(question, place, found[place]) for place in sorted(found)])


@for_definition("/static-called-process-definitions", "GET", "read")
@gives(list[CalledProcessDefinition])
def called_definitions(definition: Definition) -> Response:
    """The newest versions of what its call activities name."""
    called: dict[str, list[str]] = {}
    for node in definition.process.nodes.values():
        if node.called is not None and node.called.element:
            called.setdefault(node.called.element, []).append(node.id)
    keys = granted("process-definition")
    wanted = WantedDefinitions(keys_granted=keys, keys=list(called), newest=True)
    lines = list_definitions(session(), wanted, limit=MOST_RESULTS, offset=0)
    about = {"callingProcessDefinitionId": definition_id(definition)}
    return answer([described(line) | about | {"calledFromActivityIds": called[line.key]} for line in lines])


@blueprint.put("/process-definition/<id>/suspended")
@takes(**_SWITCH)
def suspend_definition(id: str) -> Response:
    """Hold or resume one version."""
    found = definition_for("update", id)
    _switch(body(), found.key, found.version)
    return nothing()


@blueprint.put("/process-definition/key/<key>/suspended")
@blueprint.put("/process-definition/key/<key>/tenant-id/<tenant_id>/suspended")
@takes(**_SWITCH)
def suspend_definitions_of_key(key: str, tenant_id: str | None = None) -> Response:
    """Hold or resume all versions."""
    found = newest_definition_for("update", key, tenant_id)
    _switch(body(), found.key, None)
    return nothing()


@blueprint.put("/process-definition/suspended")
@takes(**_SWITCH, processDefinitionId="text", processDefinitionKey="text")
def suspend_named_definitions() -> Response:
    """The same, by what stands in the body."""
    sent = body()
    question = Question(sent)
    named, key = question.text("processDefinitionId"), question.text("processDefinitionKey")
    if (named is None) == (key is None):
        raise Refused(
            "Either processDefinitionId or processDefinitionKey should be set to update the suspension state."
        )
    found = definition_for("update", named) if named else newest_definition_for("update", key or "")
    _switch(sent, found.key, found.version if named else None)
    return nothing()


@for_definition("/history-time-to-live", "PUT", "update")
@takes(historyTimeToLive="number")
def change_history_time_to_live(definition: Definition) -> Response:
    """For how many days the history of ended instances is wanted."""
    days = Question(body()).number("historyTimeToLive")
    if days is not None and not 0 <= days < 2**31:
        raise Refused("historyTimeToLive is a number of days, 0 or more, or null.")
    keep_history_for(session(), definition.id, days)
    return nothing()


@blueprint.delete("/process-definition/<id>")
@asks({"cascade": "flag"})
def remove_definition(id: str) -> Response:
    """Delete one version; with `cascade` its instances go too."""
    found = definition_for("delete", id)
    _delete([found.id])
    return nothing()


@blueprint.delete("/process-definition/key/<key>")
@blueprint.delete("/process-definition/key/<key>/tenant-id/<tenant_id>")
@asks({"cascade": "flag"})
def remove_definitions_of_key(key: str, tenant_id: str | None = None) -> Response:
    """Delete all versions."""
    require("process-definition", "delete", key)
    wanted = WantedDefinitions(keys=[key], tenants=[tenant_id] if tenant_id is not None else None)
    ids = [line.id for line in list_definitions(session(), wanted, limit=MOST_RESULTS, offset=0)]
    if not ids:
        raise missing(f"No process definition found with key '{key}'")
    _delete(ids)
    return nothing()


def _delete(ids: list[int]) -> None:
    with_cases = Question.of_request().flag("cascade")
    for number in ids:
        delete_definition(session(), platform().services, number, machine(), with_cases=with_cases)


def _switch(sent: dict[str, Any], key: str, version: int | None) -> None:
    question = Question(sent)
    suspended = question.truth("suspended")
    if suspended is None:
        raise Refused("suspended must be true or false.")
    if question.text("executionDate"):
        raise Refused("Definitions are held and resumed at once here; executionDate cannot be set.")
    switch = suspend_definitions if suspended else resume_definitions
    with_cases = question.flag("includeProcessInstances")
    switch(session(), platform().services, key, machine(), version=version, with_cases=with_cases)


def _line(definition: Definition) -> ProcessDefinition:
    line = definition_line(session(), definition.id)
    assert line is not None, "It has just been loaded."
    return described(line)


def _of_definition(question: Question, line: DefinitionLine, standing: Standing) -> ProcessDefinitionStatistics:
    counted = _statistics(question, definition_text(line.key, line.version, line.id), standing)
    return {**counted, "@class": _OF_DEFINITION, "definition": described(line)}


def _statistics(question: Question, place: str, standing: Standing) -> ActivityStatistics:
    kinds = standing.incidents if question.flag("incidents") or "incidentsForType" in question else {}
    wanted = question.text("incidentsForType")
    incidents: list[IncidentCount] = [
        {"incidentType": incident_type(kind), "incidentCount": number}
        for kind, number in sorted(kinds.items())
        if wanted is None or incident_type(kind) == wanted
    ]
    failed = standing.failed_jobs if question.flag("failedJobs") else 0
    return {
        "@class": _OF_ACTIVITY,
        "id": place,
        "instances": standing.instances,
        "failedJobs": failed,
        "incidents": incidents,
    }
