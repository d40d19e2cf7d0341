# SPDX-License-Identifier: EUPL-1.2
"""Cleaning up the history: nothing is deleted here behind anybody's back."""

from flask import Response

from web.api import blueprint
from web.api.answers import answer
from web.api.describing import gives
from web.api.guard import require, require_any
from web.api.problems import Refused
from web.api.shapes.history import CleanupConfiguration
from web.api.shapes.work import Job


@blueprint.get("/history/cleanup/configuration")
@gives(CleanupConfiguration)
def cleanup_configuration() -> Response:
    """When it would be cleaned up."""
    require_any("history", "read")
    return answer({"batchWindowStartTime": None, "batchWindowEndTime": None, "enabled": False})


@blueprint.get("/history/cleanup/jobs")
@gives(list[Job])
def cleanup_jobs() -> Response:
    """The jobs that would do it."""
    return answer([])


@blueprint.get("/history/cleanup/job")
def cleanup_job() -> Response:
    """There is none."""
    require_any("history", "read")
    raise Refused("History cleanup job does not exist", 404)


@blueprint.post("/history/cleanup")
def clean_up() -> Response:
    """Instances are forgotten one by one, by whoever may."""
    require("history", "delete")
    message = "History cleanup is disabled. Delete historic process instances one by one."
    raise Refused(message, type="BadUserRequestException")


@blueprint.post("/history/process-instance/set-removal-time")
@blueprint.post("/history/decision-instance/set-removal-time")
@blueprint.post("/history/batch/set-removal-time")
def set_removal_time() -> Response:
    """Nothing is removed at a time: a process definition says for how long its history is wanted, and people decide."""
    require_any("history", "update")
    raise Refused("Times of removal cannot be set here. Set history-time-to-live of the process definition.")


@blueprint.post("/history/decision-instance/delete")
def forget_decisions() -> Response:
    """Decisions are part of the instance that asked them, and go with it."""
    require_any("history", "delete")
    raise Refused("Decisions are not deleted alone here. Delete the process instance that asked them.")
