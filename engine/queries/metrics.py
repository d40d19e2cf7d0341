# SPDX-License-Identifier: EUPL-1.2
"""How much has happened, counted from the history."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

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
    if since is not None:
        statement = statement.where(at >= since)
    if until is not None:
        statement = statement.where(at < until)
    return session.scalar(statement) or 0
