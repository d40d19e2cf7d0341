# SPDX-License-Identifier: EUPL-1.2
"""Beginning ended instances again: at once, or one after the other in a batch."""

from dataclasses import dataclass
from typing import Any

from flask import Response

from engine.batches import keys_of, restart_in_batch
from engine.deployed import Definition
from engine.modification import Instruction
from engine.restarting import restart_case
from web.api import blueprint
from web.api.answers import answer, nothing
from web.api.asked import Question, body
from web.api.batch import described, named_in, past_cases_asked_for, query_in
from web.api.describing import gives, takes
from web.api.guard import machine, require
from web.api.ids import definition_id
from web.api.instructions import read_instructions, refuse_skipping
from web.api.objects import definition_for
from web.api.problems import Refused
from web.api.shapes.work import Batch
from web.bootstrap import platform
from web.transaction import session

#: So many begin again in one request; more go in a batch.
_MOST_AT_ONCE = 100
_RESTART = {
    "instructions": "instructions!",
    "processInstanceIds": "texts",
    "historicProcessInstanceQuery": "object",
    "initialVariables": "truth",
    "withoutBusinessKey": "truth",
    "skipCustomListeners": "truth",
    "skipIoMappings": "truth",
}


@blueprint.post("/process-definition/<id>/restart")
@takes(**_RESTART)
def restart_instances(id: str) -> Response:
    """Begin ended cases again now, all or none."""
    restart = _restart(id, body())
    if len(restart.cases) > _MOST_AT_ONCE:
        raise Refused(f"At most {_MOST_AT_ONCE} process instances go in one request; use restart-async for more.")
    for case_id in restart.cases:
        restart_case(
            session(),
            platform().services,
            case_id,
            restart.definition,
            restart.instructions,
            machine(),
            as_begun=restart.as_begun,
            keeps_key=restart.keeps_key,
        )
    return nothing()


@blueprint.post("/process-definition/<id>/restart-async")
@takes(**_RESTART)
@gives(Batch)
def restart_instances_async(id: str) -> Response:
    """Begin ended cases again one after the other, by the worker."""
    restart = _restart(id, body())
    require("batch", "create", restart.definition.key)
    made = restart_in_batch(
        session(),
        platform().services,
        restart.definition,
        restart.cases,
        restart.instructions,
        machine(),
        as_begun=restart.as_begun,
        keeps_key=restart.keeps_key,
    )
    return answer(described(made))


@dataclass(frozen=True)
class _Restart:
    """What is to begin again, and how."""

    definition: Definition
    cases: list[str]
    instructions: list[Instruction]
    as_begun: bool
    keeps_key: bool


def _restart(id: str, told: dict[str, Any]) -> _Restart:
    definition, question = definition_for("create", id, "process-instance"), Question(told)
    require("history", "read", definition.key)
    refuse_skipping(question)
    instructions = read_instructions(told.get("instructions"))
    if not instructions:
        raise Refused("Restart instructions cannot be empty", type="BadUserRequestException")
    ids, query = named_in(told, "processInstanceIds"), query_in(told, "historicProcessInstanceQuery")
    if query is not None:
        ids += past_cases_asked_for({**query, "processDefinitionId": definition_id(definition)})
    keys = keys_of(session(), ids, ended=True)
    if not keys:
        raise Refused("processInstanceIds is empty", type="BadUserRequestException")
    unknown = next((each for each in ids if keys.get(each) != definition.key), None)
    if unknown is not None:
        raise Refused(f"Historic process instance cannot be found: {unknown[:100]}", type="BadUserRequestException")
    as_begun, keeps_key = question.flag("initialVariables"), not question.flag("withoutBusinessKey")
    return _Restart(definition, list(keys), instructions, as_begun, keeps_key)
