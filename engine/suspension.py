# SPDX-License-Identifier: EUPL-1.2
"""Holding cases and process models, and letting them go on: nothing moves meanwhile, and nothing is lost.

What is due in a suspended case is due still when it is resumed. External work is not handed out. Commands that would
move it are refused with `CaseSuspended`; its variables may be changed, and tokens taken off. A suspended process model
begins no cases.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine.cases import CaseInfo, describe
from engine.db import after_commit
from engine.errors import CallerSuspended, CaseHasEnded, CaseNotFound, DefinitionNotFound
from engine.identity import Actor
from engine.models import CaseRow, DefinitionRow, HistoryRow, JobRow
from engine.services import Services

#: As many ids travel in one statement.
_BATCH = 500


@dataclass(frozen=True)
class Suspension:
    """What was suspended or resumed."""

    #: Version numbers of the process model.
    versions: tuple[int, ...]
    #: How many cases, called ones included.
    cases: int


def suspend_case(session: Session, services: Services, case_id: str, by: Actor) -> CaseInfo:
    """Hold a case and those that it has called."""
    return _switch_case(session, services, case_id, by, suspended=True)


def resume_case(session: Session, services: Services, case_id: str, by: Actor) -> CaseInfo:
    """Let a case go on, and those that it has called. Raises `CallerSuspended` while the one that called it is held."""
    return _switch_case(session, services, case_id, by, suspended=False)


def suspend_definitions(
    session: Session, services: Services, key: str, by: Actor, *, version: int | None = None, with_cases: bool = False
) -> Suspension:
    """Let no case begin of one version of a process model, or of all; `with_cases` holds those that go on too."""
    return _switch_definitions(session, services, key, by, version, with_cases=with_cases, suspended=True)


def resume_definitions(
    session: Session, services: Services, key: str, by: Actor, *, version: int | None = None, with_cases: bool = False
) -> Suspension:
    """Let cases begin again; `with_cases` lets those go on that are held."""
    return _switch_definitions(session, services, key, by, version, with_cases=with_cases, suspended=False)


def _switch_case(session: Session, services: Services, case_id: str, by: Actor, *, suspended: bool) -> CaseInfo:
    case = _locked(session, case_id)
    if not suspended and case.parent_id is not None:
        caller = session.get_one(CaseRow, case.parent_id)
        if caller.suspended:
            raise CallerSuspended
    _switch_cases(session, services, [case_id], by, suspended=suspended)
    return describe(session.get_one(CaseRow, case_id, populate_existing=True))


def _locked(session: Session, case_id: str) -> CaseRow:
    """The case, locked as whoever moves it locks it: the outermost of those that call each other first."""
    root_id = session.scalar(select(CaseRow.root_id).where(CaseRow.id == case_id))
    if root_id is None:
        raise CaseNotFound
    session.execute(select(CaseRow.id).where(CaseRow.id == root_id).with_for_update())
    case = session.get_one(CaseRow, case_id, populate_existing=True)
    if case.state != "active":
        raise CaseHasEnded
    return case


def _switch_definitions(
    session: Session,
    services: Services,
    key: str,
    by: Actor,
    version: int | None,
    *,
    with_cases: bool,
    suspended: bool,
) -> Suspension:
    statement = select(DefinitionRow).where(DefinitionRow.key == key).order_by(DefinitionRow.version)
    if version is not None:
        statement = statement.where(DefinitionRow.version == version)
    # Whoever begins a case refers to its definition, and must not wait for us while we wait for their case.
    definitions = session.scalars(statement.with_for_update(key_share=True)).all()
    if not definitions:
        raise DefinitionNotFound
    ids = [row.id for row in definitions]
    for row in definitions:
        row.suspended = suspended
    session.execute(
        update(JobRow).where(JobRow.kind == "start", JobRow.definition_id.in_(ids)).values(suspended=suspended)
    )
    cases = 0
    if with_cases:
        running = session.execute(
            select(CaseRow.id, CaseRow.root_id).where(CaseRow.definition_id.in_(ids), CaseRow.state == "active")
        ).all()
        for some in _in_batches(sorted({root_id for _, root_id in running})):
            session.execute(select(CaseRow.id).where(CaseRow.id.in_(some)).order_by(CaseRow.id).with_for_update())
        cases = _switch_cases(session, services, [case_id for case_id, _ in running], by, suspended=suspended)
    session.flush()
    if not suspended:
        after_commit(session, services.wake)
    return Suspension(tuple(row.version for row in definitions), cases)


def _switch_cases(session: Session, services: Services, case_ids: Sequence[str], by: Actor, *, suspended: bool) -> int:
    """Switch active cases, those that they have called, and their jobs; each that changes says so in its history."""
    switched = 0
    for ids in _in_batches(_with_called(session, case_ids)):
        changed = session.scalars(
            update(CaseRow)
            .where(CaseRow.id.in_(ids), CaseRow.state == "active", CaseRow.suspended.is_(not suspended))
            .values(suspended=suspended)
            .returning(CaseRow.id)
            .execution_options(synchronize_session=False)
        ).all()
        session.execute(update(JobRow).where(JobRow.case_id.in_(ids)).values(suspended=suspended))
        lines = [_line(services, case_id, by, suspended=suspended) for case_id in changed]
        if lines:
            session.execute(insert(HistoryRow), lines)
        switched += len(changed)
    if not suspended:
        after_commit(session, services.wake)
    return switched


def _with_called(session: Session, case_ids: Iterable[str]) -> list[str]:
    """The cases and all that they have called, which go on still."""
    found = dict.fromkeys(case_ids)
    callers = list(found)
    while callers:
        called: list[str] = []
        for some in _in_batches(callers):
            statement = select(CaseRow.id).where(CaseRow.parent_id.in_(some), CaseRow.state == "active")
            called += session.scalars(statement)
        callers = [case_id for case_id in called if case_id not in found]
        found.update(dict.fromkeys(callers))
    return list(found)


def _in_batches(ids: Sequence[str]) -> Iterator[tuple[str, ...]]:
    yield from (tuple(ids[at : at + _BATCH]) for at in range(0, len(ids), _BATCH))


def _line(services: Services, case_id: str, by: Actor, *, suspended: bool) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "at": services.clock.now(),
        "kind": "case_suspended" if suspended else "case_resumed",
        "element_id": "",
        "element_name": "",
        "element_type": "",
        "actor": by.name,
        "details": {},
    }
