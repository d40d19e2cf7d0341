# SPDX-License-Identifier: EUPL-1.2
"""Batches: what is done to many cases by the worker, and how far it is."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response

from engine.batches import (
    MOST_CASES,
    BatchInfo,
    BatchNotFound,
    cancel_in_batch,
    delete_batch,
    forget_batch,
    keys_of,
    suspend_batch,
)
from engine.queries.batches import LISTING, NAMES, batch_count, batches, failures, find_batch
from engine.queries.instances import list_instances
from engine.queries.pastcases import list_past_cases
from web.api import blueprint
from web.api.answers import answer, count, nothing
from web.api.asked import Question, body
from web.api.describing import asks, criteria_of, gives, takes
from web.api.guard import granted, machine, require, require_any
from web.api.history_process_instance import wanted_past_cases
from web.api.instructions import refuse_skipping
from web.api.job import suspended_of
from web.api.lists import asked, text_of, variable_conditions
from web.api.moments import moment_text
from web.api.problems import Refused, missing
from web.api.process_instance import wanted_instances
from web.api.shapes.work import (
    Batch,
    BatchFailure,
    BatchStatistics,
    CommonOfBatches,
    HistoricBatch,
    HistoricBatchWithFailures,
)
from web.bootstrap import platform
from web.transaction import session

#: Kinds of batches whose items are jobs.
_OF_JOBS = ("job_retries", "external_retries")


@blueprint.get("/batch")
@asks(criteria_of(LISTING))
@gives(list[Batch])
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
@gives(list[BatchStatistics])
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
@gives(Batch)
def batch(id: str) -> Response:
    """One batch that is not done."""
    one = _batch(id, "read")
    if one.ended_at is not None:
        raise missing(f"Batch with id '{id}' does not exist")
    return answer(described(one))


@blueprint.put("/batch/<id>/suspended")
@takes(suspended="truth!")
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
@blueprint.post("/process-instance/delete-historic-query-based")
@takes(
    processInstanceIds="texts",
    processInstanceQuery="object",
    historicProcessInstanceQuery="object",
    deleteReason="text",
)
@gives(Batch)
def delete_instances() -> Response:
    """End many instances by hand, one after the other, by the worker."""
    told = body()
    refuse_skipping(Question(told))
    keys = meant_instances(told, "process-instance", {}, "delete")
    key = one_key(keys)
    require("batch", "create", key)
    reason = text_of(told, "deleteReason") or "Deleted by another program."
    return answer(described(cancel_in_batch(session(), platform().services, key, list(keys), reason, machine())))


@blueprint.get("/history/batch")
@asks(criteria_of(LISTING))
@gives(list[HistoricBatch])
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
@gives(HistoricBatchWithFailures)
def batch_in_history(id: str) -> Response:
    """One of them, with the first failures."""
    one = _batch(id, "read")
    told: list[BatchFailure] = [
        BatchFailure(
            processInstanceId=None if one.kind in _OF_JOBS else item,
            jobId=item if one.kind in _OF_JOBS else None,
            message=reason,
        )
        for item, reason in failures(session(), id)
    ]
    return answer({**_in_history(one), "failures": told})


@blueprint.delete("/history/batch/<id>")
def forget_batch_view(id: str) -> Response:
    """Forget a batch that is done; what it has done stays done."""
    _batch(id, "delete")
    forget_batch(session(), id)
    return nothing()


def described(one: BatchInfo) -> Batch:
    """A batch as clients read it."""
    return {**_common(one), "jobsCreated": one.total, "suspended": one.suspended}


def _common(one: BatchInfo) -> CommonOfBatches:
    return {
        "id": one.id,
        "type": NAMES.get(one.kind, one.kind),
        "totalJobs": one.total,
        "batchJobsPerSeed": 100,
        "invocationsPerBatchJob": 1,
        "seedJobDefinitionId": f"batch:{one.id}",
        "monitorJobDefinitionId": f"batch:{one.id}",
        "batchJobDefinitionId": f"batch:{one.id}",
        "tenantId": None,
        "createUserId": one.created_by,
        "startTime": moment_text(one.created_at),
        "executionStartTime": moment_text(one.started_at),
    }


def _with_progress(one: BatchInfo) -> BatchStatistics:
    succeeded = one.done - one.failed
    return {
        **described(one),
        "remainingJobs": one.total - succeeded,
        "completedJobs": succeeded,
        "failedJobs": one.failed,
    }


def _in_history(one: BatchInfo) -> HistoricBatch:
    return {**_common(one), "endTime": moment_text(one.ended_at), "removalTime": None}


def meant_instances(
    told: Mapping[str, Any], resource: str, narrowed: Mapping[str, Any], permission: str = "create"
) -> dict[str, str]:
    """The cases that a request names or asks for, with their processes, all of which must be granted."""
    query, past = query_in(told, "processInstanceQuery"), query_in(told, "historicProcessInstanceQuery")
    ids = named_in(told, "processInstanceIds")
    ids += _asked_for({**query, **narrowed}) if query is not None else []
    ids += past_cases_asked_for({**past, **narrowed}, going_on=True) if past is not None else []
    if not ids:
        raise Refused("process instance ids is empty", type="BadUserRequestException")
    keys = keys_of(session(), ids)
    for case_id in ids:
        if case_id not in keys:
            raise Refused(f"Process instance with id {case_id} does not exist", type="BadUserRequestException")
    for key in set(keys.values()):
        require(resource, permission, key)
    return keys


def named_in(told: Mapping[str, Any], name: str) -> list[str]:
    """The ids that a request names."""
    named = told.get(name)
    if named is not None and (not isinstance(named, list) or len(named) > MOST_CASES):
        raise Refused(f"{name} must be a list of at most {MOST_CASES}.")
    if any(not isinstance(each, str) for each in named or []):
        raise Refused(f"{name} must be texts.")
    return list(named or [])


def query_in(told: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """The query that a request holds; None when there is none."""
    query = told.get(name)
    if query is not None and not isinstance(query, dict):
        raise Refused(f"{name} must be an object.")
    return query


def past_cases_asked_for(query: Mapping[str, Any], *, going_on: bool = False) -> list[str]:
    """Ids of the cases that fit a query of the history; of those that may be seen, or only those that go on."""
    question = Question({**query, **({"unfinished": True} if going_on else {})})
    wanted = replace(wanted_past_cases(question), first=0, most=MOST_CASES + 1)
    found = list_past_cases(session(), wanted, variable_conditions(question, "variables"))
    return [case.origin.case_id for case in found]


def one_key(keys: Mapping[str, str]) -> str:
    """The process of all of these, or * when there are several."""
    return next(iter(keys.values())) if len(set(keys.values())) == 1 else "*"


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
