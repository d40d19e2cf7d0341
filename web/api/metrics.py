# SPDX-License-Identifier: EUPL-1.2
"""Counts of what has happened, and the little that an installation tells of itself. Nothing is sent anywhere."""

from flask import Response

from engine.queries.metrics import METRICS, measured
from web.api import blueprint
from web.api.answers import answer, nothing
from web.api.asked import Question, body
from web.api.describing import asks, takes
from web.api.guard import require
from web.api.moments import moment_text
from web.api.problems import Refused
from web.api.version import SPOKEN
from web.bootstrap import platform
from web.transaction import session


@blueprint.get("/metrics")
@asks(["name", "startDate", "endDate"])
def metrics() -> Response:
    """What is counted, over the whole span that is asked for; there are no intervals."""
    require("history", "read")
    question = Question.of_request()
    name, since, until = question.text("name"), question.moment("startDate"), question.moment("endDate")
    at = moment_text(until or platform().clock.now())
    names = [each for each in METRICS if name in (None, "", each)]
    counted = [(each, measured(session(), each, since, until)) for each in names]
    return answer([{"timestamp": at, "name": each, "reporter": None, "value": value} for each, value in counted])


@blueprint.get("/metrics/<name>/sum")
@asks(["startDate", "endDate"])
def metrics_sum(name: str) -> Response:
    """How often something has happened."""
    require("history", "read")
    question = Question.of_request()
    found = measured(session(), name, question.moment("startDate"), question.moment("endDate"))
    if found is None:
        raise Refused(f"{name[:100]} is not counted here. Counted are: {', '.join(METRICS)}.")
    return answer({"result": found})


@blueprint.route("/schema/log", methods=["GET", "POST"])
def schema_log() -> Response:
    """The version whose interface this is; the tables are not Camunda's."""
    span = Question.of_request().span()
    return answer([{"id": "1", "timestamp": None, "version": SPOKEN}][span.first : span.first + span.most])


@blueprint.get("/telemetry/configuration")
def telemetry() -> Response:
    """Nothing is ever sent."""
    return answer({"enableTelemetry": False})


@blueprint.post("/telemetry/configuration")
@takes(enableTelemetry="boolean")
def change_telemetry() -> Response:
    """It stays so."""
    if Question(body()).flag("enableTelemetry"):
        raise Refused("Nothing is sent from here, so it cannot be switched on.")
    return nothing()
