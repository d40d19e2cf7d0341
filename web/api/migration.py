# SPDX-License-Identifier: EUPL-1.2
"""Migration: plans of how cases go over to another version, and carrying them out at once or in a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Response

from engine.batches import migrate_in_batch
from engine.cases import change_variables
from engine.migration import MigrationRefused, migrate_case, plan_migration, validate_plan
from engine.plans import TRIGGERS, MigrationFinding, MigrationPlan
from engine.plans import Mapping as Becomes
from web.api import blueprint
from web.api.answers import answer, nothing
from web.api.asked import Question, body
from web.api.batch import described as batch
from web.api.batch import meant_instances
from web.api.describing import gives, takes
from web.api.guard import machine, require
from web.api.ids import definition_id
from web.api.lists import needed_text
from web.api.message import only_plain
from web.api.objects import definition_for
from web.api.problems import Refused
from web.api.shapes import work
from web.api.shapes.work import Batch, MigrationInstruction, MigrationInstructionReport, MigrationReport
from web.api.values import read_variables
from web.bootstrap import platform
from web.transaction import session

#: So many cases go over in one request; more go in a batch.
_MOST_AT_ONCE = 100
_MOST_INSTRUCTIONS = 5000


@blueprint.post("/migration/generate")
@takes(
    sourceProcessDefinitionId="text!",
    targetProcessDefinitionId="text!",
    updateEventTriggers="truth",
    variables="variables",
)
@gives(work.MigrationPlan)
def generate_migration() -> Response:
    """A plan that maps what is the same in both versions."""
    told = body()
    plan = plan_migration(_end(told, "source"), _end(told, "target"))
    if Question(told).flag("updateEventTriggers"):
        plan = replace(plan, mappings=tuple(_updated(plan, one) for one in plan.mappings))
    read_variables(told.get("variables"))
    return answer(
        {
            "sourceProcessDefinitionId": definition_id(plan.source),
            "targetProcessDefinitionId": definition_id(plan.target),
            "instructions": [_instruction(one) for one in plan.mappings],
            "variables": told.get("variables"),
        }
    )


@blueprint.post("/migration/validate")
@takes(
    sourceProcessDefinitionId="text!",
    targetProcessDefinitionId="text!",
    instructions="migrationInstructions",
    variables="variables",
)
@gives(MigrationReport)
def validate_migration() -> Response:
    """What is wrong with a plan, whichever case it is for."""
    plan, _ = _plan(body())
    return answer(_report(plan, validate_plan(plan)))


@blueprint.post("/migration/execute")
@takes(migrationPlan="migrationPlan!", processInstanceIds="texts", processInstanceQuery="object")
def execute_migration() -> Response:
    """Take cases over now, all or none."""
    told = body()
    plan, values = _plan(told.get("migrationPlan"))
    case_ids = _cases(told, plan)
    if len(case_ids) > _MOST_AT_ONCE:
        raise Refused(f"At most {_MOST_AT_ONCE} process instances go over in one request; use executeAsync for more.")
    for case_id in case_ids:
        _migrate(plan, case_id, values)
    return nothing()


@blueprint.post("/migration/executeAsync")
@takes(migrationPlan="migrationPlan!", processInstanceIds="texts", processInstanceQuery="object")
@gives(Batch)
def execute_migration_async() -> Response:
    """Take cases over one after the other, by the worker."""
    told = body()
    plan, values = _plan(told.get("migrationPlan"))
    findings = validate_plan(plan)
    if findings:
        raise _refused(plan, findings)
    require("batch", "create", plan.source.key)
    made = migrate_in_batch(session(), platform().services, plan, _cases(told, plan), machine(), values)
    return answer(batch(made))


def _end(told: Mapping[str, Any], end: str) -> Any:
    """A version that cases come from or go to."""
    definition = definition_for("read", needed_text(told, f"{end}ProcessDefinitionId"))
    require("migration", "create", definition.key)
    return definition


def _plan(told: Any) -> tuple[MigrationPlan, dict[str, Any]]:
    """A plan as it was sent, and the variables that go with it."""
    if not isinstance(told, dict):
        raise Refused("migration plan is null")
    instructions = told.get("instructions")
    if instructions is None:
        instructions = []
    if not isinstance(instructions, list) or len(instructions) > _MOST_INSTRUCTIONS:
        raise Refused(f"instructions must be a list of at most {_MOST_INSTRUCTIONS} objects.")
    mappings = tuple(_becomes(one) for one in instructions)
    values = only_plain(read_variables(told.get("variables")))
    return MigrationPlan(_end(told, "source"), _end(told, "target"), mappings), values


def _becomes(told: Any) -> Becomes:
    if not isinstance(told, dict):
        raise Refused("An instruction is given as an object.")
    source, target = (_only(told.get(name)) for name in ("sourceActivityIds", "targetActivityIds"))
    return Becomes(source, target, Question(told).flag("updateEventTrigger"))


def _only(named: Any) -> str:
    if not isinstance(named, list) or len(named) != 1 or not isinstance(named[0], str):
        raise Refused("An instruction needs exactly one sourceActivityId and one targetActivityId.")
    return named[0]


def _updated(plan: MigrationPlan, one: Becomes) -> Becomes:
    node = plan.target.process.nodes[one.target_element]
    return replace(one, update_trigger=any(event.kind in TRIGGERS for event in node.events))


def _instruction(one: Becomes) -> MigrationInstruction:
    return {
        "sourceActivityIds": [one.source_element],
        "targetActivityIds": [one.target_element],
        "updateEventTrigger": one.update_trigger,
    }


def _cases(told: Mapping[str, Any], plan: MigrationPlan) -> list[str]:
    """The cases that are meant; with a query only those of the plan's source."""
    return list(meant_instances(told, "migration", {"processDefinitionId": definition_id(plan.source)}))


def _migrate(plan: MigrationPlan, case_id: str, values: Mapping[str, Any]) -> None:
    try:
        migrate_case(session(), platform().services, plan, case_id, machine())
    except MigrationRefused as refused:
        raise _refused(plan, refused.findings, case_id) from None
    if values:
        change_variables(session(), platform().services, case_id, values, machine())


def _report(plan: MigrationPlan, findings: Sequence[MigrationFinding]) -> MigrationReport:
    by_source: dict[str, list[str]] = {}
    for finding in findings:
        by_source.setdefault(finding.source_element, []).append(finding.reason)
    instructions = {one.source_element: _instruction(one) for one in plan.mappings}
    reports: list[MigrationInstructionReport] = [
        {"instruction": instructions.get(element), "failures": failures} for element, failures in by_source.items()
    ]
    return {"instructionReports": reports, "variableReports": {}}


def _refused(plan: MigrationPlan, findings: Sequence[MigrationFinding], case_id: str | None = None) -> Refused:
    report = _report(plan, findings)
    if case_id is None:
        message = "ENGINE-23001 Migration plan is not valid"
        return Refused(message, type="MigrationPlanValidationException", validationReport=report)
    about = {"processInstanceId": case_id, "failures": [str(finding) for finding in findings]}
    message = f"ENGINE-23004 Cannot migrate process instance '{case_id}': {'; '.join(about['failures'])}"
    kind = "MigratingProcessInstanceValidationException"
    return Refused(message, type=kind, validationReport={**report, **about})
