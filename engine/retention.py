# SPDX-License-Identifier: EUPL-1.2
"""Forgetting ended cases whose history is wanted no longer, as their process model says (history time to live).

A case goes with everything that it has: history, documents, comments, the memory of its draft, and the cases that it
has called. It stays as long as something of the town rests on it (a foreign key that does not go with it), or
something is still to be done about it: a job that has not run, an incident that nobody has resolved.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.clock import Clock
from engine.counters import note_forgotten
from engine.db import Base
from engine.models import CaseRow, DefinitionRow, DraftRow, IncidentRow, JobRow
from engine.services import Services

#: So many cases go in one transaction, with some hundred rows of history.
PORTION = 20
#: As many ids travel in one statement.
_BATCH = 500
#: A thousand years: the calendar does not reach back much further.
_LONGEST = 365_000


@dataclass(frozen=True)
class Retention:
    """How it stands with the ended cases of one version of a process."""

    key: str
    version: int
    name: str
    #: For so many days they are kept; None: for good.
    days: int | None
    ended: int
    #: Their time is over, and they can be deleted.
    due: int
    #: Their time is over, but something rests on them, or is to be done about them.
    needed: int
    #: When the one ended that ended first.
    oldest: datetime | None


def retentions(session: Session, clock: Clock) -> list[Retention]:
    """Every version of every process, by name; called cases count with those that have called them."""
    found = []
    for row in session.scalars(select(DefinitionRow).order_by(DefinitionRow.key, DefinitionRow.version)):
        ended, oldest = session.execute(select(func.count(), func.min(CaseRow.ended_at)).where(*_ended(row.id))).one()
        over = due = 0
        if row.history_days is not None:
            over = session.scalar(select(func.count()).where(*_over(row.id, row.history_days, clock))) or 0
            due = session.scalar(select(func.count()).where(*_due(row.id, row.history_days, clock))) or 0
        found.append(Retention(row.key, row.version, row.name, row.history_days, ended, due, over - due, oldest))
    return found


def due_cases(session: Session, clock: Clock) -> int:
    """How many cases can be deleted now, called ones not counted."""
    return sum(
        session.scalar(select(func.count()).where(*_due(definition_id, days, clock))) or 0
        for definition_id, days in _rules(session)
    )


def delete_some_cases(session: Session, services: Services) -> int:
    """Delete a portion of what is due, what has ended first before the rest; how many cases, called ones included."""
    for definition_id, days in _rules(session):
        roots = session.scalars(_oldest(definition_id, days, services.clock)).all()
        if roots:
            return _delete_families(session, list(roots))
    return 0


def _rules(session: Session) -> list[tuple[int, int]]:
    rules = select(DefinitionRow.id, DefinitionRow.history_days).where(DefinitionRow.history_days.is_not(None))
    return [(row.id, row.history_days or 0) for row in session.execute(rules.order_by(DefinitionRow.id))]


def _oldest(definition_id: int, days: int, clock: Clock) -> Select[str]:
    due = select(CaseRow.id).where(*_due(definition_id, days, clock)).order_by(CaseRow.ended_at)
    return due.limit(PORTION).with_for_update(skip_locked=True)


def _delete_families(session: Session, roots: list[str]) -> int:
    doomed = session.scalars(select(CaseRow.id).where(CaseRow.root_id.in_(roots))).all()
    for at in range(0, len(doomed), _BATCH):
        some = doomed[at : at + _BATCH]
        session.execute(delete(DraftRow).where(DraftRow.case_id.in_(some)))
        # All that is about a case goes with its row.
        session.execute(delete(CaseRow).where(CaseRow.id.in_(some)))
    note_forgotten(session, len(roots))
    session.flush()
    return len(doomed)


def _ended(definition_id: int) -> tuple[ColumnElement[bool], ...]:
    # The index of ended cases fits these words.
    return CaseRow.definition_id == definition_id, CaseRow.parent_id.is_(None), CaseRow.ended_at.is_not(None)


def _over(definition_id: int, days: int, clock: Clock) -> tuple[ColumnElement[bool], ...]:
    return *_ended(definition_id), CaseRow.ended_at <= clock.now() - timedelta(days=min(days, _LONGEST))


def _due(definition_id: int, days: int, clock: Clock) -> tuple[ColumnElement[bool], ...]:
    return *_over(definition_id, days, clock), ~or_(*_needed())


def _needed() -> list[ColumnElement[bool]]:
    """Why a case stays though its time is over: asked of it and of all cases called in it."""
    member = aliased(CaseRow)
    of_family = member.root_id == CaseRow.id
    goes_on = exists().where(of_family, member.state == "active")
    to_do = exists().where(of_family, JobRow.case_id == member.id)
    broken = exists().where(of_family, IncidentRow.case_id == member.id, IncidentRow.resolved_at.is_(None))
    rests = [exists().where(of_family, column == member.id) for column in resting_columns()]
    return [goes_on, to_do, broken, *rests]


def resting_columns() -> list[ColumnElement[str]]:
    """Columns of the town's tables that name a case which then cannot be deleted."""
    cases = Base.metadata.tables[CaseRow.__tablename__]
    return [
        key.parent
        for table in Base.metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if key.column.table is cases and key.ondelete is None
    ]
