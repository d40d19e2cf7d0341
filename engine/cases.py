# SPDX-License-Identifier: EUPL-1.2
"""Commands on cases: start, cancel, look inside."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.counters import next_reference
from engine.definitions import is_suspended, latest_definition, load_definition
from engine.deployed import Definition
from engine.errors import CaseNotFound, CaseSuspended
from engine.identity import Actor
from engine.models import CaseRow, CaseStateRow
from engine.movement import Movement, beginning, moving, new_case
from engine.services import Services
from engine.spiff.state import stored_state


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
    business_key: str | None = None
    suspended: bool = False
    #: The case that called this one.
    parent_id: str | None = None
    root_id: str = ""
    started_by: str = ""


def start_case(
    session: Session,
    services: Services,
    definition_key: str,
    variables: dict[str, Any],
    *,
    by: Actor,
    business_key: str | None = None,
) -> CaseInfo:
    """Begin a case of the newest version of a process and run it until it waits."""
    definition = latest_definition(session, services, definition_key)
    return begin_case(session, services, definition, lambda case_id: variables, by=by, business_key=business_key)


def begin_case(
    session: Session,
    services: Services,
    definition: Definition,
    variables_for: Callable[[str], dict[str, Any]],
    *,
    by: Actor,
    business_key: str | None = None,
    element_id: str | None = None,
    seen: Mapping[str, Any] | None = None,
    put: Callable[[Movement], None] | None = None,
    passing: Iterable[str] = (),
) -> CaseInfo:
    """The same for a certain version, with variables that need the case's id first (documents).

    `element_id` names the start event that was triggered, `seen` what triggered it; `put` sets the tokens elsewhere.
    Variables that are only `passing` are forgotten before anything is stored.
    """
    if is_suspended(session, definition.id):
        raise CaseSuspended
    pattern = reference_pattern(definition)
    reference = next_reference(session, f"reference/{definition.key}", pattern, services.clock.today())
    case = new_case(services, definition, reference, by)
    case.business_key = business_key
    with beginning(session, services, definition, case, by) as movement:
        movement.workflow.write(variables_for(case.id))
        if put is None:
            movement.begin(element_id, seen)
        else:
            put(movement)
        forget_passing(movement, list(passing))
    return describe(case)


def reference_pattern(definition: Definition) -> str:
    """What the references of its cases look like."""
    usual = f"{definition.key.upper()}-{{year}}-{{number:05}}"
    pattern: str = definition.process.properties.get("referencePattern", usual)
    return pattern


@contextmanager
def changing(session: Session, services: Services, case_id: str, by: Actor) -> Iterator[Movement]:
    """Lock a case and change it. One that is suspended may be changed too, but not moved: `CaseSuspended`."""
    with moving(session, services, case_id, by, though_suspended=True) as movement:
        yield movement
        if movement.case.suspended and movement.workflow.wants_to_move():
            raise CaseSuspended


def forget_passing(movement: Movement, names: list[str]) -> None:
    """Run the case as far as it comes, then remove variables that were meant for these steps only."""
    if names:
        movement.workflow.advance()
    for name in names:
        movement.workflow.remove_variable(name)


def cancel_case(session: Session, services: Services, case_id: str, reason: str, by: Actor) -> CaseInfo:
    """End a case by hand; its open tasks, jobs and messages are withdrawn."""
    with moving(session, services, case_id, by, though_suspended=True) as movement:
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
    variables: dict[str, Any] = stored_state(content)["variables"]
    return variables


def change_variables(
    session: Session,
    services: Services,
    case_id: str,
    values: Mapping[str, Any],
    by: Actor,
    *,
    removed: Iterable[str] = (),
    token_id: str | None = None,
    local: bool = False,
) -> CaseInfo:
    """Set and remove variables from outside; events that wait for such a change happen.

    Of a suspended case too, unless such an event would happen: `CaseSuspended`.
    `token_id` names the scope to begin at; `local` keeps the values in that scope.
    """
    with changing(session, services, case_id, by) as movement:
        workflow = movement.workflow
        token = workflow.token(token_id) if token_id else None
        if local and token is not None:
            workflow.write_local(token, values)
        else:
            workflow.write(values, token)
        for name in removed:
            workflow.remove_variable(name, token)
        workflow.remember("variables_changed", token, names=sorted([*values, *removed]))
        movement.look()
    return describe(movement.case)


def case_definition(session: Session, services: Services, case_id: str) -> Definition:
    """The definition version that a case runs on."""
    return load_definition(session, services, find_case(session, case_id).definition_id)


def with_called(case_id: str) -> Select[str]:
    """The ids of a case and of all cases called in it, directly or through others; what an applicant's link opens."""
    family = select(CaseRow.id).where(CaseRow.id == case_id).cte(recursive=True)
    return select(family.union(select(CaseRow.id).where(CaseRow.parent_id == family.c.id)).c.id)


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
        business_key=row.business_key,
        suspended=row.suspended,
        parent_id=row.parent_id,
        root_id=row.root_id,
        started_by=row.started_by,
    )
