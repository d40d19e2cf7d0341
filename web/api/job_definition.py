# SPDX-License-Identifier: EUPL-1.2
"""Job definitions: elements of models that leave jobs. They are read from the models; nothing of them is stored.

What is changed is changed for the jobs that are there; a job that a model leaves later begins as the model says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response

from engine.attempts import set_attempts
from engine.batches import retry_batch, suspend_batch
from engine.bpmn import Node
from engine.definitions import load_definition
from engine.deployed import Definition
from engine.queries.batches import find_batch
from engine.queries.definitions import WantedDefinitions, list_definitions
from engine.queries.jobs import job_definition_id
from engine.rescheduling import set_job_priority, suspend_jobs
from web.api import blueprint
from web.api.answers import answer, count, nothing
from web.api.asked import Question, body
from web.api.describing import asks, gives, takes
from web.api.guard import granted, require, require_any
from web.api.ids import definition_id, definition_number
from web.api.job import attempts_of, meant, suspended_of
from web.api.lists import number_of, text_of
from web.api.problems import Refused, missing
from web.api.shapes.work import JobDefinition
from web.bootstrap import platform
from web.transaction import session

#: Models are read for a list; of more versions than this, only for the newest.
_MOST_MODELS = 200


@dataclass(frozen=True)
class Leaving:
    """An element that leaves jobs of one kind."""

    definition: Definition
    node: Node
    #: timer | async
    kind: str
    type: str
    configuration: str

    @property
    def id(self) -> str:
        """Definition, kind and element."""
        return job_definition_id(self.definition.id, self.node.id, self.kind)


#: What lists can be asked for.
_CRITERIA = {
    "jobDefinitionId": "text",
    "jobType": "text",
    "activityIdIn": "texts",
    "processDefinitionId": "text",
    "processDefinitionKey": "text",
}


@blueprint.route("/job-definition", methods=["GET", "POST"])
@asks(_CRITERIA)
@gives(list[JobDefinition])
def job_definitions() -> Response:
    """Job definitions that fit."""
    question = Question.of_request()
    span = question.span()
    found = list(_found(question))[span.first : span.first + span.most]
    return answer([_described(one) for one in found])


@blueprint.route("/job-definition/count", methods=["GET", "POST"])
@asks(_CRITERIA)
def job_definition_count() -> Response:
    """How many fit."""
    return count(sum(1 for _ in _found(Question.of_request())))


@blueprint.get("/job-definition/<id>")
@gives(JobDefinition)
def job_definition(id: str) -> Response:
    """One of them."""
    return answer(_described(_one(id, "read")))


@blueprint.put("/job-definition/<id>/suspended")
@takes(suspended="truth!", includeJobs="truth")
def job_definition_suspended(id: str) -> Response:
    """Hold its jobs, or let them be run."""
    told = body()
    held = suspended_of(told)
    if id.startswith("batch:"):
        require("batch", "update", find_batch(session(), id.partition(":")[2]).key)
        suspend_batch(session(), platform().services, id.partition(":")[2], suspended=held)
        return nothing()
    _one(id, "update")
    _with_jobs(told, "includeJobs")
    suspend_jobs(session(), platform().services, [line.id for line in meant({"jobDefinitionId": id})], suspended=held)
    return nothing()


@blueprint.put("/job-definition/suspended")
@takes(suspended="truth!", includeJobs="truth", processDefinitionId="text", processDefinitionKey="text")
def job_definitions_suspended() -> Response:
    """The same for all of a process definition, or of all its versions."""
    told = body()
    held, ends = suspended_of(told), ("processDefinitionId", "processDefinitionKey")
    named = {name: found for name in ends if (found := text_of(told, name))}
    require_any("job", "update")
    if len(named) != 1:
        raise Refused("Either processDefinitionId or processDefinitionKey is needed.")
    _with_jobs(told, "includeJobs")
    suspend_jobs(session(), platform().services, [line.id for line in meant(named)], suspended=held)
    return nothing()


@blueprint.put("/job-definition/<id>/retries")
@takes(retries="number!")
def job_definition_retries(id: str) -> Response:
    """Let those of its jobs be tried again that have failed."""
    attempts = attempts_of(body())
    if id.startswith("batch:"):
        require("batch", "update", find_batch(session(), id.partition(":")[2]).key)
        retry_batch(session(), platform().services, id.partition(":")[2])
        return nothing()
    _one(id, "update")
    for line in meant({"jobDefinitionId": id}, failed=True):
        set_attempts(session(), platform().services, line.id, attempts)
    return nothing()


@blueprint.put("/job-definition/<id>/jobPriority")
@takes(priority="number", includeJobs="truth")
def job_definition_priority(id: str) -> Response:
    """Let its jobs be run earlier or later."""
    _one(id, "update")
    told = body()
    _with_jobs(told, "includeJobs")
    priority = number_of(told, "priority") or 0
    for line in meant({"jobDefinitionId": id}):
        set_job_priority(session(), line.id, priority)
    return nothing()


def _with_jobs(told: dict[str, Any], name: str) -> None:
    if told.get("executionDate"):
        raise Refused("Jobs are held and let go at once here; executionDate cannot be set.")
    if Question(told).truth(name) is not True:
        raise Refused(f"Jobs that are left later begin as their model says; only {name}: true is carried out here.")


def _found(question: Question) -> Iterator[Leaving]:
    """Of the definitions that are named, else of the newest version of each process."""
    named, key = question.text("processDefinitionId"), question.text("processDefinitionKey")
    wanted = WantedDefinitions(
        keys_granted=granted("job"),
        ids=[definition_number(named)] if named else None,
        keys=[key] if key else None,
        newest=not named and not key,
    )
    ids = {"jobDefinitionId": question.text("jobDefinitionId"), "jobType": question.text("jobType")}
    elements = question.texts("activityIdIn")
    for line in list_definitions(session(), wanted, limit=_MOST_MODELS, offset=0):
        for one in leaving(load_definition(session(), platform().services, line.id)):
            if ids["jobDefinitionId"] not in (None, one.id) or ids["jobType"] not in (None, one.type):
                continue
            if elements is None or one.node.id in elements:
                yield one


def _one(id: str, permission: str) -> Leaving:
    number, kind, _ = (id.split(":", 2) + ["", ""])[:3]
    lines = list_definitions(session(), WantedDefinitions(ids=[definition_number(number)]), limit=1, offset=0)
    for line in lines:
        require("job", permission, line.key)
        for one in leaving(load_definition(session(), platform().services, line.id)):
            if one.id == id and kind:
                return one
    raise missing(f"Job Definition with id {id} does not exist")


def leaving(definition: Definition) -> Iterator[Leaving]:
    """The elements of a model that leave jobs."""
    for node in definition.process.nodes.values():
        for event in node.events:
            if event.timer is not None and node.type != "endEvent":
                configuration = f"{event.timer.kind.upper()}: {event.timer.written}"
                yield Leaving(definition, node, "timer", _timer_type(definition, node), configuration)
        before, after = node.async_before, node.async_after
        if node.loop is not None:
            before, after = before or node.loop.async_before, after or node.loop.async_after
        for is_so, configuration in ((before, "async-before"), (after, "async-after")):
            if is_so:
                yield Leaving(definition, node, "async", "async-continuation", configuration)


def _timer_type(definition: Definition, node: Node) -> str:
    if node.type == "startEvent":
        return "timer-start-event-subprocess" if node.parent else "timer-start-event"
    return "timer-transition" if node.type == "boundaryEvent" else "timer-intermediate-transition"


def _described(one: Leaving) -> JobDefinition:
    return {
        "id": one.id,
        "processDefinitionId": definition_id(one.definition),
        "processDefinitionKey": one.definition.key,
        "activityId": one.node.id,
        "jobType": one.type,
        "jobConfiguration": one.configuration,
        "overridingJobPriority": None,
        "suspended": False,
        "tenantId": None,
        "deploymentId": str(one.definition.deployment_id),
    }
