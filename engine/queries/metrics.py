# SPDX-License-Identifier: EUPL-1.2
"""How much has happened, counted from the history."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import Integer, Select, exists, func, literal_column, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.functions import FunctionElement

from engine.models import CaseRow, HistoryRow, IncidentRow

#: A count and the moment that it goes by.
Counted: TypeAlias = tuple[Select[int], Any]


def _in_history(kind: str) -> Callable[[], Counted]:
    return lambda: (select(func.count()).select_from(HistoryRow).where(HistoryRow.kind == kind), HistoryRow.at)


def _begun_activities() -> Counted:
    """What passed without waiting has only one line, that of its end."""
    entered = aliased(HistoryRow)
    has_waited = exists().where(entered.token_id == HistoryRow.token_id, entered.kind == "entered")
    at_once = HistoryRow.kind.in_(("completed", "cancelled")) & ~has_waited
    return select(func.count()).select_from(HistoryRow).where(or_(HistoryRow.kind == "entered", at_once)), HistoryRow.at


def _begun_cases() -> Counted:
    return select(func.count()).select_from(CaseRow).where(CaseRow.parent_id.is_(None)), CaseRow.started_at


def _failed_jobs() -> Counted:
    failed = select(func.count()).select_from(IncidentRow).where(IncidentRow.kind == "job_failed")
    return failed, IncidentRow.created_at


METRICS: Mapping[str, Callable[[], Counted]] = {
    "activity-instance-start": _begun_activities,
    "flow-node-instances": _begun_activities,
    "activity-instance-end": _in_history("completed"),
    "executed-decision-instances": _in_history("decision_evaluated"),
    "executed-decision-elements": _in_history("decision_evaluated"),
    "decision-instances": _in_history("decision_evaluated"),
    "root-process-instance-start": _begun_cases,
    "process-instances": _begun_cases,
    "job-failed": _failed_jobs,
}


def measured(session: Session, name: str, since: datetime | None = None, until: datetime | None = None) -> int | None:
    """How often something happened in a span of time; None for what is not counted here."""
    if name not in METRICS:
        return None
    statement, at = METRICS[name]()
    return session.scalar(_within(statement, at, since, until)) or 0


def measured_by_interval(
    session: Session,
    name: str,
    seconds: int,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    most: int,
) -> list[tuple[datetime, int]]:
    """The same by intervals of so many seconds, the newest first; those in which nothing happened are left out."""
    statement, at = METRICS[name]()
    number = interval(at, seconds)
    counted: Any = _within(statement, at, since, until).add_columns(number).group_by(number).order_by(number.desc())
    rows = session.execute(counted.limit(most))
    return [(datetime.fromtimestamp(int(which) * seconds, UTC), count) for count, which in rows]


def _within(statement: Select[Any], at: Any, since: datetime | None, until: datetime | None) -> Select[Any]:
    if since is not None:
        statement = statement.where(at >= since)
    return statement if until is None else statement.where(at < until)


class interval(FunctionElement[int]):
    """The number of the interval of so many seconds in which a moment lies, counted from 1970."""

    type = Integer()
    inherit_cache = True
    name = "interval_number"

    def __init__(self, at: Any, seconds: int) -> None:
        super().__init__(at, literal_column(str(int(seconds))))


@compiles(interval)
def _interval(element: interval, compiler: Any, **options: Any) -> str:
    at, seconds = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(floor(extract(epoch from {at}) / {seconds}) AS BIGINT)"


@compiles(interval, "sqlite")
def _interval_sqlite(element: interval, compiler: Any, **options: Any) -> str:
    at, seconds = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(CAST(strftime('%s', {at}) AS INTEGER) / {seconds})"
