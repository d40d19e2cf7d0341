# SPDX-License-Identifier: EUPL-1.2
"""Modification of many cases at once, or one after the other in a batch."""

from flask import Response

from engine.batches import modify_in_batch
from engine.modification import modify_case
from web.api import blueprint
from web.api.answers import answer, nothing
from web.api.asked import body
from web.api.batch import described, meant_instances
from web.api.describing import gives, takes
from web.api.guard import machine, require
from web.api.ids import definition_id
from web.api.instructions import read_instructions
from web.api.lists import needed_text
from web.api.objects import definition_for
from web.api.problems import Refused
from web.api.shapes.work import Batch
from web.bootstrap import platform
from web.transaction import session

#: So many cases are changed in one request; more go in a batch.
_MOST_AT_ONCE = 100


@blueprint.post("/modification/execute")
@takes(
    processDefinitionId="text!",
    instructions="instructions!",
    processInstanceIds="texts",
    processInstanceQuery="object",
)
def execute_modification() -> Response:
    """Put cases elsewhere now, all or none."""
    told = body()
    definition = definition_for("read", needed_text(told, "processDefinitionId"))
    instructions = read_instructions(told.get("instructions"))
    about = {"processDefinitionId": definition_id(definition)}
    cases = list(meant_instances(told, "process-instance", about, "update"))
    if len(cases) > _MOST_AT_ONCE:
        raise Refused(f"At most {_MOST_AT_ONCE} process instances go in one request; use executeAsync for more.")
    for case_id in cases:
        modify_case(session(), platform().services, case_id, instructions, machine())
    return nothing()


@blueprint.post("/modification/executeAsync")
@takes(
    processDefinitionId="text!",
    instructions="instructions!",
    processInstanceIds="texts",
    processInstanceQuery="object",
)
@gives(Batch)
def execute_modification_async() -> Response:
    """Put cases elsewhere one after the other, by the worker."""
    told = body()
    definition = definition_for("read", needed_text(told, "processDefinitionId"))
    instructions = read_instructions(told.get("instructions"))
    if not instructions:
        raise Refused("Instructions are empty", type="BadUserRequestException")
    about = {"processDefinitionId": definition_id(definition)}
    cases = list(meant_instances(told, "process-instance", about, "update"))
    require("batch", "create", definition.key)
    made = modify_in_batch(session(), platform().services, definition.key, cases, instructions, machine())
    return answer(described(made))
