# SPDX-License-Identifier: EUPL-1.2
"""What became of jobs and of work for external workers: created, done, failed, withdrawn."""

from flask import Response

from engine.queries.jobs import job_definition_id
from engine.queries.listing import Asked, Listing
from engine.queries.pastlines import EXTERNAL_WORK, JOBS, PastLine, find_past_line, list_past_lines
from web.api import blueprint
from web.api.answers import answer, count, plain
from web.api.asked import Question
from web.api.describing import asks, criteria_of, gives
from web.api.guard import granted, require
from web.api.ids import activity_instance_id, number_of
from web.api.lists import asked
from web.api.moments import moment_text, read_moment
from web.api.past import origin
from web.api.problems import missing
from web.api.shapes.history import HistoricExternalTaskLog, HistoricJobLog, LogEnds
from web.transaction import session

#: What there is called a job, by what it is here.
_JOB_TYPES = {"timer": "timer", "continuation": "async-continuation", "operation": "async-continuation"}


@blueprint.route("/history/job-log", methods=["GET", "POST"])
@asks({**criteria_of(JOBS), "jobDefinitionType": "text"})
@gives(list[HistoricJobLog])
def job_log() -> Response:
    """Lines that fit."""
    return answer([_job(line) for line in list_past_lines(session(), JOBS, _jobs(Question.of_request()))])


@blueprint.route("/history/job-log/count", methods=["GET", "POST"])
@asks({**criteria_of(JOBS), "jobDefinitionType": "text"})
def job_log_count() -> Response:
    """How many fit."""
    return count(JOBS.count(session(), _jobs(Question.of_request(), whole=True)))


@blueprint.get("/history/job-log/<id>")
@gives(HistoricJobLog)
def job_log_line(id: str) -> Response:
    """One of them."""
    return answer(_job(_line(id, JOBS, "job log")))


@blueprint.get("/history/job-log/<id>/stacktrace")
def job_log_stacktrace(id: str) -> Response:
    """Why it failed, without what only programmers read."""
    return plain(str(_line(id, JOBS, "job log").details.get("error") or ""))


@blueprint.route("/history/external-task-log", methods=["GET", "POST"])
@asks(criteria_of(EXTERNAL_WORK))
@gives(list[HistoricExternalTaskLog])
def external_task_log() -> Response:
    """Lines that fit."""
    wanted = asked(Question.of_request(), EXTERNAL_WORK, granted("history"))
    return answer([_external(line) for line in list_past_lines(session(), EXTERNAL_WORK, wanted)])


@blueprint.route("/history/external-task-log/count", methods=["GET", "POST"])
@asks(criteria_of(EXTERNAL_WORK))
def external_task_log_count() -> Response:
    """How many fit."""
    wanted = asked(Question.of_request(), EXTERNAL_WORK, granted("history"), whole=True)
    return count(EXTERNAL_WORK.count(session(), wanted))


@blueprint.get("/history/external-task-log/<id>")
@gives(HistoricExternalTaskLog)
def external_task_log_line(id: str) -> Response:
    """One of them."""
    return answer(_external(_line(id, EXTERNAL_WORK, "external task log")))


@blueprint.get("/history/external-task-log/<id>/error-details")
def external_task_log_details(id: str) -> Response:
    """What the worker told about a failure."""
    return plain(str(_line(id, EXTERNAL_WORK, "external task log").details.get("error") or ""))


def _jobs(question: Question, *, whole: bool = False) -> Asked:
    found = asked(question, JOBS, granted("history"), whole=whole)
    kind = question.text("jobDefinitionType")
    if kind is None:
        return found
    return found.with_conditions(job_kinds=[here for here, there in _JOB_TYPES.items() if there == kind])


def _line(id: str, listing: Listing, what: str) -> PastLine:
    line = find_past_line(session(), listing, number_of(id) or -1)
    if line is None:
        raise missing(f"Historic {what} with id {id[:50]} does not exist")
    require("history", "read", line.origin.definition_key)
    return line


def _ends(line: PastLine) -> LogEnds:
    end = line.kind.rpartition("_")[2]
    return {
        "creationLog": end == "created",
        "failureLog": end == "failed",
        "successLog": end == "done",
        "deletionLog": end == "withdrawn",
    }


def _job(line: PastLine) -> HistoricJobLog:
    told = line.details
    due = told.get("due")
    return {
        "id": str(line.id),
        "timestamp": moment_text(line.at),
        "jobId": line.token_id,
        "jobDueDate": moment_text(read_moment(due)) if due else None,
        "jobRetries": told.get("retries"),
        "jobPriority": told.get("priority", 0),
        "jobExceptionMessage": told.get("error"),
        "failedActivityId": told.get("failed_element"),
        "jobDefinitionId": job_definition_id(line.origin.definition_id, line.element_id, str(told.get("job"))),
        "jobDefinitionType": _JOB_TYPES.get(str(told.get("job")), told.get("job")),
        "jobDefinitionConfiguration": told.get("topic"),
        "activityId": line.element_id,
        "executionId": line.token_id,
        "deploymentId": None,
        "hostname": None,
        "batchId": None,
        **origin(line.origin),
        **_ends(line),
    }


def _external(line: PastLine) -> HistoricExternalTaskLog:
    told = line.details
    return {
        "id": str(line.id),
        "timestamp": moment_text(line.at),
        "externalTaskId": line.token_id,
        "topicName": told.get("topic"),
        "workerId": told.get("worker"),
        "priority": told.get("priority", 0),
        "retries": told.get("retries"),
        "errorMessage": told.get("error"),
        "activityId": line.element_id,
        "activityInstanceId": activity_instance_id(line.element_id, line.token_id or ""),
        "executionId": line.token_id,
        **origin(line.origin),
        **_ends(line),
    }
