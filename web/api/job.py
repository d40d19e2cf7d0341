# SPDX-License-Identifier: EUPL-1.2
"""Jobs: timers, work of the town's own worker, and what goes on after a commit."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Response

from engine.attempts import MOST_ATTEMPTS, set_attempts
from engine.errors import JobNotFound
from engine.incidents import reason_of
from engine.queries.jobs import JobLine, find_job, job_count, job_definition_id, jobs, key_of_job, listing
from engine.queries.listing import Asked
from engine.rescheduling import recalculate_due, run_now, set_due, set_job_priority, suspend_jobs
from web.api import blueprint
from web.api.answers import answer, count, nothing, plain
from web.api.asked import Question, body, only_looks
from web.api.describing import asks, criteria_of, gives, takes
from web.api.guard import granted, require, require_any
from web.api.ids import definition_text
from web.api.lists import asked, number_of, text_of
from web.api.moments import moment_text
from web.api.problems import Refused, problem
from web.api.shapes.work import Job
from web.bootstrap import platform
from web.transaction import session

#: So many jobs are changed in one request.
_MOST_CHANGED = 10_000
#: Which jobs are meant when several are held or let go.
_SEVERAL = ("jobDefinitionId", "processInstanceId", "processDefinitionId", "processDefinitionKey")


#: What lists can be asked for.
_CRITERIA = criteria_of(listing(datetime.min.replace(tzinfo=UTC)))


@blueprint.route("/job", methods=["GET", "POST"])
@asks(_CRITERIA)
@gives(list[Job])
def job_list() -> Response:
    """Jobs that fit."""
    now = platform().clock.now()
    wanted = asked(Question.of_request(), listing(now), granted("job"))
    return answer([described(line) for line in jobs(session(), now, wanted)])


@blueprint.route("/job/count", methods=["GET", "POST"])
@asks(_CRITERIA)
def count_jobs() -> Response:
    """How many fit."""
    now = platform().clock.now()
    return count(job_count(session(), now, asked(Question.of_request(), listing(now), granted("job"), whole=True)))


@blueprint.get("/job/<id>")
@gives(Job)
def job(id: str) -> Response:
    """One job."""
    return answer(described(_job(id, "read")))


@blueprint.post("/job/<id>/execute")
def execute_job(id: str) -> Response:
    """Run it now; the answer tells whether it went well."""
    # It has transactions of its own, and must not wait for this one.
    only_looks()
    _job(id, "update")
    failed = run_now(platform().db, platform().services, id)
    if failed is not None:
        return problem(500, "ProcessEngineException", f"The job {id} failed: {reason_of(cause_of(failed))}")
    return nothing()


@blueprint.get("/job/<id>/stacktrace")
def job_stacktrace(id: str) -> Response:
    """Why it has failed. Traces of the program itself stay in its log: they may name people."""
    line = _job(id, "read")
    return plain(f"{line.failed_element or line.element_id}: {line.reason}") if line.reason else nothing()


@blueprint.put("/job/<id>/retries")
@takes(retries="number!", dueDate="moment")
def job_retries(id: str) -> Response:
    """How often it is tried from now on."""
    _job(id, "update")
    told = body()
    set_attempts(session(), platform().services, id, attempts_of(told))
    if (due := Question(told).moment("dueDate")) is not None:
        set_due(session(), platform().services, id, due)
    return nothing()


@blueprint.put("/job/<id>/duedate")
@takes(duedate="moment")
def job_due(id: str) -> Response:
    """When it is due; null: at once."""
    _job(id, "update")
    set_due(session(), platform().services, id, Question(body()).moment("duedate"))
    return nothing()


@blueprint.post("/job/<id>/duedate/recalculate")
@asks({"creationDateBased": "truth"})
def job_recalculate(id: str) -> Response:
    """Let a timer be due when its model says."""
    _job(id, "update")
    creation = Question.of_request().truth("creationDateBased") is not False
    recalculate_due(session(), platform().services, id, from_creation=creation)
    return nothing()


@blueprint.put("/job/<id>/priority")
@takes(priority="number!")
def job_priority(id: str) -> Response:
    """Let it be run earlier or later."""
    _job(id, "update")
    priority = number_of(body(), "priority")
    if priority is None:
        raise Refused("Priority for job '" + id + "' cannot be null.")
    set_job_priority(session(), id, priority)
    return nothing()


@blueprint.put("/job/<id>/suspended")
@takes(suspended="truth!")
def job_suspended(id: str) -> Response:
    """Hold it, or let it be run."""
    _job(id, "update")
    suspend_jobs(session(), platform().services, [id], suspended=suspended_of(body()))
    return nothing()


@blueprint.put("/job/suspended")
@takes(
    suspended="truth!",
    jobDefinitionId="text",
    processInstanceId="text",
    processDefinitionId="text",
    processDefinitionKey="text",
)
def jobs_suspended() -> Response:
    """The same for all of a kind, an instance or a definition."""
    told = body()
    held, named = suspended_of(told), {name: found for name in _SEVERAL if (found := text_of(told, name))}
    if len(named) != 1:
        raise Refused(
            "Either jobDefinitionId, processInstanceId, processDefinitionId or processDefinitionKey is needed."
        )
    require_any("job", "update")
    suspend_jobs(session(), platform().services, [line.id for line in meant(named)], suspended=held)
    return nothing()


def described(line: JobLine) -> Job:
    """A job as clients read it."""
    definition = None
    if line.definition_id is not None:
        definition = definition_text(line.definition_key or "", line.definition_version or 0, line.definition_id)
    of_kind = f"batch:{line.id}" if line.kind == "batch" else None
    if line.definition_id is not None:
        of_kind = job_definition_id(line.definition_id, line.element_id, line.kind)
    return {
        "id": line.id,
        "jobDefinitionId": of_kind,
        "dueDate": moment_text(line.due_at),
        "processInstanceId": line.case_id,
        "processDefinitionId": definition,
        "processDefinitionKey": line.definition_key,
        "executionId": line.token_id or line.case_id,
        "retries": line.retries,
        "exceptionMessage": line.reason,
        "failedActivityId": line.failed_element,
        "suspended": line.suspended,
        "priority": line.priority,
        "tenantId": None,
        "createTime": moment_text(line.created_at),
        "batchId": line.id if line.kind == "batch" else None,
    }


def meant(wanted: Mapping[str, Any], *, failed: bool = False) -> Sequence[JobLine]:
    """The jobs that a request means, all of which must be granted."""
    now = platform().clock.now()
    conditions = {**wanted, **({"noRetriesLeft": True} if failed else {})}
    found = jobs(session(), now, Asked(conditions, most=_MOST_CHANGED + 1))
    if len(found) > _MOST_CHANGED:
        raise Refused(f"At most {_MOST_CHANGED} jobs can be changed in one request.")
    for line in found:
        require("job", "update", key_of_job(session(), line))
    return found


def attempts_of(told: Mapping[str, Any]) -> int:
    """The attempts in a body."""
    attempts = number_of(told, "retries", 0, 2**31 - 1)
    if attempts is None:
        raise Refused("retries is null")
    return min(attempts, MOST_ATTEMPTS)


def suspended_of(told: Mapping[str, Any]) -> bool:
    """Whether something is to be held."""
    held = Question(told).truth("suspended")
    if held is None:
        raise Refused("suspended is null")
    return held


def cause_of(failed: BaseException) -> BaseException:
    """What stands behind the failure of a step."""
    return getattr(failed, "cause", None) or failed


def _job(id: str, permission: str) -> JobLine:
    try:
        line = find_job(session(), id)
    except JobNotFound:
        raise Refused(f"Job with id {id} does not exist", 404) from None
    require("job", permission, key_of_job(session(), line))
    return line
