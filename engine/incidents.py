# SPDX-License-Identifier: EUPL-1.2
"""Writing down what went wrong, in words that carry no personal data."""

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.errors import AmtsflussError
from engine.models import IncidentRow


def open_incident(
    session: Session,
    clock: Clock,
    *,
    case_id: str | None,
    element_id: str,
    kind: str,
    cause: BaseException,
    job_id: str | None = None,
) -> None:
    """Leave a failure for an operator to look at."""
    session.add(
        IncidentRow(
            case_id=case_id,
            job_id=job_id,
            element_id=element_id,
            kind=kind,
            reason=reason_of(cause),
            created_at=clock.now(),
        )
    )
    session.flush()


def reason_of(cause: BaseException) -> str:
    """What to write down: our own sentences, but only the kind of a foreign error, whose text may name people."""
    if isinstance(cause, AmtsflussError):
        return f"{type(cause).__name__}: {cause.message}"
    return type(cause).__name__
