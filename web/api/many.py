# SPDX-License-Identifier: EUPL-1.2
"""What is done to many instances or jobs by the worker, one after the other: each request leaves a batch."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Response

from engine.batches import (
    MOST_CASES,
    BatchInfo,
    forget_in_batch,
    keys_of,
    modify_in_batch,
    retry_external_in_batch,
    retry_jobs_in_batch,
    suspend_in_batch,
    tell_in_batch,
    write_in_batch,
)
from engine.queries.external import external_tasks
from engine.queries.external import listing as external_listing
from engine.queries.jobs import JobLine, jobs, key_of_job, listing
from engine.queries.listing import Asked
from web.api import blueprint
from web.api.answers import answer
from web.api.asked import Question, body
from web.api.batch import described, meant_instances, named_in, one_key, past_cases_asked_for, query_in
from web.api.describing import gives, takes
from web.api.external_task import retries_of
from web.api.guard import granted, machine, require, require_any
from web.api.instructions import read_instructions, refuse_skipping
from web.api.job import attempts_of, suspended_of
from web.api.lists import asked, needed_text, text_of
from web.api.message import only_plain
from web.api.objects import running_case_for
from web.api.problems import Refused
from web.api.shapes.work import Batch
from web.api.values import read_variables
from web.bootstrap import platform
from web.transaction import session

#: Ids that travel in one question.
_AT_A_TIME = 500
_INSTANCES = {
    "processInstanceIds": "texts",
    "processInstanceQuery": "object",
    "historicProcessInstanceQuery": "object",
}


@blueprint.post("/process-instance/<id>/modification-async")
@takes(instructions="instructions!", skipCustomListeners="truth", skipIoMappings="truth", annotation="text")
@gives(Batch)
def modify_one(id: str) -> Response:
    """Put the tokens of one instance elsewhere, by the worker."""
    case, told = running_case_for("update", id), body()
    refuse_skipping(Question(told))
    instructions = read_instructions(told.get("instructions"))
    require("batch", "create", case.definition_key)
    if not instructions:
        raise Refused("Instructions are empty", type="BadUserRequestException")
    return _made(
        modify_in_batch(session(), platform().services, case.definition_key, [case.id], instructions, machine())
    )


@blueprint.post("/process-instance/suspended-async")
@takes(suspended="truth!", **_INSTANCES)
@gives(Batch)
def suspend_many() -> Response:
    """Hold many instances, or let them go on."""
    told = body()
    held, (keys, key) = suspended_of(told), _meant(told)
    return _made(suspend_in_batch(session(), platform().services, key, list(keys), machine(), suspended=held))


@blueprint.post("/process-instance/variables-async")
@takes(variables="variables!", **_INSTANCES)
@gives(Batch)
def set_variables_of_many() -> Response:
    """Set variables of many instances."""
    told = body()
    values = only_plain(read_variables(told.get("variables")))
    if not values:
        raise Refused("variables is empty", type="BadUserRequestException")
    keys, key = _meant(told)
    return _made(write_in_batch(session(), platform().services, key, list(keys), values, machine()))


@blueprint.post("/process-instance/message-async")
@takes(messageName="text!", variables="variables", **_INSTANCES)
@gives(Batch)
def tell_many() -> Response:
    """Give a message to many instances; nothing happens in those that do not wait for it."""
    told = body()
    name, values = needed_text(told, "messageName"), only_plain(read_variables(told.get("variables")))
    require("message", "create", name)
    keys, key = _meant(told)
    return _made(tell_in_batch(session(), platform().services, key, list(keys), name, values, machine()))


@blueprint.post("/process-instance/job-retries")
@blueprint.post("/process-instance/job-retries-historic-query-based")
@takes(retries="number!", dueDate="moment", processInstances="texts", **_INSTANCES)
@gives(Batch)
def retry_jobs_of_instances() -> Response:
    """How often the jobs of many instances are tried from now on."""
    told = body()
    attempts = attempts_of(told)
    ids = {"processInstanceIds": [*named_in(told, "processInstances"), *named_in(told, "processInstanceIds")]}
    cases = meant_instances({**told, **ids}, "job", {}, "update")
    return _retried(told, attempts, _jobs_among("processInstanceIds", list(cases)))


@blueprint.post("/job/retries")
@takes(retries="number!", jobIds="texts", jobQuery="object", dueDate="moment")
@gives(Batch)
def retry_many_jobs() -> Response:
    """How often many jobs are tried from now on."""
    told = body()
    require_any("job", "update")
    attempts, ids, query = attempts_of(told), named_in(told, "jobIds"), query_in(told, "jobQuery")
    found = {line.id: line for line in _jobs_among("jobIds", ids)}
    if unknown := next((each for each in ids if each not in found), None):
        raise Refused(f"Job with id {unknown[:100]} does not exist", type="BadUserRequestException")
    if query is not None:
        now = platform().clock.now()
        wanted = asked(Question(query), listing(now), granted("job"))
        found |= {line.id: line for line in jobs(session(), now, _all(wanted))}
    return _retried(told, attempts, found.values())


@blueprint.post("/external-task/retries-async")
@takes(retries="number!", externalTaskIds="texts", externalTaskQuery="object", **_INSTANCES)
@gives(Batch)
def retry_many_external_tasks() -> Response:
    """How many attempts are left of many external tasks."""
    told = body()
    require_any("external-task", "update")
    retries, topics = retries_of(told), _external_tasks(told)
    for topic in set(topics.values()):
        require("external-task", "update", topic)
    require("batch", "create")
    return _made(retry_external_in_batch(session(), platform().services, "*", list(topics), retries, machine()))


@blueprint.post("/history/process-instance/delete")
@takes(
    historicProcessInstanceIds="texts",
    historicProcessInstanceQuery="object",
    deleteReason="text",
    failIfNotExists="truth",
)
@gives(Batch)
def forget_many() -> Response:
    """Forget many instances that have ended; those that go on are failures of the batch."""
    told = body()
    ids, query = named_in(told, "historicProcessInstanceIds"), query_in(told, "historicProcessInstanceQuery")
    ids += past_cases_asked_for(query) if query is not None else []
    keys = keys_of(session(), ids, ended=True)
    unknown = next((each for each in ids if each not in keys), None)
    if unknown is not None and Question(told).truth("failIfNotExists") is not False:
        raise Refused(f"No historic process instance found with id: {unknown[:100]}", type="BadUserRequestException")
    if not keys:
        raise Refused("historicProcessInstanceIds is empty", type="BadUserRequestException")
    for key in set(keys.values()):
        require("history", "delete", key)
    require("batch", "create", one_key(keys))
    reason = text_of(told, "deleteReason")
    return _made(forget_in_batch(session(), platform().services, one_key(keys), list(keys), reason, machine()))


def _meant(told: Mapping[str, Any]) -> tuple[dict[str, str], str]:
    """The instances that a request means, with the one key of their processes, for which a batch must be granted."""
    keys = meant_instances(told, "process-instance", {}, "update")
    require("batch", "create", one_key(keys))
    return keys, one_key(keys)


def _made(batch: BatchInfo) -> Response:
    return answer(described(batch))


def _retried(told: Mapping[str, Any], attempts: int, found: Iterable[JobLine]) -> Response:
    keys = {line.id: key_of_job(session(), line) for line in found}
    if not keys:
        raise Refused("jobIds is empty", type="BadUserRequestException")
    for key in set(keys.values()):
        require("job", "update", key)
    key, due = one_key(keys), Question(told).moment("dueDate")
    require("batch", "create", key)
    services, by = platform().services, machine()
    return _made(retry_jobs_in_batch(session(), services, key, list(keys), attempts, by, due_at=due))


def _all(wanted: Asked) -> Asked:
    """One more than a batch may have, so that too many are refused and not left out."""
    return replace(wanted, first=0, most=MOST_CASES + 1)


def _jobs_among(criterion: str, ids: list[str]) -> list[JobLine]:
    """The jobs of these ids, or of these instances."""
    now: datetime = platform().clock.now()
    found: list[JobLine] = []
    for at in range(0, len(ids), _AT_A_TIME):
        found += jobs(session(), now, Asked({criterion: ids[at : at + _AT_A_TIME]}, most=MOST_CASES))
    return found


def _external_tasks(told: Mapping[str, Any]) -> dict[str, str]:
    """The external tasks that a request means, with their topics: by their ids, their instances or a query."""
    ids, query = named_in(told, "externalTaskIds"), query_in(told, "externalTaskQuery")
    topics = _external_among("externalTaskIdIn", ids)
    if unknown := next((each for each in ids if each not in topics), None):
        raise Refused(f"External task with id {unknown[:100]} does not exist", type="BadUserRequestException")
    if any(told.get(name) is not None for name in _INSTANCES):
        cases = meant_instances(told, "process-instance", {}, "read")
        topics |= _external_among("processInstanceIdIn", list(cases))
    if query is not None:
        wanted = asked(Question(query), external_listing(platform().clock.now()), granted("external-task"))
        topics |= _external(_all(wanted))
    return topics


def _external_among(criterion: str, ids: list[str]) -> dict[str, str]:
    """Topics of external tasks, by the ids of the tasks or of their instances."""
    found: dict[str, str] = {}
    for at in range(0, len(ids), _AT_A_TIME):
        found |= _external(Asked({criterion: ids[at : at + _AT_A_TIME]}, most=MOST_CASES))
    return found


def _external(wanted: Asked) -> dict[str, str]:
    now = platform().clock.now()
    return {task.id: task.topic for task in external_tasks(session(), now, wanted)}
