# SPDX-License-Identifier: EUPL-1.2
"""Adding lines to the history of a case outside of its steps, such as who claimed a task."""

from typing import Any

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.identity import Actor
from engine.models import HistoryRow
from engine.values import to_json

#: Lines that only programs ask for: what became of variables and jobs.
DETAILS = (
    "variable_written",
    "job_created",
    "job_done",
    "job_failed",
    "job_withdrawn",
    "external_created",
    "external_done",
    "external_withdrawn",
)


def record(
    session: Session,
    clock: Clock,
    case_id: str,
    kind: str,
    by: Actor,
    *,
    token_id: str | None = None,
    element_id: str = "",
    element_name: str = "",
    **details: Any,
) -> None:
    """Write one line."""
    session.add(
        HistoryRow(
            case_id=case_id,
            at=clock.now(),
            kind=kind,
            token_id=token_id,
            element_id=element_id,
            element_name=element_name,
            element_type="",
            actor=by.name,
            details=plain_details(details),
        )
    )
    session.flush()


def plain_details(details: dict[str, Any]) -> dict[str, Any]:
    """Details as JSON that keeps decimals and dates."""
    plain: dict[str, Any] = to_json(details)
    return plain
