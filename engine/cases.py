# SPDX-License-Identifier: EUPL-1.2
"""Commands on cases: start, cancel, look inside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.counters import next_reference
from engine.definitions import latest_definition, load_definition
from engine.deployed import Definition
from engine.errors import CaseNotFound
from engine.identity import Actor
from engine.models import CaseRow, CaseStateRow
from engine.movement import beginning, moving
from engine.services import Services
from engine.values import unpack


@dataclass(frozen=True)
class CaseInfo:
    """What is known of a case without opening it."""

    id: str
    reference: str
    title: str
    definition_id: int
    definition_key: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    ended_with: str | None


def start_case(
    session: Session, services: Services, definition_key: str, variables: dict[str, Any], *, by: Actor
) -> CaseInfo:
    """Begin a case of the newest version of a process and run it until it waits."""
    definition = latest_definition(session, services, definition_key)
    return begin_case(session, services, definition, lambda case_id: variables, by=by)


def begin_case(
    session: Session,
    services: Services,
    definition: Definition,
    variables_for: Callable[[str], dict[str, Any]],
    *,
    by: Actor,
) -> CaseInfo:
    """The same for a certain version, with variables that need the case's id first (documents)."""
    pattern = definition.process.properties.get("referencePattern", f"{definition.key.upper()}-{{year}}-{{number:05}}")
    case = CaseRow(
        id=str(uuid4()),
        definition_id=definition.id,
        definition_key=definition.key,
        reference=next_reference(session, f"reference/{definition.key}", pattern, services.clock.today()),
        title="",
        state="active",
        started_by=by.name,
        started_at=services.clock.now(),
    )
    with beginning(session, services, definition, case, by) as movement:
        movement.workflow.variables.update(variables_for(case.id))
        movement.begin()
    return describe(case)


def cancel_case(session: Session, services: Services, case_id: str, reason: str, by: Actor) -> CaseInfo:
    """End a case by hand; its open tasks, jobs and messages are withdrawn."""
    with moving(session, services, case_id, by) as movement:
        movement.cancel(reason)
    return describe(movement.case)


def find_case(session: Session, case_id: str) -> CaseInfo:
    """A case by its id, or `CaseNotFound`."""
    row = session.get(CaseRow, case_id)
    if row is None:
        raise CaseNotFound
    return describe(row)


def case_variables(session: Session, services: Services, case_id: str) -> dict[str, Any]:
    """The variables of a case as they were last stored."""
    content = session.scalar(select(CaseStateRow.content).where(CaseStateRow.case_id == case_id))
    if content is None:
        raise CaseNotFound
    return stored_variables(content)


def stored_variables(content: bytes) -> dict[str, Any]:
    """The variables in a stored state."""
    variables: dict[str, Any] = unpack(content)["variables"]
    return variables


def case_definition(session: Session, services: Services, case_id: str) -> Definition:
    """The definition version that a case runs on."""
    return load_definition(session, services, find_case(session, case_id).definition_id)


def describe(row: CaseRow) -> CaseInfo:
    """A row as the value that leaves the engine."""
    return CaseInfo(
        id=row.id,
        reference=row.reference,
        title=row.title,
        definition_id=row.definition_id,
        definition_key=row.definition_key,
        state=row.state,
        started_at=row.started_at,
        ended_at=row.ended_at,
        ended_with=row.ended_with,
    )
