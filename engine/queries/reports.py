# SPDX-License-Identifier: EUPL-1.2
"""Figures of the past: how long cases and tasks took, how many there were, and how often each element was passed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from engine.models import CaseRow, DefinitionRow, HistoryRow, IncidentRow
from engine.queries import pastcases, pasttasks
from engine.queries.listing import Asked
from engine.queries.pastactivities import came, went

#: Months in one period.
MONTHS = {"month": 1, "quarter": 3}


@dataclass(frozen=True)
class Durations:
    """How long those took that began in one period of any year, in milliseconds."""

    #: 1 is January, or the first quarter.
    period: int
    shortest: int
    longest: int
    average: int


@dataclass(frozen=True)
class TaskCount:
    """How many tasks of one kind are over."""

    definition_id: int
    definition_key: str
    definition_version: int
    definition_name: str
    #: None where all tasks of a definition are counted together.
    name: str | None
    number: int


@dataclass
class Passed:
    """How often tokens came to one element, and how they went."""

    instances: int = 0
    cancelled: int = 0
    #: However they went.
    finished: int = 0
    #: Incidents that stand there, and those that are settled.
    open: int = 0
    resolved: int = 0


def case_durations(
    session: Session, asked: Asked, unit: str, zone: ZoneInfo, *, definition_ids: Sequence[int] | None = None
) -> list[Durations]:
    """Of the cases that fit and have ended, by the period in which they began."""
    fitting = pastcases.LISTING.narrowed(asked.with_conditions(finished=True))
    if definition_ids is not None:
        fitting = fitting.where(CaseRow.definition_id.in_(definition_ids))
    rows = session.execute(fitting.with_only_columns(CaseRow.started_at, CaseRow.ended_at)).all()
    return _durations(rows, MONTHS[unit], zone)


def task_durations(session: Session, asked: Asked, unit: str, zone: ZoneInfo) -> list[Durations]:
    """Of the tasks that fit and are over, by the period in which they began."""
    fitting = pasttasks.LISTING.narrowed(asked.with_conditions(finished=True))
    return _durations(session.execute(fitting.with_only_columns(came.at, went.at)).all(), MONTHS[unit], zone)


def task_counts(session: Session, asked: Asked, *, by_name: bool) -> list[TaskCount]:
    """Of the tasks that fit and are over, by process definition, and also `by_name` of the task."""
    fitting = pasttasks.LISTING.narrowed(asked.with_conditions(finished=True))
    of = (CaseRow.definition_id, CaseRow.definition_key, DefinitionRow.version, DefinitionRow.name)
    columns: tuple[Any, ...] = (*of, *((came.element_name,) if by_name else ()))
    counted = fitting.with_only_columns(*columns, func.count()).group_by(*columns).order_by(*columns)
    return [
        TaskCount(row[0], row[1], row[2], row[3], row[4] if by_name else None, row[-1])
        for row in session.execute(counted)
    ]


def passed_elements(session: Session, definition_id: int, asked: Asked) -> dict[str, Passed]:
    """Of the cases of one definition that fit, by element."""
    fitting = pastcases.LISTING.narrowed(asked).with_only_columns(CaseRow.id)
    own = (CaseRow.definition_id == definition_id, CaseRow.id.in_(fitting))
    found: dict[str, Passed] = {}
    later = aliased(HistoryRow)
    gone = exists().where(later.token_id == HistoryRow.token_id, later.kind.in_(("completed", "cancelled")))
    lines = select(HistoryRow.element_id, HistoryRow.kind, func.count()).join(CaseRow, CaseRow.id == HistoryRow.case_id)
    lines = lines.where(*own, HistoryRow.element_id != "").group_by(HistoryRow.element_id, HistoryRow.kind)
    for place, _, number in session.execute(lines.where(HistoryRow.kind == "entered", ~gone)):
        found.setdefault(place, Passed()).instances = number
    for place, kind, number in session.execute(lines.where(HistoryRow.kind.in_(("completed", "cancelled")))):
        at = found.setdefault(place, Passed())
        at.finished += number
        at.cancelled += number if kind == "cancelled" else 0
    is_open = IncidentRow.resolved_at.is_(None)
    incidents: Any = select(IncidentRow.element_id, is_open, func.count())
    incidents = incidents.join(CaseRow, CaseRow.id == IncidentRow.case_id)
    for place, stands, number in session.execute(incidents.where(*own).group_by(IncidentRow.element_id, is_open)):
        at = found.setdefault(place, Passed())
        at.open, at.resolved = (number, at.resolved) if stands else (at.open, number)
    return found


def _durations(rows: Iterable[Any], months: int, zone: ZoneInfo) -> list[Durations]:
    taken: dict[int, list[int]] = {}
    for begun, ended in rows:
        period = (begun.astimezone(zone).month - 1) // months + 1
        taken.setdefault(period, []).append(max(0, round((ended - begun).total_seconds() * 1000)))
    return [
        Durations(period, min(each), max(each), round(sum(each) / len(each))) for period, each in sorted(taken.items())
    ]
