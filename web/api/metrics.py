# SPDX-License-Identifier: EUPL-1.2
"""Counts of what has happened, and the little that an installation tells of itself. Nothing is sent anywhere."""

from flask import Response

from engine.queries.metrics import METRICS, measured, measured_by_interval
from web.api import blueprint
from web.api.answers import answer, nothing
from web.api.asked import Question, body
from web.api.describing import asks, gives, takes
from web.api.guard import require
from web.api.moments import moment_text
from web.api.problems import Refused
from web.api.shapes.town import Metric, SchemaLogEntry, Sum, TelemetryConfiguration
from web.api.version import SPOKEN
from web.transaction import session

#: Seconds of an interval, unless others are asked for; and so many intervals are told at once.
_INTERVAL = 900
_MOST_INTERVALS = 200


@blueprint.get("/metrics")
@asks({"name": "text", "startDate": "moment", "endDate": "moment", "interval": "number"})
@gives(list[Metric])
def metrics() -> Response:
    """What is counted, by intervals of so many seconds, the newest first; where nothing happened there is no line."""
    require("history", "read")
    question = Question.of_request()
    first, most = question.span().first, question.number("maxResults") or _MOST_INTERVALS
    found = _counted(question, first + _MOST_INTERVALS)
    return answer(found[first : first + min(most, _MOST_INTERVALS)])


@blueprint.get("/metrics/<name>/sum")
@asks({"startDate": "moment", "endDate": "moment"})
@gives(Sum)
def metrics_sum(name: str) -> Response:
    """How often something has happened."""
    require("history", "read")
    question = Question.of_request()
    found = measured(session(), name, question.moment("startDate"), question.moment("endDate"))
    if found is None:
        raise Refused(f"{name[:100]} is not counted here. Counted are: {', '.join(METRICS)}.")
    return answer({"result": found})


@blueprint.route("/schema/log", methods=["GET", "POST"])
@gives(list[SchemaLogEntry])
def schema_log() -> Response:
    """The version whose interface this is; the tables are not Camunda's."""
    span = Question.of_request().span()
    return answer([{"id": "1", "timestamp": None, "version": SPOKEN}][span.first : span.first + span.most])


@blueprint.get("/telemetry/configuration")
@gives(TelemetryConfiguration)
def telemetry() -> Response:
    """Nothing is ever sent."""
    return answer({"enableTelemetry": False})


@blueprint.post("/telemetry/configuration")
@takes(enableTelemetry="truth")
def change_telemetry() -> Response:
    """It stays so."""
    if Question(body()).flag("enableTelemetry"):
        raise Refused("Nothing is sent from here, so it cannot be switched on.")
    return nothing()


def _counted(question: Question, most: int) -> list[Metric]:
    """Lines of all that is asked for, the newest first."""
    name, since, until = question.text("name"), question.moment("startDate"), question.moment("endDate")
    seconds = question.number("interval")
    if seconds is not None and not 0 < seconds < 2**31:
        raise Refused("interval is a number of seconds, 1 or more.")
    found = [
        (at, each, value)
        for each in METRICS
        if name in (None, "", each)
        for at, value in measured_by_interval(session(), each, seconds or _INTERVAL, since, until, most=most)
    ]
    found.sort(key=lambda line: line[0], reverse=True)
    return [{"timestamp": moment_text(at), "name": each, "reporter": None, "value": value} for at, each, value in found]
