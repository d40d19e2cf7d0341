# SPDX-License-Identifier: EUPL-1.2
"""Batches: what is done to many cases by the worker, and how far it is."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response

from engine.batches import MOST_CASES, BatchInfo, BatchNotFound, cancel_in_batch, delete_batch, keys_of, suspend_batch
from engine.queries.batches import LISTING, NAMES, batch_count, batches, failures, find_batch
from engine.queries.instances import list_instances
from web.api import blueprint
from web.api.answers import answer, count, nothing
from web.api.asked import Question, body
from web.api.describing import asks, criteria_of, takes
from web.api.guard import granted, machine, require, require_any
from web.api.job import suspended_of
from web.api.lists import asked, text_of
from web.api.moments import moment_text
from web.api.problems import Refused, missing
from web.api.process_instance import wanted_instances
from web.bootstrap import platform
from web.transaction import session


@blueprint.get("/batch")
@asks(criteria_of(LISTING))
def batch_list() -> Response:
    """Batches that fit and are not done."""
    wanted = asked(Question.of_request(), LISTING, granted("batch")).with_conditions(completed=False)
    return answer([described(one) for one in batches(session(), wanted)])


@blueprint.get("/batch/count")
@asks(criteria_of(LISTING))
def count_batches() -> Response:
    """How many fit."""
    wanted = asked(Question.of_request(), LISTING, granted("batch"), whole=True).with_conditions(completed=False)
    return count(batch_count(session(), wanted))


@blueprint.get("/batch/statistics")
@asks(criteria_of(LISTING))
def batch_statistics() -> Response:
    """The same with how far they are."""
    wanted = asked(Question.of_request(), LISTING, granted("batch")).with_conditions(completed=False)
    return answer([_with_progress(one) for one in batches(session(), wanted)])


@blueprint.get("/batch/statistics/count")
@asks(criteria_of(LISTING))
def batch_statistics_count() -> Response:
    """How many fit."""
    wanted = asked(Question.of_request(), LISTING, granted("batch"), whole=True).with_conditions(completed=False)
    return count(batch_count(session(), wanted))


@blueprint.get("/batch/<id>")
def batch(id: str) -> Response:
    """One batch that is not done."""
    one = _batch(id, "read")
    if one.ended_at is not None:
        raise missing(f"Batch with id '{id}' does not exist")
    return answer(described(one))


@blueprint.put("/batch/<id>/suspended")
@takes(suspended="boolean!")
def batch_suspended(id: str) -> Response:
    """Hold it, or let it go on."""
    _batch(id, "update")
    suspend_batch(session(), platform().services, id, suspended=suspended_of(body()))
    return nothing()


@blueprint.delete("/batch/<id>")
def delete_batch_view(id: str) -> Response:
    """Forget it; what it has done stays done."""
    _batch(id, "delete")
    delete_batch(session(), platform().services, id)
    return nothing()


@blueprint.post("/process-instance/delete")
@takes(processInstanceIds="array", processInstanceQuery="object", deleteReason="string")
def delete_instances() -> Response:
    """End many instances by hand, one after the other, by the worker."""
    told = body()
    keys = meant_instances(told, "process-instance", {}, "delete")
    key = next(iter(keys.values())) if len(set(keys.values())) == 1 else "*"
    require("batch", "create", key)
    reason = text_of(told, "deleteReason") or "Deleted by another program."
    return answer(described(cancel_in_batch(session(), platform().services, key, list(keys), reason, machine())))


@blueprint.get("/history/batch")
@asks(criteria_of(LISTING))
def batch_history() -> Response:
    """All batches that fit, done or not."""
    wanted = asked(Question.of_request(), LISTING, granted("batch"))
    return answer([_in_history(one) for one in batches(session(), wanted)])


@blueprint.get("/history/batch/count")
@asks(criteria_of(LISTING))
def batch_history_count() -> Response:
    """How many fit."""
    return count(batch_count(session(), asked(Question.of_request(), LISTING, granted("batch"), whole=True)))


@blueprint.get("/history/batch/<id>")
def batch_in_history(id: str) -> Response:
    """One of them, with the first failures."""
    one = _batch(id, "read")
    told = [{"processInstanceId": case, "message": reason} for case, reason in failures(session(), id)]
    return answer(_in_history(one) | {"failures": told})


def described(one: BatchInfo) -> dict[str, Any]:
    """A batch as clients read it."""
    return {
        "id": one.id,
        "type": NAMES.get(one.kind, one.kind),
        "totalJobs": one.total,
        "jobsCreated": one.total,
        "batchJobsPerSeed": 100,
        "invocationsPerBatchJob": 1,
        "seedJobDefinitionId": f"batch:{one.id}",
        "monitorJobDefinitionId": f"batch:{one.id}",
        "batchJobDefinitionId": f"batch:{one.id}",
        "suspended": one.suspended,
        "tenantId": None,
        "createUserId": one.created_by,
        "startTime": moment_text(one.created_at),
        "executionStartTime": moment_text(one.started_at),
    }


def _with_progress(one: BatchInfo) -> dict[str, Any]:
    succeeded = one.done - one.failed
    progress = {"remainingJobs": one.total - succeeded, "completedJobs": succeeded, "failedJobs": one.failed}
    return described(one) | progress


def _in_history(one: BatchInfo) -> dict[str, Any]:
    shown = described(one)
    del shown["suspended"], shown["jobsCreated"]
    return shown | {"endTime": moment_text(one.ended_at), "removalTime": None}


def meant_instances(
    told: Mapping[str, Any], resource: str, narrowed: Mapping[str, Any], permission: str = "create"
) -> dict[str, str]:
    """The cases that a request names or asks for, with their processes, all of which must be granted."""
    named, query = told.get("processInstanceIds"), told.get("processInstanceQuery")
    if named is not None and (not isinstance(named, list) or len(named) > MOST_CASES):
        raise Refused(f"processInstanceIds must be a list of at most {MOST_CASES}.")
    if any(not isinstance(each, str) for each in named or []):
        raise Refused("processInstanceIds must be texts.")
    if query is not None and not isinstance(query, dict):
        raise Refused("processInstanceQuery must be an object.")
    ids = [*(named or []), *(_asked_for({**query, **narrowed}) if query is not None else [])]
    if not ids:
        raise Refused("process instance ids is empty", type="BadUserRequestException")
    keys = keys_of(session(), ids)
    for case_id in ids:
        if case_id not in keys:
            raise Refused(f"Process instance with id {case_id} does not exist", type="BadUserRequestException")
    for key in set(keys.values()):
        require(resource, permission, key)
    return keys


def _asked_for(query: Mapping[str, Any]) -> list[str]:
    """Ids of the cases that fit a query; of those that may be seen."""
    question = Question(query)
    wanted = replace(wanted_instances(question), first=0, most=MOST_CASES + 1)
    return [line.case.id for line in list_instances(session(), wanted, question.conditions("variables"))]


def _batch(id: str, permission: str) -> BatchInfo:
    require_any("batch", permission)
    try:
        one = find_batch(session(), id)
    except BatchNotFound:
        raise missing(f"Batch with id '{id}' does not exist") from None
    require("batch", permission, one.key)
    return one
