# SPDX-License-Identifier: EUPL-1.2
"""How variables became what they are: each change that a step of an instance made."""

from flask import Response

from engine.cases import find_case
from engine.queries.listing import Asked
from engine.queries.pastlines import VARIABLES, PastLine, find_past_line, list_past_lines
from web.api import blueprint
from web.api.answers import answer, count
from web.api.asked import Question
from web.api.binary import binary_of
from web.api.describing import asks, criteria_of, gives
from web.api.guard import granted, require
from web.api.ids import number_of
from web.api.instance_variables import deserializes
from web.api.lists import asked
from web.api.moments import moment_text
from web.api.past import no_case, origin, place
from web.api.problems import missing
from web.api.shapes.history import HistoricDetail
from web.api.values import typed_value
from web.transaction import session

_TOO_LONG = "The value was too long to be kept in the history."


@blueprint.route("/history/detail", methods=["GET", "POST"])
@asks({**criteria_of(VARIABLES), "deserializeValues": "truth"})
@gives(list[HistoricDetail])
def past_details() -> Response:
    """Changes that fit."""
    question = Question.of_request()
    shown = deserializes(question, "deserializeValues")
    return answer([_described(line, shown) for line in list_past_lines(session(), VARIABLES, _asked(question))])


@blueprint.route("/history/detail/count", methods=["GET", "POST"])
@asks({**criteria_of(VARIABLES), "deserializeValues": "truth"})
def past_detail_count() -> Response:
    """How many fit."""
    return count(VARIABLES.count(session(), _asked(Question.of_request(), whole=True)))


@blueprint.get("/history/detail/<id>")
@asks({"deserializeValue": "truth"})
@gives(HistoricDetail)
def past_detail(id: str) -> Response:
    """One of them."""
    return answer(_described(_line(id), deserializes(Question.of_request(), "deserializeValue")))


@blueprint.get("/history/detail/<id>/data")
def past_detail_data(id: str) -> Response:
    """The content of a file or of bytes."""
    line = _line(id)
    return binary_of(find_case(session(), line.origin.case_id), line.details["name"], line.details.get("value"))


def _line(id: str) -> PastLine:
    line = find_past_line(session(), VARIABLES, number_of(id) or -1)
    if line is None:
        raise missing(f"Historic detail with Id '{id[:50]}' does not exist.")
    require("history", "read", line.origin.definition_key)
    return line


def _asked(question: Question, *, whole: bool = False) -> Asked:
    return asked(question, VARIABLES, granted("history"), whole=whole).with_conditions(not_deleted=True)


def _described(line: PastLine, deserialize: bool) -> HistoricDetail:
    owner, name = line.token_id or line.origin.case_id, line.details["name"]
    typed = typed_value(line.details.get("value"), deserialize=deserialize)
    whole = bool(line.details.get("whole"))
    is_task = line.element_type == "userTask" and not whole
    return {
        "type": "variableUpdate",
        "id": str(line.id),
        **origin(line.origin),
        "activityInstanceId": place(line.origin, line.element_id, line.token_id, whole=whole),
        "executionId": owner,
        **no_case(),
        "taskId": line.token_id if is_task else None,
        "userOperationId": None,
        "time": moment_text(line.at),
        "variableName": name,
        "variableInstanceId": f"{line.origin.case_id}:{owner}:{name}",
        "variableType": typed["type"],
        "value": typed["value"],
        "valueInfo": typed["valueInfo"],
        "revision": 0,
        "errorMessage": _TOO_LONG if line.details.get("is_long") else None,
        "initial": bool(line.details.get("initial")),
    }
