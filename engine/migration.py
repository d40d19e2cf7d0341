# SPDX-License-Identifier: EUPL-1.2
"""Cases go over to another version of their process model, each in a transaction of its own, and keep all they have.

Variables, due dates, claimed tasks, what is awaited under which key, jobs, locks of external workers and incidents
stay as they are, unless the plan wants an event to be awaited anew. Rows are known by the ids of tokens, which stay.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.cases import CaseInfo, describe
from engine.db import Database, unit_of_work
from engine.errors import AmtsflussError, CaseNotFound
from engine.expressions import text_or_none, value_of
from engine.identity import Actor
from engine.models import CaseRow, CaseStateRow, IncidentRow, JobRow, SubscriptionRow, TaskRow
from engine.movement import Movement, moving
from engine.plans import Mapping, MigrationFinding, MigrationPlan, MigrationRefused, plan_migration, validate_plan
from engine.services import Services
from engine.spiff.migration import Crossing
from engine.spiff.state import load_state


@dataclass(frozen=True)
class Migrated:
    """What came of one of several cases."""

    #: Which one in the row, from 1, and how many there are.
    number: int
    total: int
    case_id: str
    #: Why it did not go over; None when it did.
    error: AmtsflussError | None = None


def running_cases(session: Session, plan: MigrationPlan) -> list[str]:
    """The cases that the plan is for, oldest first."""
    statement = select(CaseRow.id).where(CaseRow.definition_id == plan.source.id, CaseRow.state == "active")
    return list(session.scalars(statement.order_by(CaseRow.started_at, CaseRow.id)))


def validate_case(session: Session, services: Services, plan: MigrationPlan, case_id: str) -> list[MigrationFinding]:
    """Why a case, as it stands now, cannot go over by a plan."""
    found = session.execute(
        select(CaseRow.definition_id, CaseRow.state, CaseStateRow.content)
        .join(CaseStateRow, CaseStateRow.case_id == CaseRow.id)
        .where(CaseRow.id == case_id)
    ).one_or_none()
    if found is None:
        raise CaseNotFound
    if found.state != "active":
        return [MigrationFinding("ended", plan.source.key, plan.target.key, "The case is over.")]
    if found.definition_id != plan.source.id:
        return [_of_another_version(plan)]
    return Crossing(plan, load_state(plan.source.spec, found.content)).findings()


def migrate_case(session: Session, services: Services, plan: MigrationPlan, case_id: str, by: Actor) -> CaseInfo:
    """Take a case over to the target of the plan, also a suspended one. Raises `MigrationRefused` with all findings."""
    findings = validate_plan(plan)
    if findings:
        raise MigrationRefused(findings)
    with moving(session, services, case_id, by, though_suspended=True) as movement:
        if movement.definition.id != plan.source.id:
            raise MigrationRefused([_of_another_version(plan)])
        crossing = Crossing(plan, movement.workflow)
        findings = crossing.findings()
        if findings:
            raise MigrationRefused(findings)
        movement.workflow.remember("case_migrated", source=_version(plan.source), target=_version(plan.target))
        movement.go_over_to(plan.target, crossing.taken())
        movement.arrange(plan.target.process.id, lambda: _settle(movement, plan, crossing))
    return describe(movement.case)


def migrate_many(
    db: Database, services: Services, plan: MigrationPlan, case_ids: Sequence[str], by: Actor
) -> Iterator[Migrated]:
    """Take cases over one after the other, each in its own transaction; says of each what came of it.

    A case that cannot go over stays where it is, and the others go on.
    """
    for number, case_id in enumerate(case_ids, 1):
        try:
            with unit_of_work(db) as session:
                migrate_case(session, services, plan, case_id, by)
        except AmtsflussError as error:
            yield Migrated(number, len(case_ids), case_id, error)
        else:
            yield Migrated(number, len(case_ids), case_id)


def _of_another_version(plan: MigrationPlan) -> MigrationFinding:
    reason = f"The case does not run on version {plan.source.version} of {plan.source.key}."
    return MigrationFinding("version", plan.source.key, plan.target.key, reason)


def _version(definition: Any) -> str:
    return f"{definition.key}:{definition.version}"


def _settle(movement: Movement, plan: MigrationPlan, crossing: Crossing) -> None:
    # Rows first: an event that is new may happen at once and end what they tell of.
    _rewrite_rows(movement, plan)
    crossing.settle(movement.workflow)


def _rewrite_rows(movement: Movement, plan: MigrationPlan) -> None:
    """What is asked about open tasks, jobs and awaited messages follows the new model."""
    session, case_id = movement.session, movement.case.id
    for task in session.scalars(select(TaskRow).where(TaskRow.case_id == case_id)):
        _rewrite_task(movement, plan, task)
    renamed = {source: target for source, target in plan.targets.items() if source != target}
    if not renamed:
        session.flush()
        return
    for row_type in (JobRow, SubscriptionRow):
        for source, ids in _ids_by_element(session, row_type, case_id, renamed).items():
            session.execute(update(row_type).where(row_type.id.in_(ids)).values(element_id=renamed[source]))
    for incident in session.scalars(
        select(IncidentRow).where(IncidentRow.case_id == case_id, IncidentRow.resolved_at.is_(None))
    ):
        incident.element_id = renamed.get(incident.element_id, incident.element_id)
    session.flush()


def _ids_by_element(
    session: Session, row_type: type[JobRow] | type[SubscriptionRow], case_id: str, renamed: dict[str, str]
) -> dict[str, list[str]]:
    # Read before any is changed: a plan may let two elements change places.
    rows = session.execute(
        select(row_type.id, row_type.element_id).where(row_type.case_id == case_id, row_type.element_id.in_(renamed))
    ).all()
    found: dict[str, list[str]] = {}
    for row_id, element_id in rows:
        found.setdefault(element_id, []).append(row_id)
    return found


def _rewrite_task(movement: Movement, plan: MigrationPlan, task: TaskRow) -> None:
    """A task stays whose it is and when it is due; what it is called and which form it has, the new model says."""
    before = plan.source.process.nodes[task.element_id]
    node = plan.target.process.nodes[plan.targets[task.element_id]]
    scope = movement.workflow.scope(movement.workflow.token(task.id))
    task.definition_id, task.element_id = plan.target.id, node.id
    if node.form_key != before.form_key:
        task.form_key = text_or_none(node.form_key, scope, movement.clock)
    if node.label != before.label:
        task.name = str(value_of(node.label, scope, movement.clock))[:300]
    if node.documentation != before.documentation:
        task.description = str(value_of(node.documentation, scope, movement.clock) or "")


__all__ = [
    "Mapping",
    "Migrated",
    "MigrationFinding",
    "MigrationPlan",
    "MigrationRefused",
    "migrate_case",
    "migrate_many",
    "plan_migration",
    "running_cases",
    "validate_case",
    "validate_plan",
]
