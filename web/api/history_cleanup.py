# SPDX-License-Identifier: EUPL-1.2
"""Cleaning up the history: nothing is deleted here behind anybody's back."""

from flask import Response

from web.api import blueprint
from web.api.answers import answer
from web.api.guard import require, require_any
from web.api.problems import Refused


@blueprint.get("/history/cleanup/configuration")
def cleanup_configuration() -> Response:
    """When it would be cleaned up."""
    require_any("history", "read")
    return answer({"batchWindowStartTime": None, "batchWindowEndTime": None, "enabled": False})


@blueprint.get("/history/cleanup/jobs")
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
